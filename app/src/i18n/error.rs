//! What went wrong, in words. The variants come from `api`; each match is exhaustive, so that a new one does not compile untranslated.

use super::{account, compute, format::bytes, identity, particle};
use api::compute::{Refusal, Verb};
use api::error::{Conflict, Error, Why};
use api::quota::Resource;
use api::{Kind, Role};

texts! {
    pub struct Errors {
        /// The whole story in one or two sentences.
        error: fn(&Error) -> String = error_en, error_ko;
        /// What is wrong with one field, to stand beside it.
        why: fn(&Why) -> String = why_en, why_ko;
        /// Why a verb is refused now: for a disabled button's reason.
        refusal: fn(Refusal) -> String = |refusal| refusal.to_string(), refusal_ko;
        /// The noun.
        kind: fn(Kind) -> String = |kind| kind.to_string(), |kind| kind_ko(kind).to_owned();
        /// A quota's resource.
        resource: fn(Resource) -> &'static str = resource_en, resource_ko;
    }
}

fn error_en(error: &Error) -> String {
    match error {
        Error::Invalid(fields) => (super::ui::EN.faults)(fields.len()),
        Error::Quota { what, limit, used, asked } => {
            let what = resource_named(what, resource_en);
            format!(
                "The quota of this project does not allow this. Asked for: {asked} more {what}; in use: {used} of {limit}. Delete something, or ask an administrator for a larger quota."
            )
        }
        Error::Conflict(Conflict::Partly { done, failed }) => {
            let reasons: Vec<_> = failed.iter().map(|one| format!("{}: {}", one.name, error_en(&one.error))).collect();
            format!("{done} done, {} not. {}", failed.len(), reasons.join(" "))
        }
        other => other.to_string(),
    }
}

fn error_ko(error: &Error) -> String {
    match error {
        Error::NotFound { kind, name } => {
            let kind = kind_ko(*kind);
            let particle = particle(kind, "을", "를");
            format!("“{name}” {kind}{particle} 찾을 수 없습니다. 이미 삭제되었거나 다른 프로젝트에 속해 있습니다.")
        }
        Error::Conflict(conflict) => conflict_ko(conflict),
        Error::Invalid(fields) => (super::ui::KO.faults)(fields.len()),
        Error::Refused(refusal) => refusal_ko(*refusal),
        Error::Quota { what, limit, used, asked } => {
            let what = resource_named(what, resource_ko);
            format!(
                "프로젝트 할당량을 초과합니다. {what} {asked}개를 더 요청했지만 {limit}개 중 {used}개를 이미 사용하고 있습니다. 사용하지 않는 항목을 삭제하거나 관리자에게 할당량 증설을 요청해 주세요."
            )
        }
        Error::Unauthenticated => "계속하려면 로그인해 주세요.".to_owned(),
        Error::Forbidden { needs } => {
            let needs =
                needs.parse::<Role>().map_or_else(|_| needs.clone(), |role| (identity::KO.role)(role).to_owned());
            format!("이 프로젝트에서 맡은 역할로는 할 수 없는 작업입니다. “{needs}” 역할이 필요합니다.")
        }
        Error::Delegated => {
            "제한된 애플리케이션 자격 증명으로는 할 수 없는 작업입니다. 본인 계정으로 로그인해 주세요.".to_owned()
        }
        Error::Unavailable { what, why } => format!("지금 {what}에서 응답이 없습니다: {why}"),
        Error::Internal { incident } => {
            format!(
                "Offing 내부에서 문제가 발생했습니다. 관리자가 로그에서 사고 번호 {incident}로 원인을 확인할 수 있습니다."
            )
        }
    }
}

