//! Texts of the audit log.

texts! {
    pub struct Audit {
        title = "Audit Log", "감사 로그";
        all = "Cloud Audit Log", "클라우드 감사 로그";
        project_hint = "What has been changed in this project, by whom and from where.", "이 프로젝트에서 누가 어디에서 무엇을 변경했는지 보여 줍니다.";
        all_hint = "Every change and every sign-in. Entries are chained by their hashes: “offing audit verify” shows whether any was altered or taken out.", "모든 변경과 로그인 기록입니다. 항목은 해시로 연결되어 있어, 변조되거나 삭제된 항목이 있는지 ‘offing audit verify’로 확인할 수 있습니다.";
        none = "Nothing has been changed yet", "아직 변경된 내용이 없습니다";
        none_hint = "Whatever anybody creates, changes or deletes stands here from then on.", "누군가 생성하거나 변경하거나 삭제하면 여기에 기록됩니다.";
        request = "Request", "요청 ID";
        ok = "done", "성공";
        failed = "not done", "실패";
        since = "From", "시작일";
        until = "Until", "종료일";
        csv = "Download CSV", "CSV 다운로드";
    }
}
