//! Texts of how programs reach the cloud.

texts! {
    pub struct Access {
        title = "API Access", "API 접근";
        hint = "For OpenStack’s own clients and for programs: where the API is, and what they have to be told.", "OpenStack 클라이언트와 프로그램이 사용하는 API 주소와 설정입니다.";
        endpoints = "Endpoints", "엔드포인트";
        service = "Service", "서비스";
        url = "Address", "주소";
        values = "Values", "설정 값";
        auth_url = "Auth URL", "인증 URL";
        project_id = "Project ID", "프로젝트 ID";
        project_domain = "Project domain", "프로젝트 도메인";
        user_domain = "User domain", "사용자 도메인";
        region = "Region", "리전";
        files = "Files", "파일";
        files_hint = "Both sign you in to this project with your own password, which is in neither. For programs, create an application credential.", "두 파일 모두 본인의 비밀번호로 이 프로젝트에 로그인하며, 비밀번호는 포함되지 않습니다. 프로그램에는 애플리케이션 자격 증명을 생성해 사용해 주세요.";
        openrc = "Download openrc", "openrc 다운로드";
        clouds_yaml = "Download clouds.yaml", "clouds.yaml 다운로드";

        credentials = "Application Credentials", "애플리케이션 자격 증명";
        credentials_hint = "What programs sign in with in your stead: in one project, with the roles you choose, and never with your password.", "프로그램이 본인을 대신해 로그인할 때 사용합니다. 한 프로젝트에서 선택한 역할만 가지며 비밀번호는 필요하지 않습니다.";
        all_credentials = "All Credentials", "전체 자격 증명";
        all_credentials_hint = "What programs sign in with in anybody’s stead. Revoking one takes effect at once.", "프로그램이 사용자를 대신해 로그인할 때 사용하는 모든 자격 증명입니다. 폐기하면 즉시 적용됩니다.";
        none = "No application credentials", "애플리케이션 자격 증명이 없습니다";
        none_hint = "Create one for each program, so that each can be ended by itself.", "프로그램마다 하나씩 생성하면 따로 폐기할 수 있습니다.";
        none_of_all_hint = "They stand here as soon as somebody creates one.", "누군가 생성하면 여기에 표시됩니다.";
        create_credential = "Create application credential", "애플리케이션 자격 증명 생성";
        create_hint = "It is good for the present project only. When you lose one of its roles, it ends.", "현재 프로젝트에서만 사용할 수 있습니다. 포함된 역할을 잃으면 더 이상 사용할 수 없습니다.";
        roles_hint = "With none chosen it has all the roles that you have here.", "선택하지 않으면 이 프로젝트에서 가진 모든 역할이 포함됩니다.";
        expires = "Expires", "만료";
        expires_hint = "At the end of that day (UTC). Empty is never.", "해당 날짜가 끝날 때(UTC) 만료됩니다. 비워 두면 만료되지 않습니다.";
        rules = "Access rules", "접근 규칙";
        rules_hint = "The only requests that it is good for, one a line: service, method, path below the service’s endpoint. * and {name} stand for one part of a path, ** for any number. Empty: all that its roles allow.", "허용할 요청만 한 줄에 하나씩 서비스, 메서드, 엔드포인트 아래의 경로 순으로 입력합니다. *와 {name}은 경로의 한 부분, **는 여러 부분을 뜻합니다. 비워 두면 역할이 허용하는 모든 요청을 할 수 있습니다.";
        unrestricted = "Unrestricted", "제한 없음";
        unrestricted_hint = "It may create and delete application credentials itself. Few programs need that, and whoever steals it can go on after you have deleted it.", "이 자격 증명으로 다른 애플리케이션 자격 증명을 생성하고 삭제할 수 있습니다. 필요한 프로그램은 드물며, 도난당하면 삭제한 뒤에도 악용될 수 있습니다.";
        unrestricted_tag = "unrestricted", "제한 없음";
        once = "The secret is shown once, on the next page.", "비밀 키는 다음 화면에서 한 번만 표시됩니다.";
        made: fn(&str) -> String = |name| format!("“{name}” has been created"), |name| format!("“{name}” 자격 증명을 생성했습니다");
        made_hint = "Keep the secret now: it is not stored here and cannot be shown again.", "비밀 키는 저장되지 않으며 다시 표시할 수 없습니다. 지금 보관해 주세요.";
        secret = "Secret", "비밀 키";
        saved = "I have kept it", "보관했습니다";
        delete_body = "Whatever uses it is signed out at once and cannot sign in again.", "사용 중인 모든 프로그램이 즉시 로그아웃되며 다시 로그인할 수 없습니다.";
        revoke = "Revoke", "폐기";
        revoke_title: fn(&str, &str) -> String = |name, user| format!("Revoke “{name}” of {user}?"), |name, user| format!("{user}의 “{name}” 자격 증명을 폐기할까요?");
        good_for = "Good for", "허용 요청";
        all_requests = "all that the roles allow", "역할이 허용하는 모든 요청";
        active = "Active", "사용 가능";
        expired = "Expired", "만료됨";
        role_lost = "Role lost", "역할 상실";
        disabled = "Disabled", "비활성";
    }
}
