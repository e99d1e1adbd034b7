//! Texts of signing in with a domain's provider of identity.

use api::provider::ProviderFault;

texts! {
    pub struct Provider {
        title = "Sign-in provider", "로그인 공급자";
        title_of: fn(&str) -> String = |domain| format!("Sign-in provider of {domain}"), |domain| format!("{domain}의 로그인 공급자");
        hint = "Who belongs to this domain signs in where your organisation does, by OpenID Connect, and has no password here.", "이 도메인의 사용자는 OpenID Connect를 통해 조직의 계정으로 로그인하며, 여기에는 비밀번호를 두지 않습니다.";
        redirect = "Address to come back to", "리디렉션 주소";
        redirect_hint = "Register this address with the provider, to the letter.", "이 주소를 공급자에 그대로 등록하세요.";
        name_hint = "What the button on the sign-in page says.", "로그인 페이지의 버튼에 표시됩니다.";
        issuer = "Issuer", "발급자";
        issuer_hint = "The provider's own address, as it stands in its tokens, such as https://sso.example.org/realms/staff. Another one ends the sessions of all who came by the one before.", "토큰에 기록되는 공급자의 주소입니다(예: https://sso.example.org/realms/staff). 발급자를 바꾸면 이전 발급자로 로그인한 사용자의 세션이 종료됩니다.";
        client_id = "Client ID", "클라이언트 ID";
        secret = "Client secret", "클라이언트 비밀 값";
        secret_kept = "There is one, and it is not shown. Leave this empty to keep it; another issuer needs its own.", "저장되어 있으며 표시되지 않습니다. 비워 두면 그대로 유지되며, 발급자를 바꾸면 새로 입력해야 합니다.";
        secret_none = "Empty for a client that has none.", "비밀 값이 없는 클라이언트라면 비워 두세요.";
        scopes = "Scopes", "범위";
        scopes_hint = "Beside openid, separated by spaces.", "openid 외에 요청할 범위를 공백으로 구분해 입력하세요.";
        claims = "Claims", "클레임";
        claims_hint = "What is read of the ID token.", "ID 토큰에서 읽을 항목입니다.";
        name_claim = "User name", "사용자 이름";
        email_claim = "E-mail", "이메일";
        groups_claim = "Groups", "그룹";
        groups_claim_hint = "A text, or a list of texts.", "문자열 또는 문자열 목록입니다.";
        enabled_claim = "Enabled", "활성 여부";
        enabled_claim_hint = "If it is named, only those are let in for whom it is true.", "지정하면 값이 true인 사용자만 로그인할 수 있습니다.";
        groups = "Groups here", "그룹 연결";
        groups_hint = "One a line: value=group. Who has the value is in the group, from sign-in to sign-in; who was put into it by hand stays.", "한 줄에 하나씩 값=그룹 형식으로 입력하세요. 값을 가진 사용자는 로그인할 때마다 그룹에 포함되거나 제외됩니다. 직접 추가한 구성원은 그대로 유지됩니다.";
        creates_users = "Make users of those whom nobody here knows", "처음 로그인하는 사람을 사용자로 생성";
        creates_users_hint = "Otherwise only those get in whom an administrator has told to sign in this way.", "선택하지 않으면 관리자가 이 방식으로 로그인하도록 지정한 사용자만 로그인할 수 있습니다.";
        test = "Test", "테스트";
        test_title = "Ask the provider", "공급자 확인";
        test_hint = "Asks the saved issuer what it says of itself.", "저장된 발급자의 공개 정보를 조회합니다.";
        test_ok: fn(usize) -> String = |keys| if keys == 1 { "The provider answers, and signs with one key.".to_owned() } else { format!("The provider answers, and signs with {keys} keys.") }, |keys| format!("공급자가 응답했습니다. 서명 키는 {keys}개입니다.");
        authorization = "Sign-in page", "로그인 주소";
        token = "Token endpoint", "토큰 주소";
        remove = "Remove the provider", "공급자 제거";
        remove_hint = "Ends the sessions of all who came by it. They stay as users, and have no way in until they get a password or another provider.", "이 공급자로 로그인한 사용자의 세션이 모두 종료됩니다. 사용자는 남지만 비밀번호나 다른 공급자를 지정할 때까지 로그인할 수 없습니다.";
        sign_in_with: fn(&str) -> String = |name| format!("Sign in with {name}"), |name| format!("{name}(으)로 로그인");
        signs_in = "Signs in with", "로그인 방식";
        by_provider = "the domain's provider", "도메인의 공급자";
        by_password = "a password", "비밀번호";
        federate = "Let the provider sign in", "공급자로 로그인";
        none = "The domain has no sign-in provider.", "도메인에 로그인 공급자가 없습니다.";
        federate_title: fn(&str) -> String = |name| format!("Shall {name} sign in with the domain's provider?"), |name| format!("{name}이(가) 도메인의 공급자로 로그인하도록 할까요?");
        federate_body = "The password and the second factors go, and so do the sessions. The first who comes from the provider with this name is this user. A new password undoes it.", "비밀번호와 2단계 인증이 삭제되고 세션이 종료됩니다. 공급자에서 이 이름으로 처음 로그인하는 사람이 이 사용자가 됩니다. 새 비밀번호를 지정하면 되돌릴 수 있습니다.";
        no_password = "You have no password here", "여기에는 비밀번호가 없습니다";
        no_password_hint = "You sign in with your organisation's provider. Passwords and second factors are its matter.", "조직의 공급자로 로그인합니다. 비밀번호와 2단계 인증은 공급자에서 관리합니다.";
        fault: fn(ProviderFault) -> String = fault_en, fault_ko;
    }
}

fn fault_en(fault: ProviderFault) -> String {
    fault.to_string()
}

fn fault_ko(fault: ProviderFault) -> String {
    match fault {
        ProviderFault::Stale => {
            "로그인 시간이 초과되었거나 다른 브라우저에서 시작되었습니다. 처음부터 다시 시도해 주세요."
        }
        ProviderFault::Denied => "공급자가 로그인을 허용하지 않았습니다.",
        ProviderFault::Invalid => {
            "공급자가 보낸 정보를 신뢰할 수 없습니다. 관리자가 로그에서 원인을 확인할 수 있습니다."
        }
        ProviderFault::NotAdmitted => "로그인이 허용되지 않은 사용자입니다. 관리자에게 문의해 주세요.",
    }
    .to_owned()
}
