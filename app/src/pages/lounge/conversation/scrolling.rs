//! Where the log stands, and keeps standing while messages come above and below.

use heartogether::refusal::Refusal;
use heartogether_client::Input;
use leptos::html;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::super::{erased::effect, rows::RowKey, shared::Lounge};
use crate::prelude::*;

/// Pixels from the end within which the log counts as being at its end.
const AT_END_PX: i32 = 40;
/// Pixels from the beginning or the end of what is shown within which more messages are asked for.
const NEAR_PX: i32 = 800;
/// For how long a message that was sought stands out, in milliseconds.
const FLASH_MS: u64 = 1_600;

/// The log, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct Scrolling {
    lounge: Lounge,
    pub(super) log: NodeRef<html::Div>,
    pub(super) rows: NodeRef<html::Ol>,
    last_top_px: StoredValue<i32>,
    /// The row that was first, and how far it was from the top, while what is around it changes.
    anchor: StoredValue<Option<(RowKey, i32)>>,
    /// The row that has the focus meanwhile: a browser takes it from a row that is moved.
    focused: StoredValue<Option<String>>,
    /// Whether it stands where the visitor begins to read.
    has_begun: StoredValue<bool>,
}

impl Scrolling {
    pub(super) fn new(lounge: Lounge) -> Self {
        Self {
            lounge,
            log: NodeRef::new(),
            rows: NodeRef::new(),
            last_top_px: StoredValue::new(0),
            anchor: StoredValue::new(None),
            focused: StoredValue::new(None),
            has_begun: StoredValue::new(false),
        }
    }

    /// Goes where somebody wants it, and keeps the end in sight while the room for it changes.
    pub(super) fn follow(self) {
        let lounge = self.lounge;
        let mut is_first = true;
        effect(move || {
            lounge.to_end.track();
            if !std::mem::replace(&mut is_first, false) {
                request_animation_frame(move || self.go_to_end());
            }
        });
        effect(move || {
            if lounge.sought.get().is_some() {
                request_animation_frame(move || self.seek());
            }
        });
        effect(move || {
            if lounge.handle.engagement_notice.get() == Some(Refusal::MessageNotFound) {
                lounge.sought.set(None);
            }
        });
        effect(move || {
            // The mode above the field, the pictures there and the lines in it take room from the log.
            lounge.mode.track();
            lounge.pictures.track();
            lounge.picker.track();
            request_animation_frame(move || self.settle());
        });
        effect(move || {
            let resized =
                window_event_listener_untyped("resize", move |_| request_animation_frame(move || self.settle()));
            on_cleanup(move || resized.remove());
        });
    }

    /// To be called before the rows change: afterwards the log stands as it stood.
    pub(super) fn before_change(self, first: Option<RowKey>) {
        let place = first.and_then(|key| Some((key, self.element(key)?.offset_top())));
        self.anchor.set_value(place);
        let focused = document().active_element().filter(|element| element.has_attribute("data-message"));
        self.focused.set_value(focused.map(|row| row.id()));
        request_animation_frame(move || self.settle());
    }

    /// The log was scrolled, by whomever.
    pub(super) fn note_scroll(self) {
        let Some(log) = self.log() else { return };
        let (top_px, before_px) = (log.scroll_top(), self.last_top_px.get_value());
        self.last_top_px.set_value(top_px);
        let left_px = log.scroll_height() - top_px - log.client_height();
        // By the time a step down is told, more may have come below; only a step up leaves the end.
        let is_at_end = self.lounge.is_at_end;
        let is_down = left_px < AT_END_PX || is_at_end.get_untracked() && top_px >= before_px;
        let at_end = is_down && !self.lounge.looks_back();
        if is_at_end.get_untracked() != at_end {
            is_at_end.set(at_end);
        }
        self.ask_for_more(&log);
    }

    /// Shows the newest messages at once, whatever lies between.
    pub(super) fn go_to_end(self) {
        self.lounge.sought.set(None);
        self.lounge.press(Input::LatestMessagesPressed);
        if let Some(log) = self.log() {
            log.set_scroll_top(log.scroll_height());
            if !self.lounge.is_at_end.get_untracked() {
                self.lounge.is_at_end.set(true);
            }
        }
    }

