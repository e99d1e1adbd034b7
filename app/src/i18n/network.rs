//! Texts of networks, floating IPs and security groups.

use api::network::NetStatus;

texts! {
    pub struct Network {
        network = "Network", "네트워크";
        create_network = "Create network", "네트워크 생성";
        create_starter = "Create a starter network", "기본 네트워크 생성";
        no_networks = "No networks yet", "아직 네트워크가 없습니다";
        no_networks_hint = "A starter network has a subnet, DHCP and a router to the outside: all that an instance needs.", "기본 네트워크에는 서브넷, DHCP, 외부로 나가는 라우터가 모두 포함되어 있어 인스턴스를 바로 연결할 수 있습니다.";

        subnets = "Subnets", "서브넷";
        subnet_named: fn(&str) -> String = |cidr| format!("subnet {cidr}"), |cidr| format!("서브넷 {cidr}");
        add_subnet = "Add subnet", "서브넷 추가";
        subnet_delete_title: fn(&str) -> String = |name| format!("Delete subnet {name}?"), |name| format!("서브넷 {name}을(를) 삭제할까요?");
        subnet_delete_body = "Its addresses are given up, and its connection to the router is removed.", "서브넷의 주소가 모두 해제되고 라우터 연결도 제거됩니다.";
        router = "Router", "라우터";
        routers = "Routers", "라우터";
        router_delete_title: fn(&str) -> String = |name| format!("Delete router {name}?"), |name| format!("라우터 {name}을(를) 삭제할까요?");
        router_delete_body = "Its external address is given up.", "라우터의 외부 주소가 해제됩니다.";
        router_connected = "Networks are still connected to it. Delete those first.", "아직 연결된 네트워크가 있습니다. 네트워크를 먼저 삭제해 주세요.";
        external_address = "External address", "외부 주소";
        ports = "Ports", "포트";
        rules_of_groups = "Security Group Rules", "보안 그룹 규칙";
        no_ports = "Nothing is plugged into this network yet.", "이 네트워크에 연결된 장치가 아직 없습니다.";
        device = "Plugged in", "연결된 장치";
        address = "Address", "주소";
        gateway = "Gateway", "게이트웨이";
        gateway_hint = "Empty: the first address of the range. none: no gateway.", "비워 두면 범위의 첫 번째 주소를 사용합니다. 게이트웨이가 필요 없으면 none을 입력해 주세요.";
        cidr = "Network address", "네트워크 주소";
        cidr_hint = "In CIDR form. Other projects may use the same range: they do not see each other.", "CIDR 형식으로 입력해 주세요. 다른 프로젝트와 범위가 같아도 서로 영향을 주지 않습니다.";
        routed = "Connect to the external network", "외부 네트워크에 연결";
        routed_hint = "Through the project's router: instances reach the outside, and floating IPs reach them.", "프로젝트의 라우터를 통해 인스턴스가 외부와 통신하고 유동 IP를 사용할 수 있습니다.";
        external = "External", "외부";
        mtu = "MTU", "MTU";
        bytes: fn(u64) -> String = |n| format!("{n} bytes"), |n| format!("{n}바이트");
        in_use: fn(u32) -> String = in_use_en, |n| format!("인스턴스 {n}개가 사용하고 있습니다. 먼저 삭제해 주세요.");
        delete_title: fn(&str) -> String = |name| format!("Delete network {name}?"), |name| format!("네트워크 {name}을(를) 삭제할까요?");
        delete_body = "The network and its connection to the router are removed.", "네트워크와 라우터 연결이 제거됩니다.";

        pool = "Pool", "풀";
        allocate = "Allocate floating IP", "유동 IP 할당";
        no_floating_ips = "No floating IPs yet", "아직 유동 IP가 없습니다";
        no_floating_ips_hint = "A floating IP makes an instance reachable from outside. Allocate one here, or give it to an instance on the instance's page.", "유동 IP를 연결하면 외부에서 인스턴스에 접속할 수 있습니다. 여기에서 할당하거나 인스턴스 페이지에서 바로 연결해 주세요.";
        associate = "Associate", "연결";
        associated = "It is associated with an instance already.", "이미 인스턴스에 연결되어 있습니다.";
        not_associated = "It is not associated with an instance.", "연결된 인스턴스가 없습니다.";
        nothing_to_associate = "There is no instance without a floating IP.", "유동 IP가 없는 인스턴스가 없습니다.";
        disassociate = "Disassociate", "연결 해제";
        disassociate_title: fn(&str) -> String = |address| format!("Disassociate {address}?"), |address| format!("{address}의 연결을 해제할까요?");
        disassociate_body = "The instance can no longer be reached at it, and connections through it end at once. The address stays with the project.", "이 주소로는 더 이상 인스턴스에 접속할 수 없으며 열려 있는 연결은 바로 끊어집니다. 주소는 프로젝트에 남습니다.";
        release = "Release", "반납";
        release_title: fn(&str) -> String = |address| format!("Release {address}?"), |address| format!("{address}을(를) 반납할까요?");
        release_body = "The address goes back to the pool, and another project may get it.", "주소가 풀로 돌아가며 다른 프로젝트에 할당될 수 있습니다.";

        groups_hint = "A security group says which traffic may reach an instance and leave it. What no rule allows is dropped.", "보안 그룹은 인스턴스로 들어오고 나가는 트래픽을 정합니다. 규칙이 허용하지 않는 트래픽은 차단됩니다.";
        create_group = "Create security group", "보안 그룹 생성";
        group_delete_title: fn(&str) -> String = |name| format!("Delete security group {name}?"), |name| format!("보안 그룹 {name}을(를) 삭제할까요?");
        group_delete_body = "Its rules go with it.", "그룹의 규칙도 함께 삭제됩니다.";
        default_group_stays = "Every project keeps its default group.", "기본 그룹은 삭제할 수 없습니다.";
        rules = "Rules", "규칙";
        add_rule = "Add rule", "규칙 추가";
        allow: fn(&str) -> String = |name| format!("Allow {name}"), |name| format!("{name} 허용");
        rule_delete_title = "Delete this rule?", "이 규칙을 삭제할까요?";
        rule_delete_body = "Traffic that only this rule allows is dropped at once, open connections included.", "이 규칙만 허용하던 트래픽은 열려 있는 연결까지 바로 차단됩니다.";
        direction = "Direction", "방향";
        directions: fn(&str) -> String = direction_en, direction_ko;
        protocol = "Protocol", "프로토콜";
        protocols: fn(&str) -> String = protocol_en, protocol_ko;
        port_range = "Port range", "포트 범위";
        port_first = "First port", "시작 포트";
        port_last = "Last port", "끝 포트";
        port_hint = "For TCP and UDP. Empty: all ports.", "TCP와 UDP에만 해당합니다. 비워 두면 모든 포트에 적용됩니다.";
        all_ports = "All", "전체";
        remote = "Remote", "원격";
        remote_cidr = "Remote network", "원격 네트워크";
        remote_hint = "Who may connect, or be connected to, in CIDR form. Empty: anywhere.", "연결을 허용할 상대를 CIDR 형식으로 입력해 주세요. 비워 두면 모든 주소를 허용합니다.";
        anywhere = "Anywhere", "모든 주소";

        status: fn(NetStatus) -> &'static str = status_en, status_ko;
    }
}

