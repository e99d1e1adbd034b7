//! Texts of instances, flavors, key pairs and hypervisors.

use super::particle;
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

        vcpu_count: fn(u32) -> String = |n| if n == 1 { "1 vCPU".to_owned() } else { format!("{n} vCPUs") }, |n| format!("vCPU {n}개");

        // What is asked before something is stopped or destroyed.
        stop_title: fn(&str) -> String = |name| format!("Stop “{name}”?"), |name| format!("“{name}”{} 중지할까요?", particle(name, "을", "를"));
        stop_body = "Its power button is pressed. If the system inside does not shut down within a while, its plug is pulled, and what it has not written to disk is lost.", "전원 버튼을 누르는 것과 같습니다. 내부 시스템이 일정 시간 안에 종료되지 않으면 전원을 강제로 차단하며, 디스크에 기록되지 않은 데이터는 사라집니다.";
        hard_reboot_title: fn(&str) -> String = |name| format!("Hard reboot “{name}”?"), |name| format!("“{name}”{} 강제로 재부팅할까요?", particle(name, "을", "를"));
        hard_reboot_body = "Its plug is pulled and put in again at once. What the system inside has not written to disk is lost.", "전원을 즉시 차단한 뒤 다시 켭니다. 디스크에 기록되지 않은 데이터는 사라집니다.";
        delete_title: fn(&str) -> String = |name| format!("Delete “{name}”?"), |name| format!("“{name}”{} 삭제할까요?", particle(name, "을", "를"));
        delete_body = "The instance is destroyed, with its disk and all that is on it.", "인스턴스와 디스크, 그리고 디스크의 모든 데이터가 삭제됩니다.";
        delete_frees: fn(&str) -> String = |address| format!("its hold on the floating IP {address}, which stays in the project"), |address| format!("유동 IP {address} 연결(주소는 프로젝트에 남습니다)");
        deleted: fn(&str) -> String = |name| format!("“{name}” has been deleted"), |name| format!("“{name}”{} 삭제되었습니다", particle(name, "이", "가"));

        // Snapshots.
        snapshot_title = "Create snapshot", "스냅샷 생성";
        snapshot_hint = "A new image with all that is on the instance’s disk at this moment. A running instance goes on running; for a disk in perfect order, stop it first.", "이 시점의 인스턴스 디스크 전체를 담은 새 이미지를 만듭니다. 실행 중인 인스턴스는 계속 실행됩니다. 파일 시스템까지 완전히 일관된 이미지가 필요하면 먼저 중지해 주세요.";
        snapshot_take = "Create snapshot", "스냅샷 생성";
        snapshot_of: fn(&str) -> String = |name| format!("{name} snapshot"), |name| format!("{name} 스냅샷");
        snapshot_name_hint = "The image’s name. It is found among the images of this project, and instances can be launched from it.", "이미지의 이름입니다. 이 프로젝트의 이미지 목록에 나타나며, 새 인스턴스를 만들 때 사용할 수 있습니다.";

        // What instances and flavors carry.
        metadata = "Metadata", "메타데이터";
        metadata_edit = "Update metadata", "메타데이터 수정";
        metadata_hint = "What is worth knowing about this instance. Software inside reads it at the metadata service.", "이 인스턴스에 대해 기록해 둘 내용입니다. 인스턴스 내부에서 메타데이터 서비스로 읽을 수 있습니다.";
        extra_specs = "Extra specs", "추가 사양";
        extra_specs_edit = "Update extra specs", "추가 사양 수정";
        extra_specs_of: fn(&str) -> String = |name| format!("Extra specs of {name}"), |name| format!("{name} 추가 사양");
        extra_specs_hint = "What else is to be known of a flavor, by the names that OpenStack gives it.", "OpenStack에서 사용하는 이름으로 플레이버의 추가 정보를 기록합니다.";

        // The launch page.
        needs_network = "First, a network", "먼저 네트워크가 필요합니다";
        needs_network_hint = "An instance has to be on a network. A starter network has a subnet, DHCP and a router to the outside, and takes one click.", "인스턴스를 연결할 네트워크가 없습니다. 서브넷, DHCP, 외부로 나가는 라우터를 갖춘 기본 네트워크를 클릭 한 번으로 만들 수 있습니다.";
        needs_image = "First, an image", "먼저 이미지가 필요합니다";
        needs_image_hint = "An instance starts from an image: the disk of an installed system. Upload one in qcow2, raw or ISO format.", "인스턴스는 시스템이 설치된 디스크인 이미지에서 시작합니다. qcow2, raw 또는 ISO 형식의 이미지를 업로드해 주세요.";
        find_image = "Search images", "이미지 검색";
        no_keypair = "No key pair", "키 페어 없음";
        keypair_hint = "Its public half is put into the instance, so that you can sign in by SSH.", "공개 키가 인스턴스에 등록되어 SSH로 로그인할 수 있습니다.";
        user_data = "User data", "사용자 데이터";
        user_data_hint = "A script or cloud-config that the instance runs when it boots for the first time. At most 64 KiB.", "인스턴스가 처음 부팅할 때 실행하는 스크립트 또는 cloud-config입니다. 최대 64KiB까지 입력할 수 있습니다.";
        summary = "Summary", "요약";
        quota_after = "Quota with this instance", "생성 후 할당량";
        over_quota = "More than the quota allows", "할당량을 초과합니다";
        over_quota_hint = "Choose a smaller flavor, delete an instance, or ask an administrator for a larger quota.", "더 작은 플레이버를 선택하거나 인스턴스를 삭제하거나 관리자에게 할당량 증설을 요청해 주세요.";

        // The page of an instance.
        fault = "It is in trouble", "문제가 발생했습니다";
        reach = "Access", "접속";
        fixed = "Fixed IP", "고정 IP";
        floating = "Floating IP", "유동 IP";
        no_floating = "Only machines on its own network reach it. A floating IP makes it reachable from outside.", "같은 네트워크 안에서만 접속할 수 있습니다. 유동 IP를 연결하면 외부에서도 접속할 수 있습니다.";
        give_floating = "Give it a floating IP", "유동 IP 연결";
        manage_floating = "Manage floating IPs", "유동 IP 관리";
        ssh = "SSH command", "SSH 명령";
        ssh_hint = "Sign in from outside with this command. The security group has to let SSH in (TCP port 22).", "외부에서 아래 명령으로 로그인할 수 있습니다. 보안 그룹에서 SSH(TCP 22번 포트)를 허용해야 합니다.";
        facts = "Details", "상세 정보";
        specification = "Specification", "사양";
        host = "Host", "호스트";
        launched = "Launched", "시작 시각";
        image_deleted = "deleted since", "삭제됨";
        mac = "MAC address", "MAC 주소";
        port = "Port", "포트";
        plugged = "Active", "활성";
        unplugged = "Down", "비활성";
        console = "Console", "콘솔";
        serial_console = "Serial console", "시리얼 콘솔";
        log = "Log", "로그";
        interfaces = "Interfaces", "인터페이스";
        action_log = "Action log", "작업 로그";
        no_log = "Nothing in the log yet", "아직 로그가 없습니다";
        no_log_hint = "What the instance writes to its serial line while it boots and runs shows here as it comes.", "인스턴스가 부팅하고 동작하면서 시리얼 포트로 출력하는 내용이 여기에 실시간으로 표시됩니다.";
        no_console = "There is no console now", "지금은 콘솔을 열 수 없습니다";
        console_needs_script = "The console needs JavaScript. The log shows what the instance writes without it.", "콘솔을 사용하려면 JavaScript가 필요합니다. 로그 탭은 JavaScript 없이도 볼 수 있습니다.";
        console_connecting = "Connecting…", "연결하는 중…";
        console_connected = "Connected", "연결됨";
        console_broken = "The connection has ended; trying again…", "연결이 끊어져 다시 시도하는 중…";
        console_reconnect = "Reconnect", "다시 연결";
        console_full = "Full screen", "전체 화면";
        vnc_hint = "Click the screen to type into it. Ctrl+Alt+G takes the keyboard back.", "화면을 클릭하면 입력할 수 있습니다. Ctrl+Alt+G를 누르면 키보드 입력이 콘솔에서 빠져나옵니다.";
        serial_hint = "Click the screen and press Enter to see the prompt. Ctrl+Alt+G takes the keyboard back.", "화면을 클릭하고 Enter를 누르면 프롬프트가 나타납니다. Ctrl+Alt+G를 누르면 키보드 입력이 콘솔에서 빠져나옵니다.";

        // Key pairs.
        import = "Import", "가져오기";
        no_key_pairs = "No key pairs yet", "아직 키 페어가 없습니다";
        no_key_pairs_hint = "A key pair lets you sign in to your instances by SSH without a password.", "키 페어가 있으면 비밀번호 없이 SSH로 인스턴스에 로그인할 수 있습니다.";
        key_pairs_hint = "They are your own, in every project.", "키 페어는 프로젝트가 아니라 사용자에게 속합니다.";
        delete_key_pair_body = "Instances that were launched with it keep it; no further ones can be.", "이미 이 키 페어로 생성한 인스턴스에는 영향이 없지만, 새 인스턴스에는 더 이상 사용할 수 없습니다.";
        fingerprint = "Fingerprint", "지문";
        public_key = "Public key", "공개 키";
        public_key_hint = "The one line of a file such as ~/.ssh/id_ed25519.pub. Never paste a private key here.", "~/.ssh/id_ed25519.pub 같은 파일의 한 줄입니다. 개인 키는 절대 붙여 넣지 마세요.";
        private_key = "Private key", "개인 키";
        ed25519_detail = "Short, fast, for every system of the last ten years.", "짧고 빠르며, 최근 10년 내의 모든 시스템에서 사용할 수 있습니다.";
        ecdsa_detail = "On the curve P-256, for systems that require it.", "P-256 곡선을 요구하는 시스템에 사용합니다.";
        rsa_detail = "Long, for old systems.", "길지만 오래된 시스템에서도 사용할 수 있습니다.";
        key_once = "The private key is handed over once and kept nowhere.", "개인 키는 한 번만 제공되며 서버에 저장되지 않습니다.";
        key_made: fn(&str) -> String = |name| format!("Save the private key of “{name}” now"), |name| format!("지금 “{name}”의 개인 키를 저장해 주세요");
        key_made_hint = "It is shown this once and kept nowhere. Without it nobody signs in with this key pair.", "개인 키는 지금 한 번만 표시되며 서버에 저장되지 않습니다. 잃어버리면 이 키 페어로 로그인할 수 없습니다.";
        download_key = "Download the private key", "개인 키 다운로드";
        key_saved = "I have saved it", "저장했습니다";

        // Flavors and hypervisors.
        flavors_hint = "The sizes that instances come in.", "인스턴스에 할당할 수 있는 크기입니다.";
        virtualisation = "Virtualisation", "가상화";
        kvm = "KVM", "KVM";
        tcg = "TCG, slow", "TCG(느림)";
        simulated = "simulated", "시뮬레이션";
        disk_free = "Free disk", "남은 디스크";
        up = "Up", "정상";
        down = "Down", "응답 없음";
        seen = "Last seen", "마지막 응답";

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
        Task::ImageSnapshot => "Snapshotting",
        Task::ImageUploading => "Image uploading",
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
        Task::ImageSnapshot => "스냅샷 생성 중",
        Task::ImageUploading => "이미지 저장 중",
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
        Verb::Snapshot => "Create snapshot",
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
        Verb::Snapshot => "스냅샷 생성",
    }
}
