//! Signing in with a provider: the whole process, and every kind of invalid answer.

mod tokens;
mod waiting;

use heartogether::{id::RoomCode, limits::Limits, refusal::Refusal, time::Timestamp};
use heartogether_server::clock::Clock;
use reqwest::{Client, cookie::CookieStore, redirect::Policy};
use serde_json::{Value, json};

use crate::{
    browser::{World, led_to},
    provider::{Provider, ada},
};

#[tokio::test]
async fn a_sign_in_leads_to_the_wanted_page() {
    let world = World::start().await;
    let browser = world.browser();
    let address = browser.set_out("/auth/test?next=/listen/ABC234").await;
    let asked = Provider::asked(&address);
    assert_eq!(asked["scope"], "openid profile email");
    assert!(!asked.contains_key("prompt"));
    let back = browser.get(&world.provider.consent(&address, ada())).await;
    assert_eq!((back.status().as_u16(), led_to(&back).as_str()), (303, "/listen/ABC234"));
    assert_eq!(back.headers()["cache-control"], "no-store");
    let me = browser.me().await;
    assert_eq!(
        (&me["name"], &me["email"], &me["guest"]),
        (&json!("Ada Lovelace"), &json!("ada@example.org"), &json!(false))
    );
    assert_eq!(me["provider"], "Test");
    let status: Value = browser.get("/auth/status").await.json().await.expect("JSON");
    assert_eq!(status["authenticated"], true);
    assert_eq!(status["guests"], "listen");
    assert_eq!(status["providers"], json!([{ "id": "test", "name": "Test" }]));
    assert_eq!(world.browser().get("/auth/me").await.status(), 401);
}

#[tokio::test]
async fn a_requested_room_is_created_after_the_sign_in() {
    let world = World::start().await;
    let browser = world.browser();
    let landed = browser.sign_in(&world.provider, "/new", ada()).await;
    let code = RoomCode::parse(landed.strip_prefix("/host/").expect("a stage")).expect("a code");
    assert!(browser.owns(code).await);
}

#[tokio::test]
async fn a_sign_in_from_another_site_needs_a_confirmation_here() {
    let world = World::start_with(&["--guests", "host"]).await;
    for (site, is_led) in [("cross-site", false), ("same-origin", true), ("same-site", true), ("none", true)] {
        let response = world.site.get_with("/auth/test?next=/new", &[("sec-fetch-site", site)]).await;
        match is_led {
            true => assert!(led_to(&response).starts_with(&world.provider.issuer), "{site}"),
            false => {
                let cookies = response.headers().get_all("set-cookie").iter().count();
                assert_eq!((led_to(&response).as_str(), cookies), ("/login?next=/new", 0));
            }
        }
    }
    // The way back comes from another site by nature.
    let browser = world.browser();
    let back = world.provider.consent(&browser.set_out("/auth/test?next=/about").await, ada());
    let response = browser.client.get(&back).header("sec-fetch-site", "cross-site").send().await.expect("an answer");
    assert_eq!(led_to(&response), "/about");
}

#[tokio::test]
async fn a_browser_has_a_few_sign_ins_at_once_and_the_oldest_are_given_up() {
    let world = World::start().await;
    let browser = world.browser();
    let mut ways = Vec::new();
    for way in 0..12 {
        ways.push(browser.set_out(&format!("/auth/test?next={}", ["/about", "/privacy"][way % 2])).await);
        world.clock.advance(1_000);
        let url = format!("{}/auth/", browser.origin).parse().expect("an address");
        let kept = browser.jar.cookies(&url).expect("cookies");
        let kept = kept.to_str().expect("cookies in ASCII").split(';').map(str::trim);
        let count = kept.filter(|cookie| cookie.starts_with("heartogether.sid.")).count();
        assert_eq!(count, (way + 1).min(4));
    }
    let expired = format!("/login?next=/&why={}", Refusal::SignInExpired.code());
    assert_eq!(led_to(&browser.get(&world.provider.consent(&ways[7], ada())).await), expired);
    for (way, landed) in [(8, "/about"), (11, "/privacy")] {
        assert_eq!(led_to(&browser.get(&world.provider.consent(&ways[way], ada())).await), landed);
    }
}

