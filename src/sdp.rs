//! Session descriptions (RFC 8866): parsed into sections of lines, edited, and written. Lines that are not edited are
//! written unchanged. No content of a description makes this fail.

use std::borrow::Cow;

/// A session description: the part about the whole session, then one section for each media line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description<'a> {
    session: Vec<Cow<'a, str>>,
    media: Vec<Media<'a>>,
}

/// A media section. Lines keep their ends; the first is the media line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media<'a> {
    lines: Vec<Cow<'a, str>>,
}

/// The parameters of a payload type (`a=fmtp`, RFC 8866, section 6.15), in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parameters(Vec<(String, Option<String>)>);

impl<'a> Description<'a> {
    /// Reads a description. Lines before the first media line are the session's.
    pub fn parse(text: &'a str) -> Self {
        let mut read = Self { session: Vec::new(), media: Vec::new() };
        for line in text.split_inclusive('\n').map(Cow::Borrowed) {
            match read.media.last_mut() {
                _ if line.starts_with("m=") => read.media.push(Media { lines: vec![line] }),
                Some(media) => media.lines.push(line),
                None => read.session.push(line),
            }
        }
        read
    }

    /// The media sections.
    pub fn media(&mut self) -> &mut [Media<'a>] {
        &mut self.media
    }

    /// What an attribute of the session says (`a=setup:active`); nothing more than that it is there, for `a=ice-lite`.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.session.iter().find_map(|line| value(line, name))
    }

    /// Writes it.
    pub fn write(&self) -> String {
        let media = self.media.iter().flat_map(|media| &media.lines);
        self.session.iter().chain(media).map(AsRef::as_ref).collect()
    }
}

impl Media<'_> {
    /// What it is (`audio`).
    pub fn kind(&self) -> &str {
        self.media_line(0).unwrap_or_default()
    }

    /// Whether it is refused: its port is zero (RFC 3264, section 6).
    pub fn is_refused(&self) -> bool {
        self.media_line(1).is_none_or(|port| port.split('/').next() == Some("0"))
    }

    /// What the first attribute of a name says, as [`Description::attribute`].
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.values(name).next()
    }

    /// What all attributes of a name say.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.lines.iter().filter_map(move |line| value(line, name))
    }

    /// A word of the media line behind `m=`.
    fn media_line(&self, word: usize) -> Option<&str> {
        self.lines.first()?.strip_prefix("m=")?.split_ascii_whitespace().nth(word)
    }

    /// The payload types, the preferred one first (`m=audio 9 UDP/TLS/RTP/SAVPF 111 63`).
    pub fn payload_types(&self) -> Vec<&str> {
        self.lines.first().map_or_else(Vec::new, |line| line.split_ascii_whitespace().skip(3).collect())
    }

    /// The payload type of a codec, by its name and clock rate (`opus/48000/2`), whatever the case.
    pub fn codec(&self, encoding: &str) -> Option<String> {
        let named = self.attributes("rtpmap").find(|(_, named)| named.eq_ignore_ascii_case(encoding));
        named.map(|(payload_type, _)| payload_type.to_owned())
    }

    /// Moves these payload types to the front, in this order. Those that the section does not have are passed over.
    pub fn prefer(&mut self, first: &[&str]) {
        let listed = self.payload_types();
        let chosen = first.iter().copied().filter(|wanted| listed.contains(wanted));
        let rest = listed.iter().copied().filter(|other| !first.contains(other));
        let order = chosen.chain(rest).collect::<Vec<_>>();
        let Some(line) = self.lines.first() else { return };
        let head = line.split_ascii_whitespace().take(3);
        let line = head.chain(order).collect::<Vec<_>>().join(" ") + end_of(line);
        self.lines[0] = Cow::Owned(line);
    }

    /// The parameters of a payload type.
    pub fn parameters(&self, payload_type: &str) -> Option<Parameters> {
        let mut formats = self.attributes("fmtp");
        formats.find(|(of, _)| *of == payload_type).map(|(_, text)| Parameters::parse(text))
    }

    /// Writes the parameters of a payload type, in place of those it had, or after its `a=rtpmap`.
    pub fn set_parameters(&mut self, payload_type: &str, parameters: &Parameters) {
        let of = |line: &str, name| attribute(line, name).is_some_and(|(of, _)| of == payload_type);
        let mut lines = self.lines.iter();
        let (at, replaced) = match lines.position(|line| of(line, "fmtp")) {
            Some(at) => (at, true),
            None => match self.lines.iter().position(|line| of(line, "rtpmap")) {
                Some(at) => (at, false),
                None => return,
            },
        };
        let line = format!("a=fmtp:{payload_type} {}{}", parameters.write(), end_of(&self.lines[at]));
        match replaced {
            true => self.lines[at] = Cow::Owned(line),
            false => self.lines.insert(at + 1, Cow::Owned(line)),
        }
    }

    /// Sets an attribute of the section as a whole (`a=ptime:10`), in place of the one it had, or before the others. A
    /// section without attributes stays as it is.
    pub fn set_attribute(&mut self, name: &str, value: &str) {
        let named = |line: &str| line.strip_prefix("a=").and_then(|rest| rest.strip_prefix(name)).is_some_and(is_value);
        let set = self.lines.iter().position(|line| named(line));
        let Some(at) = set.or_else(|| self.lines.iter().position(|line| line.starts_with("a="))) else { return };
        let line = Cow::Owned(format!("a={name}:{value}{}", end_of(&self.lines[0])));
        match set {
            Some(_) => self.lines[at] = line,
            None => self.lines.insert(at, line),
        }
    }

    /// The attributes of a name that say something of a payload type.
    fn attributes<'s>(&'s self, name: &'s str) -> impl Iterator<Item = (&'s str, &'s str)> {
        self.lines.iter().filter_map(move |line| attribute(line, name))
    }
}

