//! An OpenID provider for tests. It creates its own keys, and sends wrong answers when a test asks for them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use heartogether::time::Timestamp;
use heartogether_server::clock::{Clock, ManualClock};
use reqwest::Url;
use ring::{
    digest, hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};

pub const CLIENT: &str = "heartogether";
pub const SECRET: &str = "a secret of the tests";

/// A provider, which is gone with the test.
#[derive(Clone)]
pub struct Provider {
    pub issuer: String,
    state: Arc<Mutex<Kept>>,
}

struct Kept {
    issuer: String,
    now: Arc<ManualClock>,
    keys: Vec<Key>,
    published: Vec<String>,
    codes: HashMap<String, Grant>,
    /// Whether it takes a code more than once.
    is_forgetful: bool,
    lie: Option<Lie>,
    /// What it adds to its answers, in a form of its own.
    habits: Value,
    times_asked_for_keys: usize,
    /// Whether it says nothing of itself any more.
    is_mute: bool,
}

struct Key {
    id: String,
    pair: EcdsaKeyPair,
}

#[derive(Clone)]
struct Grant {
    challenge: String,
    callback_url: String,
    nonce: String,
    claims: Value,
}

/// Changes a token before it is signed, or what is signed.
pub type Lie = fn(&mut Token);

/// A token as it is made.
pub struct Token {
    pub header: Value,
    pub claims: Value,
    pub signature: Signature,
    pub now_s: u64,
}

/// How it is signed.
pub enum Signature {
    /// By the present key.
    Own,
    /// By one that nobody has published.
    Strange,
    /// Not at all.
    None,
    /// With the client's secret, or with the public key as if it was one.
    ClientSecret,
    PublicKey,
    /// By the present key, and the claims are changed afterwards.
    Before(fn(&mut Value)),
    /// Not included in the answer.
    NoToken,
}

fn key(id: &str) -> Key {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref(), &random);
    Key { id: id.to_owned(), pair: pair.expect("a key") }
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

impl Provider {
    pub async fn start(now: Arc<ManualClock>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let kept = Kept {
            issuer: issuer.clone(),
            now,
            keys: vec![key("first")],
            published: vec!["first".to_owned()],
            codes: HashMap::new(),
            is_forgetful: false,
            lie: None,
            habits: json!({}),
            times_asked_for_keys: 0,
            is_mute: false,
        };
        let provider = Self { issuer, state: Arc::new(Mutex::new(kept)) };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.state.lock().expect("a provider that has not failed")
    }

    /// The flags of a server that knows it, as `test`.
    pub fn flags(&self) -> Vec<String> {
        let flags = [
            ("--oidc-issuer", self.issuer.as_str()),
            ("--oidc-client-id", CLIENT),
            ("--oidc-client-secret", SECRET),
            ("--oidc-name", "Test"),
        ];
        flags.into_iter().flat_map(|(name, value)| [name.to_owned(), value.to_owned()]).collect()
    }

    pub fn lie(&self, lie: Option<Lie>) {
        self.kept().lie = lie;
    }

    /// Writes these fields into its answer for a code.
    pub fn answer_with(&self, habits: Value) {
        self.kept().habits = habits;
    }

    pub fn forget_codes(&self) {
        self.kept().is_forgetful = true;
    }

    /// Signs with a new key from now on, and says so.
    pub fn rotate(&self, id: &str) {
        let mut kept = self.kept();
        kept.keys = vec![key(id)];
        kept.published = vec![id.to_owned()];
    }

    /// Publishes nothing from now on, and signs people in all the same.
    pub fn fall_silent(&self) {
        self.kept().is_mute = true;
    }

    pub fn times_asked_for_keys(&self) -> usize {
        self.kept().times_asked_for_keys
    }

    /// What the server asks for at an address that it sends a visitor to.
    pub fn asked(address: &str) -> HashMap<String, String> {
        Url::parse(address).expect("an address").query_pairs().into_owned().collect()
    }

    /// Somebody signs in at that address. Gives the address that leads back.
    pub fn consent(&self, address: &str, claims: Value) -> String {
        let asked = Self::asked(address);
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", CLIENT));
        assert_eq!(asked["code_challenge_method"], "S256");
        let mut kept = self.kept();
        let code = format!("code-{}", kept.codes.len());
        let [challenge, callback_url, nonce] =
            ["code_challenge", "redirect_uri", "nonce"].map(|name| asked[name].clone());
        kept.codes.insert(code.clone(), Grant { challenge, callback_url: callback_url.clone(), nonce, claims });
        format!("{callback_url}?code={code}&state={}", asked["state"])
    }
}