#[tokio::test]
async fn a_person_who_is_refused_a_room_is_still_signed_in() {
    let world = World::start_under(Limits { rooms_per_address: 1, ..Limits::default() }, &[]).await;
    let browser = world.signed_in(ada()).await;
    browser.create_room().await;
    let other = world.browser();
    let led = other.sign_in(&world.provider, "/new", json!({ "sub": "grace", "name": "Grace" })).await;
    assert_eq!(led, format!("/login?next=/new&why={}", Refusal::TooManyRooms.code()));
    assert_eq!(other.me().await["name"], "Grace");
}

#[tokio::test]
async fn a_fault_after_the_provider_leads_to_the_sign_in_page_with_a_clean_address() {
    let world = World::start().await;
    let browser = world.browser();
    let back = world.provider.consent(&browser.set_out("/auth/test?next=/about").await, ada());
    let store =
        sqlx::SqlitePool::connect(&format!("sqlite://{}", world.database().display())).await.expect("the database");
    sqlx::query("DROP TABLE spent").execute(&store).await.expect("a broken store");
    let led = led_to(&browser.get(&back).await);
    assert_eq!(led, format!("/login?next=/about&why={}", Refusal::SignInFailed.code()));
}

#[tokio::test]
async fn redirects_never_lead_to_another_site() {
    let world = World::start().await;
    for next in
        ["https://evil.example/", "//evil.example", "/%5C%5Cevil.example", "javascript:alert(1)", "/room/<script>"]
    {
        assert_eq!(world.browser().sign_in(&world.provider, next, ada()).await, "/", "{next}");
    }
}

#[tokio::test]
async fn another_account_can_be_requested() {
    let world = World::start().await;
    let browser = world.signed_in(ada()).await;
    let before = browser.cookies();
    let address = browser.set_out("/auth/test?next=/about&switch=1").await;
    assert_eq!(Provider::asked(&address)["prompt"], "select_account");
    let back = world.provider.consent(&address, json!({ "sub": "grace", "name": "Grace Hopper" }));
    assert_eq!(led_to(&browser.get(&back).await), "/about");
    assert_eq!(browser.me().await["name"], "Grace Hopper");
    let earlier = world.site.get("/auth/me", Some(&before)).await;
    assert_eq!(earlier.status(), 401, "the session of before has ended");
}

#[tokio::test]
async fn names_that_are_not_in_the_token_are_requested_from_userinfo() {
    let world = World::start().await;
    assert_eq!(world.signed_in(json!({ "sub": "ada" })).await.me().await["name"], "Ada by userinfo");
    let other = world.signed_in(json!({ "sub": "grace", "name": "Grace" })).await;
    assert_eq!(other.me().await["name"], "Grace", "what is told of somebody else is passed over");
}

#[tokio::test]
async fn an_unverified_email_address_is_left_out() {
    let world = World::start().await;
    let claims = json!({ "sub": "eve", "name": "Eve", "email": "ada@example.org", "email_verified": false });
    assert_eq!(world.signed_in(claims).await.me().await["email"], Value::Null);
}

#[tokio::test]
async fn an_answer_is_accepted_only_from_the_browser_that_asked() {
    let world = World::start().await;
    let browser = world.browser();
    let expired = format!("/login?next=/&why={}", Refusal::SignInExpired.code());
    let back = world.provider.consent(&browser.set_out("/auth/test?next=/about").await, ada());
    assert_eq!(led_to(&world.browser().get(&back).await), expired, "another browser's");
    let (start, state) = back.rsplit_once('=').expect("a state");
    let flipped = if state.ends_with('0') { "1" } else { "0" };
    for tampered in ["", "0", &"0".repeat(32), &format!("{}{flipped}", &state[..31]), &state.to_uppercase(), "../../x"]
    {
        if tampered != state {
            assert_eq!(led_to(&browser.get(&format!("{start}={tampered}")).await), expired, "{tampered}");
        }
    }
    assert_eq!(browser.get("/auth/me").await.status(), 401);
    // The right one still works, and leads to where the visitor was going.
    assert_eq!(led_to(&browser.get(&back).await), "/about");
}

