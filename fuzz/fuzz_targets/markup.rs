//! Every message is rendered within the limits, and again in the same way. What is written passes the second fence as it
//! is: the crate asserts that itself where debug assertions are on, as they are here.
#![no_main]

use heartogether_markup::{Limits, VERSION, render, render_with};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let limits = Limits::default();
    let rendered = render(text, &limits);
    assert_eq!(render(text, &limits), rendered);
    if let Some(rendered) = rendered {
        assert_eq!(rendered.version, VERSION);
        assert!(rendered.html.len() <= limits.html_bytes);
        check(&rendered.html);
        for (number, diagram) in rendered.diagrams.iter().enumerate() {
            assert!(rendered.html.contains(&format!("<img class=\"diagram\" data-diagram=\"{number}\" width=")));
            assert!(diagram.svg_light.len() <= limits.diagram_bytes && diagram.svg_dark.len() <= limits.diagram_bytes);
        }
    }
    // Wherever mentions are found.
    let everywhere = |text: &str| text.char_indices().step_by(3).map(|(at, c)| at..at + c.len_utf8()).collect();
    if let Some(rendered) = render_with(text, &limits, &everywhere) {
        check(&rendered.html);
    }
});

/// Every bracket is one of ours, and every address has an allowed scheme.
fn check(html: &str) {
    let mut open = 0_usize;
    for tag in html.split('<').skip(1) {
        let (tag, text) = tag.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "{html}");
        assert!(tag.trim_start_matches('/').starts_with(|c: char| c.is_ascii_lowercase()), "{html}");
        for value in tag.split(" href=\"").skip(1) {
            assert!(["http://", "https://", "mailto:"].iter().any(|scheme| value.starts_with(scheme)), "{html}");
        }
        match tag.strip_prefix('/') {
            Some(_) => open = open.checked_sub(1).expect("an end has a start"),
            None if ["br", "hr", "img"].contains(&tag.split(' ').next().unwrap_or_default()) => {}
            None => open += 1,
        }
    }
    assert_eq!(open, 0, "{html}");
}
