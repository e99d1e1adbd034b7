//! Texts of the components and of the frame around every page.

use super::{format::number, particle};

texts! {
    pub struct Ui {
        // Lists.
        search = "Search", "검색";
        apply = "Apply", "적용";
        all_statuses = "All statuses", "모든 상태";
        clear_filter = "Clear filter", "필터 지우기";
        remove_filter: fn(&str) -> String = |what| format!("Remove filter: {what}"), |what| format!("필터 제거: {what}");
        no_match = "Nothing matches", "일치하는 항목이 없습니다";
        no_match_hint = "No row fits this search and status.", "이 검색어와 상태에 맞는 항목이 없습니다.";
        rows: fn(u64) -> String = |n| format!("{} {}", number(n), if n == 1 { "item" } else { "items" }), |n| format!("{}개 항목", number(n));
        rows_of: fn(u64, u64) -> String = |shown, total| format!("{} of {}", number(shown), number(total)), |shown, total| format!("전체 {}개 중 {}개", number(total), number(shown));
        rows_per_page = "Rows per page", "페이지당 항목";
        previous = "Previous", "이전";
        next = "Next", "다음";
        pages = "Pages", "페이지";
        sort_by: fn(&str) -> String = |column| format!("Sort by {column}"), |column| format!("{column} 기준 정렬");
        actions_for: fn(&str) -> String = |name| format!("Actions for {name}"), |name| format!("{name} 작업");
        more_actions = "More actions", "추가 작업";
        loading = "Loading", "불러오는 중";

        // Forms.
        required = "required", "필수";
        faults: fn(usize) -> String = |n| if n == 1 { "One field needs another value".to_owned() } else { format!("{n} fields need another value") }, |n| format!("{n}개 항목의 값을 확인해 주세요");
        form_failed = "That did not work", "요청을 처리하지 못했습니다";
        type_to_confirm: fn(&str) -> String = |name| format!("Type “{name}” to confirm"), |name| format!("확인을 위해 “{name}”을(를) 입력해 주세요");
        delete_named: fn(&str) -> String = |name| format!("Delete {name}?"), |name| format!("{name}{} 삭제할까요?", particle(name, "을", "를"));
        no_undo = "This cannot be undone.", "이 작업은 되돌릴 수 없습니다.";
        also_removed = "This goes with it:", "함께 삭제되는 항목:";
        dismiss = "Dismiss", "닫기";
        working = "Working…", "처리 중…";

        // Small things.
        copy = "Copy", "복사";
        copied = "Copied", "복사했습니다";
        used_of: fn(&str, &str) -> String = |used, limit| format!("{used} of {limit}"), |used, limit| format!("{limit} 중 {used}");
        log_end = "Jump to the end", "끝으로 이동";
        unlimited = "no limit", "제한 없음";
        not_possible: fn(&str) -> String = |why| format!("Not possible now: {why}"), |why| format!("지금은 할 수 없음: {why}");

        // The frame.
        skip = "Skip to content", "본문으로 건너뛰기";
        navigation = "Navigation", "탐색";
        menu = "Menu", "메뉴";
        breadcrumbs = "Breadcrumbs", "이동 경로";
        notices = "Notices", "알림";
        choose_project = "Choose a project", "프로젝트 선택";
        all_projects = "All projects…", "전체 프로젝트…";
        find_project = "Find a project", "프로젝트 찾기";
        tasks = "Tasks", "작업 현황";
        tasks_running: fn(usize) -> String = |n| if n == 1 { "1 running".to_owned() } else { format!("{n} running") }, |n| format!("{n}개 진행 중");
        no_tasks = "Nothing has been asked for yet. Work you start shows its progress here.", "아직 요청한 작업이 없습니다. 작업을 시작하면 진행 상황이 여기에 표시됩니다.";
        task_running = "running", "진행 중";
        task_succeeded = "done", "완료";
        task_failed = "failed", "실패";
        /// What was asked, from an operation's verb.
        operation: fn(&str) -> String = super::verb::en, super::verb::ko;
        by: fn(&str) -> String = |user| format!("by {user}"), |user| format!("요청자 {user}");
        offline = "Live updates are interrupted", "실시간 갱신이 중단되었습니다";
        offline_hint = "The server does not answer. What you see may be behind; it is tried again every few seconds.", "서버에서 응답이 없어 화면의 내용이 최신이 아닐 수 있습니다. 몇 초마다 다시 시도합니다.";
        account = "Account", "계정";
        signed_in_as = "Signed in as", "로그인 계정";
        theme = "Theme", "테마";
        theme_light = "Light", "라이트";
        theme_dark = "Dark", "다크";
        theme_system = "System", "시스템";
        language = "Language", "언어";
        sign_out = "Sign out", "로그아웃";
        role: fn(&str) -> String = |role| format!("role: {role}"), |role| format!("역할: {role}");

        // Filters, and many rows at once.
        all_of: fn(&str) -> String = |what| format!("{what}: all"), |what| format!("{what}: 전체");
        choose: fn(&str) -> String = |name| format!("Choose {name}"), |name| format!("{name} 선택");
        choose_one = "Choose…", "선택해 주세요";
        choose_all = "Choose all", "모두 선택";
        none_chosen = "Choose at least one row first.", "먼저 항목을 하나 이상 선택해 주세요.";

        // The palette and the keys.
        palette = "Search and go to…", "검색 및 이동…";
        palette_hint = "Type a page or an action", "페이지나 작업을 입력하세요";
        palette_empty = "Nothing by that name", "해당하는 항목이 없습니다";
        keys = "Keyboard shortcuts", "키보드 단축키";
        key_palette = "Open search and actions", "검색 및 작업 열기";
        key_help = "Show this list", "이 목록 보기";
        key_search = "Go to the list’s search field", "목록 검색창으로 이동";
        key_close = "Close what is open", "열린 창 닫기";

        // Error pages.
        not_found = "Page not found", "페이지를 찾을 수 없습니다";
        not_found_hint = "The address is wrong, or what it named is gone.", "주소가 잘못되었거나 해당 항목이 더 이상 존재하지 않습니다.";
        forbidden = "Not allowed", "권한이 없습니다";
        failed = "Something went wrong", "문제가 발생했습니다";
        unavailable = "Not available now", "지금은 사용할 수 없습니다";
        to_start = "Go to the overview", "개요로 이동";
        try_again = "Try again", "다시 시도";
    }
}
