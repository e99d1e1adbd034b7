//! Texts of classes, for teachers and for students.

use api::class::SeatState;

texts! {
    pub struct Class {
        title = "Classes", "클래스";
        class = "Class", "클래스";
        hint = "Many users, each with a project of their own, made from one template, reset together and gone together.", "하나의 템플릿으로 여러 사용자와 각자의 프로젝트를 만들고, 함께 초기화하고 함께 제거합니다.";
        none = "No classes here", "클래스가 없습니다";
        none_hint = "Create one from a list of names, or let students join by a code.", "이름 목록으로 생성하거나, 학생이 코드로 참여하게 할 수 있습니다.";
        create = "Create class", "클래스 생성";
        edit = "Edit class", "클래스 편집";
        edit_hint = "What changes here holds in the project of every seat at once, and for seats that are made later.", "변경한 내용은 모든 좌석의 프로젝트에 바로 적용되며, 나중에 만드는 좌석에도 적용됩니다.";
        seats = "Seats", "좌석";
        teachers = "Teachers", "교사";
        teachers_hint = "User names, separated by commas. They see what every seat runs, and open its consoles. Empty: you.", "사용자 이름을 쉼표로 구분해 입력합니다. 모든 좌석의 인스턴스를 보고 콘솔을 열 수 있습니다. 비워 두면 본인입니다.";
        roster = "Students", "학생";
        roster_hint = "A name on each line, or from a spreadsheet: name,user name,e-mail. User names are made of names where none is given. You can also leave this empty and let students join by a code.", "한 줄에 이름 하나씩, 또는 스프레드시트처럼 이름,사용자 이름,이메일 순으로 입력합니다. 사용자 이름이 없으면 이름으로 만듭니다. 비워 두고 학생이 코드로 참여하게 할 수도 있습니다.";
        from_file = "Read from a CSV file", "CSV 파일에서 읽기";
        template = "What every seat has", "모든 좌석의 구성";
        cidr = "Starter network", "기본 네트워크";
        cidr_hint = "The same range in every project. Empty: no network.", "모든 프로젝트에 같은 범위를 사용합니다. 비워 두면 네트워크를 만들지 않습니다.";
        images = "Images", "이미지";
        images_hint = "With none chosen every image may be used, and students may bring their own.", "선택하지 않으면 모든 이미지를 사용할 수 있고 학생이 직접 이미지를 추가할 수 있습니다.";
        flavors = "Flavors", "플레이버";
        flavors_hint = "With none chosen every flavor may be used.", "선택하지 않으면 모든 플레이버를 사용할 수 있습니다.";
        none_left = "Everything that stood in this list has been deleted, so nothing may be used. Choose again.", "목록에 있던 항목이 모두 삭제되어 아무것도 사용할 수 없습니다. 다시 선택해 주세요.";
        all = "All", "전체";
        expires = "Ends", "종료";
        expires_hint = "At the end of that day (UTC) the students’ accounts end; what they have made stays. Empty is never.", "해당 날짜가 끝날 때(UTC) 학생 계정이 종료되며, 만든 자원은 유지됩니다. 비워 두면 종료되지 않습니다.";
        never = "Never", "종료 없음";
        expired = "Ended", "종료됨";
        removing = "Removing", "제거 중";
        working: fn(u64) -> String = |n| format!("{n} in progress"), |n| format!("{n}개 진행 중");
        failed: fn(u64) -> String = |n| format!("{n} failed"), |n| format!("{n}개 실패");
        ready = "Ready", "준비됨";

        // Seats.
        student = "Student", "학생";
        user = "User", "사용자";
        password_unset = "no password yet", "비밀번호 미설정";
        gone = "gone", "삭제됨";
        idle = "nothing runs", "실행 중인 인스턴스 없음";
        console_of: fn(&str) -> String = |name| format!("Console of {name}"), |name| format!("{name} 콘솔");
        state: fn(SeatState) -> &'static str = state_en, state_ko;
        no_seats = "Nobody sits here yet", "아직 학생이 없습니다";
        no_seats_hint = "Add students by name, or let them join by a code.", "이름으로 학생을 추가하거나 코드로 참여하게 하세요.";
        add_seats = "Add students", "학생 추가";
        new_code = "New password code", "새 비밀번호 코드";
        new_code_title: fn(&str) -> String = |name| format!("Make a new code for {name}?"), |name| format!("{name} 학생에게 새 코드를 발급할까요?");
        new_code_body = "The present password is void at once, and whoever has the new code sets another.", "현재 비밀번호는 즉시 무효가 되며, 새 코드를 가진 사람이 비밀번호를 다시 설정합니다.";

        // What is done to all of them.
        reset = "Reset", "초기화";
        reset_all = "Reset class", "클래스 초기화";
        reset_title: fn(&str) -> String = |name| format!("Reset {name}?"), |name| format!("{name}을(를) 초기화할까요?");
        reset_body = "Everything in the project is deleted, and the starter network is made anew. The user and the password stay.", "프로젝트의 모든 자원이 삭제되고 기본 네트워크가 다시 만들어집니다. 사용자와 비밀번호는 유지됩니다.";
        reset_all_body = "Everything in the projects of all seats is deleted, and the starter networks are made anew. Users and passwords stay.", "모든 좌석의 프로젝트에 있는 자원이 삭제되고 기본 네트워크가 다시 만들어집니다. 사용자와 비밀번호는 유지됩니다.";
        remove = "Remove class", "클래스 제거";
        remove_body = "All its users and projects go, with all that they hold.", "모든 사용자와 프로젝트가 보유 자원과 함께 제거됩니다.";
        remove_seat = "Remove student", "학생 제거";
        remove_seat_body = "The user and the project go, with all that the project holds.", "사용자와 프로젝트가 보유 자원과 함께 제거됩니다.";
        users_n: fn(u64) -> String = |n| format!("{n} × user and project"), |n| format!("사용자와 프로젝트 × {n}");
        extend = "Change the end", "종료일 변경";

        // Joining.
        joining = "Joining", "참여";
        join_hint = "Whoever has the code makes a user and gets a seat. The code is shown once; a new one takes the place of the last.", "코드를 가진 사람은 누구나 사용자를 만들고 좌석을 받습니다. 코드는 한 번만 표시되며, 새 코드를 만들면 이전 코드는 무효가 됩니다.";
        join_limit = "Seats at most", "최대 좌석 수";
        join_limit_hint = "With so many seats in the class nobody joins any more.", "클래스의 좌석이 이 수에 이르면 더 이상 참여할 수 없습니다.";
        join_open = "Make a code", "코드 생성";
        join_renew = "Make a new code", "새 코드 생성";
        join_close = "Withdraw the code", "코드 회수";
        join_is_open: fn(u32) -> String = |n| format!("Open, up to {n} seats"), |n| format!("참여 가능, 최대 {n}석");
        join_is_closed = "Nobody can join by a code.", "코드로 참여할 수 없습니다.";
        join_shown = "Show this to the students now", "지금 학생들에게 보여 주세요";
        join_shown_hint = "It is not stored here and cannot be shown again.", "저장되지 않으므로 다시 표시할 수 없습니다.";
        qr_label = "QR code of the address", "주소의 QR 코드";
        address = "Address", "주소";

        // The sheet.
        sheet_title: fn(usize) -> String = |n| format!("Codes for {n}"), |n| format!("{n}명의 코드");
        sheet_hint = "Give each student the address beside their name: they choose a password there. The addresses are good once and are not stored here: print or save this page now.", "학생마다 이름 옆의 주소를 전달하면 그곳에서 비밀번호를 설정합니다. 주소는 한 번만 사용할 수 있고 저장되지 않으므로 지금 인쇄하거나 저장해 주세요.";
        save_csv = "Download CSV", "CSV 다운로드";
        to_class = "Go to the class", "클래스로 이동";
        made: fn(&str) -> String = |name| format!("“{name}” is being made"), |name| format!("“{name}” 클래스를 만들고 있습니다");

        // The students' page.
        join_title: fn(&str) -> String = |class| format!("Join {class}"), |class| format!("{class} 참여");
        claim_title: fn(&str) -> String = |class| format!("Welcome to {class}"), |class| format!("{class}에 오신 것을 환영합니다");
        claim_hint: fn(&str) -> String = |user| format!("Your user name is {user}. Choose a password."), |user| format!("사용자 이름은 {user}입니다. 비밀번호를 설정해 주세요.");
        your_name = "Your name", "이름";
        your_name_hint = "Your user name is made of it, and shown next.", "이 이름으로 사용자 이름을 만들어 다음 화면에 표시합니다.";
        join = "Join", "참여";
        set_password = "Set password", "비밀번호 설정";
        no_code = "This code opens nothing", "사용할 수 없는 코드입니다";
        to_sign_in = "Sign in", "로그인";
    }
}

fn state_en(state: SeatState) -> &'static str {
    match state {
        SeatState::Making => "Being made",
        SeatState::Ready => "Ready",
        SeatState::Failed => "Failed",
        SeatState::Resetting => "Resetting",
        SeatState::Removing => "Removing",
    }
}

fn state_ko(state: SeatState) -> &'static str {
    match state {
        SeatState::Making => "생성 중",
        SeatState::Ready => "준비됨",
        SeatState::Failed => "실패",
        SeatState::Resetting => "초기화 중",
        SeatState::Removing => "제거 중",
    }
}
