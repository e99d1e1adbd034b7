//! Texts of signing in and of projects and roles.

use api::Role;

texts! {
    pub struct Identity {
        sign_in = "Sign in", "로그인";
        sign_in_to = "Sign in to Offing", "Offing에 로그인";
        user_name = "User name", "사용자 이름";
        password = "Password", "비밀번호";
        new_password_title = "Choose a new password", "새 비밀번호 선택";
        code_title = "Enter your code", "인증 코드 입력";
        code_hint = "Six digits from your authenticator app. If you have lost it: one of your recovery codes.", "인증 앱에 표시된 6자리 코드를 입력하세요. 앱을 잃어버렸다면 복구 코드 중 하나를 사용하세요.";
        passkey_title = "Confirm with your passkey", "패스키로 확인";
        recovery_hint = "One of your recovery codes, if the passkey is not at hand.", "패스키를 사용할 수 없으면 복구 코드 중 하나를 입력하세요.";
        passkey_sign_in = "Sign in with a passkey", "패스키로 로그인";
        passkey_use = "Use your passkey", "패스키 사용";
        or = "or", "또는";
        begin_anew = "Sign in as somebody else", "다른 계정으로 로그인";
        domain_hint = "Leave it empty if nobody has told you one.", "안내받은 도메인이 없으면 비워 두세요.";
        no_project = "You are in no project", "참여 중인 프로젝트가 없습니다";
        no_project_hint = "Ask an administrator to give you a role in one.", "관리자에게 프로젝트 역할을 요청해 주세요.";
        role: fn(Role) -> &'static str = role_en, role_ko;
    }
}

fn role_en(role: Role) -> &'static str {
    role.as_str()
}

fn role_ko(role: Role) -> &'static str {
    match role {
        Role::Reader => "읽기 전용",
        Role::Member => "구성원",
        Role::Manager => "매니저",
        Role::Admin => "관리자",
    }
}
