//! Visitors get the pages in their own language.

use heartogether::{
    id::{DisplayName, RoomCode},
    limits::Limits,
};
use reqwest::{Response, header::SET_COOKIE};

use crate::support::TestServer;

const CHINESE: (&str, &str) = ("cookie", "heartogether.language=zh-Hans");
const GERMAN: (&str, &str) = ("accept-language", "fr, de-AT;q=0.8, en;q=0.5");

fn header<'a>(response: &'a Response, name: &str) -> &'a str {
    response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

#[tokio::test]
async fn a_page_is_in_the_language_of_the_cookie_or_else_of_the_browser() {
    let server = TestServer::start().await;
    for (headers, tag, title) in [
        (&[][..], "en", "Let others hear what you hear."),
        (&[GERMAN], "de", "Lass andere hören, was du hörst."),
        (&[CHINESE, GERMAN], "zh-Hans", "让别人听到你听到的。"),
        (&[("cookie", "heartogether.language=xx"), GERMAN], "de", "Lass andere hören, was du hörst."),
    ] {
        let answer = server.site.get_with("/", headers).await;
        assert_eq!(header(&answer, "content-language"), tag);
        let varies: Vec<_> = answer.headers().get_all("vary").iter().filter_map(|line| line.to_str().ok()).collect();
        assert!(varies.join(",").contains("cookie, accept-language"), "{varies:?}");
        let page = server.site.shown("/", headers).await;
        assert!(page.contains(&format!("<html lang=\"{tag}\"")) && page.contains(title), "{page}");
    }
}

#[tokio::test]
async fn a_page_contains_only_the_texts_of_its_language() {
    let server = TestServer::start().await;
    let page = server.site.get_with("/", &[GERMAN]).await.text().await.expect("a page");
    let texts = given(&page);
    assert!(texts.iter().any(|text| text == "Datenschutz") && !texts.iter().any(|text| text == "Privacy"));
}

/// The texts that are in a page's HTML, by their places, with nothing in place of those that it does not need. Drawing a page
/// fails if it needs another one.
fn given(page: &str) -> Vec<String> {
    let texts = page.split_once("id=\"texts\"").and_then(|(_, rest)| rest.split_once('>')?.1.split_once("</script>"));
    serde_json::from_str(texts.expect("texts").0).expect("a list of texts")
}

/// A page of a room, with its code as some people type it.
fn spaced(page: &str, code: RoomCode) -> String {
    let code = code.to_string();
    format!("/{page}/{}%20{}", &code[..3], &code[3..])
}

#[tokio::test]
async fn a_page_contains_the_texts_that_it_needs_and_no_others() {
    let server = TestServer::start().await;
    let host = server.site.sign_in("Ada").await;
    let listener = server.site.sign_in("Grace").await;
    let code = server.site.create_room(&host).await;
    for (language, [common, listeners, both, hosts]) in [
        ("en", ["Privacy", "Tap to hear", "Round trip", "Search listeners"]),
        ("zh-Hans", ["隐私", "点击收听", "往返时间", "搜索听众"]),
        ("de", ["Datenschutz", "Tippen zum Hören", "Umlaufzeit", "Nach Zuhörenden suchen"]),
    ] {
        for (path, session, status, needs) in [
            ("/".to_owned(), &host, 200, [true, false, false, false]),
            ("/login".to_owned(), &host, 200, [true, false, false, false]),
            ("/about".to_owned(), &host, 200, [true, false, false, false]),
            ("/privacy".to_owned(), &host, 200, [true, false, false, false]),
            ("/nowhere".to_owned(), &host, 404, [true, false, false, false]),
            (format!("/room/{code}"), &listener, 200, [true, false, false, false]),
            ("/room/ZZZZZZ".to_owned(), &listener, 404, [true, false, false, false]),
            ("/listen/none".to_owned(), &listener, 404, [true, true, true, false]),
            (spaced("listen", code), &listener, 200, [true, true, true, false]),
            (spaced("host", code), &host, 200, [true, false, true, true]),
            (format!("/listen/{code}"), &listener, 200, [true, true, true, false]),
            ("/listen/ZZZZZZ".to_owned(), &listener, 404, [true, true, true, false]),
            (format!("/host/{code}"), &host, 200, [true, false, true, true]),
            (format!("/host/{code}"), &listener, 403, [true, false, true, true]),
        ] {
            let cookie = format!("{session}; heartogether.language={language}");
            let answer = server.site.get_with(&path, &[("cookie", &cookie)]).await;
            assert_eq!(answer.status().as_u16(), status, "{path}");
            let texts = given(&answer.text().await.expect("a page"));
            let has = [common, listeners, both, hosts].map(|text| texts.iter().any(|given| given == text));
            assert_eq!(has, needs, "{path} in {language}");
        }
    }
}

