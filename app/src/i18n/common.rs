//! Words that every area uses: its places, things, verbs and columns.

texts! {
    pub struct Common {
        overview = "Overview", "개요";
        instances = "Instances", "인스턴스";
        images = "Images", "이미지";
        key_pairs = "Key Pairs", "키 페어";
        flavors = "Flavors", "플레이버";
        networks = "Networks", "네트워크";
        floating_ips = "Floating IPs", "유동 IP";
        security_groups = "Security Groups", "보안 그룹";
        projects = "Projects", "프로젝트";
        users = "Users", "사용자";
        groups = "Groups", "그룹";
        domains = "Domains", "도메인";
        roles = "Roles", "역할";
        assignments = "Assignments", "역할 할당";
        policy = "Policy", "정책";
        quotas = "Quotas", "할당량";
        hypervisors = "Hypervisors", "하이퍼바이저";
        sessions = "Sessions", "세션";

        area_compute = "Compute", "컴퓨트";
        area_network = "Network", "네트워크";
        area_identity = "Identity", "인증";
        area_account = "Account", "계정";
        area_admin = "Admin", "관리";

        name = "Name", "이름";
        id = "ID", "ID";
        status = "Status", "상태";
        description = "Description", "설명";
        size = "Size", "크기";
        owner = "Owner", "소유자";
        kind = "Type", "유형";
        created = "Created", "생성 시각";
        updated = "Updated", "변경 시각";
        project = "Project", "프로젝트";
        actions = "Actions", "작업";

        create = "Create", "생성";
        delete = "Delete", "삭제";
        edit = "Edit", "편집";
        add = "Add", "추가";
        remove = "Remove", "제거";
        enable = "Enable", "활성화";
        disable = "Disable", "비활성화";
        save = "Save", "저장";
        cancel = "Cancel", "취소";
        close = "Close", "닫기";
        download = "Download", "다운로드";

        enabled = "Enabled", "활성";
        disabled = "Disabled", "비활성";
        yes = "Yes", "예";
        no = "No", "아니요";
        none = "None", "없음";
        unknown = "Unknown", "알 수 없음";
        optional = "optional", "선택 사항";
    }
}
