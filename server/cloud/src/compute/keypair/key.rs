//! SSH keys: made and read, never kept private.

use api::Why;
use api::compute::KeyType;
use rand_core::OsRng;
use ssh_key::private::{KeypairData, RsaKeypair};
use ssh_key::{Algorithm, EcdsaCurve, HashAlg, LineEnding, PrivateKey, PublicKey};

/// Bits of an RSA key that Offing makes, as ssh-keygen does; shorter than 2048 is refused on import (NIST SP 800-131A).
const RSA_BITS: usize = 3072;
const RSA_MIN_BITS: usize = 2048;
/// No public key is longer: an RSA key of 16,384 bits takes 2.8 kB.
const LINE_MAX: usize = 8 * 1024;

/// A public key that can be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public {
    pub algorithm: String,
    pub fingerprint: String,
    /// One line of OpenSSH's authorized_keys.
    pub line: String,
}

/// Makes a key pair: the public half and the private half in OpenSSH's format. Takes a second or so for RSA: not for async threads.
pub fn generate(kind: KeyType, comment: &str) -> Result<(Public, String), ssh_key::Error> {
    let mut key = match kind {
        KeyType::Ed25519 => PrivateKey::random(&mut OsRng, Algorithm::Ed25519)?,
        KeyType::Ecdsa => PrivateKey::random(&mut OsRng, Algorithm::Ecdsa { curve: EcdsaCurve::NistP256 })?,
        KeyType::Rsa => PrivateKey::new(KeypairData::from(RsaKeypair::random(&mut OsRng, RSA_BITS)?), "")?,
    };
    key.set_comment(comment);
    Ok((public(key.public_key())?, key.to_openssh(LineEnding::LF)?.to_string()))
}

/// Reads a public key as people paste it: line breaks that an editor put in are taken out.
pub fn parse(text: &str) -> Result<Public, Why> {
    let line: String = text.trim().split(['\r', '\n']).map(str::trim).collect();
    if line.is_empty() {
        return Err(Why::Required);
    }
    if line.len() > LINE_MAX {
        return Err(Why::TooLong { max: LINE_MAX, is: line.chars().count() });
    }
    let key = PublicKey::from_openssh(&line).map_err(|_| Why::NotAPublicKey)?;
    let accepted = match key.algorithm() {
        Algorithm::Ed25519 | Algorithm::Ecdsa { .. } => true,
        Algorithm::Rsa { .. } => {
            key.key_data().rsa().is_some_and(|rsa| bits(rsa.n.as_positive_bytes()) >= RSA_MIN_BITS)
        }
        _ => false,
    };
    if !accepted {
        return Err(Why::KeyType { name: key.algorithm().as_str().to_owned() });
    }
    public(&key).map_err(|_| Why::NotAPublicKey)
}

fn bits(number: Option<&[u8]>) -> usize {
    let Some([first, rest @ ..]) = number else { return 0 };
    rest.len() * 8 + (8 - first.leading_zeros() as usize)
}

fn public(key: &PublicKey) -> Result<Public, ssh_key::Error> {
    Ok(Public {
        algorithm: key.algorithm().as_str().to_owned(),
        fingerprint: key.fingerprint(HashAlg::Sha256).to_string(),
        line: key.to_openssh()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_keys_can_be_read_again() {
        for (kind, algorithm) in
            [(KeyType::Ed25519, "ssh-ed25519"), (KeyType::Ecdsa, "ecdsa-sha2-nistp256"), (KeyType::Rsa, "ssh-rsa")]
        {
            let (public, private) = generate(kind, "laptop").unwrap();
            assert_eq!(public.algorithm, algorithm);
            assert!(public.fingerprint.starts_with("SHA256:"));
            assert!(private.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----"));
            assert_eq!(parse(&public.line).unwrap(), public);
            let wrapped = format!("{}\r\n{}\n", &public.line[..40], &public.line[40..]);
            assert_eq!(parse(&wrapped).unwrap(), public);
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        assert_eq!(parse("  "), Err(Why::Required));
        assert_eq!(parse("hello"), Err(Why::NotAPublicKey));
        assert_eq!(parse("-----BEGIN OPENSSH PRIVATE KEY-----\nabc"), Err(Why::NotAPublicKey));
        assert!(matches!(parse(&"x".repeat(20_000)), Err(Why::TooLong { .. })));
        let weak =
            RsaKeypair::random(&mut OsRng, 1024).map(|pair| PrivateKey::new(KeypairData::from(pair), "").unwrap());
        if let Ok(weak) = weak {
            assert!(matches!(parse(&weak.public_key().to_openssh().unwrap()), Err(Why::KeyType { .. })));
        }
    }
}
