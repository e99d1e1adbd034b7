//! Texts of people's own accounts: profile, password, second factors, sessions and preferences.

use api::account::{PasswordFault, PasswordRules};

texts! {
    pub struct Account {
        profile = "Profile", "프로필";
        domain = "Domain", "도메인";
        member_since = "Member since", "가입 시각";
        password_changed = "Password changed", "비밀번호 변경 시각";
        never = "never", "한 적 없음";
        projects = "Projects and roles", "프로젝트와 역할";
        role = "Role", "역할";
        this_project = "this project", "현재 프로젝트";

        change_password = "Change password", "비밀번호 변경";
        change_password_hint = "Everybody else who is signed in as you is signed out: other browsers, and whoever knew the old password.", "다른 브라우저를 포함해 이 계정으로 로그인한 다른 모든 세션이 종료됩니다.";
        current_password = "Current password", "현재 비밀번호";
        new_password = "New password", "새 비밀번호";
        new_password_again = "New password again", "새 비밀번호 확인";
        second_factors = "Second Factors", "2단계 인증";
        second_factors_hint = "What is asked for at sign-in beside the password, so that a password which somebody has learned is not enough.", "로그인할 때 비밀번호와 함께 요구하는 인증 수단입니다. 비밀번호가 유출되어도 다른 사람이 로그인할 수 없습니다.";
        totp = "Authenticator app", "인증 앱";
        totp_hint = "An app on your phone shows a new code every 30 seconds. Any app that speaks TOTP will do.", "휴대전화 앱이 30초마다 새 코드를 표시합니다. TOTP를 지원하는 앱이면 모두 사용할 수 있습니다.";
        totp_begin = "Set up", "설정";
        scan_hint = "Scan the QR code with the app, or type the key into it. Then enter the code that it shows.", "앱으로 QR 코드를 스캔하거나 키를 직접 입력한 다음, 앱에 표시된 코드를 입력하세요.";
        qr_label = "QR code for the authenticator app", "인증 앱용 QR 코드";
        app_key = "Key", "키";
        this_device = "On this device", "이 기기에서";
        open_app = "Open in the app", "앱에서 열기";
        code = "Code", "코드";
        app_code = "Code of the app", "앱의 코드";
        app_code_hint = "From then on a code is asked for at every sign-in.", "이후에는 로그인할 때마다 코드를 요구합니다.";
        totp_confirm = "Turn on", "사용";
        totp_stop = "Do not set it up", "설정 취소";
        asked_since = "Asked for since", "사용 시작";
        recovery_codes = "Recovery codes", "복구 코드";
        recovery_code = "Recovery code", "복구 코드";
        codes_left = "Recovery codes left", "남은 복구 코드";
        keep_codes = "Keep these recovery codes", "복구 코드를 보관하세요";
        keep_codes_hint = "Each opens the door once when the second factor is lost. They are shown now and never again.", "2단계 인증 수단을 잃어버렸을 때 한 번씩 사용할 수 있습니다. 지금만 표시되며 다시 볼 수 없습니다.";
        save_codes = "Save as a file", "파일로 저장";
        renew_codes = "Make new recovery codes", "새 복구 코드 생성";
        renew_codes_hint = "The old ones are good no more.", "기존 코드는 더 이상 사용할 수 없습니다.";
        totp_remove = "Remove the app", "인증 앱 제거";
        totp_remove_hint = "From then on no code of it is asked for.", "이후에는 앱의 코드를 요구하지 않습니다.";
        passkeys = "Passkeys", "패스키";
        passkeys_hint = "A key that a device keeps for you and uses only after it has recognised you, by a finger or a PIN. It is asked for after the password, and opens the door alone as well.", "기기가 보관하며 지문이나 PIN으로 본인을 확인한 후에만 사용하는 키입니다. 비밀번호 다음 단계로 사용하거나, 패스키만으로 로그인할 수 있습니다.";
        passkey_add = "Add a passkey", "패스키 추가";
        passkey_name_hint = "For yourself, such as the name of the device.", "기기 이름처럼 알아보기 쉬운 이름을 입력하세요.";
        passkey_begin = "Go on", "계속";
        passkey_ready = "Now the device", "기기에서 확인";
        passkey_ready_hint = "The browser asks which device is to keep the passkey, and the device who you are.", "패스키를 보관할 기기를 브라우저에서 선택하고, 기기에서 본인 확인을 진행하세요.";
        passkey_create = "Make the passkey", "패스키 만들기";
        passkey_used = "Last used", "마지막 사용";
        passkey_added = "Added", "추가 시각";
        passkey_edit = "Rename or remove", "이름 변경 또는 제거";
        passkey_rename = "Rename", "이름 변경";
        passkey_remove = "Remove the passkey", "패스키 제거";
        passkey_remove_hint = "From then on it opens nothing here. Remove it from the device too.", "이후에는 이 패스키로 로그인할 수 없습니다. 기기에서도 삭제하세요.";
        passkey_needs_script = "Passkeys need JavaScript, because the browser has to speak with the device.", "패스키는 브라우저가 기기와 통신해야 하므로 JavaScript가 필요합니다.";
        passkey_unusable = "This browser knows no passkeys at this address. They need https or localhost, and a host's name instead of a number.", "이 브라우저는 현재 주소에서 패스키를 사용할 수 없습니다. https 또는 localhost와 호스트 이름이 필요합니다.";
        passkey_failed = "No passkey was used. Try again, or choose another way.", "패스키를 사용하지 않았습니다. 다시 시도하거나 다른 방법을 선택하세요.";
        passkey_known = "This device keeps a passkey of this account already.", "이 기기에는 이 계정의 패스키가 이미 있습니다.";
        rules = "Password Rules", "비밀번호 규칙";
        rules_hint = "What passwords have to be, and what becomes of those who guess, by domain.", "도메인별 비밀번호 조건과 반복된 로그인 실패의 처리 방식입니다.";
        rules_of: fn(&str) -> String = |domain| format!("Password rules of {domain}"), |domain| format!("{domain} 비밀번호 규칙");
        min_length = "Least length", "최소 길이";
        min_length_hint = "8 to 128 characters.", "8자에서 128자까지 지정할 수 있습니다.";
        characters = "characters", "자";
        history = "Not again", "재사용 금지";
        history_hint = "How many passwords, the present one included, may not be chosen again: 1 to 24.", "현재 비밀번호를 포함해 다시 사용할 수 없는 최근 비밀번호의 수입니다(1~24).";
        expires_days = "Expires after", "만료 기간";
        expires_days_hint = "A new one has to be chosen at the next sign-in; 0 is never.", "만료되면 다음 로그인 때 새 비밀번호를 선택해야 합니다. 0이면 만료되지 않습니다.";
        days = "days", "일";
        lock_after = "Locked out after", "잠금 기준";
        lock_after_hint = "Failures in a row with one name, whether or not anybody has it; 0 is never.", "같은 이름으로 연속해서 실패한 횟수입니다. 존재하지 않는 이름도 같습니다. 0이면 잠그지 않습니다.";
        failures = "failures", "회";
        lock_minutes = "Locked out for", "잠금 시간";
        lock_minutes_hint = "From the last failure on: 1 to 1,440.", "마지막 실패부터 계산합니다(1~1,440).";
        minutes = "minutes", "분";
        never_word = "never", "없음";
        rules_said: fn(&PasswordRules) -> String = rules_en, rules_ko;
        sentence_hint = "A sentence of your own is good, and easy to keep in mind.", "기억하기 쉬운 나만의 문장이 좋습니다.";
        email = "E-mail", "이메일";
        edit_profile = "Edit profile", "프로필 편집";
        default_project = "Default project", "기본 프로젝트";
        default_project_hint = "Where you land after signing in for the first time.", "처음 로그인할 때 열리는 프로젝트입니다.";
        no_default_project = "None", "없음";
        locked_title = "Your password is locked", "비밀번호가 잠겨 있습니다";

        sessions_hint = "The browsers that are signed in as you. End one that you do not know, and change your password.", "현재 계정으로 로그인한 브라우저입니다. 모르는 세션이 있으면 종료하고 비밀번호를 변경해 주세요.";
        all_sessions = "All Sessions", "전체 세션";
        all_sessions_hint = "Everybody who is signed in now. Ending a session takes effect at once, open consoles included.", "현재 로그인한 모든 사용자입니다. 세션을 종료하면 열려 있는 콘솔을 포함해 즉시 적용됩니다.";
        no_sessions = "Nobody is signed in", "로그인한 사용자가 없습니다";
        no_sessions_hint = "Sessions stand here as soon as somebody signs in.", "누군가 로그인하면 여기에 세션이 표시됩니다.";
        device = "Device", "기기";
        address = "Address", "주소";
        signed_in = "Signed in", "로그인 시각";
        last_use = "Last use", "마지막 사용";
        expires = "Ends by", "만료 시각";
        user = "User", "사용자";
        unknown_device = "Unknown device", "알 수 없는 기기";
        on: fn(&str, &str) -> String = |browser, system| format!("{browser} on {system}"), |browser, system| format!("{system}의 {browser}");
        this_session = "this one", "현재 세션";
        revoke = "End session", "세션 종료";
        revoke_title: fn(&str) -> String = |device| format!("End the session in {device}?"), |device| format!("{device} 세션을 종료할까요?");
        revoke_body = "It is signed out at once, and its open consoles close.", "즉시 로그아웃되며 열려 있는 콘솔도 닫힙니다.";
        revoke_own_body = "This is the session that you are using: you will have to sign in again.", "현재 사용 중인 세션이므로 다시 로그인해야 합니다.";
        revoke_others = "End all others", "다른 세션 모두 종료";
        revoke_others_title = "End all your other sessions?", "다른 세션을 모두 종료할까요?";
        revoke_others_body = "Every other browser is signed out at once. This one stays.", "이 브라우저를 제외한 모든 브라우저에서 즉시 로그아웃됩니다.";
        revoke_user = "End all of this user", "이 사용자의 세션 모두 종료";
        revoke_user_title: fn(&str) -> String = |name| format!("End all sessions of {name}?"), |name| format!("{name}의 세션을 모두 종료할까요?");
        revoke_all_title = "End all sessions of this user?", "이 사용자의 세션을 모두 종료할까요?";
        no_others = "There is no other session.", "다른 세션이 없습니다.";

        preferences = "Preferences", "환경설정";
        preferences_hint = "They follow you into every browser that you sign in with.", "로그인하는 모든 브라우저에 적용됩니다.";
        lang_browser = "As the browser has it", "브라우저 설정 사용";
        time_zone = "Time zone", "시간대";
        time_zone_browser = "As the browser has it", "브라우저 설정 사용";
        time_zone_hint = "For the exact times of lists and logs.", "목록과 로그의 정확한 시각에 사용됩니다.";
        page_size = "Rows on a page", "페이지당 항목 수";
        page_size_hint = "1 to 1,000; 20 if you leave it empty.", "1에서 1,000까지 입력할 수 있습니다. 비워 두면 20개입니다.";
        save_preferences = "Save preferences", "환경설정 저장";

        ending: fn(&str) -> String = |left| format!("Your session ends in {left}"), |left| format!("{left} 후에 세션이 만료됩니다");
        ending_hint = "You have not done anything for a while. What you have typed stays here.", "한동안 사용하지 않았습니다. 입력한 내용은 그대로 유지됩니다.";
        ending_final_hint = "The longest time for one session is over soon. Sign in again in another tab when it has ended; what you have typed stays here.", "세션의 최대 시간이 곧 끝납니다. 만료된 후 다른 탭에서 다시 로그인해 주세요. 입력한 내용은 그대로 유지됩니다.";
        stay = "Stay signed in", "로그인 유지";
        ended = "Your session has ended", "세션이 만료되었습니다";
        ended_hint = "What you have typed is still here. Sign in again in another tab, then go on.", "입력한 내용은 그대로 남아 있습니다. 다른 탭에서 다시 로그인한 후 계속해 주세요.";
        sign_in_again = "Sign in again", "다시 로그인";
        go_on = "Go on here", "여기서 계속";
    }
}

