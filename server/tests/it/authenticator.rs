//! A software authenticator: what a device with passkeys answers a browser (WebAuthn Level 2), and what a forged one would.

use data_encoding::BASE64URL_NOPAD;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const USER_PRESENT: u8 = 1;
const USER_VERIFIED: u8 = 4;
const HAS_KEY: u8 = 64;

/// One key of one device, in one browser.
pub struct Authenticator {
    key: SigningKey,
    id: [u8; 16],
    /// Who it is, as it was told when the key was made.
    user: String,
    pub origin: String,
    pub verifies: bool,
    /// It begins with one and counts each use; zero: it does not count.
    pub counter: u32,
}

fn text(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

/// CBOR: the head of an item, and strings.
fn head(kind: u8, size: usize) -> Vec<u8> {
    match size {
        0..24 => vec![kind << 5 | size as u8],
        24..256 => vec![kind << 5 | 24, size as u8],
        _ => vec![kind << 5 | 25, (size >> 8) as u8, size as u8],
    }
}

fn cbor(kind: u8, bytes: &[u8]) -> Vec<u8> {
    [head(kind, bytes.len()), bytes.to_vec()].concat()
}

impl Authenticator {
    pub fn new(origin: &str) -> Self {
        let key = SigningKey::from_slice(&rand::random::<[u8; 32]>()).unwrap();
        Self { key, id: rand::random(), user: String::new(), origin: origin.to_owned(), verifies: true, counter: 1 }
    }

    /// The same key in another device.
    pub fn copy(&self) -> Self {
        Self {
            key: self.key.clone(),
            id: self.id,
            user: self.user.clone(),
            origin: self.origin.clone(),
            verifies: self.verifies,
            counter: self.counter,
        }
    }

    pub fn id(&self) -> String {
        text(&self.id)
    }

    /// Claims to be somebody else's.
    pub fn pose_as(&mut self, user: &[u8]) {
        self.user = text(user);
    }

    /// The key in COSE's form: EC2, ES256, P-256.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.verifying_key().to_encoded_point(false);
        let (x, y) = (cbor(2, point.x().unwrap()), cbor(2, point.y().unwrap()));
        [vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21], x, vec![0x22], y].concat()
    }

    fn data(&self, site: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { USER_VERIFIED } else { 0 };
        let counter = self.counter.to_be_bytes().to_vec();
        [Sha256::digest(site).to_vec(), vec![USER_PRESENT | verified | flags], counter].concat()
    }

    fn client_data(&self, kind: &str, challenge: &Value) -> Vec<u8> {
        json!({ "type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": false }).to_string().into()
    }

    /// Makes the key for a site, as the browser is asked to by these options.
    pub fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let options = &options["publicKey"];
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "preferred");
        self.user = options["user"]["id"].as_str().unwrap().to_owned();
        let site = options["rp"]["id"].as_str().unwrap();
        let named = [vec![0; 16], vec![0, 16], self.id.to_vec(), self.public_key()].concat();
        let data = [self.data(site, HAS_KEY), named].concat();
        let map = [
            vec![0xa3],
            cbor(3, b"fmt"),
            cbor(3, b"none"),
            cbor(3, b"attStmt"),
            vec![0xa0],
            cbor(3, b"authData"),
            cbor(2, &data),
        ];
        let response = json!({
            "attestationObject": text(&map.concat()),
            "clientDataJSON": text(&self.client_data("webauthn.create", &options["challenge"])),
            "transports": ["internal"],
        });
        json!({ "id": self.id(), "rawId": self.id(), "type": "public-key", "response": response, "extensions": {} })
            .to_string()
    }

    /// Uses the key.
    pub fn get(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let options = &options["publicKey"];
        assert_eq!(options["userVerification"], "required");
        self.counter += u32::from(self.counter > 0);
        let data = self.data(options["rpId"].as_str().unwrap(), 0);
        let client = self.client_data("webauthn.get", &options["challenge"]);
        let signed = [data.clone(), Sha256::digest(&client).to_vec()].concat();
        let signature: Signature = self.key.sign(&signed);
        let response = json!({
            "authenticatorData": text(&data),
            "clientDataJSON": text(&client),
            "signature": text(signature.to_der().as_bytes()),
            "userHandle": self.user,
        });
        json!({ "id": self.id(), "rawId": self.id(), "type": "public-key", "response": response, "extensions": {} })
            .to_string()
    }
}
