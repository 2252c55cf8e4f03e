//! The pictures of a message, laid out by how many they are and by their shape. Their space is theirs before they are there.

use heartogether::room::Picture;
use leptos::html;
use web_sys::HtmlElement;

use super::made;
use crate::{
    locale::{Locale, Value},
    pages::lounge::{erased::effect, rows::MessageRow, shared::Lounge},
    prelude::*,
    routes,
    text::lounge as text,
};

/// Pixels that a picture alone takes at most.
const WIDEST: f64 = 480.0;
const HIGHEST: f64 = 360.0;
/// From here on a picture is wide or high.
const OBLONG: f64 = 1.2;

/// The pictures of a message.
pub(in crate::pages::lounge) fn pictures(lounge: Lounge, row: &MessageRow, locale: Locale) -> AnyView {
    let message = &row.entry.message;
    let Some(first) = message.pictures.first().filter(|_| !row.is_folded) else { return ().into_any() };
    let (count, shape) = (message.pictures.len().to_string(), shape(first));
    let frame = NodeRef::<html::Div>::new();
    let (all, name) = (message.pictures.clone(), locale.write(&Value::from(&message.name)));
    effect(move || {
        // Pictures only ever go, so those that are drawn stay unless there are more than the message has.
        let is_drawn = |frame: &HtmlElement| frame.child_element_count() as usize == all.len();
        let Some(frame) = frame.get().filter(|frame| !is_drawn(frame)) else { return };
        frame.set_inner_html("");
        for place in 0..all.len() {
            let said = locale.say_once(text::picture_of(place + 1, all.len(), name.as_str()));
            let drawn = one(lounge, &all, place, &said, &locale.say_once(text::PICTURE_GONE));
            drawn.iter().for_each(|drawn| _ = frame.append_child(drawn));
        }
    });
    view! { <div class="pictures" data-count=count data-shape=shape node_ref=frame></div> }.into_any()
}

fn one(lounge: Lounge, all: &[Picture], place: usize, said: &str, gone: &str) -> Option<HtmlElement> {
    let picture = all.get(place)?;
    let (width, height) = if all.len() == 1 { fitted(picture) } else { (picture.width, picture.height) };
    let (width, height) = (width.to_string(), height.to_string());
    let place = place.to_string();
    let button = [("type", "button"), ("class", "picture"), ("data-place", &place), ("data-testid", "picture")];
    let button = made("button", &button)?;
    let address = routes::href(&routes::picture(lounge.code, picture.id));
    let image = [
        ("alt", said),
        ("width", &width),
        ("height", &height),
        // Before the address: after it, the picture would be on its way.
        ("loading", "lazy"),
        ("decoding", "async"),
        ("draggable", "false"),
        ("src", &address),
    ];
    let told = made("span", &[("class", "picture-gone")])?;
    told.set_text_content(Some(gone));
    let image = made("img", &image)?;
    button.append_child(&image).ok()?;
    button.append_child(&told).ok()?;
    Some(button)
}

/// Whether a picture is wide, high or neither.
fn shape(picture: &Picture) -> &'static str {
    let ratio = f64::from(picture.width) / f64::from(picture.height.max(1));
    match ratio {
        wide if wide > OBLONG => "wide",
        high if high < 1.0 / OBLONG => "high",
        _ => "square",
    }
}

/// As large as a picture alone is shown, at most.
fn fitted(picture: &Picture) -> (u32, u32) {
    let (width, height) = (f64::from(picture.width.max(1)), f64::from(picture.height.max(1)));
    let scale = (WIDEST / width).min(HIGHEST / height).min(1.0);
    let length = |pixels: f64| (pixels * scale).round().max(1.0) as u32;
    (length(width), length(height))
}

#[cfg(test)]
mod tests {
    use heartogether::{id::PictureId, room::PictureFormat};

    use super::*;

    fn sized(width: u32, height: u32) -> Picture {
        Picture { id: PictureId::from_bits(1), format: PictureFormat::Webp, width, height }
    }

    #[test]
    fn a_picture_alone_keeps_its_shape_and_is_never_made_larger() {
        assert_eq!(fitted(&sized(2_560, 1_440)), (480, 270));
        assert_eq!(fitted(&sized(1_000, 2_000)), (180, 360));
        assert_eq!(fitted(&sized(32, 16)), (32, 16));
        assert_eq!(fitted(&sized(40_000, 1)), (480, 1));
    }

    #[test]
    fn a_shape_is_one_of_three() {
        assert_eq!(
            [(16, 9), (9, 16), (1, 1)].map(|(width, height)| shape(&sized(width, height))),
            ["wide", "high", "square"]
        );
    }
}