fn conflict_ko(conflict: &Conflict) -> String {
    match conflict {
        Conflict::NameTaken { kind, name } => {
            let kind = kind_ko(*kind);
            let particle = particle(kind, "이", "가");
            format!("“{name}” {kind}{particle} 이미 있습니다. 다른 이름을 선택해 주세요.")
        }
        Conflict::InUse { kind, by } => {
            let kind = kind_ko(*kind);
            let particle = particle(kind, "을", "를");
            format!("{by}에서 이 {kind}{particle} 아직 사용하고 있습니다. 먼저 해당 항목을 제거해 주세요.")
        }
        Conflict::Changed { kind } => {
            let kind = kind_ko(*kind);
            let particle = particle(kind, "이", "가");
            format!("페이지를 연 뒤에 {kind}{particle} 변경되었습니다. 내용을 다시 확인한 후 작업을 반복해 주세요.")
        }
        Conflict::StarterExists => "이 프로젝트에는 이미 기본 네트워크가 있습니다.".to_owned(),
        Conflict::NoFreeAddress { pool } => {
            format!(
                "{pool}에 사용 가능한 주소가 없습니다. 사용하지 않는 주소를 해제하거나 관리자에게 주소 범위 확장을 요청해 주세요."
            )
        }
        Conflict::AddressTaken { address } => {
            format!("{address} 주소는 이 네트워크에서 이미 사용 중입니다. 다른 주소를 선택해 주세요.")
        }
        Conflict::NoExternalNetwork => {
            "외부 네트워크가 없습니다. 관리자가 먼저 외부 네트워크를 설정해야 합니다.".to_owned()
        }
        Conflict::NotRouted => {
            "이 네트워크에는 외부 네트워크로 연결된 라우터가 없어 유동 IP를 사용할 수 없습니다.".to_owned()
        }
        Conflict::ExternalNetwork => {
            "외부 네트워크는 클라우드 운영자가 관리합니다. 여기가 아니라 서버 설정에서 변경해야 합니다.".to_owned()
        }
        Conflict::DefaultGroup => {
            "default 보안 그룹은 프로젝트에 속해 있어 삭제할 수 없습니다. 규칙은 변경할 수 있습니다.".to_owned()
        }
        Conflict::LastAdmin => {
            "클라우드를 관리할 수 있는 사용자가 남지 않게 됩니다. 먼저 다른 사용자에게 admin 역할을 부여해 주세요."
                .to_owned()
        }
        Conflict::NoPasskeysHere => {
            "패스키는 호스트 이름에 연결됩니다. https와 호스트 이름으로, 또는 localhost로 접속해 주세요. 주소는 관리자가 --public-url로 지정합니다.".to_owned()
        }
        Conflict::NoProvider => "이 도메인에는 로그인 공급자가 없습니다. 먼저 설정해 주세요.".to_owned(),
        Conflict::NoSecondFactor => {
            "2단계 인증을 사용하지 않으므로 복구할 것이 없습니다. 먼저 설정해 주세요.".to_owned()
        }
        Conflict::OwnGround { kind } => {
            format!(
                "지금 사용 중인 {}입니다. 다른 관리자에게 요청하거나 다른 프로젝트에서 작업해 주세요.",
                kind_ko(*kind)
            )
        }
        Conflict::StillEnabled { kind } => {
            let kind = kind_ko(*kind);
            format!("활성 상태의 {kind}입니다. 먼저 비활성화해 주세요.")
        }
        Conflict::NotEmpty { kind, holds, count } => {
            let (kind, holds) = (kind_ko(*kind), kind_ko(*holds));
            format!("이 {kind}에 {holds} {count}개가 남아 있습니다. 먼저 제거해 주세요.")
        }
        Conflict::BuiltinRole => {
            "모든 클라우드에 있는 기본 역할이므로 변경할 수 없습니다. 이 역할을 포함하는 새 역할을 생성해 주세요."
                .to_owned()
        }
        Conflict::CloudProject => "클라우드 자체의 자원을 소유한 프로젝트이므로 삭제할 수 없습니다.".to_owned(),
        Conflict::BeingRemoved { kind } => {
            let kind = kind_ko(*kind);
            let particle = particle(kind, "을", "를");
            format!("{kind}{particle} 제거하고 있습니다.")
        }
        Conflict::ClassEnded => "종료된 클래스입니다. 먼저 종료일을 변경해 주세요.".to_owned(),
        Conflict::ImagesBound => {
            "이 프로젝트에서는 클래스가 허용한 이미지만 사용할 수 있으며, 다른 이미지는 추가할 수 없습니다.".to_owned()
        }
        Conflict::ClassFull => "이 클래스의 좌석이 모두 찼습니다. 교사에게 문의해 주세요.".to_owned(),
        Conflict::Answered => "이미 답변한 요청입니다.".to_owned(),
        Conflict::EnabledBelow => "하위 프로젝트가 활성 상태입니다. 먼저 하위 프로젝트를 비활성화해 주세요.".to_owned(),
        Conflict::DisabledAbove => {
            "상위 프로젝트가 비활성 상태입니다. 먼저 상위 프로젝트를 활성화해 주세요.".to_owned()
        }
        Conflict::RuleExists => "보안 그룹에 같은 규칙이 이미 있습니다.".to_owned(),
        Conflict::Image(refusal) => (super::image::KO.refusal)(*refusal),
        Conflict::Offset { offset } => format!("업로드는 {offset}바이트부터 이어집니다. 그 위치부터 다시 보내 주세요."),
        Conflict::Partly { done, failed } => {
            let reasons: Vec<_> = failed.iter().map(|one| format!("{}: {}", one.name, error_ko(&one.error))).collect();
            format!("{done}개는 완료했고 {}개는 완료하지 못했습니다. {}", failed.len(), reasons.join(" "))
        }
    }
}

