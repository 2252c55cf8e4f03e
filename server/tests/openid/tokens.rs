//! Every kind of invalid ID token, and valid ones.

use heartogether::refusal::Refusal;
use serde_json::{Value, json};

use crate::{
    browser::World,
    provider::{Lie, Signature, ada},
};

/// Every lie that a token can tell.
const LIES: [(&str, Lie); 21] = [
    ("another nonce", |token| token.claims["nonce"] = json!("0".repeat(32))),
    ("no nonce", |token| token.claims["nonce"] = Value::Null),
    ("another issuer", |token| token.claims["iss"] = json!("https://evil.example")),
    ("the issuer with a slash", |token| {
        token.claims["iss"] = json!(format!("{}/", token.claims["iss"].as_str().unwrap_or_default()));
    }),
    ("another audience", |token| token.claims["aud"] = json!("somebody-else")),
    ("no audience", |token| token.claims["aud"] = json!([])),
    ("many audiences and no party", |token| token.claims["aud"] = json!(["heartogether", "somebody-else"])),
    ("another party", |token| token.claims["azp"] = json!("somebody-else")),
    ("expired", |token| token.claims["exp"] = json!(token.now_s - 61)),
    ("no end", |token| token.claims["exp"] = Value::Null),
    ("an end that is no time", |token| token.claims["exp"] = json!("never")),
    ("made tomorrow", |token| token.claims["iat"] = json!(token.now_s + 24 * 60 * 60)),
    ("valid tomorrow", |token| token.claims["nbf"] = json!(token.now_s + 24 * 60 * 60)),
    ("nobody", |token| token.claims["sub"] = json!("")),
    ("not signed, and says so", |token| {
        token.header["alg"] = json!("none");
        token.signature = Signature::None;
    }),
    ("not signed", |token| token.signature = Signature::None),
    ("signed with the client's secret", |token| {
        token.header = json!({ "alg": "HS256" });
        token.signature = Signature::ClientSecret;
    }),
    ("signed with the public key as if it was a secret", |token| {
        token.header["alg"] = json!("HS256");
        token.signature = Signature::PublicKey;
    }),
    ("signed with a key that is not published", |token| token.signature = Signature::Strange),
    ("changed after it was signed", |token| {
        token.signature = Signature::Before(|claims| claims["sub"] = json!("somebody else"));
    }),
    ("asking for what is not understood", |token| token.header["crit"] = json!(["b64"])),
];

#[tokio::test]
async fn an_invalid_id_token_signs_nobody_in() {
    let world = World::start().await;
    let failed = format!("/login?next=/listen/ABC234&why={}", Refusal::SignInFailed.code());
    for (what, lie) in LIES {
        world.provider.lie(Some(lie));
        let browser = world.browser();
        assert_eq!(browser.sign_in(&world.provider, "/listen/ABC234", ada()).await, failed, "{what}");
        assert_eq!(browser.get("/auth/me").await.status(), 401, "{what}");
    }
    world.provider.lie(Some(|token| token.signature = Signature::NoToken));
    assert_eq!(world.browser().sign_in(&world.provider, "/listen/ABC234", ada()).await, failed, "no token at all");
}

#[tokio::test]
async fn a_slightly_late_token_and_one_with_several_audiences_are_accepted() {
    let world = World::start().await;
    let truths: [Lie; 3] = [
        |token| token.claims["exp"] = json!(token.now_s - 59),
        |token| {
            token.claims["aud"] = json!(["somebody-else", "heartogether"]);
            token.claims["azp"] = json!("heartogether");
        },
        // A key that is not named can be any that is published.
        |token| token.header = json!({ "alg": "ES256" }),
    ];
    for truth in truths {
        world.provider.lie(Some(truth));
        world.signed_in(ada()).await;
    }
}

#[tokio::test]
async fn an_almost_standard_answer_is_accepted() {
    let world = World::start().await;
    for habits in [
        json!({ "scope": ["openid", "profile"] }),
        json!({ "scope": "openid profile", "expires_in": "3600" }),
        json!({ "expires_in": null, "token_type": "Bearer ", "refresh_token": 7 }),
        json!({ "expires_in": 3599.5, "token_type": null }),
    ] {
        world.provider.answer_with(habits);
        world.signed_in(ada()).await;
    }
}