fn rules_en(rules: &PasswordRules) -> String {
    let mut said = format!("At least {} characters.", rules.min_length);
    if rules.history > 1 {
        said.push_str(&format!(" Not one of the last {}.", rules.history));
    }
    if rules.expires_days > 0 {
        said.push_str(&format!(" Another one is asked for after {} days.", rules.expires_days));
    }
    said
}

fn rules_ko(rules: &PasswordRules) -> String {
    let mut said = format!("{}자 이상 입력해 주세요.", rules.min_length);
    if rules.history > 1 {
        said.push_str(&format!(" 최근 {}개 비밀번호는 사용할 수 없습니다.", rules.history));
    }
    if rules.expires_days > 0 {
        said.push_str(&format!(" {}일이 지나면 변경해야 합니다.", rules.expires_days));
    }
    said
}

pub fn password_fault_ko(fault: PasswordFault) -> String {
    match fault {
        PasswordFault::UsedBefore { count } => {
            return format!("최근 {count}개 비밀번호 중 하나입니다. 다른 비밀번호를 선택해 주세요.");
        }
        PasswordFault::LockedOut { minutes } => {
            return format!("이 이름으로 너무 많이 시도했습니다. {minutes}분 후에 다시 시도해 주세요.");
        }
        PasswordFault::WrongCode => "올바르지 않거나 이미 사용한 코드입니다. 다음 코드를 기다려 주세요.",
        PasswordFault::WrongPasskey => {
            "사용할 수 없는 패스키입니다. 등록되지 않았거나 요청이 만료되었습니다. 다시 시도해 주세요."
        }
        PasswordFault::Federated => "조직의 공급자로 로그인하므로 여기에는 비밀번호가 없습니다.",
        PasswordFault::IsTheName => "사용자 이름은 비밀번호로 사용할 수 없습니다. 다른 비밀번호를 선택해 주세요.",
        PasswordFault::Breached => "이미 알려진 비밀번호입니다. 다른 비밀번호를 선택해 주세요.",
        PasswordFault::MustChange => "관리자가 지정한 비밀번호입니다. 계속하려면 새 비밀번호를 선택해 주세요.",
        PasswordFault::Expired => "비밀번호가 만료되었습니다. 계속하려면 새 비밀번호를 선택해 주세요.",
        PasswordFault::NeedsCode => {
            "비밀번호만으로는 로그인할 수 없는 계정입니다. 애플리케이션 자격 증명을 사용해 주세요."
        }
        PasswordFault::Locked => "비밀번호가 잠겨 있습니다. 관리자만 변경할 수 있습니다.",
        PasswordFault::Wrong => "현재 비밀번호가 아닙니다.",
        PasswordFault::NotTheSame => "두 비밀번호가 일치하지 않습니다. 새 비밀번호를 다시 입력해 주세요.",
        PasswordFault::SameAsBefore => "현재 비밀번호와 같습니다. 다른 비밀번호를 선택해 주세요.",
    }
    .to_owned()
}
