//! A browser, a server and a sign-in provider for tests.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use heartogether::{id::RoomCode, limits::Limits};
use heartogether_server::clock::ManualClock;
use reqwest::{
    Client, Response,
    cookie::{CookieStore, Jar},
    redirect::Policy,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    provider::{BEGINNING, Provider},
    support::{Run, Site, install_crypto, serve},
};

/// A server and the provider it knows.
pub struct World {
    pub site: Site,
    pub provider: Provider,
    pub clock: Arc<ManualClock>,
    run: Run,
    data: TempDir,
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    pub async fn start_with(flags: &[&str]) -> Self {
        Self::start_under(Limits::default(), flags).await
    }

    pub async fn start_under(limits: Limits, flags: &[&str]) -> Self {
        let (data, clock) = (TempDir::new().expect("a folder"), Arc::new(ManualClock::at(BEGINNING)));
        let provider = Provider::start(clock.clone()).await;
        let known = provider.flags();
        let flags: Vec<_> = known.iter().map(String::as_str).chain(flags.iter().copied()).collect();
        let run = serve(&data, &clock, limits, &flags).await;
        Self { site: run.site.clone(), provider, clock, run, data }
    }

    /// The folder that all is kept in.
    pub fn folder(&self) -> &Path {
        self.data.path()
    }

    /// The file of the database.
    pub fn database(&self) -> PathBuf {
        self.folder().join("heartogether.db")
    }

    /// Stops, and starts again on the same data with the limits by default.
    pub async fn again(self, flags: &[&str]) -> Self {
        let Self { provider, clock, run, data, .. } = self;
        run.stop().await;
        let known = provider.flags();
        let flags: Vec<_> = known.iter().map(String::as_str).chain(flags.iter().copied()).collect();
        let run = serve(&data, &clock, Limits::default(), &flags).await;
        Self { site: run.site.clone(), provider, clock, run, data }
    }

    pub fn browser(&self) -> Browser {
        Browser::of(&self.site)
    }

    /// Somebody who has signed in.
    pub async fn signed_in(&self, claims: Value) -> Browser {
        let browser = self.browser();
        assert_eq!(browser.sign_in(&self.provider, "/", claims).await, "/");
        browser
    }
}

/// Somebody's browser: it keeps cookies, and stays where it is led.
pub struct Browser {
    pub client: Client,
    pub jar: Arc<Jar>,
    pub origin: String,
}

impl Browser {
    /// One that has never been there.
    pub fn of(site: &Site) -> Self {
        install_crypto();
        let jar = Arc::new(Jar::default());
        let client = Client::builder().redirect(Policy::none()).cookie_provider(jar.clone()).build().expect("a client");
        Self { client, jar, origin: format!("http://{}", site.authority) }
    }

    pub async fn get(&self, path: &str) -> Response {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.origin) };
        self.client.get(url).send().await.expect("an answer")
    }

    pub async fn post(&self, path: &str, form: &str) -> Response {
        let request = self.client.post(format!("{}{path}", self.origin)).header("accept", "text/html");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
        request.send().await.expect("an answer")
    }

    /// The address of the provider that the visitor is sent to.
    pub async fn set_out(&self, path: &str) -> String {
        led_to(&self.get(path).await)
    }

    /// Goes to the provider and comes back. Gives where that leads.
    pub async fn sign_in(&self, provider: &Provider, next: &str, claims: Value) -> String {
        let address = self.set_out(&format!("/auth/test?next={next}")).await;
        led_to(&self.get(&provider.consent(&address, claims)).await)
    }

    /// Who the server says that this is.
    pub async fn me(&self) -> Value {
        self.get("/auth/me").await.json().await.expect("JSON")
    }

    pub async fn guest(&self, name: &str) {
        self.post("/api/fn/sign_in_as_guest", &format!("name={name}")).await;
    }

    pub async fn create_room(&self) -> RoomCode {
        let path = led_to(&self.post("/api/fn/create_room", "").await);
        RoomCode::parse(path.rsplit('/').next().unwrap_or_default()).expect("a code")
    }

    pub async fn owns(&self, code: RoomCode) -> bool {
        self.get(&format!("/host/{code}")).await.status() == 200
    }

    /// What it sends along to the server's root.
    pub fn cookies(&self) -> String {
        let url = self.origin.parse().expect("an address");
        let cookies = self.jar.cookies(&url).expect("cookies");
        cookies.to_str().expect("cookies in ASCII").to_owned()
    }
}

pub fn led_to(response: &Response) -> String {
    let location = response.headers().get("location").expect("a redirect");
    location.to_str().expect("an address").to_owned()
}
