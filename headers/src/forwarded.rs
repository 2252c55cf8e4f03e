//! Finds the caller behind proxies: `X-Forwarded-*` and `Forwarded` (RFC 7239).
//!
//! These headers are claims. They count only if they come from a trusted proxy, and of a chain of addresses, only the
//! part that trusted proxies wrote counts: the caller has the rightmost address that does not belong to a trusted
//! proxy.
//!
//! A proxy writes one kind of header and passes on the other kind as its caller wrote it. Most proxies write
//! `X-Forwarded-*`, so if any of these headers is present, `Forwarded` is ignored. Text before the part that a trusted
//! proxy appended, on the same line or on another one, does not change that part.

use std::{
    borrow::Cow,
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

/// What a request brought with it: the lines of each header, in their order.
#[derive(Clone, Debug, Default)]
pub struct Claims<'a> {
    /// Addresses, the nearest last.
    pub x_forwarded_for: Vec<Cow<'a, str>>,
    /// `http` or `https`.
    pub x_forwarded_proto: Vec<Cow<'a, str>>,
    /// The host and port that were called.
    pub x_forwarded_host: Vec<Cow<'a, str>>,
    /// All of that in one (RFC 7239, section 4).
    pub forwarded: Vec<Cow<'a, str>>,
}

/// How a request came. Scheme and host are as they were written, and nobody has checked what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Who calls, as far as somebody trusted knows.
    pub address: IpAddr,
    /// The scheme they called with, if a trusted proxy said so.
    pub proto: Option<String>,
    /// The host and port they called, if a trusted proxy said so.
    pub host: Option<String>,
}

/// One step on the way of a request, as a proxy reported it.
#[derive(Default)]
struct Hop {
    address: Option<IpAddr>,
    proto: Option<String>,
    host: Option<String>,
}

impl Claims<'_> {
    /// How the request came that `peer` handed over.
    ///
    /// ```
    /// use heartogether_headers::forwarded::Claims;
    ///
    /// let claims = Claims { x_forwarded_for: vec!["1.1.1.1, 192.0.2.9".into()], ..Claims::default() };
    /// let proxy = "10.0.0.1".parse()?;
    /// assert_eq!(claims.arrival(proxy, |address| address == proxy).address.to_string(), "192.0.2.9");
    /// assert_eq!(claims.arrival(proxy, |_| false).address, proxy);
    /// # Ok::<(), std::net::AddrParseError>(())
    /// ```
    pub fn arrival(&self, peer: IpAddr, is_trusted: impl Fn(IpAddr) -> bool) -> Arrival {
        let peer = peer.to_canonical();
        let hop = match () {
            () if !is_trusted(peer) => Hop::default(),
            () if self.are_of_the_usual_kind() => Hop {
                address: furthest(self.usual_hops(), is_trusted).address,
                proto: last(&self.x_forwarded_proto),
                host: last(&self.x_forwarded_host),
            },
            () => furthest(self.standard_hops(), is_trusted),
        };
        Arrival { address: hop.address.unwrap_or(peer), proto: hop.proto, host: hop.host }
    }

    const fn are_of_the_usual_kind(&self) -> bool {
        !(self.x_forwarded_for.is_empty() && self.x_forwarded_proto.is_empty() && self.x_forwarded_host.is_empty())
    }

    /// Quotes mean nothing here, and nobody may open one for the next to stand in.
    fn usual_hops(&self) -> Vec<Hop> {
        let addresses = self.x_forwarded_for.iter().flat_map(|line| line.split(','));
        addresses.map(|text| Hop { address: parse_address(text.trim()), ..Hop::default() }).collect()
    }

    fn standard_hops(&self) -> Vec<Hop> {
        self.forwarded.iter().flat_map(|line| split(line, ',')).map(parse_hop).collect()
    }
}

/// The hop of the first address, from the right, that is no trusted proxy's. What is no address ends the search at the
/// proxy that reported it.
fn furthest(hops: Vec<Hop>, is_trusted: impl Fn(IpAddr) -> bool) -> Hop {
    let mut furthest = Hop::default();
    for hop in hops.into_iter().rev() {
        let Some(address) = hop.address else { break };
        furthest = hop;
        if !is_trusted(address) {
            break;
        }
    }
    furthest
}

/// The last word of a list that may be spread over several lines (RFC 9110, section 5.6.1).
fn last(lines: &[Cow<str>]) -> Option<String> {
    lines.last()?.rsplit(',').next().map(|word| word.trim().to_owned())
}

fn parse_hop(element: &str) -> Hop {
    let mut hop = Hop::default();
    for (name, value) in split(element, ';').into_iter().filter_map(|pair| pair.split_once('=')) {
        let value = unquote(value);
        match name.trim().to_ascii_lowercase().as_str() {
            "for" => hop.address = parse_address(&value),
            "proto" => hop.proto = Some(value),
            "host" => hop.host = Some(value),
            _ => {}
        }
    }
    hop
}

/// Splits outside of quotes (RFC 9110, section 5.6.4). Where one is never closed, none counts: what a proxy appended to an
/// open quote is an element of its own.
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    let is_end = |c| {
        let is_plain = !is_escaped;
        is_escaped = is_quoted && is_plain && c == '\\';
        if c == '"' && is_plain {
            is_quoted = !is_quoted;
        }
        c == at && !is_quoted
    };
    let pieces = text.split(is_end).collect();
    if is_quoted { text.split(at).collect() } else { pieces }
}

fn unquote(text: &str) -> String {
    let text = text.trim();
    match text.strip_prefix('"').and_then(|text| text.strip_suffix('"')) {
        Some(quoted) => {
            let mut is_escaped = false;
            quoted
                .chars()
                .filter(|c| {
                    is_escaped = *c == '\\' && !is_escaped;
                    !is_escaped
                })
                .collect()
        }
        None => text.to_owned(),
    }
}

/// An address, with a port or without; `unknown` and made-up names (RFC 7239, section 6) are none.
fn parse_address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let with_port = || SocketAddr::from_str(text).ok().map(|address| address.ip());
    IpAddr::from_str(bare).ok().or_else(with_port).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests;
