//! What data is said to be known by: MD5, SHA-256 or SHA-512 in hex, told apart by their lengths, given by hand or found in the lists that
//! lie beside downloads. Pure.

use api::Why;
use md5::Md5;
use sha2::{Digest as _, Sha256, Sha512};
use std::io::{self, Read};

/// How much is read at a time, in bytes.
const READ: usize = 1 << 20;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    Md5(String),
    Sha256(String),
    Sha512(String),
}

impl Checksum {
    /// Empty: nothing was said.
    pub fn parse(text: &str) -> Result<Option<Self>, Why> {
        let text = text.trim().to_ascii_lowercase();
        let text = text.split_once(':').map_or(text.as_str(), |(_, hex)| hex).to_owned();
        if text.is_empty() {
            return Ok(None);
        }
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(Why::NotAChecksum);
        }
        match text.len() {
            32 => Ok(Some(Self::Md5(text))),
            64 => Ok(Some(Self::Sha256(text))),
            128 => Ok(Some(Self::Sha512(text))),
            _ => Err(Why::NotAChecksum),
        }
    }

    pub fn hex(&self) -> &str {
        match self {
            Self::Md5(hex) | Self::Sha256(hex) | Self::Sha512(hex) => hex,
        }
    }

    /// Whether the data is the one that was meant; otherwise what it is.
    pub fn check(&self, is: &str) -> Result<(), Why> {
        let expected = self.hex().to_owned();
        if is == expected { Ok(()) } else { Err(Why::Checksum { expected, is: is.to_owned() }) }
    }

    /// The same sum, of this data.
    pub fn of(&self, mut data: impl Read) -> io::Result<String> {
        match self {
            Self::Md5(_) => sum(Md5::new(), &mut data),
            Self::Sha256(_) => sum(Sha256::new(), &mut data),
            Self::Sha512(_) => sum(Sha512::new(), &mut data),
        }
    }

    /// The file's line in a list such as `SHA256SUMS`, in GNU's form (`hash  name`), BSD's (`SHA256 (name) = hash`), or a lone hash.
    pub fn find(list: &str, name: &str) -> Option<Self> {
        let lines = || list.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with(['#', '-']));
        let named = lines().find_map(|line| {
            if let Some((before, hex)) = line.rsplit_once(") = ") {
                let (_, file) = before.split_once(" (")?;
                return (file == name).then(|| hex.to_owned());
            }
            let (hex, file) = line.split_once(char::is_whitespace)?;
            let file = file.trim_start().trim_start_matches('*').trim_start_matches("./");
            (file == name).then(|| hex.to_owned())
        });
        let alone = || {
            let mut all = lines();
            let (first, second) = (all.next()?, all.next());
            let hex = first.split_whitespace().next()?;
            (second.is_none() && !first.contains(") = ") && first == hex).then(|| hex.to_owned())
        };
        Self::parse(&named.or_else(alone)?).ok().flatten()
    }
}

fn sum<D: sha2::Digest>(mut hash: D, data: &mut impl Read) -> io::Result<String> {
    let mut buffer = vec![0; READ];
    loop {
        match data.read(&mut buffer)? {
            0 => return Ok(hex::encode(hash.finalize())),
            read => hash.update(&buffer[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists() {
        fn check(list: &str, expected: Option<&str>) {
            let found = Checksum::find(list, "disk.qcow2");
            assert_eq!(found.as_ref().map(Checksum::hex), expected, "{list}");
        }
        let (a, b) = ("a".repeat(64), "b".repeat(64));
        check(&format!("{a}  other.qcow2\n{b} *disk.qcow2\n"), Some(&b));
        check(&format!("{b}  ./disk.qcow2\n"), Some(&b));
        check(&format!("# comment\nSHA256 (disk.qcow2) = {a}\nSHA256 (other) = {b}\n"), Some(&a));
        check(&format!("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{a}  disk.qcow2\n"), Some(&a));
        check(&format!("{a}\n"), Some(&a));
        check(&format!("{a}  other.qcow2\n"), None);
        check("not a list at all", None);
        check("", None);
        check("abc  disk.qcow2", None);
    }

    #[test]
    fn by_length() {
        assert_eq!(Checksum::parse(" "), Ok(None));
        assert_eq!(Checksum::parse(&"A".repeat(32)), Ok(Some(Checksum::Md5("a".repeat(32)))));
        assert_eq!(
            Checksum::parse(&format!("sha512:{}", "0".repeat(128))),
            Ok(Some(Checksum::Sha512("0".repeat(128))))
        );
        assert_eq!(Checksum::parse("abc"), Err(Why::NotAChecksum));
        assert_eq!(Checksum::parse(&"z".repeat(64)), Err(Why::NotAChecksum));
    }

    #[test]
    fn sums() {
        let empty = Checksum::Md5("d41d8cd98f00b204e9800998ecf8427e".into());
        assert_eq!(empty.of(&b""[..]).unwrap(), empty.hex());
        assert!(matches!(empty.check("0"), Err(Why::Checksum { .. })));
    }
}
