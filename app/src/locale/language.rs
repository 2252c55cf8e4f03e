//! The supported languages, and the choice of a language for a visitor.

use crate::text::TAGS;

/// A language of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Simplified Chinese.
    Chinese,
    /// German.
    German,
}

impl Language {
    /// Every one, in the order of the switch.
    pub const ALL: [Self; TAGS.len()] = [Self::English, Self::Chinese, Self::German];
    /// The cookie that remembers the choice. It says nothing about anybody, and scripts of ours write it too.
    pub const COOKIE: &str = "heartogether.language";

    /// Its tag (BCP 47), for `lang`, the cookie and the file of its texts.
    pub const fn tag(self) -> &'static str {
        TAGS[self as usize]
    }

    /// What it is called by those who speak it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Chinese => "简体中文",
            Self::German => "Deutsch",
        }
    }

    /// By exactly its tag.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The cookie that keeps this choice for a year, for the site at this path.
    pub fn cookie(self, path: &str) -> String {
        format!("{}={}; Path={path}; Max-Age=31536000; SameSite=Lax", Self::COOKIE, self.tag())
    }

    /// What a request asks for: by its cookie, else by `Accept-Language`, else English.
    #[cfg(feature = "ssr")]
    pub fn asked_for(headers: &http::HeaderMap) -> Self {
        use http::header::{ACCEPT_LANGUAGE, COOKIE};

        let lines = |name| headers.get_all(name).iter().filter_map(|line| line.to_str().ok());
        let mut cookies = lines(COOKIE).flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let chosen = cookies.find(|(name, _)| *name == Self::COOKIE).and_then(|(_, tag)| Self::from_tag(tag));
        let wishes = || lines(ACCEPT_LANGUAGE).collect::<Vec<_>>().join(",");
        chosen.or_else(|| Self::wished(&wishes())).unwrap_or_default()
    }

    /// The best of the languages in `Accept-Language` (RFC 9110, section 12.5.4). Who wishes for traditional Chinese gets
    /// the simplified one only where nothing else is wished for that there is.
    #[cfg(any(feature = "ssr", test))]
    fn wished(accepted: &str) -> Option<Self> {
        let mut wishes: Vec<(f32, String)> = accepted.split(',').filter_map(wish).collect();
        wishes.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        let served = wishes.iter().find_map(|(_, tag)| Self::serving(tag));
        served.or_else(|| wishes.iter().any(|(_, tag)| tag.starts_with("zh-")).then_some(Self::Chinese))
    }

    #[cfg(any(feature = "ssr", test))]
    fn serving(tag: &str) -> Option<Self> {
        let mut parts = tag.split('-');
        let (language, rest) = (parts.next()?, parts.collect::<Vec<_>>());
        let is_simplified =
            rest.contains(&"hans") || !rest.iter().any(|part| ["hant", "tw", "hk", "mo"].contains(part));
        match language {
            "en" => Some(Self::English),
            "de" => Some(Self::German),
            "zh" if is_simplified => Some(Self::Chinese),
            _ => None,
        }
    }
}

/// A wish: its weight, and its tag in lower case. `None` if the weight is 0 or malformed.
#[cfg(any(feature = "ssr", test))]
fn wish(wish: &str) -> Option<(f32, String)> {
    let (tag, parameters) = wish.split_once(';').unwrap_or((wish, ""));
    let weight = match parameters.trim().split_once('=') {
        Some((name, weight)) if name.trim().eq_ignore_ascii_case("q") => weight.trim().parse().ok()?,
        _ => 1.0,
    };
    (weight > 0.0 && weight <= 1.0).then(|| (weight, tag.trim().to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_preferred_supported_language_is_chosen() {
        for (accepted, language) in [
            ("de", Some(Language::German)),
            ("de-AT", Some(Language::German)),
            ("fr,de;q=0.4,en;q=0.7", Some(Language::English)),
            ("en;q=0.5, zh-CN", Some(Language::Chinese)),
            ("zh", Some(Language::Chinese)),
            ("ZH-hans-SG", Some(Language::Chinese)),
            ("zh-Hans-TW", Some(Language::Chinese)),
            ("de;q=0, en;q=0.1", Some(Language::English)),
            ("fr", None),
            ("*", None),
            ("", None),
            ("de;q=nonsense", None),
            ("de;q=NaN", None),
        ] {
            assert_eq!(Language::wished(accepted), language, "{accepted}");
        }
    }

    #[test]
    fn readers_of_traditional_chinese_get_simplified_chinese_as_a_fallback() {
        for tag in ["zh-TW", "zh-Hant", "zh-Hant-HK", "zh-HK", "zh-MO"] {
            assert_eq!(Language::wished(&format!("{tag},fr;q=0.9")), Some(Language::Chinese), "{tag}");
            assert_eq!(Language::wished(&format!("{tag},de;q=0.1")), Some(Language::German), "{tag}");
        }
        assert_eq!(Language::wished("zh-TW,zh;q=0.9,en;q=0.8"), Some(Language::Chinese));
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn the_cookie_takes_precedence_over_the_browsers_languages() {
        use http::{HeaderMap, HeaderValue, header};

        let ask = |cookie, accepted| {
            let lines = [(header::COOKIE, cookie), (header::ACCEPT_LANGUAGE, accepted)];
            let headers = lines.map(|(name, value)| (name, HeaderValue::from_static(value)));
            Language::asked_for(&HeaderMap::from_iter(headers))
        };
        assert_eq!(ask("a=b; heartogether.language=zh-Hans", "de"), Language::Chinese);
        assert_eq!(ask("heartogether.language=fr", "de"), Language::German);
        assert_eq!(ask("", "fr"), Language::English);
        assert_eq!(Language::asked_for(&HeaderMap::new()), Language::English);
    }
}