#[tokio::test]
async fn an_answer_counts_once() {
    let world = World::start().await;
    let browser = world.browser();
    let address = browser.set_out("/auth/test?next=/about").await;
    let state = Provider::asked(&address)["state"].clone();
    let url = format!("{}/auth/", browser.origin).parse().expect("an address");
    let kept = browser.jar.cookies(&url).expect("the flow's cookie");
    let back = world.provider.consent(&address, ada());
    assert_eq!(led_to(&browser.get(&back).await), "/about");
    let expired = format!("/login?next=/&why={}", Refusal::SignInExpired.code());
    assert_eq!(led_to(&browser.get(&back).await), expired, "the cookie is gone");

    // Whoever has kept the cookie is refused by the provider, and by us where the provider has forgotten.
    let replay = async || {
        let request = Client::builder().redirect(Policy::none()).build().expect("a client").get(&back);
        led_to(&request.header("cookie", kept.clone()).send().await.expect("an answer"))
    };
    assert_eq!(replay().await, format!("/login?next=/about&why={}", Refusal::SignInFailed.code()));
    world.provider.forget_codes();
    let again = browser.set_out("/auth/test?next=/about").await;
    let kept_again = browser.jar.cookies(&url).expect("the flow's cookie");
    let back = world.provider.consent(&again, ada());
    assert_eq!(led_to(&browser.get(&back).await), "/about");
    let client = Client::builder().redirect(Policy::none()).build().expect("a client");
    let response = client.get(&back).header("cookie", kept_again).send().await.expect("an answer");
    assert_eq!(led_to(&response), format!("/login?next=/about&why={}", Refusal::SignInExpired.code()));
    assert_eq!(state.len(), 32);
}

#[tokio::test]
async fn a_cancelled_or_expired_sign_in_is_reported_and_can_be_repeated() {
    let world = World::start().await;
    let browser = world.browser();
    for (error, refusal) in [
        ("access_denied", Refusal::SignInCancelled),
        ("server_error", Refusal::ProviderUnreachable),
        ("invalid_request", Refusal::SignInFailed),
        ("<script>alert(1)</script>", Refusal::SignInFailed),
    ] {
        let asked = Provider::asked(&browser.set_out("/auth/test?next=/room/ABC234").await);
        let back = format!("{}?error={error}&state={}", asked["redirect_uri"], asked["state"]);
        assert_eq!(led_to(&browser.get(&back).await), format!("/login?next=/room/ABC234&why={}", refusal.code()));
    }
    let back = world.provider.consent(&browser.set_out("/auth/test?next=/room/ABC234").await, ada());
    world.clock.advance(10 * 60 * 1000);
    let expired = format!("/login?next=/room/ABC234&why={}", Refusal::SignInExpired.code());
    assert_eq!(led_to(&browser.get(&back).await), expired);
    assert_eq!(browser.sign_in(&world.provider, "/room/ABC234", ada()).await, "/room/ABC234");
}

#[tokio::test]
async fn a_correction_of_the_date_does_not_end_a_sign_in() {
    for is_later in [true, false] {
        let world = World::start().await;
        let browser = world.browser();
        let back_address = browser.set_out("/auth/test?next=/room/ABC234").await;
        let now = world.clock.date();
        let hour_ms = 60 * 60 * 1000;
        let earlier = Timestamp::from_millis(now.as_millis() - hour_ms);
        world.clock.set_date(if is_later { now.after_ms(hour_ms) } else { earlier });
        // The provider has known the date all along.
        let back = world.provider.consent(&back_address, ada());
        assert_eq!(led_to(&browser.get(&back).await), "/room/ABC234");
    }
}

#[tokio::test]
async fn an_answer_in_the_name_of_another_issuer_is_refused() {
    let world = World::start().await;
    let browser = world.browser();
    let back = world.provider.consent(&browser.set_out("/auth/test?next=/").await, ada());
    let failed = format!("/login?next=/&why={}", Refusal::SignInFailed.code());
    assert_eq!(led_to(&browser.get(&format!("{back}&iss=https://evil.example")).await), failed);
}

