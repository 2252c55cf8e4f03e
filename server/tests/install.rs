//! What browsers need to install the site: the manifest, the service worker, the offline page and shared links.

use heartogether::limits::Limits;
use reqwest::Response;
use serde_json::{Value, json};

use crate::{browser::led_to, support::TestServer};

const BELOW: [&str; 2] = ["--public-url", "https://example.org/hear/"];

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

async fn manifest(server: &TestServer, path: &str, headers: &[(&str, &str)]) -> Value {
    let response = server.site.get_with(path, headers).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-type")), (200, "application/manifest+json"));
    assert_eq!(header(&response, "cache-control"), "public, max-age=3600");
    response.json().await.expect("JSON")
}

#[tokio::test]
async fn a_page_names_the_manifest_in_its_language() {
    let server = TestServer::start().await;
    for (tag, shortcuts) in [
        ("en", ["Create a room", "Enter a room code"]),
        ("de", ["Raum öffnen", "Raumcode eingeben"]),
        ("zh-Hans", ["创建房间", "输入房间号"]),
    ] {
        let page = server.site.get_with("/", &[("accept-language", tag)]).await.text().await.expect("a page");
        let link = page.split("<link rel=\"manifest\" href=\"").nth(1).and_then(|rest| rest.split('"').next());
        // Browsers ask for it without cookies and may send another language.
        let told = manifest(&server, link.expect("a manifest"), &[("accept-language", "en")]).await;
        let names = [0, 1].map(|place| &told["shortcuts"][place]["name"]);
        assert_eq!((&told["lang"], names), (&json!(tag), shortcuts.map(|name| json!(name)).each_ref()));
        assert!(page.contains(&format!("content=\"{}\"", told["description"].as_str().expect("a text"))));
    }
}

#[tokio::test]
async fn without_a_language_in_its_address_the_manifest_is_in_the_browsers() {
    let server = TestServer::start().await;
    for path in ["/manifest.webmanifest", "/manifest.webmanifest?language=xx"] {
        let told = manifest(&server, path, &[("accept-language", "de-AT")]).await;
        assert_eq!(told["lang"], "de", "{path}");
    }
    let response = server.site.get("/manifest.webmanifest", None).await;
    assert!(header(&response, "vary").contains("accept-language"));
}

#[tokio::test]
async fn every_address_in_the_manifest_is_below_the_path() {
    for (flags, base) in [(&[][..], ""), (&BELOW, "/hear")] {
        let server = TestServer::start_with(Limits::default(), flags).await;
        let told = manifest(&server, &format!("{base}/manifest.webmanifest"), &[]).await;
        for name in ["id", "start_url", "scope"] {
            assert_eq!(told[name], format!("{base}/"), "{name}");
        }
        assert_eq!(told["share_target"]["action"], format!("{base}/share"));
        assert_eq!(told["shortcuts"][0]["url"], format!("{base}/login?next=/new"));
        assert_eq!(told["shortcuts"][1]["url"], format!("{base}/#code"));
        let icons = told["icons"].as_array().expect("icons");
        let is_below = |icon: &Value| icon["src"].as_str().is_some_and(|src| src.starts_with(&format!("{base}/")));
        assert!(icons.len() == 5 && icons.iter().all(is_below), "{icons:?}");
    }
}

/// The width and the height that a PNG states (PNG, section 11.2.1).
fn size(png: &[u8]) -> String {
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    format!("{}x{}", number(16), number(20))
}

#[tokio::test]
async fn every_icon_is_there_in_its_size() {
    let public = concat!(env!("CARGO_MANIFEST_DIR"), "/../public");
    let server = TestServer::start_with(Limits::default(), &["--site-dir", public]).await;
    let told = manifest(&server, "/manifest.webmanifest", &[]).await;
    let icons = told["icons"].as_array().expect("icons").clone();
    let apple = json!({ "src": "/apple-touch-icon.png", "sizes": "180x180", "type": "image/png" });
    for icon in icons.iter().chain([&apple]) {
        let response = server.site.get(icon["src"].as_str().expect("a path"), None).await;
        assert_eq!(
            (response.status().as_u16(), header(&response, "content-type")),
            (200, icon["type"].as_str().expect("a type"))
        );
        let bytes = response.bytes().await.expect("a body");
        assert!(bytes.len() < 30_000, "{icon}: {} bytes", bytes.len());
        if icon["type"] == "image/png" {
            assert_eq!(size(&bytes), icon["sizes"], "{icon}");
        }
    }
    let purposes: Vec<_> = icons.iter().map(|icon| (&icon["purpose"], &icon["sizes"])).collect();
    for wanted in [("any", "192x192"), ("any", "512x512"), ("maskable", "512x512")] {
        assert!(purposes.contains(&(&json!(wanted.0), &json!(wanted.1))), "{wanted:?}");
    }
}

