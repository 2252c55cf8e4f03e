//! Addresses: which ones a link may have, and those that stand in a text without any markup.

use std::ops::Range;

use url::Url;

/// The schemes that a link may have.
pub(crate) const SCHEMES: [&str; 3] = ["http", "https", "mailto"];

/// Marks an address without a scheme, between the two readings of a source.
const BARE: &str = "bare:";

/// The address that a link leads to, as a browser understands it (<https://url.spec.whatwg.org/>): in ASCII, hosts in
/// Punycode. `None` if it has no scheme or another one, or a user's name before its host, which looks like a host.
pub(crate) fn address(destination: &str) -> Option<Url> {
    let url = match destination.strip_prefix(BARE) {
        Some(host) => Url::parse(&format!("https://{host}")),
        None => Url::parse(destination),
    };
    let url = url.ok().filter(|url| SCHEMES.contains(&url.scheme()))?;
    (url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// A destination as it was typed.
pub(crate) fn as_typed(destination: &str) -> &str {
    destination.strip_prefix(BARE).unwrap_or(destination)
}

/// Whether the words of a link name a host other than the one it leads to.
pub(crate) fn names_another_host(words: &str, host: &str) -> bool {
    let named = words.split(|c: char| c.is_whitespace() || "<>()[]\"'“”,;".contains(c)).find_map(named_host);
    named.is_some_and(|named| without_www(&named) != without_www(host))
}

/// The host that a word names, with a scheme or without.
fn named_host(word: &str) -> Option<String> {
    let word = word.trim_matches(|c: char| ".!?:*_~".contains(c));
    let has_scheme = word.contains("://");
    let url = Url::parse(&if has_scheme { word.to_owned() } else { format!("https://{word}") }).ok()?;
    let host = url.host_str()?;
    let top = host.rsplit_once('.')?.1;
    let is_name = top.len() >= 2 && top.chars().all(|c| c.is_ascii_alphabetic());
    (has_scheme || is_name).then(|| host.to_owned())
}

fn without_www(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// The addresses that begin with `http://`, `https://` or `www.`, in order.
pub(crate) fn bare(text: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices(['h', 'H', 'w', 'W']) {
        let rest = &text[at..];
        let Some(prefix) = ["http://", "https://", "www."].into_iter().find(|prefix| begins_with(rest, prefix)) else {
            continue;
        };
        let is_inside = found.last().is_some_and(|last| at < last.end);
        let goes_on = text[..at].chars().next_back().is_some_and(|c| c.is_ascii_alphanumeric());
        if !is_inside && !goes_on && rest[prefix.len()..].starts_with(char::is_alphanumeric) {
            found.push(at..at + length(rest));
        }
    }
    found
}

fn begins_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// The bytes of the address that a text begins with: up to a character that has no place in one, and without what is more
/// likely to belong to the sentence (GitHub Flavored Markdown, section 6.9).
fn length(text: &str) -> usize {
    let end = text.find(|c: char| c.is_whitespace() || c.is_control() || ENDS.contains(c) || is_wide_punctuation(c));
    let mut address = &text[..end.unwrap_or(text.len())];
    let mut closed = address.matches(')').count().saturating_sub(address.matches('(').count());
    while let Some(last) = address.chars().next_back() {
        let is_dropped = "?!.,:;*_~'".contains(last) || (last == ')' && closed > 0);
        if !is_dropped {
            break;
        }
        if last == ')' {
            closed -= 1;
        }
        address = &address[..address.len() - last.len_utf8()];
    }
    address.len()
}

/// What no address has unescaped (RFC 3986, appendix A), and brackets, which are Markdown's.
const ENDS: &str = "<>\"`{}|\\^[]";

/// The punctuation of Chinese and Japanese texts, which have no spaces.
const fn is_wide_punctuation(c: char) -> bool {
    matches!(c, '\u{2018}'..='\u{201f}' | '\u{3000}'..='\u{303f}' | '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}'
        | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// A bare address in Markdown. What is in it is no markup then.
pub(crate) fn as_autolink(address: &str) -> String {
    if begins_with(address, "www.") { format!("<{BARE}{address}>") } else { format!("<{address}>") }
}