impl Kept {
    fn id_token(&self, grant: &Grant) -> Option<String> {
        let signing = &self.keys[0];
        let now_s = self.now.date().as_millis() / 1000;
        let mut token = Token {
            header: json!({ "alg": "ES256", "kid": signing.id, "typ": "JWT" }),
            claims: json!({
                "iss": self.issuer, "aud": CLIENT, "nonce": grant.nonce, "iat": now_s, "exp": now_s + 300,
            }),
            signature: Signature::Own,
            now_s,
        };
        for (name, value) in grant.claims.as_object().expect("claims") {
            token.claims[name] = value.clone();
        }
        if let Some(lie) = self.lie {
            lie(&mut token);
        }
        token.sign(&signing.pair)
    }
}

impl Token {
    fn sign(mut self, own: &EcdsaKeyPair) -> Option<String> {
        let signed = format!("{}.{}", base64(self.header.to_string()), base64(self.claims.to_string()));
        let by = |pair: &EcdsaKeyPair| {
            let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).expect("a signature");
            base64(signature)
        };
        let with = |secret: &[u8]| base64(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), signed.as_bytes()));
        let signature = match self.signature {
            Signature::Own => by(own),
            Signature::Strange => by(&key("strange").pair),
            Signature::None => String::new(),
            Signature::ClientSecret => with(SECRET.as_bytes()),
            Signature::PublicKey => with(own.public_key().as_ref()),
            Signature::Before(change) => {
                let signature = by(own);
                change(&mut self.claims);
                return Some(format!(
                    "{}.{}.{signature}",
                    base64(self.header.to_string()),
                    base64(self.claims.to_string())
                ));
            }
            Signature::NoToken => return None,
        };
        Some(format!("{signed}.{signature}"))
    }
}

async fn metadata(State(provider): State<Provider>) -> Result<Json<Value>, StatusCode> {
    if provider.kept().is_mute {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let issuer = &provider.issuer;
    Ok(Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
        // It says more than it should: what others could make is refused all the same.
        "id_token_signing_alg_values_supported": ["none", "HS256", "ES256"],
    })))
}

async fn keys(State(provider): State<Provider>) -> Result<Json<Value>, StatusCode> {
    let mut kept = provider.kept();
    kept.times_asked_for_keys += 1;
    if kept.is_mute {
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let published = kept.keys.iter().filter(|key| kept.published.contains(&key.id)).map(|key| {
        let point = key.pair.public_key().as_ref();
        json!({
            "kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": key.id,
            "x": base64(&point[1..33]), "y": base64(&point[33..]),
        })
    });
    Ok(Json(json!({ "keys": published.collect::<Vec<_>>() })))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let expected =
        format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(format!("{CLIENT}:{}", SECRET.replace(' ', "+"))));
    let refused = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    if headers.get("authorization").is_none_or(|value| value.as_bytes() != expected.as_bytes()) {
        return refused("invalid_client");
    }
    let mut kept = provider.kept();
    let code = form.get("code").cloned().unwrap_or_default();
    let grant = match kept.is_forgetful {
        true => kept.codes.get(&code).cloned(),
        false => kept.codes.remove(&code),
    };
    let Some(grant) = grant else { return refused("invalid_grant") };
    let verifier = form.get("code_verifier").cloned().unwrap_or_default();
    let challenge = base64(digest::digest(&digest::SHA256, verifier.as_bytes()));
    if challenge != grant.challenge || form.get("redirect_uri") != Some(&grant.callback_url) {
        return refused("invalid_grant");
    }
    let mut answer = json!({ "access_token": "access", "token_type": "Bearer", "expires_in": 300 });
    for (name, value) in kept.habits.as_object().expect("fields") {
        answer[name] = value.clone();
    }
    if let Some(id_token) = kept.id_token(&grant) {
        answer["id_token"] = id_token.into();
    }
    Json(answer).into_response()
}

/// It knows nobody but Ada by more than a number.
async fn userinfo(headers: HeaderMap) -> Response {
    match headers.get("authorization").is_some_and(|value| value == "Bearer access") {
        true => Json(json!({ "sub": "ada", "name": "Ada by userinfo" })).into_response(),
        false => StatusCode::UNAUTHORIZED.into_response(),
    }
}

/// What a provider tells of Ada.
pub fn ada() -> Value {
    json!({ "sub": "ada", "name": "Ada Lovelace", "email": "ada@example.org", "email_verified": true })
}

/// The time at which every test begins.
pub const BEGINNING: Timestamp = Timestamp::from_millis(1_800_000_000_000);
