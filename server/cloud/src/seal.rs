//! Secrets that have to be read again, unlike passwords: what an authenticator app shares with us, what another service wants to see.
//! They lie in the database encrypted, and the key in a file beside it, so that a copy of the database alone gives none of them away.

use crate::fault::incident;
use api::Result;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;
use std::fmt;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// The key's file in the data folder.
pub const KEY: &str = "secret.key";
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Seals and opens with the cloud's key.
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer")
    }
}

impl Sealer {
    /// With the key of the data folder, which is made if it is missing.
    pub fn open(data: &Path) -> Result<Self> {
        let key = read_or_make(&data.join(KEY)).map_err(|error| incident("the key of sealed secrets", &error))?;
        Ok(Self(XChaCha20Poly1305::new(&key.into())))
    }

    /// Sealed for one purpose only: put in another's place, it opens nothing.
    pub fn seal(&self, purpose: &str, secret: &[u8]) -> Result<String> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let payload = Payload { msg: secret, aad: purpose.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|error| incident("sealing", &error))?;
        Ok(BASE64URL_NOPAD.encode(&[&nonce[..], &sealed].concat()))
    }

    /// What was sealed for the purpose; `None` if it was not, or with another key, or has been altered.
    pub fn unseal(&self, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        self.0.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: purpose.as_bytes() }).ok()
    }
}

fn read_or_make(file: &Path) -> io::Result<[u8; KEY_BYTES]> {
    match fs::read(file) {
        Ok(key) => key.try_into().map_err(|_| io::Error::other(format!("{} is not a key", file.display()))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let key: [u8; KEY_BYTES] = rand::random();
            // Whole or not at all: a key that is half written would be taken for one.
            let unfinished = file.with_extension("partial");
            let mut out = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&unfinished)?;
            out.write_all(&key)?;
            out.sync_all()?;
            fs::rename(&unfinished, file)?;
            Ok(key)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn only_the_same_key_and_purpose_open_it() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = Sealer::open(folder.path()).unwrap();
        let sealed = sealer.seal("totp 1", b"secret").unwrap();
        assert_ne!(sealed, sealer.seal("totp 1", b"secret").unwrap(), "the same twice cannot be told");
        let again = Sealer::open(folder.path()).unwrap();
        assert_eq!(again.unseal("totp 1", &sealed).as_deref(), Some(&b"secret"[..]));
        assert_eq!(again.unseal("totp 2", &sealed), None);
        let mut altered = BASE64URL_NOPAD.decode(sealed.as_bytes()).unwrap();
        altered[30] ^= 1;
        assert_eq!(again.unseal("totp 1", &BASE64URL_NOPAD.encode(&altered)), None);
        assert_eq!(again.unseal("totp 1", "short"), None);
        let elsewhere = tempfile::tempdir().unwrap();
        assert_eq!(Sealer::open(elsewhere.path()).unwrap().unseal("totp 1", &sealed), None);
    }

    #[test]
    fn security_26_the_key_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let sealer = Sealer::open(folder.path()).unwrap();
        let mode = fs::metadata(folder.path().join(KEY)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(format!("{sealer:?}"), "Sealer");
        fs::write(folder.path().join(KEY), b"half").unwrap();
        assert!(Sealer::open(folder.path()).is_err(), "a broken key is not replaced in silence");
    }
}
