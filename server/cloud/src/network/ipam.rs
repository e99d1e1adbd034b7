//! Addresses: what may be used as a subnet, and which address comes next. Pure.
//!
//! Ranges that mean something else everywhere are refused for tenants (RFC 6890); everything else may be used, public ranges too, as
//! Neutron allows it. The first host address of a subnet is its gateway by default and the second is its metadata and DNS service.

use super::engine::Cidr;
use api::Why;
use std::collections::HashSet;
use std::fmt;
use std::net::Ipv4Addr;
use uuid::Uuid;

/// Shortest prefix of a tenant subnet.
pub const PREFIX_MIN: u8 = 8;
/// Longest prefix of a tenant subnet: room for gateway, service and a dozen guests.
pub const PREFIX_MAX: u8 = 28;

/// What no tenant network may touch: this network, loopback, link-local (the metadata service lives there), multicast, reserved.
const RESERVED: [Cidr; 5] = [
    cidr([0, 0, 0, 0], 8),
    cidr([127, 0, 0, 0], 8),
    cidr([169, 254, 0, 0], 16),
    cidr([224, 0, 0, 0], 4),
    cidr([240, 0, 0, 0], 4),
];

const fn cidr([a, b, c, d]: [u8; 4], prefix: u8) -> Cidr {
    Cidr { address: Ipv4Addr::new(a, b, c, d), prefix }
}

impl Cidr {
    /// Parses `10.0.0.0/24`. Bits behind the prefix are cleared, so `10.0.0.7/24` means the same network.
    pub fn parse(text: &str) -> Result<Self, Why> {
        let (address, prefix) = text.trim().split_once('/').ok_or(Why::NotACidr)?;
        let address: Ipv4Addr = address.parse().map_err(|_| Why::NotACidr)?;
        let prefix = prefix.bytes().all(|digit| digit.is_ascii_digit()).then_some(prefix).ok_or(Why::NotACidr)?;
        let prefix: u8 = prefix.parse().map_err(|_| Why::NotACidr)?;
        if prefix > 32 {
            return Err(Why::NotACidr);
        }
        Ok(Self { address, prefix }.network())
    }

    /// Parses what a tenant asks for as a subnet: of a usable size, outside the reserved ranges.
    pub fn parse_tenant(text: &str) -> Result<Self, Why> {
        let cidr = Self::parse(text)?;
        if !(PREFIX_MIN..=PREFIX_MAX).contains(&cidr.prefix) {
            return Err(Why::PrefixLength { min: PREFIX_MIN, max: PREFIX_MAX });
        }
        if RESERVED.iter().any(|reserved| reserved.overlaps(cidr)) {
            return Err(Why::ReservedRange);
        }
        Ok(cidr)
    }

    /// The netmask: `/24` is 255.255.255.0.
    pub fn mask(self) -> Ipv4Addr {
        Ipv4Addr::from_bits(u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0))
    }

    /// The same network with the bits behind the prefix cleared.
    pub fn network(self) -> Self {
        Self { address: self.address & self.mask(), ..self }
    }

    /// The last address, which is the broadcast address.
    pub fn last(self) -> Ipv4Addr {
        self.address | !self.mask()
    }

    pub fn contains(self, address: Ipv4Addr) -> bool {
        address & self.mask() == self.network().address
    }

    pub fn overlaps(self, other: Self) -> bool {
        let wider = if self.prefix < other.prefix { self } else { other };
        wider.contains(self.address) && wider.contains(other.address)
    }

    /// Every address that a host may have: all but the network's own and the broadcast address.
    pub fn hosts(self) -> impl Iterator<Item = Ipv4Addr> {
        (self.network().address.to_bits().saturating_add(1)..self.last().to_bits()).map(Ipv4Addr::from_bits)
    }

    /// The gateway where none was chosen: the first host address.
    pub fn default_gateway(self) -> Option<Ipv4Addr> {
        self.hosts().next()
    }

    /// Where metadata and DNS answer: the first host address that is not the gateway's, which is the second by default.
    pub fn service_address(self, gateway: Option<Ipv4Addr>) -> Option<Ipv4Addr> {
        let gateway = gateway.or(self.default_gateway());
        self.hosts().find(|&host| Some(host) != gateway)
    }

    /// The lowest host address that is not taken. `taken` includes gateway and service.
    pub fn next_free(self, taken: &HashSet<Ipv4Addr>) -> Option<Ipv4Addr> {
        self.hosts().find(|host| !taken.contains(host))
    }

    /// An address that somebody asks for by name: it must be a host address of this network.
    pub fn parse_host(self, text: &str) -> Result<Ipv4Addr, Why> {
        let address: Ipv4Addr = text.trim().parse().map_err(|_| Why::NotAnAddress)?;
        if self.contains(address) && address != self.network().address && address != self.last() {
            Ok(address)
        } else {
            Err(Why::OutsideSubnet { cidr: self.to_string() })
        }
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

/// Refuses a subnet that overlaps with one of the others.
pub fn check_overlap(cidr: Cidr, others: impl IntoIterator<Item = Cidr>) -> Result<(), Why> {
    match others.into_iter().find(|other| other.overlaps(cidr)) {
        Some(other) => Err(Why::Overlaps { cidr: cidr.to_string(), other: other.to_string() }),
        None => Ok(()),
    }
}

/// The range that floating IPs and routers' outer addresses are taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    pub first: Ipv4Addr,
    /// Included.
    pub last: Ipv4Addr,
}