#[tokio::test]
async fn new_keys_are_fetched_and_old_ones_are_refused() {
    let world = World::start().await;
    world.signed_in(ada()).await;
    world.signed_in(ada()).await;
    assert_eq!(world.provider.times_asked_for_keys(), 1, "keys are kept");
    world.provider.rotate("second");
    world.clock.advance(10_000);
    world.signed_in(ada()).await;
    assert_eq!(world.provider.times_asked_for_keys(), 2);
    world.provider.lie(Some(|token| token.header["kid"] = json!("first")));
    world.clock.advance(10_000);
    let failed = format!("/login?next=/&why={}", Refusal::SignInFailed.code());
    assert_eq!(world.browser().sign_in(&world.provider, "/", ada()).await, failed);
    // However many tokens name keys that there are not, the provider is asked now and then.
    for _ in 0..3 {
        world.browser().sign_in(&world.provider, "/", ada()).await;
    }
    assert_eq!(world.provider.times_asked_for_keys(), 3);
}

#[tokio::test]
async fn old_metadata_is_used_while_a_provider_does_not_answer() {
    let world = World::start().await;
    world.signed_in(ada()).await;
    world.provider.fall_silent();
    world.clock.advance(24 * 60 * 60 * 1000);
    world.signed_in(ada()).await;
    assert_eq!(world.provider.times_asked_for_keys(), 2);
    // A key that nobody has heard of is not believed for that.
    world.provider.lie(Some(|token| token.header["kid"] = json!("second")));
    let failed = format!("/login?next=/&why={}", Refusal::ProviderUnreachable.code());
    assert_eq!(world.browser().sign_in(&world.provider, "/", ada()).await, failed);
}

#[tokio::test]
async fn unknown_providers_are_refused_with_a_code() {
    let world = World::start().await;
    for path in ["/auth/nobody", "/auth/google", "/auth/nobody/callback?code=1&state=2", "/auth/nobody/ready"] {
        let response = world.browser().get(path).await;
        assert_eq!(response.status(), 404, "{path}");
        assert_eq!(response.json::<Value>().await.expect("JSON")["error"], "provider_unknown");
    }
}

#[tokio::test]
async fn the_provider_redirects_to_the_address_that_the_visitor_used() {
    let world = World::start_with(&["--trusted-proxies", "127.0.0.1"]).await;
    for (host, proto, origin) in [
        ("192.0.2.1:8443", "https", "https://192.0.2.1:8443"),
        ("192.168.1.7:3000", "http", "http://192.168.1.7:3000"),
        ("192.0.2.1:3000", "http", "http://192.0.2.1:3000"),
        ("localhost:3000", "https", "https://localhost:3000"),
        ("hear.example", "http", "http://hear.example"),
    ] {
        let headers = [("host", host), ("x-forwarded-proto", proto)];
        let response = world.site.get_with("/auth/test?next=/", &headers).await;
        assert_eq!(Provider::asked(&led_to(&response))["redirect_uri"], format!("{origin}/auth/test/callback"));
        let cookie = response.headers()["set-cookie"].to_str().expect("a cookie in ASCII");
        assert_eq!(cookie.ends_with("; Secure"), origin.starts_with("https"), "{origin}");
    }
}

#[tokio::test]
async fn google_needs_no_metadata_request() {
    let flags = ["--google-client-id", "id", "--google-client-secret", "hush", "--public-url", "https://hear.example/"];
    let world = World::start_with(&flags).await;
    let address = world.browser().set_out("/auth/google?next=/").await;
    assert!(address.starts_with("https://accounts.google.com/o/oauth2/v2/auth?"), "{address}");
    assert_eq!(Provider::asked(&address)["redirect_uri"], "https://hear.example/auth/google/callback");
    let flags = [&flags[..], &["--google-callback-url", "https://other.example/auth/google/callback"]].concat();
    let address = World::start_with(&flags).await.browser().set_out("/auth/google").await;
    assert_eq!(Provider::asked(&address)["redirect_uri"], "https://other.example/auth/google/callback");
}
