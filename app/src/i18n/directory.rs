//! Texts of the directory: projects, users, groups, domains, roles, assignments and the policy.

use super::particle;
use api::Action;
use api::directory::{ActorKind, Assignment, Place};

texts! {
    pub struct Directory {
        project = "Project", "프로젝트";
        user = "User", "사용자";
        group = "Group", "그룹";
        domain = "Domain", "도메인";
        role = "Role", "역할";
        system = "System", "시스템";
        state: fn(bool) -> &'static str = |enabled| if enabled { "Enabled" } else { "Disabled" }, |enabled| if enabled { "활성" } else { "비활성" };
        disable_title: fn(&str) -> String = |name| format!("Disable {name}?"), |name| format!("{name}{} 비활성화할까요?", particle(name, "을", "를"));
        domain_hint = "Where users, groups and projects have their names.", "사용자, 그룹, 프로젝트의 이름이 속하는 도메인입니다.";
        many = "Change chosen", "선택 항목 변경";
        many_title = "What is to be done with what is chosen?", "선택한 항목에 어떤 작업을 할까요?";
        by_name_or_id = "By name or ID.", "이름 또는 ID로 지정합니다.";

        // Projects.
        projects_hint = "Projects own instances, networks and images, and keep them apart.", "프로젝트는 인스턴스, 네트워크, 이미지를 소유하고 서로 격리합니다.";
        no_projects = "No projects here", "프로젝트가 없습니다";
        no_projects_hint = "A project holds what a team or a person runs. Create one and give it members.", "프로젝트는 팀이나 개인이 운영하는 자원을 담습니다. 프로젝트를 생성하고 구성원을 추가해 주세요.";
        create_project = "Create project", "프로젝트 생성";
        edit_project = "Edit project", "프로젝트 편집";
        enter_project = "Enter", "이동";
        parent = "Parent project", "상위 프로젝트";
        parent_hint = "Inherited roles reach down from it. By name or ID.", "상속되는 역할이 상위 프로젝트에서 내려옵니다. 이름 또는 ID로 지정합니다.";
        children = "Projects below", "하위 프로젝트";
        tags = "Tags", "태그";
        tags_hint = "Separated by commas.", "쉼표로 구분합니다.";
        members = "Members", "구성원";
        members_hint = "Type a part of a name to search. Rows that stay empty are passed over.", "이름의 일부를 입력해 검색하세요. 비워 둔 줄은 무시합니다.";
        own_members_hint = "Who has which role in this project. Administrators and those who manage the domain change it.", "이 프로젝트에서 누가 어떤 역할을 맡고 있는지 보여 줍니다. 변경은 관리자와 도메인 매니저가 할 수 있습니다.";
        member_row = "Add row", "줄 추가";
        limits = "Quota", "할당량";
        limits_hint = "Empty fields keep the default; −1 means no limit.", "비워 두면 기본값을 사용하며, −1은 제한 없음을 뜻합니다.";
        starter = "Create a starter network", "기본 네트워크 생성";
        starter_hint = "A network with a router to the outside, so that instances can be launched at once.", "외부로 연결된 라우터가 있는 네트워크를 만들어 바로 인스턴스를 시작할 수 있습니다.";
        delete_project = "Delete project", "프로젝트 삭제";
        delete_project_body = "Everything in it goes with it, step by step. Nobody can enter it from now on; the progress stands in the task centre.", "프로젝트에 있는 모든 자원이 차례로 삭제됩니다. 지금부터 아무도 들어갈 수 없으며 진행 상황은 작업 현황에 표시됩니다.";
        holdings = "What it holds", "보유 자원";
        holds_nothing = "Nothing.", "없음";
        deleting = "Deleting", "삭제 중";
        disable_project_body = "Nobody can enter it or change anything in it. What runs goes on running.", "아무도 프로젝트에 들어가거나 내용을 변경할 수 없습니다. 실행 중인 자원은 계속 실행됩니다.";

        // Users.
        users_hint = "Everybody who can sign in.", "로그인할 수 있는 모든 사용자입니다.";
        no_users = "No users here", "사용자가 없습니다";
        no_users_hint = "Create a user, then give it a role in a project.", "사용자를 생성한 후 프로젝트의 역할을 부여해 주세요.";
        create_user = "Create user", "사용자 생성";
        edit_user = "Edit user", "사용자 편집";
        email = "E-mail", "이메일";
        new_password = "New password", "새 비밀번호";
        set_password = "Set password", "비밀번호 설정";
        set_password_hint = "The user is signed out everywhere and chooses another one at the next sign-in.", "이 사용자는 모든 곳에서 로그아웃되며 다음 로그인 시 새 비밀번호를 정합니다.";
        password_again = "Password again", "비밀번호 확인";
        must_change = "Ask for another password at the next sign-in", "다음 로그인 시 비밀번호 변경 요구";
        must_change_hint = "So that nobody but the user knows it.", "본인만 비밀번호를 알게 됩니다.";
        password_locked = "Lock the password", "비밀번호 잠금";
        password_locked_hint = "The user cannot change it; administrators can.", "사용자는 변경할 수 없고 관리자만 변경할 수 있습니다.";
        locked = "Password locked", "비밀번호 잠김";
        default_project = "Default project", "기본 프로젝트";
        default_project_hint = "Where the user lands after signing in. By name or ID.", "로그인 후 처음 열리는 프로젝트입니다. 이름 또는 ID로 지정합니다.";
        role_there = "Role in that project", "해당 프로젝트의 역할";
        no_role = "None", "없음";
        disable_user_body = "The user is signed out everywhere at once and cannot sign in.", "이 사용자는 즉시 모든 곳에서 로그아웃되며 다시 로그인할 수 없습니다.";
        factors_on = "asked for", "사용 중";
        factors_off = "none", "없음";
        last_sign_in = "Last sign-in", "마지막 로그인";
        account_ends = "Account ends", "계정 만료";
        lock_out = "Sign-in", "로그인";
        locked_out: fn(u32) -> String = |minutes| format!("Locked out for {minutes} more minutes"), |minutes| format!("{minutes}분 동안 로그인 잠김");
        unlock = "Unlock", "잠금 해제";
        not_locked_out = "This user is not locked out.", "로그인이 잠겨 있지 않은 사용자입니다.";
        remove_factors = "Remove second factors", "2단계 인증 제거";
        remove_factors_title: fn(&str) -> String = |name| format!("Remove the second factors of {name}?"), |name| format!("{name}의 2단계 인증을 제거할까요?");
        remove_factors_body = "For somebody who has lost them: be sure who asks. From then on the password alone is enough.", "인증 수단을 잃어버린 사용자를 위한 작업입니다. 본인의 요청인지 확인해 주세요. 이후에는 비밀번호만으로 로그인할 수 있습니다.";
        no_factors = "This user has none.", "사용 중인 2단계 인증이 없습니다.";
        delete_user_body = "Roles, memberships in groups, sessions and key pairs go with the user. What was made in projects stays.", "역할, 그룹 구성원 자격, 세션, 키 페어가 함께 삭제됩니다. 프로젝트에 만든 자원은 유지됩니다.";
        no_groups_of_user = "In no group", "속한 그룹이 없습니다";

        // Groups.
        groups_hint = "What a group may do, all its members may.", "그룹에 부여한 역할은 모든 구성원에게 적용됩니다.";
        no_groups = "No groups here", "그룹이 없습니다";
        no_groups_hint = "Give roles to a group once instead of to each of its members.", "구성원마다 역할을 부여하는 대신 그룹에 한 번만 부여할 수 있습니다.";
        create_group = "Create group", "그룹 생성";
        edit_group = "Edit group", "그룹 편집";
        add_member = "Add member", "구성원 추가";
        remove_member_title: fn(&str) -> String = |name| format!("Remove {name} from the group?"), |name| format!("{name}{} 그룹에서 제거할까요?", particle(name, "을", "를"));
        remove_member_body = "What the user may do because of the group ends at once.", "그룹을 통해 받은 권한이 즉시 사라집니다.";
        no_members = "Nobody is in this group", "그룹에 구성원이 없습니다";
        no_members_hint = "Add a member by name.", "이름으로 구성원을 추가해 주세요.";
        delete_group_body = "Its members stay; what they may do because of it ends at once.", "구성원은 유지되지만 그룹을 통해 받은 권한은 즉시 사라집니다.";

        // Domains.
        domains_hint = "Domains keep organisations apart: each has its own projects, users and groups.", "도메인은 조직을 서로 분리합니다. 각 도메인에는 고유한 프로젝트, 사용자, 그룹이 있습니다.";
        no_domains = "No domains here", "도메인이 없습니다";
        create_domain = "Create domain", "도메인 생성";
        edit_domain = "Edit domain", "도메인 편집";
        disable_domain_body = "Nobody of this domain can sign in, and nobody can enter its projects. What runs goes on running.", "이 도메인의 사용자는 로그인할 수 없고 프로젝트에도 들어갈 수 없습니다. 실행 중인 자원은 계속 실행됩니다.";
        delete_domain_body = "Only a domain that is disabled and empty can be deleted.", "비활성화되어 있고 비어 있는 도메인만 삭제할 수 있습니다.";
        still_enabled = "Disable it first.", "먼저 비활성화해 주세요.";

        // Roles.
        roles_hint = "Whoever has a role has those that it implies. The policy knows reader, member, manager and admin.", "역할은 포함하는 역할의 권한도 함께 가집니다. 정책은 reader, member, manager, admin 역할을 기준으로 합니다.";
        create_role = "Create role", "역할 생성";
        edit_role = "Edit role", "역할 편집";
        implies = "Implies", "포함하는 역할";
        grants = "Amounts to", "효력";
        grants_nothing = "nothing by itself", "자체 효력 없음";
        builtin = "built in", "기본 제공";
        builtin_fixed = "Every cloud has this role; it cannot be changed.", "모든 클라우드에 있는 역할이므로 변경할 수 없습니다.";
        role_in_use = "It is assigned. Remove the assignments first.", "할당된 역할입니다. 먼저 할당을 제거해 주세요.";
        delete_role_body = "Nobody has it, so nobody loses anything.", "이 역할을 가진 사용자가 없으므로 권한에는 변화가 없습니다.";

        // Assignments.
        assignments_hint = "Who has which role, and where.", "누가 어디에서 어떤 역할을 맡고 있는지 보여 줍니다.";
        no_assignments = "No roles assigned here", "할당된 역할이 없습니다";
        no_assignments_hint = "Give a user or a group a role.", "사용자나 그룹에 역할을 부여해 주세요.";
        assign = "Assign role", "역할 부여";
        who = "Who", "대상";
        actor = "User or group", "사용자 또는 그룹";
        whereto = "Where", "범위";
        place = "Project or domain", "프로젝트 또는 도메인";
        place_hint = "By name or ID. Empty for the system.", "이름 또는 ID로 지정합니다. 시스템이면 비워 둡니다.";
        inherited = "Inherited", "상속";
        inherited_hint = "Holds in the projects below, not in the place itself.", "지정한 곳이 아니라 그 아래의 프로젝트에 적용됩니다.";
        actor_kinds: fn(ActorKind) -> &'static str = |kind| match kind { ActorKind::User => "User", ActorKind::Group => "Group" }, |kind| match kind { ActorKind::User => "사용자", ActorKind::Group => "그룹" };
        unassign_title: fn(&Assignment) -> String = |it| format!("Take the role {} from {}?", it.role_name, it.actor_name), |it| format!("{}에서 {} 역할을 제거할까요?", it.actor_name, it.role_name);
        unassign_body = "What it allows ends with the next click, in every open window.", "이 역할로 허용되던 작업은 열려 있는 모든 창에서 즉시 중단됩니다.";
        place_of: fn(&Assignment) -> String = place_en, place_ko;

        // The policy.
        policy_hint = "The weakest role that may, by where it is held.", "작업에 필요한 최소 역할을 범위별로 보여 줍니다.";
        action = "Action", "작업";
        in_project = "In the project", "프로젝트";
        on_domain = "On the domain", "도메인";
        on_system = "On the system", "시스템";
        table = "The table", "정책 표";
        simulator = "What may this user do?", "이 사용자가 할 수 있는 작업";
        simulator_hint = "Choose a user and a project to see what is allowed there, and by which assignment.", "사용자와 프로젝트를 선택하면 허용되는 작업과 그 근거가 되는 할당을 보여 줍니다.";
        simulate = "Show", "확인";
        allowed = "Allowed", "허용";
        refused = "Refused", "거부";
        because = "Because of", "근거";
        simulated: fn(&str, &str, Option<&str>) -> String = simulated_en, simulated_ko;
        simulated_disabled = "Nothing is allowed: the user, the project or a domain is disabled.", "사용자, 프로젝트 또는 도메인이 비활성 상태이므로 아무것도 허용되지 않습니다.";
        actions: fn(Action) -> &'static str = action_en, action_ko;
    }
}

