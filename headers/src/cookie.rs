//! The cookies in a request (RFC 6265, section 4.2).
//!
//! Other software on the same host sets cookies too, and its cookies must not hide ours.

/// The values of all cookies of a name, in their order: a browser sends more than one where paths or sites differ.
///
/// `lines` are the values of a request's `Cookie` headers. A value that is not UTF-8 is none of ours.
///
/// ```
/// use heartogether_headers::cookie::values;
///
/// let lines = [b"sid=a; theme=\xff; sid=b".as_slice()];
/// assert_eq!(values(lines, "sid").collect::<Vec<_>>(), ["a", "b"]);
/// ```
pub fn values<'a>(
    lines: impl IntoIterator<Item = &'a [u8], IntoIter: 'a>,
    name: &'a str,
) -> impl Iterator<Item = &'a str> {
    pairs(lines).filter(move |(known, _)| *known == name).map(|(_, value)| value)
}

/// All cookies of these lines with their names, in their order.
pub fn pairs<'a>(lines: impl IntoIterator<Item = &'a [u8], IntoIter: 'a>) -> impl Iterator<Item = (&'a str, &'a str)> {
    let pairs = lines.into_iter().flat_map(|line| line.split(|byte| *byte == b';'));
    pairs.filter_map(|pair| str::from_utf8(pair.trim_ascii()).ok()?.split_once('='))
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn only_cookies_of_the_name_are_read() {
        let lines = [b"sid=a; other=b;sid=c ;sidd=x; xsid=y; sid; =z".as_slice(), b"SID=d; sid=e=f", b""];
        assert_eq!(values(lines, "sid").collect::<Vec<_>>(), ["a", "c", "e=f"]);
    }

    #[test]
    fn cookies_of_other_software_hide_no_cookie() {
        let lines = [b"theme=\xe4\xf6; sid=\xff; sid=a".as_slice(), "name=Zoë; sid=b".as_bytes()];
        assert_eq!(values(lines, "sid").collect::<Vec<_>>(), ["a", "b"]);
    }
}
