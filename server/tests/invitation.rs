//! A room's link, and the QR code of the link.

use heartogether::{id::RoomCode, limits::Limits};
use qrcode::{EcLevel, QrCode, render::svg};

use crate::support::TestServer;

const PUBLIC: [&str; 2] = ["--public-url", "https://hear.example/"];

async fn link(server: &TestServer, code: RoomCode, headers: &[(&str, &str)]) -> String {
    let response = server.site.submit("room_link", &format!("code={code}"), headers).await;
    assert_eq!(response.status(), 200);
    let told: serde_json::Value = response.json().await.expect("a link in JSON");
    told["link"].as_str().expect("a link").to_owned()
}

async fn picture(server: &TestServer, code: &str) -> String {
    let response = server.site.get(&format!("/room/{code}/qr.svg"), None).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "image/svg+xml");
    assert_eq!(response.headers()["cache-control"], "no-cache, private");
    response.text().await.expect("a picture")
}

/// What a scanner reads in the picture, if it is this link.
fn drawn(link: &str) -> String {
    let code = QrCode::with_error_correction_level(link, EcLevel::M).expect("a short link");
    let mut picture = code.render::<svg::Color<'_>>();
    picture.dark_color(svg::Color("#000")).light_color(svg::Color("#fff"));
    picture.quiet_zone(true).min_dimensions(240, 240).build()
}

#[tokio::test]
async fn link_and_qr_code_contain_the_public_url() {
    let server = TestServer::start_with(Limits::default(), &PUBLIC).await;
    let code = server.site.create_room(&server.site.sign_in("Ada").await).await;
    let expected = format!("https://hear.example/room/{code}");
    assert_eq!(link(&server, code, &[]).await, expected);
    for typed in [code.to_string(), code.to_string().to_lowercase()] {
        assert_eq!(picture(&server, &typed).await, drawn(&expected));
    }
}

#[tokio::test]
async fn link_and_qr_code_contain_the_address_in_use() {
    let server = TestServer::start().await;
    let code = server.site.create_room(&server.site.sign_in("Ada").await).await;
    let expected = format!("http://{}/room/{code}", server.site.authority);
    assert_eq!(link(&server, code, &[]).await, expected);
    assert_eq!(picture(&server, &code.to_string()).await, drawn(&expected));
    assert_eq!(
        link(&server, code, &[("host", "hear.local:8080")]).await,
        format!("http://hear.local:8080/room/{code}")
    );
}

#[tokio::test]
async fn an_address_that_could_change_the_meaning_of_a_link_is_not_used() {
    let server = TestServer::start().await;
    let code = RoomCode::parse("ABC234").expect("a code");
    for host in ["ada@evil.example", "evil.example/room", "evil.example?", "evil.example#", "\"><svg>"] {
        let response = server.site.submit("room_link", &format!("code={code}"), &[("host", host)]).await;
        assert_eq!(response.status(), 400, "{host}");
        assert!(!response.text().await.expect("a body").contains("evil"), "{host}");
    }
}

#[tokio::test]
async fn an_invalid_code_has_no_qr_code() {
    let server = TestServer::start().await;
    assert_eq!(server.site.get("/room/ABC10O/qr.svg", None).await.status(), 400);
}