impl Pool {
    /// Every host address of the external network; the provider's gateway has to be among the taken ones.
    pub fn whole(cidr: Cidr) -> Option<Self> {
        let first = cidr.default_gateway()?;
        Some(Self { first, last: Ipv4Addr::from_bits(cidr.last().to_bits() - 1) })
    }

    /// The lowest address that is not taken.
    pub fn next_free(self, taken: &HashSet<Ipv4Addr>) -> Option<Ipv4Addr> {
        (self.first.to_bits()..=self.last.to_bits()).map(Ipv4Addr::from_bits).find(|address| !taken.contains(address))
    }
}

/// A port's MAC address: Neutron's prefix `fa:16:3e` and the last three bytes of the port's random id.
pub fn mac(port: Uuid) -> String {
    let [.., a, b, c] = *port.as_bytes();
    format!("fa:16:3e:{a:02x}:{b:02x}:{c:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn net(text: &str) -> Cidr {
        Cidr::parse(text).unwrap()
    }

    fn ip(text: &str) -> Ipv4Addr {
        text.parse().unwrap()
    }

    fn set(addresses: &[&str]) -> HashSet<Ipv4Addr> {
        addresses.iter().map(|address| ip(address)).collect()
    }

    #[test]
    fn tenant_networks() {
        let size = Why::PrefixLength { min: 8, max: 28 };
        let table = [
            ("10.0.0.0/24", Ok("10.0.0.0/24")),
            (" 10.0.0.77/24 ", Ok("10.0.0.0/24")),
            ("10.0.0.0/8", Ok("10.0.0.0/8")),
            ("192.168.7.240/28", Ok("192.168.7.240/28")),
            ("203.0.113.0/24", Ok("203.0.113.0/24")),
            ("223.255.255.0/24", Ok("223.255.255.0/24")),
            ("", Err(Why::NotACidr)),
            ("10.0.0.0", Err(Why::NotACidr)),
            ("10.0.0/24", Err(Why::NotACidr)),
            ("10.0.0.256/24", Err(Why::NotACidr)),
            ("010.0.0.0/24", Err(Why::NotACidr)),
            ("10.0.0.0/33", Err(Why::NotACidr)),
            ("10.0.0.0/+24", Err(Why::NotACidr)),
            ("10.0.0.0/", Err(Why::NotACidr)),
            ("10.0.0.0/-1", Err(Why::NotACidr)),
            ("10.0.0.0/24/24", Err(Why::NotACidr)),
            ("fd00::/64", Err(Why::NotACidr)),
            ("10.0.0.0/29", Err(size.clone())),
            ("10.0.0.0/7", Err(size.clone())),
            ("0.0.0.0/0", Err(size)),
            ("0.1.0.0/16", Err(Why::ReservedRange)),
            ("127.1.0.0/16", Err(Why::ReservedRange)),
            ("169.254.169.0/24", Err(Why::ReservedRange)),
            ("169.0.0.0/8", Err(Why::ReservedRange)),
            ("224.0.0.0/24", Err(Why::ReservedRange)),
            ("255.255.255.0/24", Err(Why::ReservedRange)),
        ];
        for (text, expected) in table {
            let parsed = Cidr::parse_tenant(text).map(|cidr| cidr.to_string());
            assert_eq!(parsed, expected.map(str::to_owned), "{text:?}");
        }
    }

    #[test]
    fn overlaps() {
        let table = [
            ("10.0.0.0/24", "10.0.0.0/24", true),
            ("10.0.0.0/24", "10.0.1.0/24", false),
            ("10.0.0.0/8", "10.200.0.0/16", true),
            ("10.200.0.0/16", "10.0.0.0/8", true),
            ("10.0.0.0/25", "10.0.0.128/25", false),
            ("0.0.0.0/0", "10.0.0.0/8", true),
            ("10.0.0.4/32", "10.0.0.5/32", false),
        ];
        for (a, b, expected) in table {
            assert_eq!(net(a).overlaps(net(b)), expected, "{a} {b}");
            let verdict = check_overlap(net(a), [net(b)]);
            let overlap = Err(Why::Overlaps { cidr: a.to_owned(), other: b.to_owned() });
            assert_eq!(verdict, if expected { overlap } else { Ok(()) }, "{a} {b}");
        }
        let others = ["192.0.2.0/24", "10.0.0.0/16"].map(net);
        assert_eq!(check_overlap(net("10.1.0.0/16"), others), Ok(()));
        assert!(check_overlap(net("10.0.9.0/24"), others).is_err());
    }

    #[test]
    fn edges_of_a_network() {
        let table = [
            ("10.0.0.0/24", "255.255.255.0", "10.0.0.255", Some("10.0.0.1")),
            ("10.0.0.0/8", "255.0.0.0", "10.255.255.255", Some("10.0.0.1")),
            ("0.0.0.0/0", "0.0.0.0", "255.255.255.255", Some("0.0.0.1")),
            ("10.0.0.6/31", "255.255.255.254", "10.0.0.7", None),
            ("10.0.0.6/32", "255.255.255.255", "10.0.0.6", None),
            ("255.255.255.255/32", "255.255.255.255", "255.255.255.255", None),
        ];
        for (cidr, mask, last, gateway) in table {
            let cidr = net(cidr);
            assert_eq!(
                (cidr.mask(), cidr.last(), cidr.default_gateway()),
                (ip(mask), ip(last), gateway.map(ip)),
                "{cidr}"
            );
        }
    }

    #[test]
    fn service_addresses() {
        let table = [
            ("10.0.0.0/24", None, Some("10.0.0.2")),
            ("10.0.0.0/24", Some("10.0.0.1"), Some("10.0.0.2")),
            ("10.0.0.0/24", Some("10.0.0.2"), Some("10.0.0.1")),
            ("10.0.0.0/24", Some("10.0.0.254"), Some("10.0.0.1")),
            ("10.0.0.0/31", None, None),
        ];
        for (cidr, gateway, expected) in table {
            assert_eq!(net(cidr).service_address(gateway.map(ip)), expected.map(ip), "{cidr} {gateway:?}");
        }
    }

    #[test]
    fn free_addresses() {
        let small = net("10.0.0.0/29");
        let table: [(&[&str], Option<&str>); 4] = [
            (&[], Some("10.0.0.1")),
            (&["10.0.0.1", "10.0.0.2"], Some("10.0.0.3")),
            (&["10.0.0.1", "10.0.0.3"], Some("10.0.0.2")),
            (&["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6"], None),
        ];
        for (taken, expected) in table {
            assert_eq!(small.next_free(&set(taken)), expected.map(ip), "{taken:?}");
        }
    }

    #[test]
    fn floating_addresses() {
        let pool = Pool { first: ip("203.0.113.20"), last: ip("203.0.113.21") };
        assert_eq!(pool.next_free(&set(&[])), Some(ip("203.0.113.20")));
        assert_eq!(pool.next_free(&set(&["203.0.113.20"])), Some(ip("203.0.113.21")));
        assert_eq!(pool.next_free(&set(&["203.0.113.20", "203.0.113.21"])), None);
        let whole = Pool { first: ip("203.0.113.1"), last: ip("203.0.113.254") };
        assert_eq!(Pool::whole(net("203.0.113.0/24")), Some(whole));
        assert_eq!(Pool::whole(net("203.0.113.0/31")), None);
    }

    #[test]
    fn chosen_addresses() {
        let cidr = net("10.0.0.0/24");
        let outside = || Err(Why::OutsideSubnet { cidr: "10.0.0.0/24".to_owned() });
        let table = [
            ("10.0.0.9", Ok(ip("10.0.0.9"))),
            ("10.0.0.0", outside()),
            ("10.0.0.255", outside()),
            ("10.0.1.9", outside()),
            ("ten", Err(Why::NotAnAddress)),
        ];
        for (text, expected) in table {
            assert_eq!(cidr.parse_host(text), expected, "{text}");
        }
    }

    #[test]
    fn macs_follow_the_port() {
        let port = Uuid::from_u128(0x1234_5678_9abc_4def_8123_4567_89ab_cdef);
        assert_eq!(mac(port), "fa:16:3e:ab:cd:ef");
    }
}
