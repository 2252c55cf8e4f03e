//! A provider that does not answer, and the page that waits for it.

use std::sync::Arc;

use heartogether::limits::Limits;
use heartogether_server::clock::ManualClock;
use tempfile::TempDir;

use crate::{
    browser::led_to,
    provider::BEGINNING,
    support::{Site, serve},
};

const WAITING: &str = "/login?next=/about&why=provider_unreachable&wait=test";

/// A site whose provider does not answer.
async fn deserted() -> (Site, Arc<ManualClock>, TempDir) {
    let clock = Arc::new(ManualClock::at(BEGINNING));
    let (data, gone) =
        (TempDir::new().expect("a folder"), tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port"));
    let issuer = format!("http://{}", gone.local_addr().expect("an address"));
    drop(gone);
    let flags = ["--oidc-client-id", "x", "--oidc-name", "Test", "--oidc-issuer", &issuer];
    (serve(&data, &clock, Limits::default(), &flags).await.site, clock, data)
}

#[tokio::test]
async fn the_page_says_that_a_provider_does_not_answer() {
    let (site, _, _data) = deserted().await;
    let led = site.get("/auth/test?next=/about", None).await;
    assert_eq!(led_to(&led), WAITING);
    let led = site.get("/auth/test?next=/about&switch=1", None).await;
    assert_eq!(led_to(&led), format!("{WAITING}&switch=1"));
    assert_eq!(site.get("/auth/test/ready", None).await.status(), 503);
}

#[tokio::test]
async fn only_a_browser_that_was_asked_to_wait_continues_by_itself_to_its_destination() {
    let (site, clock, _data) = deserted().await;
    assert_eq!(
        led_to(&site.get("/auth/test?next=/new&waited=1", None).await),
        "/login?next=/new",
        "a link made it wait"
    );
    let told = site.get("/auth/test?next=/about", None).await;
    let cookie = told.headers()["set-cookie"].to_str().expect("a cookie in ASCII");
    let cookie = cookie.split(';').next().expect("name and value").to_owned();
    let go_on = async |path: &str| led_to(&site.get(path, Some(&cookie)).await);
    assert_eq!(go_on("/auth/test?next=/about&waited=1").await, WAITING, "it sets out, and waits on");
    assert_eq!(go_on("/auth/test?next=/new&waited=1").await, "/login?next=/new");
    assert_eq!(go_on("/auth/test?next=/about&switch=1&waited=1").await, "/login?next=/about");
    clock.advance(10 * 60 * 1000);
    assert_eq!(go_on("/auth/test?next=/about&waited=1").await, "/login?next=/about", "too long ago");
}
