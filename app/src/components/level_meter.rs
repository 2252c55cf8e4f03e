//! The level meter.

use super::css_factor;
use crate::prelude::*;

/// A bar of segments. A new level changes one transform and lays nothing out again; feed it ten to twenty a second.
///
/// The transform is set as a property and not as an attribute, which a content security policy would refuse.
#[component]
pub fn LevelMeter(
    /// From 0, silence, to 1, as loud as can be; what lies outside is clamped.
    #[prop(into)]
    level: Signal<f32>,
) -> impl IntoView {
    let fill = NodeRef::<leptos::html::Div>::new();
    Effect::new(move |_| {
        let scale = level.get().clamp(0.0, 1.0);
        if let Some(fill) = fill.get() {
            fill.style(("transform", format!("scaleX({})", css_factor(scale))));
        }
    });
    view! {
        <div class="meter" aria-hidden="true">
            <div class="meter-fill" node_ref=fill></div>
        </div>
    }
}
