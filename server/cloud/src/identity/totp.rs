//! Codes of an authenticator app: RFC 6238 with what every app takes for granted, SHA-1, six digits and 30 seconds; and recovery codes.
//! Pure.

use api::account::QrCode;
use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, Mac as _};
use qrcode::Color;
use sha1::Sha1;
use std::fmt::Write as _;

/// Of a code.
pub const DIGITS: usize = 6;
const STEP: i64 = 30;
/// How many steps a phone's clock may be early or late.
const SLACK: i64 = 1;
/// Squares that have to stay light around a QR code.
const QUIET: usize = 4;

fn code(secret: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).ok()?;
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let from = usize::from(hash.last()? & 0xf);
    let bytes: [u8; 4] = hash.get(from..from + 4)?.try_into().ok()?;
    Some(format!("{:06}", (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 1_000_000))
}

/// The step whose code this is, if it is one that can be taken now: near enough, and later than the last one taken.
pub fn taken(secret: &str, typed: &str, seconds: i64, last_step: i64) -> Option<i64> {
    let secret = BASE32_NOPAD.decode(secret.as_bytes()).ok()?;
    let now = seconds.div_euclid(STEP);
    (now - SLACK..=now + SLACK).find(|step| *step > last_step && code(&secret, *step).as_deref() == Some(typed))
}

/// A secret for an app, of as many bytes as the hash has.
pub fn secret(random: [u8; 20]) -> String {
    BASE32_NOPAD.encode(&random)
}

/// A recovery code: 80 bits in groups that can be read aloud.
pub fn recovery_code(random: [u8; 10]) -> String {
    let text = BASE32_NOPAD.encode(&random).to_lowercase();
    format!("{}-{}-{}-{}", &text[..4], &text[4..8], &text[8..12], &text[12..])
}

/// The address that apps read from a QR code.
pub fn uri(user_name: &str, domain_name: &str, secret: &str) -> String {
    let escaped = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
                _ => _ = write!(out, "%{byte:02X}"),
            }
            out
        })
    };
    let label = escaped(&format!("{user_name}@{domain_name}"));
    format!("otpauth://totp/Offing:{label}?secret={secret}&issuer=Offing")
}

/// The QR code of a text; `None` if the text is too long for one.
pub fn qr(text: &str) -> Option<QrCode> {
    let code = qrcode::QrCode::new(text).ok()?;
    let width = code.width();
    let dark = code.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let path = dark.fold(String::new(), |mut path, (at, _)| {
        _ = write!(path, "M{} {}h1v1h-1z", at % width + QUIET, at / width + QUIET);
        path
    });
    Some(QrCode { path, size: u32::try_from(width + 2 * QUIET).ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of RFC 6238, appendix B, cut to six digits.
    #[test]
    fn codes() {
        fn check(seconds: i64, expected: &str) {
            assert_eq!(code(b"12345678901234567890", seconds / STEP).as_deref(), Some(expected), "{seconds}");
        }
        check(59, "287082");
        check(1_111_111_109, "081804");
        check(1_111_111_111, "050471");
        check(1_234_567_890, "005924");
        check(2_000_000_000, "279037");
        check(20_000_000_000, "353130");
    }

    #[test]
    fn a_code_is_good_once_and_for_a_short_while() {
        let secret = BASE32_NOPAD.encode(b"12345678901234567890");
        fn check(secret: &str, seconds: i64, last_step: i64, expected: Option<i64>) {
            assert_eq!(taken(secret, "287082", seconds, last_step), expected, "{seconds} {last_step}");
        }
        check(&secret, 59, 0, Some(1));
        check(&secret, 60, 0, Some(1));
        check(&secret, 89, 0, Some(1));
        check(&secret, 90, 0, None);
        check(&secret, 29, 0, Some(1));
        check(&secret, 59, 1, None);
        check("not base 32!", 59, 0, None);
    }

    #[test]
    fn addresses() {
        assert_eq!(
            uri("ann lee", "Default", "ABC"),
            "otpauth://totp/Offing:ann%20lee%40Default?secret=ABC&issuer=Offing"
        );
        let QrCode { path, size } = qr(&uri("ann", "Default", &secret([7; 20]))).unwrap();
        assert!(path.starts_with("M4 4h1v1h-1z") && size > 40, "{size} {path}");
        assert_eq!(qr(&"x".repeat(10_000)), None);
        assert_eq!(recovery_code([0; 10]), "aaaa-aaaa-aaaa-aaaa");
    }
}