fn in_use_en(instances: u32) -> String {
    match instances {
        1 => "An instance uses it. Delete that first.".to_owned(),
        n => format!("{n} instances use it. Delete those first."),
    }
}

fn direction_en(direction: &str) -> String {
    if direction == "egress" { "Egress (out)".to_owned() } else { "Ingress (in)".to_owned() }
}

fn direction_ko(direction: &str) -> String {
    if direction == "egress" {
        "송신(나가는 트래픽)".to_owned()
    } else {
        "수신(들어오는 트래픽)".to_owned()
    }
}

fn protocol_en(protocol: &str) -> String {
    if matches!(protocol, "" | "any") { "Any".to_owned() } else { protocol.to_uppercase() }
}

fn protocol_ko(protocol: &str) -> String {
    if matches!(protocol, "" | "any") { "전체".to_owned() } else { protocol.to_uppercase() }
}

fn status_en(status: NetStatus) -> &'static str {
    match status {
        NetStatus::Build => "Build",
        NetStatus::Active => "Active",
        NetStatus::Down => "Down",
        NetStatus::Error => "Error",
    }
}

fn status_ko(status: NetStatus) -> &'static str {
    match status {
        NetStatus::Build => "구성 중",
        NetStatus::Active => "활성",
        NetStatus::Down => "비활성",
        NetStatus::Error => "오류",
    }
}