impl Parameters {
    /// Reads `minptime=10;useinbandfec=1`, and forms without names such as RED's `111/111`.
    pub fn parse(text: &str) -> Self {
        let parameters = text.split(';').map(str::trim).filter(|parameter| !parameter.is_empty());
        let pair = |parameter: &str| match parameter.split_once('=') {
            Some((name, value)) => (name.trim().to_owned(), Some(value.trim().to_owned())),
            None => (parameter.to_owned(), None),
        };
        Self(parameters.map(pair).collect())
    }

    /// What a parameter is set to.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(of, _)| of == name).and_then(|(_, value)| value.as_deref())
    }

    /// Sets a parameter in its place, or at the end.
    pub fn set(&mut self, name: &str, value: &str) {
        match self.0.iter_mut().find(|(of, _)| of == name) {
            Some((_, is)) => *is = Some(value.to_owned()),
            None => self.0.push((name.to_owned(), Some(value.to_owned()))),
        }
    }

    /// Takes a parameter out.
    pub fn remove(&mut self, name: &str) {
        self.0.retain(|(of, _)| of != name);
    }

    /// Writes them.
    pub fn write(&self) -> String {
        let one = |(name, value): &(String, Option<String>)| match value {
            Some(value) => [name, "=", value].concat(),
            None => name.clone(),
        };
        self.0.iter().map(one).collect::<Vec<_>>().join(";")
    }
}

/// `a=name:value`, or `a=name`.
fn value<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let rest = line.strip_prefix("a=")?.strip_prefix(name)?.trim_end();
    rest.strip_prefix(':').map(str::trim_start).or_else(|| rest.is_empty().then_some(rest))
}

/// `a=name:payload-type rest`.
fn attribute<'l>(line: &'l str, name: &str) -> Option<(&'l str, &'l str)> {
    let rest = line.strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':')?;
    rest.trim_end().split_once(' ')
}

/// Whether an attribute's name is over here.
fn is_value(rest: &str) -> bool {
    rest.starts_with(':')
}

/// How a line ends: RFC 8866 says CRLF and that readers should take a bare LF.
fn end_of(line: &str) -> &'static str {
    match line {
        line if line.ends_with("\r\n") => "\r\n",
        line if line.ends_with('\n') => "\n",
        _ => "",
    }
}
