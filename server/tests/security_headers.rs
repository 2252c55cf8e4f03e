//! The security headers of every response, and requests that are refused before they are processed.

use heartogether::limits::{FRAME_BYTES, Limits};
use reqwest::{Client, Method, Response};

use crate::support::TestServer;

const FRIEND: &str = "https://friend.example";

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The nonces in a text, each after `before` and up to a quotation mark.
fn nonces<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    text.split(before).skip(1).filter_map(|rest| rest.split(['"', '\'']).next()).collect()
}

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let server = TestServer::start().await;
    for path in ["/", "/nowhere", "/api/health", "/api/rooms/ZZZZZZ", "/room/ABC234/qr.svg", "/pkg/none.js", "/ws"] {
        let response = server.site.get(path, None).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
            ("strict-transport-security", ""),
        ] {
            assert_eq!(header(&response, name), value, "{path}");
        }
        let (policy, devices) = (header(&response, "content-security-policy"), header(&response, "permissions-policy"));
        for directive in ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"] {
            assert!(policy.contains(directive), "{path}: {policy}");
        }
        assert!(devices.contains("microphone=(self)") && devices.contains("camera=()"), "{path}: {devices}");
    }
}

#[tokio::test]
async fn a_page_runs_only_scripts_with_the_nonce_of_its_response() {
    let server = TestServer::start().await;
    let mut seen = Vec::new();
    for path in ["/", "/", "/nowhere", "/room/ZZZZZZ"] {
        let response = server.site.get(path, None).await;
        let policy = header(&response, "content-security-policy").to_owned();
        assert!(policy.contains("'wasm-unsafe-eval'") && !policy.contains("unsafe-inline"), "{policy}");
        assert!(policy.contains(&format!("connect-src 'self' ws://{}", server.site.authority)), "{policy}");
        let [nonce, for_styles] = nonces(&policy, "'nonce-")[..] else {
            panic!("a nonce for scripts and styles in {policy}")
        };
        assert_eq!(nonce, for_styles);
        let page = response.text().await.expect("a page");
        let in_page = nonces(&page, " nonce=\"");
        assert!(!in_page.is_empty() && in_page.iter().all(|carried| *carried == nonce), "{path}");
        assert_eq!(page.matches("<script").count(), in_page.len(), "{path}: a script without a nonce");
        assert!(!page.contains(" style=\"") && !page.contains("<style"), "{path}: styles in the page");
        assert!(nonce.len() >= 16 && !seen.contains(&nonce.to_owned()));
        seen.push(nonce.to_owned());
    }
}

#[tokio::test]
async fn responses_over_tls_have_an_hsts_header() {
    let server = TestServer::start_with(Limits::default(), &["--trusted-proxies", "127.0.0.1"]).await;
    for (proto, expected) in [("https", "max-age=31536000"), ("http", "")] {
        let response = server.site.get_with("/", &[("x-forwarded-proto", proto)]).await;
        assert_eq!(header(&response, "strict-transport-security"), expected);
    }
}

#[tokio::test]
async fn the_duration_of_hsts_is_a_setting() {
    let flags = ["--trusted-proxies", "127.0.0.1", "--hsts-seconds", "60"];
    let server = TestServer::start_with(Limits::default(), &flags).await;
    let response = server.site.get_with("/", &[("x-forwarded-proto", "https")]).await;
    assert_eq!(header(&response, "strict-transport-security"), "max-age=60");
}

#[tokio::test]
async fn only_configured_sites_may_read_responses() {
    let server = TestServer::start_with(Limits::default(), &["--frontend-url", "https://friend.example/app"]).await;
    for (origin, expected) in [(FRIEND, FRIEND), ("https://evil.example", ""), ("null", "")] {
        let response = server.site.get_with("/api/rooms/ZZZZZZ", &[("origin", origin)]).await;
        assert_eq!(header(&response, "access-control-allow-origin"), expected);
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        let url = format!("http://{}/api/fn/create_room", server.site.authority);
        let asked = headers
            .iter()
            .fold(Client::new().request(Method::OPTIONS, url), |request, (name, value)| request.header(*name, *value));
        let asked = asked.send().await.expect("an answer");
        assert_eq!(header(&asked, "access-control-allow-origin"), expected);
        assert_eq!(header(&asked, "access-control-allow-credentials"), "true");
    }
    let alone = TestServer::start().await;
    let response = alone.site.get_with("/api/health", &[("origin", FRIEND)]).await;
    assert!(!response.headers().contains_key("access-control-allow-origin"));
    assert!(!response.headers().contains_key("access-control-allow-credentials"));
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused_before_it_is_read() {
    let server = TestServer::start().await;
    let body = format!("name={}", "A".repeat(FRAME_BYTES));
    assert_eq!(server.site.submit("sign_in_as_guest", &body, &[]).await.status(), 413);
    let long = "a".repeat(32 * 1024);
    assert_eq!(server.site.get_with("/api/health", &[("cookie", &long)]).await.status(), 431);
    assert_eq!(server.site.get("/api/health", None).await.status(), 200);
}