fn place_en(assignment: &Assignment) -> String {
    match (assignment.place, assignment.inherited) {
        (Place::System, _) => "the system".to_owned(),
        (Place::Project(_), false) => format!("project {}", assignment.place_name),
        (Place::Project(_), true) => format!("projects below {}", assignment.place_name),
        (Place::Domain(_), false) => format!("domain {}", assignment.place_name),
        (Place::Domain(_), true) => format!("projects of domain {}", assignment.place_name),
    }
}

fn place_ko(assignment: &Assignment) -> String {
    match (assignment.place, assignment.inherited) {
        (Place::System, _) => "시스템".to_owned(),
        (Place::Project(_), false) => format!("{} 프로젝트", assignment.place_name),
        (Place::Project(_), true) => format!("{}의 하위 프로젝트", assignment.place_name),
        (Place::Domain(_), false) => format!("{} 도메인", assignment.place_name),
        (Place::Domain(_), true) => format!("{} 도메인의 프로젝트", assignment.place_name),
    }
}

fn simulated_en(user: &str, project: &str, role: Option<&str>) -> String {
    match role {
        Some(role) => format!("In {project}, {user} is {role}."),
        None => format!("For {user}, {project} does not exist: no role leads there."),
    }
}

fn simulated_ko(user: &str, project: &str, role: Option<&str>) -> String {
    match role {
        Some(role) => format!("{user} 사용자는 {project} 프로젝트에서 {role} 역할을 가집니다."),
        None => format!("{user} 사용자에게는 {project} 프로젝트의 역할이 없어 프로젝트가 보이지 않습니다."),
    }
}

