//! Notes in the query of the browser's address that are read once. Only in the browser.

use crate::prelude::*;

/// A parameter of the address.
pub(crate) fn parameter(name: &str) -> Option<String> {
    let query = window().location().search().ok()?;
    let mut pairs = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

/// Takes parameters out of the address and its place in the history; the page stays as it is.
pub(crate) fn forget(names: &[&str]) {
    let location = window().location();
    let (Ok(path), Ok(query)) = (location.pathname(), location.search()) else { return };
    let pairs = query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty());
    let name_of = |pair: &&str| pair.split('=').next().unwrap_or_default().to_owned();
    let (dropped, kept): (Vec<_>, Vec<_>) = pairs.partition(|pair| names.contains(&name_of(pair).as_str()));
    if dropped.is_empty() {
        return;
    }
    let url = if kept.is_empty() { path } else { format!("{path}?{}", kept.join("&")) };
    if let Ok(history) = window().history() {
        let state = history.state().unwrap_or_default();
        // A browser that refuses leaves the address as it is, which hurts nobody.
        let _ = history.replace_state_with_url(&state, "", Some(&url));
    }
}