#[tokio::test]
async fn the_icon_says_how_much_is_unread() {
    for (base, flags) in [("", &[][..]), ("/hear", &["--public-url", "https://example.org/hear"])] {
        let server = TestServer::start_with(Limits::default(), flags).await;
        for (count, said) in [("1", ">1<"), ("9", ">9<"), ("10", ">9+<")] {
            let response = server.site.get(&format!("{base}/counting-icon/{count}"), None).await;
            assert_eq!((response.status().as_u16(), header(&response, "content-type")), (200, "image/svg+xml"));
            let drawn = response.text().await.expect("a picture");
            assert!(drawn.starts_with("<svg") && drawn.contains(said), "{drawn}");
        }
        for count in ["0", "11", "-1", "many"] {
            let response = server.site.get(&format!("{base}/counting-icon/{count}"), None).await;
            assert_eq!(response.status().as_u16(), 404, "{count}");
        }
    }
}

/// A site as the build makes it: one style, one script, and what only the server reads.
fn site() -> tempfile::TempDir {
    let site = tempfile::TempDir::new().expect("a folder for the site");
    std::fs::create_dir(site.path().join("pkg")).expect("a folder for the packages");
    for name in
        ["heartogether.st1.css", "heartogether.sc2.js", "heartogether.sc2.js.br", "__wasm_split_manifest.m3.json"]
    {
        std::fs::write(site.path().join("pkg").join(name), name).expect("a file");
    }
    site
}

#[tokio::test]
async fn the_worker_is_asked_for_each_time_and_sent_when_it_has_changed() {
    let site = site();
    let folder = site.path().to_str().expect("a path in UTF-8");
    let flags = ["--site-dir", folder, "--leptos-hash-files", "true"];
    let mut server = TestServer::start_with(Limits::default(), &flags).await;
    let response = server.site.get("/sw.js", None).await;
    assert_eq!((response.status().as_u16(), header(&response, "cache-control")), (200, "public, no-cache"));
    assert_eq!(header(&response, "content-type"), "text/javascript; charset=utf-8");
    assert_eq!(header(&response, "content-security-policy"), "default-src 'none'; connect-src 'self'");
    let tag = header(&response, "etag").to_owned();
    let script = response.text().await.expect("a script");
    assert!(
        script.contains("\"files\":[\"pkg/heartogether.sc2.js\",\"pkg/heartogether.st1.css\",\"locale/en."),
        "{script}"
    );
    assert!(script.contains("\"shell\":[\"offline?") && !script.contains("\n//"));
    let unchanged = server.site.get_with("/sw.js", &[("if-none-match", &tag)]).await;
    assert_eq!((unchanged.status().as_u16(), header(&unchanged, "etag")), (304, tag.as_str()));

    let pkg = site.path().join("pkg");
    std::fs::rename(pkg.join("heartogether.st1.css"), pkg.join("heartogether.st9.css")).expect("another build");
    let site = server.again(&flags).await;
    let changed = site.get_with("/sw.js", &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status(), 200);
    let changed = changed.text().await.expect("a script");
    let offline =
        |script: &str| script.split("offline?").nth(1).and_then(|rest| rest.split('"').next()).map(str::to_owned);
    assert_ne!(offline(&changed), offline(&script), "the offline page has another style");
    let page = site.get("/offline", None).await.text().await.expect("a page");
    assert!(page.contains("href=\"/pkg/heartogether.st9.css\""), "{page}");
}