fn action_en(action: Action) -> &'static str {
    match action {
        Action::Read => "See instances, networks, images",
        Action::Write => "Make, change and delete them",
        Action::OwnKeypair => "Use one’s own key pairs",
        Action::OwnCredential => "Use one’s own application credentials",
        Action::PublishImage => "Publish images to all projects",
        Action::EveryImage => "See and change every project’s images",
        Action::ReadHosts => "See the hosts",
        Action::ReadMembers => "See the members of the project",
        Action::RequestQuota => "Ask for a larger quota",
        Action::ReadAudit => "Read the audit log of all",
        Action::ReadPasswordRules => "See what passwords have to be",
        Action::ManagePasswordRules => "Say what passwords have to be",
        Action::ManageSessions => "See and end users’ sessions",
        Action::EveryCredential => "See and revoke everybody’s application credentials",
        Action::TeachClasses => "Run the classes that one teaches",
        Action::ReadClasses => "See all classes",
        Action::ManageClasses => "Make and change classes",
        Action::ReadDomains => "See domains",
        Action::ManageDomains => "Change domains",
        Action::ReadProjects => "See projects",
        Action::ManageProjects => "Change projects",
        Action::ReadUsers => "See users",
        Action::ManageUsers => "Change users",
        Action::ReadGroups => "See groups",
        Action::ManageGroups => "Change groups",
        Action::ReadRoles => "See roles",
        Action::ManageRoles => "Change roles",
        Action::ReadAssignments => "See who has which role",
        Action::ManageAssignments => "Give and take roles",
        Action::ReadQuotas => "See projects’ quotas",
        Action::ManageQuotas => "Change quotas",
        Action::ManageFlavors => "Change flavors",
        Action::ReadPolicy => "See the policy",
    }
}

