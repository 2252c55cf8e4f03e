//! Which texts a page needs: those that every page may need, and those of the pages with code of their own.

use crate::text::{COMMON, HEARING, HOST, LISTENER, LOUNGE, PROGRAMS};

/// The texts that a page needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// What every page may need, and no more.
    Common,
    /// What a listener's page needs.
    Listener,
    /// What a host's page needs.
    Host,
    /// What a lounge needs.
    Lounge,
    /// What the page about programs needs.
    Programs,
}

impl Part {
    /// Every one, in the order of their numbers.
    #[cfg(any(feature = "ssr", test))]
    pub(super) const ALL: [Self; 5] = [Self::Common, Self::Listener, Self::Host, Self::Lounge, Self::Programs];

    /// What the page at this path within the site needs. The code in it does not matter: a page is also drawn for a code that is
    /// not written as usual.
    #[cfg(any(feature = "ssr", test))]
    pub(crate) fn of(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("listen") => Self::Listener,
            Some("host") => Self::Host,
            Some("lounge") => Self::Lounge,
            Some("account") => Self::Programs,
            _ => Self::Common,
        }
    }

    /// Whether the text at this place is in it.
    pub(super) fn has(self, place: usize) -> bool {
        let is_beside = match self {
            Self::Common => false,
            Self::Listener => LISTENER.contains(&place),
            Self::Host => HOST.contains(&place),
            Self::Lounge => LOUNGE.contains(&place) || HEARING.contains(&place),
            Self::Programs => PROGRAMS.contains(&place),
        };
        is_beside || COMMON.contains(&place)
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;
    use crate::text::OF_PAGES;

    const LISTENERS: &[usize] = &[0, 1, 2, 3];
    const SPEAKERS: &[usize] = &[1];
    const ADDRESSES: &[usize] = &[2];
    const HOSTS: &[usize] = &[2, 3, 4, 5, 6];
    const BOTH: &[usize] = &[0, 2, 3, 4, 5];
    const SHARING: &[usize] = &[5];
    const INVITATION: &[usize] = &[6];
    const LOUNGES: &[usize] = &[1, 2, 5, 6, 7];
    const OF_PROGRAMS: &[usize] = &[8];

    /// The groups of sections whose texts a file may say beside those that every page has. `BOTH` is for what host and listener
    /// share and what says to each only what is theirs.
    fn allowed(file: &str) -> &'static [usize] {
        match file {
            "pages/session_time.rs" => HOSTS,
            "pages/ip_privacy.rs" => ADDRESSES,
            "pages/speaker.rs" => SPEAKERS,
            "pages/link_note.rs" | "pages/measured.rs" | "pages/stats_panel.rs" | "pages/way_out.rs" => BOTH,
            "locale/meaning.rs" | "locale/table.rs" => BOTH,
            _ if file.starts_with("pages/listen") => LISTENERS,
            "pages/invitation.rs" => INVITATION,
            "pages/host/capture_error.rs" => SHARING,
            _ if file.starts_with("pages/host/controls") => SHARING,
            _ if file.starts_with("pages/host") => HOSTS,
            _ if file.starts_with("pages/lounge") => LOUNGES,
            "pages/programs.rs" => OF_PROGRAMS,
            _ => &[],
        }
    }

    /// The groups of the sections that a source file names after `text::`, alone or in braces.
    fn named(source: &str) -> BTreeSet<usize> {
        let lists = source.split("text::").skip(1).map(|rest| match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default(),
            None => rest.split(|letter: char| !letter.is_alphanumeric() && letter != '_').next().unwrap_or_default(),
        });
        let sections = lists.flat_map(|list| list.split(',')).filter_map(|item| item.split_whitespace().next());
        sections.filter_map(|section| OF_PAGES.iter().position(|group| group.contains(&section))).collect()
    }

    fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
    }

    #[test]
    fn code_says_only_texts_that_its_pages_are_given() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut found = BTreeSet::new();
        for path in files_below(&root) {
            let file = path.strip_prefix(&root).expect("below it").to_str().expect("a name");
            let groups = named(&fs::read_to_string(&path).expect("a file"));
            assert!(groups.iter().all(|group| allowed(file).contains(group)), "{file} names {groups:?}");
            found.extend(groups);
        }
        assert_eq!(found.len(), OF_PAGES.len());
    }

    #[test]
    fn a_page_needs_the_common_texts_and_its_own() {
        let code = "ABC234";
        for (path, part) in [
            ("/".to_owned(), Part::Common),
            ("/login".to_owned(), Part::Common),
            (format!("/room/{code}"), Part::Common),
            (format!("/listen/{code}"), Part::Listener),
            ("/listen/none".to_owned(), Part::Listener),
            ("/listen/abc%20234".to_owned(), Part::Listener),
            (format!("/host/{code}/"), Part::Host),
            (format!("/host/{code}"), Part::Host),
            (format!("/lounge/{code}"), Part::Lounge),
            ("/account".to_owned(), Part::Programs),
        ] {
            assert_eq!(Part::of(&path), part, "{path}");
        }
        let counts = Part::ALL.map(|part| (0..PROGRAMS.end).filter(|place| part.has(*place)).count());
        let beside = [0, LISTENER.len(), HOST.len(), LOUNGE.len() + HEARING.len(), PROGRAMS.len()];
        assert_eq!(counts, beside.map(|beside| COMMON.len() + beside));
        assert!((0..HOST.end).any(|place| LISTENER.contains(&place) && HOST.contains(&place)), "they share some");
        assert!((0..HOST.end).any(|place| HOST.contains(&place) && LOUNGE.contains(&place)), "they share some");
        assert!(HEARING.clone().all(|place| Part::Listener.has(place)), "and a listener says all of these");
    }
}
