//! The field in which the visitor writes.

use heartogether::{engagement::MessageText, limits::MESSAGE_CHARS, refusal::Refusal};
use heartogether_client::{EntryState, Input};
use leptos::{html, prelude::*};
use web_sys::{HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::super::{
    draft,
    shared::{Lounge, Mode},
};

/// What keys say that an input method has taken (UI Events, section 7.3.1).
const TAKEN_BY_INPUT_METHOD: u32 = 229;

/// The field with what is in it.
#[derive(Clone, Copy)]
pub(super) struct Writing {
    lounge: Lounge,
    pub(super) field: NodeRef<html::Textarea>,
    /// Characters that the message would have.
    pub(super) length: RwSignal<usize>,
    refusal: RwSignal<Option<Refusal>>,
    /// What was in the field before a message came into it to be edited.
    set_aside: StoredValue<Option<String>>,
}

impl Writing {
    pub(super) fn new(lounge: Lounge) -> Self {
        let writing = Self {
            lounge,
            field: NodeRef::new(),
            length: RwSignal::new(0),
            refusal: RwSignal::new(None),
            set_aside: StoredValue::new(None),
        };
        writing.bring_draft_back();
        writing.follow_mode();
        writing
    }

    /// What is wrong with the text. Reads reactively.
    pub(super) fn error(self) -> Option<Refusal> {
        let is_long = self.length.get() > MESSAGE_CHARS;
        self.refusal.get().or_else(|| is_long.then_some(Refusal::MessageTooLong))
    }

    pub(super) fn focus(self) {
        if let Some(field) = self.field() {
            // A browser that refuses leaves the focus where it is, which hurts nobody.
            let _ = field.focus();
        }
    }

    /// Puts an emoji where the cursor is.
    pub(super) fn insert(self, emoji: &str) {
        let Some(field) = self.field() else { return };
        let (start, end) = (field.selection_start().ok().flatten(), field.selection_end().ok().flatten());
        let end = end.or(start).unwrap_or_else(|| field.text_length());
        let start = start.unwrap_or(end);
        if field.set_range_text_with_start_and_end(emoji, start, end).is_ok() {
            let after = start + u32::try_from(emoji.encode_utf16().count()).unwrap_or_default();
            let _ = field.set_selection_range(after, after);
        }
        self.note_input();
    }

    /// The text has changed.
    pub(super) fn note_input(self) {
        let Some(field) = self.field() else { return };
        let text = field.value();
        self.measure(&field, &text);
        if !matches!(self.lounge.mode.get_untracked(), Mode::Edit(_)) {
            draft::keep(self.lounge.code, &text);
        }
        if !text.trim().is_empty() {
            self.lounge.press(Input::Typed);
        }
    }

    /// A key was pressed in the field.
    pub(super) fn press(self, event: &KeyboardEvent) {
        let is_composing = event.is_composing() || event.key_code() == TAKEN_BY_INPUT_METHOD;
        match event.key().as_str() {
            "Enter" if !event.shift_key() && !is_composing => {
                event.prevent_default();
                self.send();
            }
            "Escape" if !is_composing => self.leave_mode(),
            "ArrowUp" if self.is_empty() && self.edit_last() => event.prevent_default(),
            _ => {}
        }
    }

    /// Sends what is in the field, if it is a message.
    pub(super) fn send(self) {
        let Some(field) = self.field() else { return };
        match MessageText::parse(&field.value()) {
            Err(Refusal::MessageEmpty) => {}
            Err(why) => self.refusal.set(Some(why)),
            Ok(text) => self.say(text),
        }
        self.focus();
    }

    fn say(self, text: MessageText) {
        let (lounge, mode) = (self.lounge, self.lounge.mode.get_untracked());
        let reply_to = if let Mode::Reply(number) = mode { Some(number) } else { None };
        match mode {
            Mode::Edit(number) => lounge.press(Input::MessageEdited { number, text }),
            Mode::Write | Mode::Reply(_) => {
                lounge.press(Input::MessageWritten { text, reply_to });
                draft::keep(lounge.code, "");
                self.set("");
                lounge.to_end.notify();
            }
        }
        lounge.mode.set(Mode::Write);
    }

    fn leave_mode(self) {
        if self.lounge.picker.get_untracked().is_some() {
            self.lounge.picker.set(None);
        } else {
            self.lounge.mode.set(Mode::Write);
        }
    }

    /// Begins to edit the visitor's last message. Whether there is one.
    fn edit_last(self) -> bool {
        let last = self.lounge.handle.conversation.with_untracked(|entries| {
            let is_editable = |entry: &&heartogether_client::ConversationEntry| {
                entry.is_own && entry.state == EntryState::Kept && entry.message.text.is_some()
            };
            entries.iter().rev().find(is_editable).map(|entry| entry.message.number)
        });
        if let (Some(number), Mode::Write) = (last, self.lounge.mode.get_untracked()) {
            self.lounge.mode.set(Mode::Edit(number));
            return true;
        }
        false
    }

    fn bring_draft_back(self) {
        Effect::new(move |_| {
            let Some(field) = self.field.get() else { return };
            // Somebody may have begun to write before the page's code was there.
            if field.value().is_empty() {
                self.set(&draft::of(self.lounge.code));
            } else {
                self.note_input();
            }
        });
    }

    fn follow_mode(self) {
        let mode = self.lounge.mode;
        Effect::new(move |before: Option<Mode>| {
            let now = mode.get();
            if before.is_some_and(|before| before != now) {
                self.change_mode(before.unwrap_or_default(), now);
            }
            now
        });
    }

    fn change_mode(self, before: Mode, now: Mode) {
        let Some(field) = self.field() else { return };
        if let Mode::Edit(number) = now {
            if !matches!(before, Mode::Edit(_)) {
                self.set_aside.set_value(Some(field.value()));
            }
            let text = self.lounge.text_of(number).map(|text| text.to_string());
            self.set(&text.unwrap_or_default());
        } else if let Some(text) = self.set_aside.try_update_value(Option::take).flatten() {
            self.set(&text);
        }
        self.focus();
    }

    fn set(self, text: &str) {
        let Some(field) = self.field() else { return };
        field.set_value(text);
        self.measure(&field, text);
    }

    fn measure(self, field: &HtmlTextAreaElement, text: &str) {
        self.length.set(MessageText::length_of(text));
        self.refusal.set(None);
        // As high as its lines, up to what the style allows.
        let style = HtmlElement::style(field);
        _ = style.set_property("height", "auto");
        _ = style.set_property("height", &format!("{}px", field.scroll_height()));
    }

    fn is_empty(self) -> bool {
        self.field().is_none_or(|field| field.value().is_empty())
    }

    fn field(self) -> Option<HtmlTextAreaElement> {
        self.field.try_get_untracked().flatten()
    }
}
