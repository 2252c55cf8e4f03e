//! How others get into a room: its link, and the QR code of it.
//!
//! The link is decided here and nowhere else, so that what is copied, shared and scanned is one and the same.

use std::{
    net::{IpAddr, SocketAddr, UdpSocket},
    sync::Arc,
};

use axum::{
    Extension,
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use heartogether::id::RoomCode;
use heartogether_app::{
    api::{Backend, Caller, Visitor},
    routes,
};
use qrcode::{EcLevel, QrCode, render::svg};

use crate::{
    error::{Answer, ServerError},
    state::Node,
};

/// Addresses that are nobody's (RFC 5737, RFC 3849), each with where a socket towards it starts: the way there is the way
/// out of this machine.
const OUTSIDE: [(&str, &str); 2] = [("0.0.0.0:0", "192.0.2.1:9"), ("[::]:0", "[2001:db8::1]:9")];
/// Pixels of the picture's edge, at least, before a page scales it.
const QR_PIXELS: u32 = 240;

/// Where others reach this server.
pub(crate) struct Reach {
    public_url: Option<String>,
    bound: SocketAddr,
}

impl Reach {
    /// `public_url` outdoes all else; `bound` tells whether other machines get through at all.
    pub(crate) fn new(public_url: Option<&str>, bound: SocketAddr) -> Self {
        let public_url = public_url.map(|url| url.trim_end_matches('/').to_owned());
        Self { public_url: public_url.filter(|url| !url.is_empty()), bound }
    }

    /// The link to a room's preview, for whoever asks for it.
    pub(crate) fn link(&self, code: RoomCode, caller: &Caller) -> String {
        let own = format!("localhost:{}", self.bound.port());
        let authority = caller.authority.as_deref().unwrap_or(&own);
        format!("{}{}", self.base(authority, caller.is_secure, network_address), routes::room(code))
    }

    /// The start of every link: the public URL; else the address that the visitor used; and where that leads to this
    /// machine alone, its address in the local network.
    fn base(&self, authority: &str, is_secure: bool, network_address: impl FnOnce() -> Option<IpAddr>) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let scheme = if is_secure { "https" } else { "http" };
        let (host, port) = split(authority);
        let address = is_loopback(host).then(|| self.outer_address(network_address)).flatten();
        match address {
            Some(IpAddr::V4(address)) => format!("{scheme}://{address}{port}"),
            Some(IpAddr::V6(address)) => format!("{scheme}://[{address}]{port}"),
            None => format!("{scheme}://{authority}"),
        }
    }

    fn outer_address(&self, network_address: impl FnOnce() -> Option<IpAddr>) -> Option<IpAddr> {
        match self.bound.ip() {
            everywhere if everywhere.is_unspecified() => network_address(),
            here => Some(here).filter(|address| !address.is_loopback()),
        }
    }
}

/// `GET /room/{code}/qr.svg`, for a room or for none: a picture of the link says nothing about the room. No copy is kept
/// without asking, since a laptop changes its network, and the address with it.
pub(crate) async fn picture(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(code): Path<String>,
) -> Result<impl IntoResponse, Answer> {
    let picture = draw(&node.link(RoomCode::parse(&code)?, &visitor))?;
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], picture))
}

/// Black on white in every theme, within the white margin that readers need (ISO/IEC 18004): dark themes would hide it.
fn draw(link: &str) -> Result<String, ServerError> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M)?;
    let mut picture = code.render::<svg::Color<'_>>();
    picture.dark_color(svg::Color("#000")).light_color(svg::Color("#fff"));
    Ok(picture.quiet_zone(true).min_dimensions(QR_PIXELS, QR_PIXELS).build())
}

/// The host of an authority.
pub(crate) fn host_of(authority: &str) -> &str {
    split(authority).0
}

/// Host, and port with its colon (RFC 3986, section 3.2).
fn split(authority: &str) -> (&str, &str) {
    let host_end = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    let colon = authority[host_end..].find(':').map_or(authority.len(), |colon| host_end + colon);
    authority.split_at(colon)
}

/// Whether a host is this machine itself.
pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    match address {
        Ok(address) => {
            let address = address.to_canonical();
            address.is_loopback() || address.is_unspecified()
        }
        Err(_) => host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost"),
    }
}

/// This machine's address in the local network. No packet is sent: connecting a UDP socket only picks the way out.
fn network_address() -> Option<IpAddr> {
    let address = |(from, to)| {
        let socket = UdpSocket::bind(from).ok()?;
        socket.connect(to).ok()?;
        Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback() && !address.is_unspecified())
    };
    OUTSIDE.into_iter().find_map(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERYWHERE: &str = "0.0.0.0";

    fn base(public_url: Option<&str>, bound: &str, authority: &str) -> String {
        let reach = Reach::new(public_url, SocketAddr::new(bound.parse().expect("an address"), 3000));
        reach.base(authority, false, || "192.168.1.7".parse().ok())
    }

    #[test]
    fn links_carry_the_public_url_whatever_was_used() {
        for public_url in ["https://hear.example", "https://hear.example/"] {
            assert_eq!(base(Some(public_url), EVERYWHERE, "localhost:3000"), "https://hear.example");
        }
        assert_eq!(base(Some(""), EVERYWHERE, "hear.example"), "http://hear.example");
    }

    #[test]
    fn links_carry_the_address_in_use() {
        for authority in ["hear.example", "hear.example:8080", "10.0.0.2:3000", "[2001:db8::2]:3000"] {
            assert_eq!(base(None, EVERYWHERE, authority), format!("http://{authority}"));
        }
    }

    #[test]
    fn on_loopback_links_carry_the_address_in_the_local_network_and_the_port() {
        for host in ["localhost", "LOCALHOST", "ada.localhost", "127.0.0.1", "127.8.8.8", "[::1]", "0.0.0.0"] {
            assert_eq!(base(None, EVERYWHERE, &format!("{host}:3000")), "http://192.168.1.7:3000");
            assert_eq!(base(None, "::", host), "http://192.168.1.7");
        }
        assert_eq!(base(None, "10.0.0.2", "localhost:3000"), "http://10.0.0.2:3000");
        assert_eq!(base(None, "2001:db8::2", "localhost:3000"), "http://[2001:db8::2]:3000");
    }

    #[test]
    fn a_server_that_others_cannot_reach_names_no_other_address() {
        assert_eq!(base(None, "127.0.0.1", "localhost:3000"), "http://localhost:3000");
        let alone = Reach::new(None, "0.0.0.0:3000".parse().expect("an address"));
        assert_eq!(alone.base("localhost:3000", false, || None), "http://localhost:3000");
    }

    #[test]
    fn names_that_look_like_loopback_are_not() {
        for authority in ["localhost.example:3000", "notlocalhost", "128.0.0.1"] {
            assert_eq!(base(None, EVERYWHERE, authority), format!("http://{authority}"));
        }
    }
}