fn why_en(why: &Why) -> String {
    match why {
        Why::TooLarge { max, is } => format!("At most {}; this has {}.", bytes(*max), bytes(*is)),
        Why::ImageQuota { limit, used } => {
            let (limit, used) = (bytes(limit.unsigned_abs()), bytes(used.unsigned_abs()));
            format!("The quota for images is {limit}, of which {used} are used; this file is larger than what is left.")
        }
        other => other.to_string(),
    }
}

fn why_ko(why: &Why) -> String {
    match why {
        Why::Required => "필수 항목입니다.".to_owned(),
        Why::TooLong { max, is } => format!("{max}자까지 입력할 수 있습니다. 현재 {is}자입니다."),
        Why::TooLarge { max, is } => format!("최대 {}까지 허용됩니다. 현재 {}입니다.", bytes(*max), bytes(*is)),
        Why::Characters => "문자, 숫자, 공백과 . _ - 만 사용할 수 있습니다.".to_owned(),
        Why::ControlCharacters => "줄 바꿈과 제어 문자는 사용할 수 없습니다.".to_owned(),
        Why::NotAChoice => "선택할 수 없는 값입니다.".to_owned(),
        Why::Gone { kind } => {
            let kind = kind_ko(*kind);
            let particle = particle(kind, "이", "가");
            format!("선택한 {kind}{particle} 더 이상 존재하지 않습니다. 다른 항목을 선택해 주세요.")
        }
        Why::Ambiguous { kind } => {
            let kind = kind_ko(*kind);
            let particle = particle(kind, "이", "가");
            format!("이름이 같은 {kind}{particle} 여러 개 있습니다. 목록에서 선택하거나 ID를 입력해 주세요.")
        }
        Why::Taken { kind } => {
            let kind = kind_ko(*kind);
            let particle = particle(kind, "이", "가");
            format!("같은 이름의 {kind}{particle} 이미 있습니다.")
        }
        Why::NotACidr => "10.0.0.0/24와 같은 CIDR 형식의 네트워크가 아닙니다.".to_owned(),
        Why::NotAnAddress => "10.0.0.1과 같은 IPv4 주소가 아닙니다.".to_owned(),
        Why::OutsideSubnet { cidr } => format!("{cidr} 범위를 벗어난 주소입니다."),
        Why::Overlaps { cidr, other } => {
            format!("{cidr} 범위가 {other}와 겹칩니다. 사용하지 않는 범위를 선택해 주세요.")
        }
        Why::PrefixLength { min, max } => format!("서브넷 프리픽스 길이는 {min}에서 {max} 사이여야 합니다."),
        Why::ReservedRange => "예약된 범위이므로 프로젝트 네트워크에 사용할 수 없습니다.".to_owned(),
        Why::PortsWithoutProtocol => {
            "포트는 tcp와 udp에만 지정할 수 있습니다. 비워 두거나 둘 중 하나를 선택해 주세요.".to_owned()
        }
        Why::TwoRemotes => "주소 범위와 보안 그룹 중 하나만 지정해 주세요.".to_owned(),
        Why::PortRange => "포트는 1에서 65535 사이여야 하며, 마지막 포트는 첫 포트보다 작을 수 없습니다.".to_owned(),
        Why::NotAPublicKey => {
            "OpenSSH 형식의 공개 키가 아닙니다. ssh-ed25519, ecdsa-sha2-nistp256 또는 ssh-rsa로 시작해야 합니다."
                .to_owned()
        }
        Why::KeyType { name } => {
            format!(
                "{name} 유형의 키는 사용할 수 없습니다. ed25519, ecdsa(nistp256, 384, 521) 또는 2048비트 이상의 rsa 키를 사용해 주세요."
            )
        }
        Why::DiskTooSmall { needs, has } => {
            format!("이미지에 필요한 디스크는 {needs}GB이지만 이 플레이버의 디스크는 {has}GB입니다.")
        }
        Why::MemoryTooSmall { needs, has } => {
            format!("이미지에 필요한 메모리는 {needs}MB이지만 이 플레이버의 메모리는 {has}MB입니다.")
        }
        Why::Architecture { needs, has } => {
            format!("{needs} 프로세서용 이미지이지만 이 클라우드의 호스트는 {has}입니다.")
        }
        Why::NoUefi => {
            "UEFI로 인스턴스를 시작할 수 있는 호스트가 없습니다. 관리자가 호스트에 OVMF를 설치해야 합니다.".to_owned()
        }
        Why::NoHardware { property, value } => {
            format!("이 클라우드의 인스턴스에는 {property}={value} 속성을 적용할 수 없습니다.")
        }
        Why::HardwareClash { property, value, other } => {
            format!("{property}={value} 속성은 {other} 속성과 함께 사용할 수 없습니다.")
        }
        Why::Topology { vcpus } => {
            format!(
                "이 플레이버의 vCPU {vcpus}개를 이미지와 플레이버가 요구하는 소켓, 코어, 스레드로 나눌 수 없습니다."
            )
        }
        Why::Circle => "역할은 다른 역할을 거치더라도 자기 자신을 포함할 수 없습니다.".to_owned(),
        Why::NotAnEmail => "ann@example.org와 같은 이메일 주소가 아닙니다.".to_owned(),
        Why::NoUser { name } => format!("“{name}” 사용자가 없습니다."),
        Why::BelowUse { used } => format!("이미 {used}만큼 사용하고 있습니다."),
        Why::NotMore { limit } => format!("현재 한도가 {limit}입니다. 더 큰 값을 요청해 주세요."),
        Why::AskedAlready => "이미 요청했습니다. 관리자의 답변을 기다려 주세요.".to_owned(),
        Why::NotTheName { name } => format!("이름이 일치하지 않습니다. “{name}”을(를) 입력해 주세요."),
        Why::Line { line, why } => format!("{line}번째 줄: {}", why_ko(why)),
        Why::Encoding => {
            "UTF-8 형식의 텍스트가 아닙니다. 스프레드시트에서 “CSV UTF-8” 형식으로 저장해 주세요.".to_owned()
        }
        Why::Code => "사용할 수 없거나 더 이상 유효하지 않은 코드입니다. 교사에게 새 코드를 요청해 주세요.".to_owned(),
        Why::TooManyCodes { minutes } => {
            format!("이곳에서 잘못된 코드를 너무 많이 입력했습니다. {minutes}분 후 다시 시도해 주세요.")
        }
        Why::NotALimit => "정수를 입력하거나, 제한이 없으면 −1을 입력해 주세요.".to_owned(),
        Why::NotAnAccessRule { line } => {
            format!("{line}번째 줄: compute GET /v2.1/servers와 같이 서비스, 메서드, 경로를 입력해 주세요.")
        }
        Why::NotADate => "2030-12-31과 같은 날짜가 아닙니다.".to_owned(),
        Why::Past => "이미 지난 시각입니다.".to_owned(),
        Why::Range { min, max } => format!("{min}에서 {max} 사이의 값을 입력해 주세요."),
        Why::NotAnIssuer => {
            "발급자 주소가 아닙니다. https://로 시작하고 쿼리, 사용자 이름, 비밀번호가 없어야 합니다.".to_owned()
        }
        Why::NoGroup { name } => format!("이 도메인에 “{name}” 그룹이 없습니다."),
        Why::Provider(fault) => (super::provider::KO.fault)(*fault),
        Why::Password(fault) => account::password_fault_ko(*fault),
        Why::Credentials => "사용자 이름 또는 비밀번호가 올바르지 않습니다.".to_owned(),
        Why::TooShort { min } => format!("{min}자 이상 입력해 주세요."),
        Why::Image { what } => format!("이미지를 사용할 수 없습니다: {what}"),
        Why::ImageQuota { limit, used } => {
            let (limit, used) = (bytes(limit.unsigned_abs()), bytes(used.unsigned_abs()));
            format!("이미지 할당량 {limit} 중 {used}를 사용하고 있어, 남은 용량보다 큰 파일은 저장할 수 없습니다.")
        }
        Why::Restarted => "업로드 중에 서버가 다시 시작되었습니다. 다시 업로드해 주세요.".to_owned(),
        Why::Incomplete => "파일 전송이 완료되기 전에 업로드가 중단되었습니다. 다시 업로드해 주세요.".to_owned(),
        Why::StoreFull => {
            "이미지 저장소에 남은 공간이 없습니다. 관리자에게 공간 확보를 요청한 후 다시 업로드해 주세요.".to_owned()
        }
        Why::NotActive { status } => {
            format!("{status} 상태의 이미지는 사용할 수 없습니다. 사용 가능한 이미지를 선택해 주세요.")
        }
        Why::TooMany { max, is } => format!("최대 {max}개까지 지정할 수 있습니다. 현재 {is}개입니다."),
        Why::NotAProperty { line } => format!("{line}번째 줄: 이름=값 형식으로 입력해 주세요."),
        Why::PropertyName { name } => format!(
            "“{name}”은(는) 속성 이름으로 사용할 수 없습니다. 영문자, 숫자와 . _ : - 만 사용할 수 있으며, 이미지의 기본 필드 이름은 사용할 수 없습니다."
        ),
        Why::Property { name, why } => format!("{name}: {}", why_ko(why)),
        Why::NotAnInteger => "정수를 입력해 주세요.".to_owned(),
        Why::NothingChosen => "하나 이상 선택해 주세요.".to_owned(),
        Why::NotAChecksum => "체크섬이 아닙니다. MD5, SHA-256, SHA-512는 각각 32, 64, 128자리 16진수입니다.".to_owned(),
        Why::Checksum { expected, is } => format!(
            "데이터가 예상과 다릅니다. 체크섬이 {expected}이어야 하지만 {is}입니다. 원본을 확인한 후 다시 시도해 주세요."
        ),
        Why::NotAUrl => {
            "가져올 수 있는 주소가 아닙니다. http:// 또는 https://로 시작하고 사용자 이름이나 비밀번호가 없어야 합니다."
                .to_owned()
        }
        Why::NotPublic { host, address } => {
            format!("{host}은(는) 인터넷 주소가 아닌 {address}(으)로 연결됩니다. 이런 주소에서는 가져올 수 없습니다.")
        }
        Why::Port { port } => format!("80번과 443번 포트에서만 가져올 수 있습니다. {port}번은 사용할 수 없습니다."),
        Why::Fetch { host, what } => format!("{host}에서 가져오지 못했습니다: {what}"),
        Why::NoChecksum { url, name } => format!("{url}의 목록에 {name}이(가) 없습니다."),
        Why::OtherFile => "처음에 업로드하던 파일이 아닙니다. 같은 파일을 선택해 주세요.".to_owned(),
    }
}

