//! Every request, sent with the session of each column.

use std::collections::BTreeSet;

use heartogether_app::{locale::Language, routes};
use reqwest::{Response, header};
use serde_json::Value;

use super::{Who, cookie_of, table, written};
use crate::support::{Pair, Site, TestServer};

/// A form that the server function or the route understands.
fn form_of(path: &str, pair: &Pair) -> String {
    match path.trim_start_matches("/api/fn/") {
        "/api/events/publish" => format!(r#"{{"room":"{}","name":"slide"}}"#, pair.code),
        "/api/rooms" => "{}".to_owned(),
        "/language" => "language=de".to_owned(),
        "messages_at" => format!("code={}&numbers=1", pair.code),
        "search_messages" => format!("code={}&sought=tea", pair.code),
        "make_program_token" => "label=A+robot&scopes=read_rooms".to_owned(),
        "revoke_program_token" => "id=none".to_owned(),
        "sign_in_as_guest" => "name=Linus".to_owned(),
        "show_email" => "shown=true".to_owned(),
        "preview_message" => format!("code={}&text=hello", pair.code),
        "mute_lounge" => format!("code={}&muted=true", pair.code),
        "listen" | "find_room" | "look_up_room" | "room_link" | "reopen_room" | "find_entrance" | "enter_room" => {
            format!("code={}", pair.code)
        }
        _ => String::new(),
    }
}

async fn ask(site: &Site, request: &str, pair: &Pair, cookie: Option<&str>) -> Response {
    let (method, path) = request.split_once(' ').expect("a method and a path");
    let path = path.replace("/locale/en.VERSION.json", &routes::texts(Language::English));
    let path = path.replace("CODE", &pair.code.to_string()).replace("ID", &pair.id.to_string());
    match method {
        "GET" => site.get(&path, cookie).await,
        "POST" => {
            let headers: Vec<_> = cookie.iter().map(|cookie| ("cookie", *cookie)).collect();
            site.post(&path, &form_of(&path, pair), &headers).await
        }
        _ => panic!("the test cannot play {request}"),
    }
}

/// The status, the first part of the path it redirects to, and the refusal, as the table writes them.
async fn answer_of(response: Response) -> String {
    let status = response.status().as_u16().to_string();
    let leads_to = response.headers().get(header::LOCATION).and_then(|path| path.to_str().ok());
    if let Some(path) = leads_to {
        let first = path.split(['/', '?']).nth(1).unwrap_or_default();
        return format!("{status} /{first}");
    }
    let body: Value = serde_json::from_str(&response.text().await.expect("text")).unwrap_or_default();
    let refusal = body.get("error").and_then(Value::as_str);
    refusal.map_or(status.clone(), |refusal| format!("{status} {refusal}"))
}

/// A room that was opened while guests could host, and the session of each column.
struct Cast {
    site: Site,
    pair: Pair,
    cookies: Vec<Option<String>>,
    _server: TestServer,
}

impl Cast {
    /// `guests` is the value of `GUESTS` that the server has from now on.
    async fn gather(guests: &str) -> Self {
        let mut server = TestServer::start().await;
        let mut pair = server.site.pair().await;
        let mut cookies = Vec::new();
        for who in Who::ALL {
            cookies.push(cookie_of(&server.site, &mut pair, who).await);
        }
        let site = match guests {
            "host" => server.site.clone(),
            other => server.again(&["--guests", other]).await,
        };
        Self { site, pair, cookies, _server: server }
    }

    /// The answers to the request, one for each column.
    async fn answers(&self, request: &str) -> Vec<String> {
        let mut answers = Vec::new();
        for cookie in &self.cookies {
            answers.push(answer_of(ask(&self.site, request, &self.pair, cookie.as_deref()).await).await);
        }
        answers
    }
}

/// After such a request the session of the row has ended, so the next row needs new sessions.
fn ends_session(request: &str) -> bool {
    request.starts_with("POST /auth/") || request == "POST /api/fn/sign_in_as_guest"
}

/// Plays the rows under a heading, and returns those that the document shows differently.
async fn play(heading: &str, guests: &str) -> Vec<String> {
    let mut cast = Cast::gather(guests).await;
    let mut wrong = Vec::new();
    let mut is_spent = false;
    for row in table(heading) {
        if is_spent {
            cast = Cast::gather(guests).await;
        }
        is_spent = ends_session(&row[0]);
        let found = [vec![row[0].clone()], cast.answers(&row[0]).await].concat();
        if guests == "host" && !ends_session(&row[0]) {
            cast.pair.is_undisturbed().await;
        }
        if found != row {
            wrong.push(written(&found));
        }
    }
    wrong
}

#[tokio::test]
async fn every_request_is_answered_as_the_table_says() {
    let wrong = play("Requests", "host").await;
    assert!(wrong.is_empty(), "the server says\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn where_guests_listen_only_every_request_is_answered_as_the_table_says() {
    let wrong = play("Requests where guests listen only", "listen").await;
    assert!(wrong.is_empty(), "the server says\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn without_guests_earlier_guests_are_answered_like_nobody() {
    let mut cast = Cast::gather("off").await;
    let mut is_spent = false;
    for row in table("Requests") {
        if is_spent {
            cast = Cast::gather("off").await;
        }
        is_spent = ends_session(&row[0]);
        let answers = cast.answers(&row[0]).await;
        assert!(answers.iter().all(|answer| Some(answer) == answers.last()), "{}: {answers:?}", row[0]);
    }
}

#[tokio::test]
async fn no_server_function_is_missing_from_the_table() {
    for heading in ["Requests", "Requests where guests listen only"] {
        let rows: BTreeSet<_> = table(heading).into_iter().map(|row| row[0].clone()).collect();
        for (path, method) in leptos::server_fn::axum::server_fn_paths() {
            assert!(rows.contains(&format!("{method} {path}")), "{heading}: {method} {path}");
        }
    }
}
