//! What has been done, in words, by the verb that services and server functions have for it: for the history of operations and the audit
//! log, where the thing that it was done to stands beside it.

/// A verb, or its end; in English and in Korean.
type Named = (&'static str, &'static str, &'static str);

const VERBS: &[Named] = &[
    // Instances.
    ("instance_launch", "Launch", "생성"),
    ("instance_start", "Start", "시작"),
    ("instance_stop", "Stop", "중지"),
    ("instance_reboot", "Reboot", "재부팅"),
    ("instance_hard_reboot", "Hard reboot", "강제 재부팅"),
    ("instance_snapshot", "Create snapshot", "스냅샷 생성"),
    ("instance_properties_set", "Update metadata", "메타데이터 수정"),
    ("flavor_properties_set", "Update extra specs", "추가 사양 수정"),
    ("properties_set", "Update metadata", "메타데이터 수정"),
    ("keypair_import", "Import", "가져오기"),
    // Images.
    ("image_upload", "Upload", "업로드"),
    ("image_upload_begin", "Upload", "업로드"),
    ("image_import", "Import", "가져오기"),
    ("image_import_known", "Import", "가져오기"),
    ("image_copy", "Copy", "복사"),
    ("image_share", "Share", "공유"),
    ("image_member_add", "Share", "공유"),
    ("image_unshare", "Stop sharing", "공유 중지"),
    ("image_member_remove", "Stop sharing", "공유 중지"),
    ("image_accept", "Accept", "수락"),
    ("image_reject", "Reject", "거절"),
    ("image_shared_answer", "Answer offer", "공유 제안 응답"),
    ("image_edit", "Edit", "편집"),
    ("image_deactivate", "Deactivate", "비활성화"),
    ("image_reactivate", "Reactivate", "다시 활성화"),
    ("image_delete_many", "Delete several", "여러 이미지 삭제"),
    // Networks.
    ("starter_network_create", "Create starter network", "기본 네트워크 생성"),
    ("floating_ip_allocate", "Allocate floating IP", "유동 IP 할당"),
    ("floating_ip_associate", "Associate floating IP", "유동 IP 연결"),
    ("floating_ip_give", "Give floating IP", "유동 IP 할당 및 연결"),
    ("floating_ip_disassociate", "Disassociate floating IP", "유동 IP 연결 해제"),
    ("floating_ip_release", "Release floating IP", "유동 IP 반납"),
    // The directory.
    ("group_member_add", "Add member", "구성원 추가"),
    ("group_member_remove", "Remove member", "구성원 제거"),
    ("user_password_set", "Set password", "비밀번호 설정"),
    ("user_factors_remove", "Remove second factors", "2단계 인증 제거"),
    ("user_unlock", "Unlock", "잠금 해제"),
    ("assignment_create", "Assign role", "역할 부여"),
    ("assignment_delete", "Remove role", "역할 제거"),
    ("directory_change_many", "Change several", "여러 항목 변경"),
    ("provider_set", "Set identity provider", "로그인 공급자 설정"),
    ("provider_test", "Test identity provider", "로그인 공급자 확인"),
    ("provider_remove", "Remove identity provider", "로그인 공급자 제거"),
    ("user_federate", "Let the provider sign in", "공급자로 로그인"),
    ("password_rules_set", "Change password rules", "비밀번호 규칙 변경"),
    // Quotas.
    ("quota_request_create", "Ask for more", "증설 요청"),
    ("quota_request_decide", "Answer request", "요청 응답"),
    ("quota_request_approve", "Approve request", "요청 승인"),
    ("quota_request_refuse", "Refuse request", "요청 거절"),
    ("quota_default_update", "Change defaults", "기본값 변경"),
    // Classes.
    ("class_reset", "Reset", "초기화"),
    ("seat_reset", "Reset", "초기화"),
    ("class_remove", "Remove", "제거"),
    ("class_extend", "Change the end", "종료일 변경"),
    ("class_expire", "End accounts", "계정 만료"),
    ("class_join", "Join", "참여"),
    ("class_join_set", "Change the join code", "참여 코드 변경"),
    ("class_join_open", "Make a join code", "참여 코드 생성"),
    ("class_join_close", "Withdraw the join code", "참여 코드 회수"),
    ("seat_create", "Add students", "학생 추가"),
    ("seat_remove", "Remove student", "학생 제거"),
    ("seat_code_renew", "New password code", "새 비밀번호 코드"),
    ("seat_claim", "Set first password", "첫 비밀번호 설정"),
    // Accounts.
    ("sign_in", "Sign in", "로그인"),
    ("sign_out", "Sign out", "로그아웃"),
    ("profile_set", "Edit profile", "프로필 편집"),
    ("preferences_set", "Change preferences", "환경설정 변경"),
    ("password_change", "Change password", "비밀번호 변경"),
    ("password_set", "Set password", "비밀번호 설정"),
    ("passkey_begin", "Begin to add passkey", "패스키 추가 시작"),
    ("passkey_finish", "Add passkey", "패스키 추가"),
    ("passkey_create", "Add passkey", "패스키 추가"),
    ("passkey_rename", "Rename passkey", "패스키 이름 변경"),
    ("passkey_remove", "Remove passkey", "패스키 제거"),
    ("totp_begin", "Begin to set up authenticator app", "인증 앱 설정 시작"),
    ("totp_confirm", "Set up authenticator app", "인증 앱 설정"),
    ("totp_remove", "Remove authenticator app", "인증 앱 제거"),
    ("recovery_code_renew", "Make new recovery codes", "새 복구 코드 생성"),
    ("session_revoke", "End session", "세션 종료"),
    ("session_revoke_any", "End session", "세션 종료"),
    ("session_revoke_others", "End other sessions", "다른 세션 종료"),
    ("session_revoke_user", "End all sessions", "세션 모두 종료"),
    ("token_create", "Issue token", "토큰 발급"),
    ("token_revoke", "End token", "토큰 폐기"),
    ("credential_create", "Create application credential", "애플리케이션 자격 증명 생성"),
    ("credential_delete", "Delete application credential", "애플리케이션 자격 증명 삭제"),
    ("credential_revoke", "Revoke application credential", "애플리케이션 자격 증명 폐기"),
];

/// The rest, by how they end.
const ENDS: &[Named] = &[
    ("_update", "Change", "변경"),
    ("_enable", "Enable", "활성화"),
    ("_disable", "Disable", "비활성화"),
    ("_create", "Create", "생성"),
    ("_delete", "Delete", "삭제"),
];

fn named(verb: &str) -> Option<&'static Named> {
    let whole = VERBS.iter().find(|(known, ..)| *known == verb);
    whole.or_else(|| ENDS.iter().find(|(end, ..)| verb.ends_with(*end)))
}

pub fn en(verb: &str) -> String {
    named(verb).map_or_else(|| verb.replace('_', " "), |(_, en, _)| (*en).to_owned())
}

pub fn ko(verb: &str) -> String {
    named(verb).map_or_else(|| verb.replace('_', " "), |(.., ko)| (*ko).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs() {
        fn check(verb: &str, expected: (&str, &str)) {
            assert_eq!((en(verb).as_str(), ko(verb).as_str()), expected, "{verb}");
        }
        check("instance_launch", ("Launch", "생성"));
        check("seat_create", ("Add students", "학생 추가"));
        check("security_group_rule_create", ("Create", "생성"));
        check("user_disable", ("Disable", "비활성화"));
        check("of_another_version", ("of another version", "of another version"));
    }
}
