//! A person's sign: the first letters of the name on a colour of its own, or a picture over them. They are the same on every page.

use super::{Glyph, Icon};
use crate::prelude::*;

/// Colours that names are spread over, as many as `style` has.
const COLOURS: u32 = 12;

/// A disc beside the name, so screen readers skip it.
#[component]
pub fn Avatar(
    /// The name as people read it.
    #[prop(into)]
    name: String,
    /// Where the picture of the person is, if there is one. Until it is there, or if it does not come, the letters are seen.
    #[prop(optional_no_strip)]
    picture: Option<String>,
) -> impl IntoView {
    let letters = match initials(&name) {
        Some(letters) => letters.into_any(),
        None => view! { <Icon glyph=Glyph::Person /> }.into_any(),
    };
    view! {
        <span class="avatar" data-colour=colour(&name).to_string() aria-hidden="true" translate="no">
            {letters}
            {picture.map(|picture| view! { <img src=picture alt="" loading="lazy" width="36" height="36" /> })}
        </span>
    }
    .into_any()
}

/// What stands for a name: two letters, of Chinese, Japanese and Korean names the last two signs; nothing where a name has none.
fn initials(name: &str) -> Option<String> {
    let signs: Vec<char> = name.chars().filter(|sign| is_east_asian(*sign)).collect();
    if !signs.is_empty() {
        return Some(signs[signs.len().saturating_sub(2)..].iter().collect());
    }
    let words: Vec<&str> = name.split(|sign: char| !sign.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let first = |word: &&str| word.chars().next();
    let last = words.last().filter(|_| words.len() > 1).and_then(first);
    let letters: String = words.first().and_then(first).into_iter().chain(last).flat_map(char::to_uppercase).collect();
    (!letters.is_empty()).then_some(letters)
}

/// The blocks in which Chinese, Japanese and Korean names are written.
const fn is_east_asian(sign: char) -> bool {
    matches!(sign, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The colour of a name, from a hash of its letters (FNV-1a).
fn colour(name: &str) -> u32 {
    let mix = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(16_777_619);
    let hash = name.to_lowercase().bytes().fold(2_166_136_261, mix);
    // The upper half is mixed better than the lower one.
    (hash >> 16) % COLOURS
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_name_has_letters_that_stand_for_it() {
        for (name, letters) in [
            ("Ada", Some("A")),
            ("ada lovelace", Some("AL")),
            ("Ada King-Noel, Countess of Lovelace", Some("AL")),
            ("王小明", Some("小明")),
            ("李", Some("李")),
            ("Ada 李", Some("李")),
            ("ßeta", Some("SS")),
            ("Guest 7", Some("G7")),
            ("🦊", None),
            ("…", None),
        ] {
            assert_eq!(initials(name).as_deref(), letters, "{name}");
        }
    }

    #[test]
    fn names_are_spread_over_the_colours() {
        assert_eq!(colour("Ada"), colour("ADA"));
        let colours: BTreeSet<_> = (0..100).map(|number| colour(&format!("Guest {number}"))).collect();
        assert_eq!(colours.len(), COLOURS as usize);
    }
}
