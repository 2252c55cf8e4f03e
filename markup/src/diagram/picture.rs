//! What is asked of an SVG before it is served.

/// A size in CSS pixels.
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
}

/// What no picture of ours has, in lower case: scripts, HTML, styles and pictures from elsewhere. Pictures cannot run
/// anything in a page, but they can be opened alone.
const ACTIVE: [&str; 12] = [
    "<script",
    "<foreignobject",
    "<iframe",
    "<embed",
    "<object",
    "<!",
    "<?",
    "javascript:",
    "data:text",
    "@import",
    "expression(",
    "<animate",
];

/// The SVG with the size of its drawing, so that a page knows how much room it needs.
pub(super) fn with_size(svg: &str) -> Option<(String, Size)> {
    let (root, content) = svg.trim_end().split_once('>')?;
    let (_, view) = root.split_once(" viewBox=\"")?;
    let numbers: Vec<f64> =
        view.split_once('"')?.0.split([' ', ',']).filter_map(|number| number.parse().ok()).collect();
    let [_, _, width, height] = numbers[..] else { return None };
    let pixels = |length: f64| (1.0..=f64::from(u16::MAX)).contains(&length).then(|| length.ceil() as u32);
    let size = Size { width: pixels(width)?, height: pixels(height)? };
    let sized = format!(" width=\"{}\" height=\"{}\"", size.width, size.height);
    let root = root.replacen(" width=\"100%\"", &sized, 1);
    Some((format!("{root}>{content}"), size))
}

/// Whether nothing in it can run or load anything.
pub(super) fn is_inert(svg: &str) -> bool {
    let lower = svg.to_ascii_lowercase();
    let follows = |mark: &str, allowed: &[&str]| {
        lower.split(mark).skip(1).all(|rest| allowed.iter().any(|start| rest.starts_with(start)))
    };
    !ACTIVE.iter().any(|active| lower.contains(active))
        && !has_handler(&lower)
        && follows("href=", &["\"#"])
        && follows("url(", &["#", "\"#", "&quot;#"])
}

/// Whether an attribute such as `onload` is in a tag.
fn has_handler(svg: &str) -> bool {
    svg.split('<').filter_map(|part| part.split_once('>')).any(|(tag, _)| {
        // Values apart, which may say anything.
        tag.split('"').step_by(2).any(|names| names.split_whitespace().any(|name| name.starts_with("on")))
    })
}

#[cfg(test)]
mod tests {
    use super::{is_inert, with_size};

    #[test]
    fn a_drawing_has_its_size() {
        let (svg, size) = with_size("<svg width=\"100%\" viewBox=\"0 0 12.5 7\"><g/></svg>").expect("a size");
        assert_eq!(svg, "<svg width=\"13\" height=\"7\" viewBox=\"0 0 12.5 7\"><g/></svg>");
        assert_eq!((size.width, size.height), (13, 7));
        for svg in [
            "<svg>",
            "",
            "<svg viewBox=\"0 0 0 1\">",
            "<svg viewBox=\"0 0 1e9 1\">",
            "<svg viewBox=\"0 0 NaN 1\">",
            "<svg viewBox=\"1\">",
        ] {
            assert!(with_size(svg).is_none(), "{svg}");
        }
    }

    #[test]
    fn what_could_run_or_load_is_refused() {
        assert!(is_inert(
            "<svg><text x=\"1\">only on=\"1\" &lt;script></text><use href=\"#a\"/><path marker-end=\"url(#b)\"/></svg>"
        ));
        for svg in [
            "<svg onload=\"a()\">",
            "<svg><a href=\"https://example.org\">",
            "<svg><ScRiPt>",
            "<svg><image xlink:href=\"data:image/png,x\"/>",
            "<svg><style>@import 'x'</style>",
            "<svg><g style=\"fill:url(https://example.org)\"/>",
            "<svg><foreignObject/>",
            "<!DOCTYPE svg><svg>",
            "<svg><g x=\"1\" onclick =\"a()\"/>",
        ] {
            assert!(!is_inert(svg), "{svg}");
        }
    }
}
