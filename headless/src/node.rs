//! One server of a load: what a browser asks of it over HTTP, and where its WebSocket is.

use std::net::SocketAddr;

use heartogether::id::RoomCode;
use hyper::{Request, Response, Uri, body::Incoming, header};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use tokio::net::lookup_host;

use crate::HeadlessError;

/// A server.
#[derive(Clone, Debug)]
pub struct Node {
    http: Client<HttpConnector, String>,
    /// The origin of its pages, without a slash at the end.
    origin: String,
    pub(crate) address: SocketAddr,
}

impl Node {
    /// The server at a URL with the scheme `http`, on this machine unless `allow_remote`.
    ///
    /// # Errors
    /// [`HeadlessError::Url`], [`HeadlessError::Remote`], or no address for the name.
    pub async fn find(url: &str, allow_remote: bool) -> Result<Self, HeadlessError> {
        let wrong = || HeadlessError::Url(url.to_owned());
        let parsed: Uri = url.parse().map_err(|_| wrong())?;
        let authority = parsed.authority().filter(|_| parsed.scheme_str() == Some("http")).ok_or_else(wrong)?;
        let host = authority.host().trim_matches(['[', ']']);
        let addresses: Vec<_> = lookup_host((host, authority.port_u16().unwrap_or(80))).await?.collect();
        if !allow_remote && !addresses.iter().all(|address| address.ip().is_loopback()) {
            return Err(HeadlessError::Remote(url.to_owned()));
        }
        // `localhost` may name two addresses, of which a server often has only the older.
        let address = addresses.iter().find(|address| address.is_ipv4()).or(addresses.first()).ok_or_else(wrong)?;
        let http = Client::builder(TokioExecutor::new()).build_http();
        Ok(Self { http, origin: format!("http://{authority}"), address: *address })
    }

    /// The origin of the server's pages.
    pub(crate) fn origin(&self) -> &str {
        &self.origin
    }

    /// Signs in as a guest. Returns the cookies for the `Cookie` header.
    pub(crate) async fn sign_in(&self, name: &str) -> Result<String, HeadlessError> {
        let (path, form) = ("/api/fn/sign_in_as_guest", format!("name={name}"));
        let answer = self.submit(path, form, "").await?;
        let cookies = answer.headers().get_all(header::SET_COOKIE).iter();
        let pairs = cookies.filter_map(|cookie| cookie.to_str().ok()?.split(';').next().map(str::to_owned));
        let cookie = pairs.collect::<Vec<_>>().join("; ");
        match cookie.is_empty() {
            true => Err(HeadlessError::Answer { path: path.to_owned(), status: answer.status().as_u16() }),
            false => Ok(cookie),
        }
    }

    /// Opens a broadcast or a lounge. Its owner is whom the cookies belong to.
    pub(crate) async fn open_room(&self, cookie: &str, lounge: bool) -> Result<RoomCode, HeadlessError> {
        let (path, page) = if lounge { ("/api/fn/open_lounge", "/lounge/") } else { ("/api/fn/create_room", "/host/") };
        let answer = self.submit(path, String::new(), cookie).await?;
        let location = answer.headers().get(header::LOCATION).and_then(|location| location.to_str().ok());
        let code = location.and_then(|location| RoomCode::parse(location.strip_prefix(page)?).ok());
        code.ok_or_else(|| HeadlessError::Answer { path: path.to_owned(), status: answer.status().as_u16() })
    }

    async fn submit(&self, path: &str, form: String, cookie: &str) -> Result<Response<Incoming>, HeadlessError> {
        let request = Request::post(format!("{}{path}", self.origin)).header(header::ORIGIN, &self.origin);
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let request = if cookie.is_empty() { request } else { request.header(header::COOKIE, cookie) };
        Ok(self.http.request(request.body(form)?).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_load_stays_on_this_machine_unless_told_otherwise() {
        assert!(Node::find("http://127.0.0.1:3000", false).await.is_ok());
        assert!(Node::find("http://[::1]:3000/", false).await.is_ok());
        let remote = Node::find("http://192.0.2.1:3000", false).await;
        assert!(matches!(remote, Err(HeadlessError::Remote(_))), "{remote:?}");
        assert!(Node::find("http://192.0.2.1:3000", true).await.is_ok());
        for wrong in ["https://127.0.0.1", "127.0.0.1:3000", "", "http://"] {
            assert!(matches!(Node::find(wrong, true).await, Err(HeadlessError::Url(_))), "{wrong}");
        }
    }
}
