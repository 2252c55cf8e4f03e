//! The page's icon with a number on it. The server draws it: the policy of pages allows no pictures that a page has drawn itself.

use crate::routes::MOST_COUNTED;

/// The icon without a number. `end2end/icons.mjs` draws the other icons from it.
const ICON: &str = include_str!("../../../public/favicon.svg");

/// The icon (SVG 1.1) that says how much is unread; `None` for a number that no page asks for. Many are not told apart.
pub fn counting_icon(count: usize) -> Option<String> {
    let (said, size) = match count {
        1..MOST_COUNTED => (count.to_string(), 15),
        MOST_COUNTED => (format!("{}+", MOST_COUNTED - 1), 12),
        _ => return None,
    };
    let end = "</svg>";
    let drawing = ICON.trim_end().strip_suffix(end)?;
    // Shapes in the middle of the lower right quarter; digits are as high as 0.7 of their size.
    let baseline = 22.0 + f64::from(size) * 0.35;
    Some(format!(
        "{drawing}<circle cx=\"22\" cy=\"22\" r=\"10\" fill=\"#c81e1e\"/>\
         <text x=\"22\" y=\"{baseline:.1}\" fill=\"#fff\" font-family=\"system-ui, sans-serif\" font-size=\"{size}\" \
         font-weight=\"700\" text-anchor=\"middle\">{said}</text>{end}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_says_how_many_up_to_nine() {
        let said = |count| {
            let drawn = counting_icon(count)?;
            let number = drawn.rsplit_once("\">")?.1.strip_suffix("</text></svg>")?.to_owned();
            assert!(drawn.starts_with(ICON.trim_end().trim_end_matches("</svg>")), "{drawn}");
            Some(number)
        };
        assert_eq!([1, 9, 10].map(said), ["1", "9", "9+"].map(|number| Some(number.to_owned())));
        assert_eq!([0, 11, usize::MAX].map(said), [None, None, None]);
    }
}