    /// The message above or below another one; the latest where there is none.
    pub(super) fn neighbour(self, of: Option<Element>, down: bool) -> Option<HtmlElement> {
        let rows = self.rows.get_untracked()?;
        let messages = rows.query_selector_all("[data-message]").ok()?;
        let count = messages.length();
        let place =
            |element: &Element| (0..count).find(|place| messages.get(*place).as_ref() == Some(element.as_ref()));
        let next = match of.as_ref().and_then(place) {
            None => count.checked_sub(1)?,
            Some(place) if down => (place + 1).min(count - 1),
            Some(place) => place.saturating_sub(1),
        };
        messages.get(next)?.dyn_into().ok()
    }

    /// The rows have changed, or the room for them.
    fn settle(self) {
        let Some(log) = self.log() else { return };
        if let Some((key, before_px)) = self.anchor.try_update_value(Option::take).flatten()
            && !self.lounge.is_at_end.get_untracked()
            && let Some(element) = self.element(key)
        {
            let moved_px = element.offset_top() - before_px;
            if moved_px != 0 {
                log.set_scroll_top(log.scroll_top() + moved_px);
            }
        }
        self.focus_again(&log);
        if self.begin() {
            return;
        }
        if self.lounge.is_at_end.try_get_untracked() == Some(true) {
            log.set_scroll_top(log.scroll_height());
        }
        self.ask_for_more(&log);
        if self.lounge.sought.get_untracked().is_some() {
            self.seek();
        }
    }

    /// Gives the focus back without scrolling.
    fn focus_again(self, log: &HtmlElement) {
        let Some(row) = self.focused.try_update_value(Option::take).flatten() else { return };
        let is_lost = document().active_element().is_none_or(|element| element.tag_name() == "BODY");
        let row = document().get_element_by_id(&row).and_then(|row| row.dyn_into::<HtmlElement>().ok());
        if let Some(row) = row.filter(|_| is_lost) {
            let top_px = log.scroll_top();
            // A browser that refuses leaves the focus where it is, which hurts nobody.
            let _ = row.focus();
            log.set_scroll_top(top_px);
        }
    }

    /// The visitor begins to read at the first message that is new to them, if that is here.
    fn begin(self) -> bool {
        let has_messages = self.lounge.handle.conversation.with_untracked(|entries| !entries.is_empty());
        if self.has_begun.get_value() || !has_messages {
            return false;
        }
        self.has_begun.set_value(true);
        let (Some(log), Some(rows)) = (self.log(), self.rows.get_untracked()) else { return false };
        let Some(first) = rows.query_selector(".divider-new").ok().flatten() else { return false };
        log.set_scroll_top(log.scroll_height());
        let above_px = first.get_bounding_client_rect().top() - log.get_bounding_client_rect().top();
        if above_px >= 0.0 {
            return false;
        }
        self.lounge.is_at_end.set(false);
        log.set_scroll_top(log.scroll_top() + above_px as i32 - AT_END_PX);
        self.last_top_px.set_value(log.scroll_top());
        true
    }

    fn ask_for_more(self, log: &HtmlElement) {
        let handle = self.lounge.handle;
        if log.scroll_top() < NEAR_PX && handle.has_earlier_messages.get_untracked() {
            handle.press(Input::EarlierMessagesPressed);
        }
        let left_px = log.scroll_height() - log.scroll_top() - log.client_height();
        if left_px < NEAR_PX && self.lounge.looks_back() {
            handle.press(Input::LaterMessagesPressed);
        }
    }

    /// Brings the message that is sought into sight, once it is here.
    fn seek(self) {
        let Some(number) = self.lounge.sought.get_untracked() else { return };
        match self.lounge.key_of(number).and_then(|key| self.element(key)) {
            Some(element) => self.show(&element),
            None => self.lounge.press(Input::MessageSought(number)),
        }
    }

    fn show(self, element: &HtmlElement) {
        let Some(log) = self.log() else { return };
        self.lounge.sought.set(None);
        self.lounge.is_at_end.set(false);
        let middle_px = (log.client_height() - element.offset_height()) / 2;
        log.set_scroll_top(element.offset_top() - middle_px.max(0));
        self.last_top_px.set_value(log.scroll_top());
        self.note_scroll();
        // A browser that refuses leaves the focus where it is, which hurts nobody.
        let _ = element.focus();
        let shown = element.clone();
        _ = shown.set_attribute("data-flash", "");
        set_timeout(move || _ = shown.remove_attribute("data-flash"), std::time::Duration::from_millis(FLASH_MS));
    }

    fn element(self, key: RowKey) -> Option<HtmlElement> {
        document().get_element_by_id(&key.id())?.dyn_into().ok()
    }

    fn log(self) -> Option<HtmlElement> {
        self.log.try_get_untracked().flatten().map(|log| (*log).clone())
    }
}