#[tokio::test]
async fn where_it_is_switched_off_the_worker_removes_itself_and_no_page_registers_it() {
    let mut server = TestServer::start().await;
    let page = server.site.get("/", None).await.text().await.expect("a page");
    assert!(page.contains("sw.js"));
    let site = server.again(&["--service-worker", "off"]).await;
    let page = site.get("/", None).await.text().await.expect("a page");
    assert!(!page.contains("sw.js") && page.contains("rel=\"manifest\""));
    let script = site.get("/sw.js", None).await.text().await.expect("a script");
    assert!(script.contains("unregister()") && !script.contains("\"fetch\""), "{script}");
}

#[tokio::test]
async fn the_offline_page_has_every_language_and_shows_the_visitors() {
    let server = TestServer::start_with(Limits::default(), &BELOW).await;
    for (language, shown) in [("en", 0), ("zh-Hans", 1), ("de", 2)] {
        let response = server.site.get_with("/hear/offline", &[("accept-language", language)]).await;
        assert_eq!((response.status().as_u16(), header(&response, "content-language")), (200, language));
        let policy = header(&response, "content-security-policy").to_owned();
        assert!(policy.contains("script-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
        let page = response.text().await.expect("a page");
        assert!(page.contains(&format!("<html lang=\"{language}\" data-base=\"/hear\"")), "{page}");
        for text in ["You are offline", "你已离线", "Du bist offline", "Waiting for the server", "Was weiterhin geht"]
        {
            assert!(page.contains(text), "{text}");
        }
        let sections: Vec<_> = page.split("<section").skip(1).filter_map(|rest| rest.split('>').next()).collect();
        let hidden: Vec<_> = sections.iter().map(|section| section.contains("hidden")).collect();
        assert_eq!(hidden, (0..3).map(|place| place != shown).collect::<Vec<_>>(), "{sections:?}");
        assert_eq!(page.matches("<script").count(), 1);
        assert!(page.contains("<title>HearTogether</title>"), "{page}");
    }
    // So a page asks whether the server answers.
    let asked = reqwest::Client::new().head(format!("http://{}/hear/offline", server.site.authority)).send();
    let asked = asked.await.expect("an answer");
    assert_eq!((asked.status().as_u16(), header(&asked, "cache-control")), (200, "public, no-cache"));
}

#[tokio::test]
async fn what_is_shared_leads_to_its_room_or_to_the_field_for_the_code() {
    let server = TestServer::start_with(Limits::default(), &BELOW).await;
    for (shared, place) in [
        ("url=https%3A%2F%2Fexample.org%2Fhear%2Froom%2Fabc234", "/hear/room/ABC234"),
        ("title=Ada&text=Listen%3A+https%3A%2F%2Fexample.org%2Fhear%2Flisten%2FABC234+now", "/hear/room/ABC234"),
        ("text=abc-234", "/hear/room/ABC234"),
        ("title=ABC%20234&text=&url=", "/hear/room/ABC234"),
        ("url=https%3A%2F%2Fnews.example%2Fstory&text=ABC234", "/hear/room/ABC234"),
        ("url=https%3A%2F%2Fnews.example%2Fstory", "/hear/?shared_no_room=1"),
        ("text=%2F%2Fevil.example%2Froom", "/hear/?shared_no_room=1"),
        ("", "/hear/?shared_no_room=1"),
    ] {
        let response = server.site.get(&format!("/hear/share?{shared}"), None).await;
        assert_eq!((response.status().as_u16(), led_to(&response).as_str()), (303, place), "{shared}");
    }
    for (language, text) in [("en", "leads to no room"), ("de", "führt in keinen Raum"), ("zh-Hans", "不指向任何房间")]
    {
        let headers = [("accept-language", language)];
        assert!(server.site.shown("/hear/?shared_no_room=1", &headers).await.contains(text));
        assert!(!server.site.shown("/hear/", &headers).await.contains(text));
    }
}

#[tokio::test]
async fn a_page_of_ours_says_its_language_so_the_worker_does_not_take_it_for_a_proxys() {
    let server = TestServer::start_with(Limits::default(), &["--public-url", "https://hear.example"]).await;
    let response = server.site.get_with("/", &[("host", "other.example"), ("accept", "text/html")]).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-language")), (421, "en"));
    let response = server.site.get("/room/ZZZZZZ", None).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-language")), (404, "en"));
}
