//! Markup in messages on a running server: rendered once, kept with the message, gone with it. And the pictures of diagrams.

use std::{fs, time::Duration};

use heartogether::{
    engagement::MessageText,
    id::{MessageNumber, RoomCode},
    protocol::{Delete, Edit, FetchMessages, FromRoom, ToRoom, Write},
    role::Role,
    room::{Joined, Message, RoomEvent},
};
use heartogether_markup::{Limits, VERSION, render};
use heartogether_server::storage::database;
use reqwest::{StatusCode, header};

use crate::{
    lounges::open_lounge,
    support::{Connection, Site, TestServer},
};

const DIAGRAM: &str = "```mermaid\ngraph TD\nA --> B\n```";

fn text(text: &str) -> MessageText {
    MessageText::parse(text).expect("a message")
}

fn write(nonce: u32, said: &str) -> ToRoom {
    ToRoom::Write(Write { nonce, text: text(said), pictures: Vec::new(), reply_to: None })
}

fn edit(number: u64, said: &str) -> ToRoom {
    ToRoom::Edit(Edit { number: MessageNumber(number), text: text(said) })
}

/// Ada's lounge, with Ada and Grace in it.
async fn lounge(site: &Site) -> (RoomCode, [(String, Connection); 2]) {
    let (ada, grace) = (site.sign_in("Ada").await, site.sign_in("Grace").await);
    let code = open_lounge(site, &ada, "").await;
    let (adas, _) = site.join(&ada, code, Role::Participant).await;
    let (graces, _) = site.join(&grace, code, Role::Participant).await;
    (code, [(ada, adas), (grace, graces)])
}

/// The HTML of the next message that is written or changed.
async fn html(connection: &mut Connection) -> Option<String> {
    loop {
        let markup = match connection.event().await {
            RoomEvent::MessageSent { message } => message.markup,
            RoomEvent::MessageEdited { markup, .. } => markup,
            _ => continue,
        };
        return markup.map(|markup| markup.html);
    }
}

async fn archived(connection: &mut Connection) -> Vec<Message> {
    connection.say(ToRoom::FetchMessages(FetchMessages { before: MessageNumber(u64::MAX >> 1) })).await;
    loop {
        if let FromRoom::Messages(page) = connection.hear().await {
            return page.messages;
        }
    }
}

async fn come_back(site: &Site, cookie: &str, code: RoomCode) -> (Connection, Joined) {
    site.join(cookie, code, Role::Participant).await
}

#[tokio::test]
async fn markup_comes_with_the_message_and_outlasts_a_restart() {
    let mut server = TestServer::start().await;
    let (code, [(ada, mut adas), (_, mut graces)]) = lounge(&server.site).await;
    adas.say(write(1, "**one** @grace and `@grace`")).await;
    let one = "<p><strong>one</strong> <span class=\"mention\">@grace</span> and <code>@grace</code></p>";
    for page in [&mut adas, &mut graces] {
        assert_eq!(html(page).await.as_deref(), Some(one));
    }
    adas.say(write(2, "as it is typed")).await;
    assert_eq!(html(&mut graces).await, None);
    adas.say(edit(1, "*two*")).await;
    let two = "<p><em>two</em></p>";
    assert_eq!(html(&mut graces).await.as_deref(), Some(two));
    adas.say(edit(2, "now **bold**")).await;
    let bold = "<p>now <strong>bold</strong></p>";
    assert_eq!(html(&mut graces).await.as_deref(), Some(bold));

    let htmls = |messages: &[Message]| -> Vec<_> {
        messages.iter().filter_map(|message| message.markup.clone()).map(|markup| markup.html).collect()
    };
    assert_eq!(htmls(&archived(&mut graces).await), [two, bold]);
    let site = server.again(&[]).await;
    let (mut adas, joined) = come_back(&site, &ada, code).await;
    assert_eq!(htmls(&joined.room.messages), [two, bold]);
    assert_eq!(htmls(&archived(&mut adas).await), [two, bold]);
    adas.say(ToRoom::Delete(Delete { number: MessageNumber(1) })).await;
    assert!(matches!(adas.event().await, RoomEvent::MessageDeleted { .. }));
    assert_eq!(htmls(&archived(&mut adas).await), [bold]);
    assert_eq!(htmls(&come_back(&site, &ada, code).await.1.room.messages), [bold]);
}

