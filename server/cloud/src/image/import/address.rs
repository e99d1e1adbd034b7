//! Which addresses an import may ask (security class 6). Pure: names are resolved once, elsewhere, and the answers are judged here.

use crate::network::engine::Cidr;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// IPv4 ranges that are not the Internet: this host, private, shared, link-local, documentation, benchmarks, relays, multicast, reserved.
const NOT_PUBLIC: [(Ipv4Addr, u8); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// IPv6 ranges inside the global one that are not the Internet, or that carry an IPv4 address in disguise: Teredo and other protocols'
/// own, documentation, 6to4.
const NOT_GLOBAL: [(u128, u32); 4] =
    [(0x2001_0000 << 96, 23), (0x2001_0db8 << 96, 32), (0x2002 << 112, 16), (0x3fff << 112, 20)];

/// Whether an import may ask this address: one of the Internet's, or one that the operator allows.
pub fn is_allowed(address: IpAddr, allowed: &[Cidr]) -> bool {
    let address = address.to_canonical();
    let by_operator = match address {
        IpAddr::V4(address) => allowed.iter().any(|range| range.contains(address)),
        IpAddr::V6(_) => false,
    };
    by_operator || is_public(address)
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !NOT_PUBLIC.iter().any(|(base, prefix)| {
            let mask = u32::MAX << (32 - prefix);
            u32::from(address) & mask == u32::from(*base)
        }),
        IpAddr::V6(address) => is_global(address),
    }
}

/// All of the Internet is in 2000::/3 (RFC 4291); whatever lies outside, mapped and translated addresses among it, is not.
fn is_global(address: Ipv6Addr) -> bool {
    let bits = u128::from(address);
    bits >> 125 == 1 && !NOT_GLOBAL.iter().any(|(base, prefix)| (bits ^ base) >> (128 - prefix) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: bool) {
        assert_eq!(is_allowed(address.parse().unwrap(), &[]), expected, "{address}");
    }

    #[test]
    fn the_internet_and_nothing_else() {
        for public in
            ["1.1.1.1", "8.8.8.8", "151.101.2.132", "172.32.0.1", "192.0.1.1", "2a04:4e42::644", "2606:4700::1111"]
        {
            check(public, true);
        }
        for not in [
            "0.0.0.0",
            "0.1.2.3",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.1.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.19.1.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "100::1",
        ] {
            check(not, false);
        }
        check("::ffff:1.1.1.1", true);
    }

    #[test]
    fn what_the_operator_allows() {
        let allowed = [Cidr::parse("127.0.0.0/8").unwrap()];
        assert!(is_allowed("127.0.0.1".parse().unwrap(), &allowed));
        assert!(is_allowed("::ffff:127.0.0.1".parse().unwrap(), &allowed));
        assert!(!is_allowed("10.0.0.1".parse().unwrap(), &allowed));
        assert!(!is_allowed("::1".parse().unwrap(), &allowed));
    }
}
