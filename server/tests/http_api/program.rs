//! A program that asks over HTTP.

use reqwest::{Client, Method, Response, StatusCode};
use serde_json::Value;

use super::schema::Document;
use crate::support::Site;

/// A program: what it asks is answered as the document says.
pub(super) struct Program<'a> {
    site: &'a Site,
    pub(super) document: Document,
    pub(super) token: Option<String>,
}

impl<'a> Program<'a> {
    pub(super) async fn new(site: &'a Site, token: Option<String>) -> Self {
        let response = site.get("/api/openapi.json", None).await;
        let document = serde_json::from_str(&response.text().await.expect("text")).expect("JSON");
        Self { site, document: Document(document), token }
    }

    /// Asks, and checks the answer against what the document says of `template`.
    pub(super) async fn ask(
        &self,
        method: Method,
        template: &str,
        path: &str,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let response = self.site.ask(method.clone(), path, self.token.as_deref(), body.map(ToString::to_string)).await;
        self.checked(&method, template, response).await
    }

    /// The answer, which is as the document says.
    async fn checked(&self, method: &Method, template: &str, response: Response) -> (StatusCode, Value) {
        let status = response.status();
        let text = response.text().await.expect("text");
        let answer = if text.is_empty() { Value::Null } else { serde_json::from_str(&text).expect("JSON") };
        self.document.check(method.as_str(), template, status.as_u16(), &answer);
        (status, answer)
    }

    pub(super) async fn rooms(&self) -> (StatusCode, Value) {
        self.ask(Method::GET, "/api/rooms", "/api/rooms", None).await
    }

    pub(super) async fn create(&self, body: &Value) -> (StatusCode, Value) {
        self.ask(Method::POST, "/api/rooms", "/api/rooms", Some(body)).await
    }

    pub(super) async fn read(&self, code: &str, query: &str) -> (StatusCode, Value) {
        let path = format!("/api/rooms/{code}/messages{query}");
        self.ask(Method::GET, "/api/rooms/{code}/messages", &path, None).await
    }

    pub(super) async fn send(&self, code: &str, body: &Value) -> (StatusCode, Value) {
        let path = format!("/api/rooms/{code}/messages");
        self.ask(Method::POST, "/api/rooms/{code}/messages", &path, Some(body)).await
    }

    pub(super) async fn upload(&self, code: &str, bytes: Vec<u8>) -> (StatusCode, Value) {
        let request = Client::new().post(format!("http://{}/api/rooms/{code}/pictures", self.site.authority));
        let request = request.bearer_auth(self.token.as_deref().unwrap_or_default()).body(bytes);
        self.checked(&Method::POST, "/api/rooms/{code}/pictures", request.send().await.expect("an answer")).await
    }

    pub(super) async fn picture(&self, code: &str, picture: &Value) -> Response {
        let path = format!("/pictures/{code}/{}", picture["id"].as_str().expect("an id"));
        self.site.ask(Method::GET, &path, self.token.as_deref(), None).await
    }
}