#[tokio::test]
async fn what_an_older_version_has_rendered_is_rendered_anew_or_shown_as_text() {
    let mut server = TestServer::start().await;
    let (code, [(ada, mut adas), _]) = lounge(&server.site).await;
    adas.say(write(1, "**one**")).await;
    assert!(html(&mut adas).await.is_some());
    archived(&mut adas).await;
    server.stop().await;
    let pool = database::open(&server.database()).await.expect("the database");
    let (now, then) = (format!("\"version\":{VERSION}}}"), "\"version\":0}");
    for (table, column) in [("messages", "message"), ("entries", "event"), ("snapshots", "state")] {
        let update = format!("UPDATE {table} SET {column} = replace({column}, $1, $2) WHERE instr({column}, $1) > 0");
        let update = sqlx::query(sqlx::AssertSqlSafe(update)).bind(&now).bind(then).execute(&pool).await;
        let changed = update.expect("changed").rows_affected();
        assert!(changed > 0 || table == "snapshots", "{table}");
    }
    pool.close().await;
    let site = server.again(&[]).await;
    let (mut adas, joined) = come_back(&site, &ada, code).await;
    assert_eq!(joined.room.messages[0].text, Some(text("**one**")));
    assert_eq!(joined.room.messages[0].markup, None);
    let [message] = &archived(&mut adas).await[..] else { panic!("one message") };
    let markup = message.markup.as_ref().expect("rendered anew");
    assert_eq!((markup.html.as_str(), markup.version), ("<p><strong>one</strong></p>", VERSION));
}

#[tokio::test]
async fn a_message_to_a_host_is_shown_as_it_is_typed() {
    let server = TestServer::start().await;
    let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
    let code = server.site.create_room(&ada).await;
    let (mut host, _) = server.site.join(&ada, code, Role::Host).await;
    let (mut listener, _) = server.site.join(&grace, code, Role::Listener).await;
    listener.say(write(1, "**louder** https://a.example")).await;
    assert_eq!(html(&mut host).await, None);
}

#[tokio::test]
async fn the_markup_of_a_deleted_account_is_in_no_file_and_on_no_page() {
    let mut server = TestServer::start().await;
    let (code, [(ada, _adas), (grace, mut graces)]) = lounge(&server.site).await;
    graces.say(write(1, "**porcupine**")).await;
    assert!(html(&mut graces).await.expect("markup").contains("porcupine"));
    archived(&mut graces).await;
    server.site.post("/auth/delete", "", &[("cookie", &grace)]).await;
    let site = server.again(&[]).await;
    let (mut adas, joined) = come_back(&site, &ada, code).await;
    assert_eq!((joined.room.messages, archived(&mut adas).await), (vec![], vec![]));
    server.stop().await;
    for file in fs::read_dir(server.database().parent().expect("a folder")).expect("files") {
        let file = file.expect("a file").path();
        if let Ok(bytes) = fs::read(&file) {
            let is_there = bytes.windows(9).any(|some| some.eq_ignore_ascii_case(b"porcupine"));
            assert!(!is_there, "{}", file.display());
        }
    }
}

/// The status of a picture, and its text.
async fn picture(site: &Site, cookie: Option<&str>, code: RoomCode, name: &str) -> (StatusCode, String) {
    let response = site.get(&format!("/lounge/{code}/diagrams/{name}.svg"), cookie).await;
    (response.status(), response.text().await.expect("text"))
}

