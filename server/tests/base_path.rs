//! The site below a path of its host, behind proxies that keep the path and proxies that remove it.

use heartogether::{
    id::RoomCode,
    limits::Limits,
    protocol::{ClientMessage, Hello, PROTOCOL_VERSION, ServerMessage},
    role::Role,
};

use crate::{
    browser::{World, led_to},
    support::{Connection, TestServer, join},
};

const BELOW: [&str; 2] = ["--public-url", "https://example.org/hear/"];

async fn start() -> TestServer {
    TestServer::start_with(Limits::default(), &BELOW).await
}

/// The addresses of a page that begin at the root of the host.
fn addresses(page: &str) -> Vec<&str> {
    let attributes = ["href=\"", "src=\"", "action=\""].into_iter().flat_map(|name| page.split(name).skip(1));
    attributes.filter_map(|rest| rest.split('"').next()).filter(|address| address.starts_with('/')).collect()
}

/// A guest's cookie and the code of their room.
async fn host(server: &TestServer) -> (String, RoomCode) {
    let response = server.site.post("/hear/api/fn/sign_in_as_guest", "name=Ada&next=/new", &[]).await;
    let cookie = response.headers()["set-cookie"].to_str().expect("a cookie in ASCII").to_owned();
    assert!(cookie.starts_with("__Secure-heartogether.sid="), "{cookie}");
    assert!(cookie.contains("; Path=/hear;") && cookie.ends_with("; Secure"), "{cookie}");
    let code = led_to(&response).strip_prefix("/hear/host/").expect("the host's page").to_owned();
    (cookie.split(';').next().expect("name and value").to_owned(), RoomCode::parse(&code).expect("a code"))
}

#[tokio::test]
async fn every_address_in_a_page_is_below_the_path() {
    let server = start().await;
    let (cookie, code) = host(&server).await;
    for path in
        ["/", "/login", "/about", &format!("/room/{code}"), &format!("/listen/{code}"), &format!("/host/{code}"), "/no"]
    {
        for proxied in [path.to_owned(), format!("/hear{path}")] {
            let page = server.site.get(&proxied, Some(&cookie)).await.text().await.expect("a page");
            assert!(page.contains("data-base=\"/hear\""), "{proxied}");
            let addresses = addresses(&page);
            assert!(addresses.len() > 5, "{proxied}: {addresses:?}");
            for address in addresses {
                assert!(address.starts_with("/hear/"), "{proxied}: {address}");
            }
        }
    }
}

#[tokio::test]
async fn redirects_lead_below_the_path() {
    let server = start().await;
    let (cookie, code) = host(&server).await;
    let page = server.site.get("/hear?x=1", None).await;
    assert_eq!((page.status().as_u16(), led_to(&page).as_str()), (308, "/hear/?x=1"));
    let page = server.site.get(&format!("/hear/listen/{code}"), None).await;
    assert_eq!(led_to(&page), format!("/hear/login?next=/listen/{code}"));
    let headers = [("cookie", cookie.as_str()), ("accept", "text/html")];
    assert_eq!(led_to(&server.site.post("/hear/auth/logout", "", &headers).await), "/hear/");
    assert_eq!(server.site.get("/hearing", None).await.status(), 404);
    let link = server.site.post("/hear/api/fn/room_link", &format!("code={code}"), &[]).await;
    let link: serde_json::Value = link.json().await.expect("a link in JSON");
    assert_eq!(link["link"], format!("https://example.org/hear/room/{code}"));
    assert_eq!(server.site.get(&format!("/hear/room/{code}/qr.svg"), None).await.status(), 200);
    assert_eq!(server.site.get("/hear/api/health", None).await.status(), 200);
}

#[tokio::test]
async fn members_connect_below_the_path() {
    let server = start().await;
    let (cookie, code) = host(&server).await;
    let mut request = server.site.socket_request(Some(&cookie));
    *request.uri_mut() = format!("ws://{}/hear/ws", server.site.authority).parse().expect("an address");
    request.headers_mut().insert("origin", "https://example.org".parse().expect("an origin"));
    let mut connection = Connection::open(request).await;
    connection.send(&ClientMessage::Hello(Hello { protocol: PROTOCOL_VERSION })).await;
    assert!(matches!(connection.receive().await, ServerMessage::Welcome(_)));
    connection.send(&join(code, Role::Host)).await;
    connection.joined().await;
}

#[tokio::test]
async fn a_sign_in_provider_redirects_below_the_path() {
    let world = World::start_with(&BELOW).await;
    let response = world.site.get("/hear/auth/test?next=/", None).await;
    assert!(led_to(&response).contains("redirect_uri=https%3A%2F%2Fexample.org%2Fhear%2Fauth%2Ftest%2Fcallback"));
    let cookie = response.headers()["set-cookie"].to_str().expect("a cookie in ASCII");
    assert!(cookie.starts_with("__Secure-") && cookie.contains("; Path=/hear;"), "{cookie}");
}