fn refusal_ko(refusal: Refusal) -> String {
    match refusal {
        Refusal::Deleting => "삭제 중입니다.".to_owned(),
        Refusal::Busy(task) => {
            format!("다른 작업이 진행 중입니다({}). 완료될 때까지 기다려 주세요.", (compute::KO.tasks)(task))
        }
        Refusal::Running => "이미 실행 중입니다.".to_owned(),
        Refusal::Off => "이미 중지되어 있습니다.".to_owned(),
        Refusal::NeedsRunning => "실행 중일 때만 할 수 있습니다. 먼저 시작해 주세요.".to_owned(),
        Refusal::NeverBuilt(verb) => never_built_ko(verb),
    }
}

fn never_built_ko(verb: Verb) -> String {
    let verb = (compute::KO.verb)(verb);
    format!("생성에 실패한 인스턴스이므로 “{verb}” 작업을 할 수 없습니다. 삭제한 후 새로 생성해 주세요.")
}

fn kind_ko(kind: Kind) -> &'static str {
    match kind {
        Kind::Domain => "도메인",
        Kind::Project => "프로젝트",
        Kind::User => "사용자",
        Kind::Group => "그룹",
        Kind::Role => "역할",
        Kind::Assignment => "역할 할당",
        Kind::Quota => "할당량",
        Kind::Image => "이미지",
        Kind::Flavor => "플레이버",
        Kind::Keypair => "키 페어",
        Kind::Instance => "인스턴스",
        Kind::Network => "네트워크",
        Kind::Subnet => "서브넷",
        Kind::Router => "라우터",
        Kind::Port => "포트",
        Kind::FloatingIp => "유동 IP",
        Kind::SecurityGroup => "보안 그룹",
        Kind::SecurityGroupRule => "보안 그룹 규칙",
        Kind::Operation => "작업",
        Kind::Host => "호스트",
        Kind::Session => "세션",
        Kind::ApplicationCredential => "애플리케이션 자격 증명",
        Kind::Class => "클래스",
        Kind::Seat => "좌석",
        Kind::Passkey => "패스키",
    }
}