#[tokio::test]
async fn members_fetch_the_diagrams_of_a_message_as_long_as_it_has_them() {
    let server = TestServer::start().await;
    let site = &server.site;
    let (code, [(ada, mut adas), (grace, _graces)]) = lounge(site).await;
    adas.say(write(1, DIAGRAM)).await;
    let html = html(&mut adas).await.expect("markup");
    assert!(html.contains("<img class=\"diagram\" data-diagram=\"0\" width=\""), "{html}");
    let drawn = render(DIAGRAM, &Limits::default()).expect("markup").diagrams.remove(0);
    let response = site.get(&format!("/lounge/{code}/diagrams/1-0-0-dark.svg"), Some(&grace)).await;
    assert_eq!(response.status(), StatusCode::OK);
    for (name, value) in [
        (header::CONTENT_TYPE, "image/svg+xml"),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
        ),
    ] {
        assert_eq!(response.headers()[&name], value, "{name}");
    }
    assert_eq!(response.text().await.expect("text"), drawn.svg_dark);
    assert_eq!(picture(site, Some(&ada), code, "1-0-0-light").await, (StatusCode::OK, drawn.svg_light));

    let linus = site.sign_in("Linus").await;
    assert_eq!(picture(site, None, code, "1-0-0-dark").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(picture(site, Some(&linus), code, "1-0-0-dark").await.0, StatusCode::FORBIDDEN);
    for name in ["1-0-1-dark", "1-1-0-dark", "2-0-0-dark", "1-0-0", "x"] {
        assert_eq!(picture(site, Some(&grace), code, name).await.0, StatusCode::NOT_FOUND, "{name}");
    }
    adas.say(edit(1, &format!("changed\n{DIAGRAM}"))).await;
    while !matches!(adas.event().await, RoomEvent::MessageEdited { .. }) {}
    assert_eq!(picture(site, Some(&grace), code, "1-0-0-dark").await.0, StatusCode::NOT_FOUND);
    assert_eq!(picture(site, Some(&grace), code, "1-1-0-dark").await.0, StatusCode::OK);
    adas.say(ToRoom::Delete(Delete { number: MessageNumber(1) })).await;
    while !matches!(adas.event().await, RoomEvent::MessageDeleted { .. }) {}
    assert_eq!(picture(site, Some(&grace), code, "1-1-0-dark").await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn hostile_messages_do_no_harm() {
    let server = TestServer::start_with(
        heartogether::limits::Limits { messages_burst: 100, ..heartogether::limits::Limits::default() },
        &[],
    )
    .await;
    let (_, [(_, mut adas), _]) = lounge(&server.site).await;
    let hostile = [
        "<script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n**b**".to_owned(),
        "[a](javascript:alert(1)) [b](data:text/html,x) ![c](https://a.example/x.png)".to_owned(),
        "[a](https://b.example \"\" onclick=x)<a href=\"javascript:x\">".to_owned(),
        format!("{}**deep**", "> ".repeat(900)),
        "[".repeat(4_000),
        format!("${}$", "\\frac{1}{".repeat(400)),
        format!("${}$", "x^{".repeat(1_000)),
        "$\\href{javascript:alert(1)}{x} \\style{color:red}{x}$ **b**".to_owned(),
        format!("```mermaid\ngraph TD\n{}\n```", "a & b --> c & d\n".repeat(200)),
        "```mermaid\ngraph TD\nA[<script>alert(1)</script>]\nclick A \"javascript:alert(1)\"\n```".to_owned(),
        "```mermaid\n%%{init: {\"themeCSS\": \"* { background: url(https://a.example) }\"}}%%\ngraph TD\nA-->B\n```"
            .to_owned(),
        format!("```rust\n{}\n```", "\"".repeat(3_900)),
        format!("<b>{}", "<b>".repeat(1_000)),
    ];
    for (nonce, said) in (1..).zip(hostile) {
        adas.say(write(nonce, &said)).await;
        let html = html(&mut adas).await.unwrap_or_default().to_ascii_lowercase();
        // What is text has no sign that begins a tag.
        for tag in html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or_default()) {
            let name = tag.split(' ').next().unwrap_or_default();
            assert!(!["script", "iframe", "svg", "b"].contains(&name), "{said}\nbecomes {html}");
            for bad in [" on", " style=", " src=", "javascript:", "data:"] {
                assert!(!tag.contains(bad) || name == "img", "{said}\nbecomes {html}");
            }
        }
        assert!(html.len() <= Limits::default().html_bytes);
    }
    assert!(adas.closed_with.is_none());
}

#[tokio::test]
async fn nothing_that_a_message_links_to_is_asked_for() {
    let linked = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = linked.local_addr().expect("its address");
    let server = TestServer::start().await;
    let (_, [(_, mut adas), (_, mut graces)]) = lounge(&server.site).await;
    adas.say(write(1, &format!("see http://{address}/page and ![a cat](http://{address}/cat.png)"))).await;
    let html = html(&mut graces).await.expect("markup");
    assert_eq!(html.matches(&format!("href=\"http://{address}/")).count(), 2, "{html}");
    assert_eq!(archived(&mut adas).await.len(), 1);
    let asked = tokio::time::timeout(Duration::from_millis(500), linked.accept()).await;
    assert!(asked.is_err(), "somebody asks for {address}");
}