fn action_ko(action: Action) -> &'static str {
    match action {
        Action::Read => "인스턴스, 네트워크, 이미지 보기",
        Action::Write => "생성, 변경, 삭제",
        Action::OwnKeypair => "자신의 키 페어 사용",
        Action::OwnCredential => "자신의 애플리케이션 자격 증명 사용",
        Action::PublishImage => "이미지를 모든 프로젝트에 공개",
        Action::EveryImage => "모든 프로젝트의 이미지 보기와 변경",
        Action::ReadHosts => "호스트 보기",
        Action::ReadMembers => "프로젝트 구성원 보기",
        Action::RequestQuota => "할당량 증설 요청",
        Action::ReadAudit => "전체 감사 로그 보기",
        Action::ReadPasswordRules => "비밀번호 규칙 보기",
        Action::ManagePasswordRules => "비밀번호 규칙 변경",
        Action::ManageSessions => "사용자 세션 보기와 종료",
        Action::EveryCredential => "모든 애플리케이션 자격 증명 보기와 폐기",
        Action::TeachClasses => "맡은 클래스 운영",
        Action::ReadClasses => "모든 클래스 보기",
        Action::ManageClasses => "클래스 생성과 변경",
        Action::ReadDomains => "도메인 보기",
        Action::ManageDomains => "도메인 변경",
        Action::ReadProjects => "프로젝트 보기",
        Action::ManageProjects => "프로젝트 변경",
        Action::ReadUsers => "사용자 보기",
        Action::ManageUsers => "사용자 변경",
        Action::ReadGroups => "그룹 보기",
        Action::ManageGroups => "그룹 변경",
        Action::ReadRoles => "역할 보기",
        Action::ManageRoles => "역할 변경",
        Action::ReadAssignments => "역할 할당 보기",
        Action::ManageAssignments => "역할 부여와 제거",
        Action::ReadQuotas => "프로젝트 할당량 보기",
        Action::ManageQuotas => "할당량 변경",
        Action::ManageFlavors => "플레이버 변경",
        Action::ReadPolicy => "정책 보기",
    }
}