fn resource_en(resource: Resource) -> &'static str {
    match resource {
        Resource::Instances => "instances",
        Resource::Cores => "vCPUs",
        Resource::Ram => "MB of memory",
        Resource::KeyPairs => "key pairs",
        Resource::ImageBytes => "bytes of images",
        Resource::Networks => "networks",
        Resource::Subnets => "subnets",
        Resource::Routers => "routers",
        Resource::Ports => "ports",
        Resource::FloatingIps => "floating IPs",
        Resource::SecurityGroups => "security groups",
        Resource::SecurityGroupRules => "security group rules",
    }
}

fn resource_ko(resource: Resource) -> &'static str {
    match resource {
        Resource::Instances => "인스턴스",
        Resource::Cores => "vCPU",
        Resource::Ram => "메모리(MB)",
        Resource::KeyPairs => "키 페어",
        Resource::ImageBytes => "이미지 용량(바이트)",
        Resource::Networks => "네트워크",
        Resource::Subnets => "서브넷",
        Resource::Routers => "라우터",
        Resource::Ports => "포트",
        Resource::FloatingIps => "유동 IP",
        Resource::SecurityGroups => "보안 그룹",
        Resource::SecurityGroupRules => "보안 그룹 규칙",
    }
}

/// The service names the resource by its key; a key from a newer service is shown as it is.
fn resource_named(key: &str, words: fn(Resource) -> &'static str) -> String {
    Resource::ALL
        .into_iter()
        .find(|resource| resource.as_str() == key)
        .map_or_else(|| key.to_owned(), |it| words(it).to_owned())
}
