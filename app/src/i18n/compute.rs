//! Texts of instances, flavors, key pairs and hypervisors.

use api::compute::{PowerState, Status, Task, Verb};

texts! {
    pub struct Compute {
        instance = "Instance", "인스턴스";
        launch = "Launch", "생성";
        launch_instance = "Launch instance", "인스턴스 생성";
        create_key_pair = "Create key pair", "키 페어 생성";
        import_key_pair = "Import key pair", "키 페어 가져오기";
        no_instances = "No instances yet", "아직 인스턴스가 없습니다";
        no_instances_hint = "An instance is a virtual machine. Launch one from an image; a name is all it takes.", "인스턴스는 가상 머신입니다. 이름만 정하면 이미지에서 바로 만들 수 있습니다.";

        image = "Image", "이미지";
        flavor = "Flavor", "플레이버";
        key_pair = "Key pair", "키 페어";
        addresses = "IP addresses", "IP 주소";
        power_state = "Power state", "전원 상태";
        task = "Task", "작업";
        age = "Age", "경과 시간";
        vcpus = "vCPUs", "vCPU";
        memory = "Memory", "메모리";
        disk = "Disk", "디스크";

        console = "Console", "콘솔";
        log = "Log", "로그";
        interfaces = "Interfaces", "인터페이스";
        action_log = "Action log", "작업 로그";

        status: fn(Status) -> &'static str = status_en, status_ko;
        tasks: fn(Task) -> &'static str = task_en, task_ko;
        power: fn(PowerState) -> &'static str = power_en, power_ko;
        verb: fn(Verb) -> &'static str = verb_en, verb_ko;
    }
}

fn status_en(status: Status) -> &'static str {
    match status {
        Status::Build => "Build",
        Status::Active => "Active",
        Status::Shutoff => "Shutoff",
        Status::Paused => "Paused",
        Status::Reboot => "Reboot",
        Status::HardReboot => "Hard reboot",
        Status::Error => "Error",
    }
}

fn status_ko(status: Status) -> &'static str {
    match status {
        Status::Build => "생성 중",
        Status::Active => "실행 중",
        Status::Shutoff => "중지됨",
        Status::Paused => "일시 정지됨",
        Status::Reboot => "재부팅",
        Status::HardReboot => "강제 재부팅",
        Status::Error => "오류",
    }
}

fn task_en(task: Task) -> &'static str {
    match task {
        Task::Scheduling => "Scheduling",
        Task::Networking => "Networking",
        Task::BlockDeviceMapping => "Preparing disks",
        Task::Spawning => "Spawning",
        Task::PoweringOff => "Powering off",
        Task::PoweringOn => "Powering on",
        Task::Rebooting => "Rebooting",
        Task::RebootingHard => "Hard rebooting",
        Task::Deleting => "Deleting",
    }
}

fn task_ko(task: Task) -> &'static str {
    match task {
        Task::Scheduling => "호스트 배정 중",
        Task::Networking => "네트워크 구성 중",
        Task::BlockDeviceMapping => "디스크 준비 중",
        Task::Spawning => "가상 머신 생성 중",
        Task::PoweringOff => "전원 끄는 중",
        Task::PoweringOn => "전원 켜는 중",
        Task::Rebooting => "재부팅 중",
        Task::RebootingHard => "강제 재부팅 중",
        Task::Deleting => "삭제 중",
    }
}

fn power_en(power: PowerState) -> &'static str {
    match power {
        PowerState::NoState => "No state",
        PowerState::Running => "Running",
        PowerState::Paused => "Paused",
        PowerState::Shutdown => "Shut down",
        PowerState::Crashed => "Crashed",
    }
}

fn power_ko(power: PowerState) -> &'static str {
    match power {
        PowerState::NoState => "상태 없음",
        PowerState::Running => "켜짐",
        PowerState::Paused => "일시 정지됨",
        PowerState::Shutdown => "꺼짐",
        PowerState::Crashed => "비정상 종료됨",
    }
}

fn verb_en(verb: Verb) -> &'static str {
    match verb {
        Verb::Start => "Start",
        Verb::Stop => "Stop",
        Verb::Reboot => "Reboot",
        Verb::HardReboot => "Hard reboot",
        Verb::Delete => "Delete",
        Verb::Console => "Open console",
        Verb::Log => "View log",
        Verb::AssociateFloatingIp => "Associate floating IP",
    }
}

fn verb_ko(verb: Verb) -> &'static str {
    match verb {
        Verb::Start => "시작",
        Verb::Stop => "중지",
        Verb::Reboot => "재부팅",
        Verb::HardReboot => "강제 재부팅",
        Verb::Delete => "삭제",
        Verb::Console => "콘솔 열기",
        Verb::Log => "로그 보기",
        Verb::AssociateFloatingIp => "유동 IP 연결",
    }
}
