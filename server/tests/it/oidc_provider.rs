//! A small OpenID Connect provider on the loopback: discovery, keys and tokens over HTTP; whoever is sent to it has signed in there already.

use axum::Router;
use axum::extract::{Form, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Json, Response};
use axum::routing::{get, post};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use hmac::{Hmac, Mac as _};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

pub const CLIENT: &str = "offing";
pub const SECRET: &str = "the client's secret";

/// What is wrong with its tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flaw {
    #[default]
    None,
    Nonce,
    Audience,
    TwoAudiences,
    Issuer,
    Expired,
    Future,
    /// No signature, and it says so.
    Unsigned,
    /// Signed with the client's secret.
    Shared,
    /// Signed with a key that is not among those it publishes.
    Key,
    /// Altered after it was signed.
    Altered,
    /// No ID token at all.
    Missing,
    /// A good token, and far more.
    Endless,
}

struct Inside {
    issuer: String,
    key: SigningKey,
    claims: Value,
    flaw: Flaw,
    now: i64,
    /// By code: what it was given for.
    codes: HashMap<String, HashMap<String, String>>,
}

#[derive(Clone)]
pub struct Provider(Arc<Mutex<Inside>>);

fn key() -> SigningKey {
    SigningKey::from_slice(&rand::random::<[u8; 32]>()).unwrap()
}

fn part(value: &Value) -> String {
    BASE64URL_NOPAD.encode(value.to_string().as_bytes())
}

pub fn query(address: &str) -> HashMap<String, String> {
    let (_, query) = address.split_once('?').unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).into_owned().collect()
}

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let inside = Inside { issuer, key: key(), claims: json!({}), flaw: Flaw::None, now: 0, codes: HashMap::new() };
        let provider = Self(Arc::new(Mutex::new(inside)));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(configuration))
            .route("/jwks", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub fn issuer(&self) -> String {
        self.0.lock().unwrap().issuer.clone()
    }

    /// Who is signed in there now, and what time it is.
    pub fn is(&self, claims: Value, now: i64) {
        let mut inside = self.0.lock().unwrap();
        (inside.claims, inside.now) = (claims, now / 1_000_000);
    }

    pub fn flawed(&self, flaw: Flaw) {
        self.0.lock().unwrap().flaw = flaw;
    }

    /// It signs with another key from now on.
    pub fn change_key(&self) {
        self.0.lock().unwrap().key = key();
    }

    /// What its page answers to a browser that has been sent to this address: where that goes back to.
    pub fn authorize(&self, address: &str) -> String {
        let mut inside = self.0.lock().unwrap();
        assert!(address.starts_with(&format!("{}/authorize?", inside.issuer)), "{address}");
        let asked = query(address);
        for (name, value) in [("response_type", "code"), ("client_id", CLIENT), ("code_challenge_method", "S256")] {
            assert_eq!(asked[name], value, "{address}");
        }
        assert_eq!(asked["redirect_uri"], "http://cloud.example/sign-in/provider/return");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"), "{address}");
        let code = BASE64URL_NOPAD.encode(&rand::random::<[u8; 16]>());
        let back = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("code", &code), ("state", &asked["state"]), ("iss", &inside.issuer)])
            .finish();
        inside.codes.insert(code, asked);
        format!("/sign-in/provider/return?{back}")
    }
}

async fn configuration(State(provider): State<Provider>) -> Json<Value> {
    let issuer = provider.issuer();
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
    }))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let point = provider.0.lock().unwrap().key.verifying_key().to_encoded_point(false);
    let (x, y) = (BASE64URL_NOPAD.encode(point.x().unwrap()), BASE64URL_NOPAD.encode(point.y().unwrap()));
    Json(
        json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "one", "x": x, "y": y }] }),
    )
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response {
    let mut inside = provider.0.lock().unwrap();
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let expected = format!("Basic {}", BASE64.encode(format!("{}:{}", encode(CLIENT), encode(SECRET)).as_bytes()));
    if headers.get(AUTHORIZATION).is_none_or(|it| it.to_str().unwrap() != expected) {
        return refused("invalid_client");
    }
    // A code is good once, and only for whoever has asked for it.
    let Some(asked) = inside.codes.remove(&form["code"]) else { return refused("invalid_grant") };
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(&form["code_verifier"]));
    if asked["code_challenge"] != challenge || asked["redirect_uri"] != form["redirect_uri"] {
        return refused("invalid_grant");
    }
    let id_token = inside.id_token(&asked["nonce"]);
    let mut answer = json!({ "access_token": "nothing", "token_type": "Bearer", "expires_in": 60 });
    if inside.flaw != Flaw::Missing {
        answer["id_token"] = id_token.into();
    }
    if inside.flaw == Flaw::Endless {
        answer["more"] = "x".repeat(2 << 20).into();
    }
    Json(answer).into_response()
}

impl Inside {
    fn id_token(&self, nonce: &str) -> String {
        let (now, flaw) = (self.now, self.flaw);
        let mut claims = json!({ "iss": self.issuer, "aud": CLIENT, "nonce": nonce, "iat": now, "exp": now + 300 });
        match flaw {
            Flaw::Nonce => claims["nonce"] = "another".into(),
            Flaw::Audience => claims["aud"] = "another".into(),
            Flaw::TwoAudiences => claims["aud"] = json!([CLIENT, "another"]),
            Flaw::Issuer => claims["iss"] = "https://another.example".into(),
            Flaw::Expired => (claims["iat"], claims["exp"]) = ((now - 600).into(), (now - 300).into()),
            Flaw::Future => (claims["iat"], claims["exp"]) = ((now + 3600).into(), (now + 7200).into()),
            _ => {}
        }
        for (name, value) in self.claims.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let header = match flaw {
            Flaw::Unsigned => json!({ "alg": "none" }),
            Flaw::Shared => json!({ "alg": "HS256" }),
            _ => json!({ "alg": "ES256", "kid": "one", "typ": "JWT" }),
        };
        let signed = format!("{}.{}", part(&header), part(&claims));
        let by = |key: &SigningKey| -> Vec<u8> {
            let signature: Signature = key.sign(signed.as_bytes());
            signature.to_bytes().to_vec()
        };
        let signature = match flaw {
            Flaw::Unsigned => Vec::new(),
            Flaw::Shared => {
                let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
                mac.update(signed.as_bytes());
                mac.finalize().into_bytes().to_vec()
            }
            Flaw::Key => by(&key()),
            _ => by(&self.key),
        };
        let signature = BASE64URL_NOPAD.encode(&signature);
        if flaw == Flaw::Altered {
            claims["sub"] = "another".into();
            return format!("{}.{}.{signature}", part(&header), part(&claims));
        }
        format!("{signed}.{signature}")
    }
}
