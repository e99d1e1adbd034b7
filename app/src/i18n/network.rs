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
        router = "Router", "라우터";
        ports = "Ports", "포트";
        gateway = "Gateway", "게이트웨이";
        external = "External", "외부";

        status: fn(NetStatus) -> &'static str = status_en, status_ko;
    }
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