#[tokio::test]
async fn the_texts_of_a_language_are_cached_permanently_under_a_versioned_name() {
    let server = TestServer::start().await;
    let path = heartogether_app::routes::texts(heartogether_app::locale::Language::Chinese);
    let answer = server.site.get(&path, None).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "content-type")), (200, "application/json"));
    assert_eq!(header(&answer, "cache-control"), "public, max-age=31536000, immutable");
    assert!(answer.json::<Vec<String>>().await.expect("texts").iter().any(|text| text == "隐私"));
    for path in ["/locale/zh-Hans.0000000000000000.json", "/locale/fr.json", "/locale/..%2f..%2fetc%2fpasswd"] {
        assert_eq!(server.site.get(path, None).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn without_a_script_the_choice_is_kept_and_the_form_returns_to_the_page() {
    let server = TestServer::start_with(Limits::default(), &["--public-url", "https://example.org/hear/"]).await;
    let referer = format!("http://{}/hear/login?next=/new", server.site.authority);
    let answer = server.site.post("/hear/language", "language=de", &[("referer", &referer)]).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, "/hear/login?next=/new"));
    let cookie = "heartogether.language=de; Path=/hear/; Max-Age=31536000; SameSite=Lax";
    assert_eq!(header(&answer, "set-cookie"), cookie);
    let answer = server.site.post("/hear/language", "language=xx", &[("referer", "https://evil.example//x")]).await;
    assert_eq!((answer.status().as_u16(), header(&answer, "location")), (303, "/hear/"));
    assert!(answer.headers().get(SET_COOKIE).is_none());
    let foreign = [("origin", "https://evil.example")];
    assert_eq!(server.site.post("/hear/language", "language=de", &foreign).await.status(), 403);
}

#[tokio::test]
async fn a_guest_without_a_name_gets_one_in_their_language() {
    let server = TestServer::start().await;
    let code = server.site.create_room(&server.site.sign_in("Ada").await).await;
    for (headers, is_theirs) in [
        (&[CHINESE][..], (|name| name.chars().all(|letter| !letter.is_ascii())) as fn(&str) -> bool),
        (&[GERMAN], |name| name.split_once(' ').is_some_and(|(adjective, _)| adjective.ends_with("er"))),
        (&[], |name| name.split(' ').count() == 2 && name.is_ascii()),
    ] {
        let entered = server.site.submit("enter_room", &format!("code={code}"), headers).await;
        let session = header(&entered, "set-cookie").split(';').next().unwrap_or_default().to_owned();
        let told = server.site.submit("current_session", "", &[("cookie", &session)]).await;
        let told: serde_json::Value = told.json().await.expect("a session");
        let name = told["account"]["name"].as_str().unwrap_or_default();
        assert!(DisplayName::parse(name).is_ok() && is_theirs(name), "{name}");
    }
}

#[tokio::test]
async fn a_refusal_before_any_page_is_in_the_visitors_language() {
    let server = TestServer::start_with(Limits::default(), &["--public-url", "https://hear.example"]).await;
    let headers = [("host", "elsewhere.example"), ("accept", "text/html"), GERMAN];
    let page = server.site.get_with("/", &headers).await.text().await.expect("a page");
    assert!(page.contains("<html lang=\"de\">") && page.contains("nicht bekannt"), "{page}");
    assert!(page.contains("Du findest ihn unter <a href=\"https://hear.example/\">"), "{page}");
}
