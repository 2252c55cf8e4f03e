//! The style of messages, in `public/lounge.css`.

use std::{fs, path::Path};

/// The surfaces that code stands on, at their worst: a little darker than our light ones, and lighter than our dark ones.
const LIGHT: &str = "#f0f0ee";
const DARK: &str = "#20282c";
/// WCAG 2.2, success criterion 1.4.3.
const CONTRAST: f64 = 4.5;

fn sheet() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../public/lounge.css")).expect("a style sheet")
}

#[test]
fn every_class_has_a_style() {
    let lists = include_str!("../src/allowed.rs").split("names! {");
    let classes = lists.last().expect("the classes");
    let names: Vec<&str> = classes.split('"').skip(1).step_by(2).collect();
    assert!(names.len() > 25 && names.contains(&"mention"), "{names:?}");
    let sheet = sheet();
    let selectors: Vec<&str> = sheet.split(|c: char| !(c.is_alphanumeric() || ".-".contains(c))).collect();
    for name in names {
        assert!(selectors.iter().any(|selector| selector.strip_prefix('.') == Some(name)), "{name}");
    }
}

#[test]
fn code_is_legible() {
    let sheet = sheet();
    let (_, sheet) = sheet.split_once("/* The colours of code").expect("the last part of the sheet");
    let colours: Vec<&str> = sheet.match_indices('#').map(|(at, _)| &sheet[at..at + 7]).collect();
    assert!(colours.len() > 12 && colours.len().is_multiple_of(2), "{colours:?}");
    for pair in colours.chunks(2) {
        for (colour, surface) in [(pair[0], LIGHT), (pair[1], DARK)] {
            let contrast = contrast(colour, surface);
            assert!(contrast >= CONTRAST, "{colour}: {contrast:.2}");
        }
    }
}

/// The contrast ratio (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>).
fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The relative luminance (<https://www.w3.org/TR/WCAG22/#dfn-relative-luminance>).
fn luminance(colour: &str) -> f64 {
    let [r, g, b] = [1, 3, 5].map(|at| {
        let channel = u8::from_str_radix(&colour[at..at + 2], 16).expect("two digits");
        let channel = f64::from(channel) / 255.0;
        if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}
