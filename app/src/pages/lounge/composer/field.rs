//! The field in which the visitor writes.

use heartogether::{engagement::MessageText, limits::MESSAGE_CHARS, refusal::Refusal, room::Picture};
use heartogether_client::{EntryState, Input};
use leptos::html;
use web_sys::{ClipboardEvent, HtmlElement, HtmlTextAreaElement, KeyboardEvent};

use super::super::{
    added::{Pictures, Sendable},
    draft,
    erased::effect,
    extras::with_extras,
    shared::{Lounge, Mode},
};
use crate::{locale::Phrase, prelude::*, text::lounge as text};

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
        writing.follow_pictures();
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

    /// Puts an emoji, or what was pasted, where the cursor is.
    pub(super) fn insert(self, text: &str) {
        let Some(field) = self.field() else { return };
        let (start, end) = (field.selection_start().ok().flatten(), field.selection_end().ok().flatten());
        let end = end.or(start).unwrap_or_else(|| field.text_length());
        let start = start.unwrap_or(end);
        if field.set_range_text_with_start_and_end(text, start, end).is_ok() {
            let after = start + u32::try_from(text.encode_utf16().count()).unwrap_or_default();
            let _ = field.set_selection_range(after, after);
        }
        self.note_input();
    }

    /// The text has changed.
    pub(super) fn note_input(self) {
        let Some(field) = self.field() else { return };
        let text = field.value();
        self.measure(&field, &text);
        self.take_back();
        if !matches!(self.lounge.mode.get_untracked(), Mode::Edit(_)) {
            draft::keep(self.lounge.code, &text);
        }
        if !text.trim().is_empty() {
            self.lounge.press(Input::Typed);
        }
    }

    /// The text. Reads reactively.
    pub(super) fn text(self) -> String {
        self.length.track();
        self.field().map(|field| field.value()).unwrap_or_default()
    }

    /// Something is pasted. Rich text comes in as Markdown, once the code for that is there; all else as browsers do it.
    pub(super) fn paste(self, event: &ClipboardEvent) {
        let Some(data) = event.clipboard_data() else { return };
        let html = data.get_data("text/html").unwrap_or_default();
        if data.files().is_some_and(|files| files.length() > 0) || !is_rich(&html) {
            return;
        }
        event.prevent_default();
        let plain = data.get_data("text/plain").unwrap_or_default();
        with_extras(move |extras| {
            let markdown = extras.and_then(|extras| (extras.markdown)(&html));
            self.insert(&markdown.unwrap_or(plain));
        });
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
        let text = match MessageText::parse(&field.value()) {
            Err(Refusal::MessageEmpty) => MessageText::none(),
            Err(why) => {
                self.refusal.set(Some(why));
                return self.focus();
            }
            Ok(text) => text,
        };
        let pictures = match self.lounge.mode.get_untracked() {
            Mode::Edit(_) => Sendable::All(Vec::new()),
            Mode::Write | Mode::Reply(_) => self.lounge.pictures.with_untracked(Pictures::sendable),
        };
        match pictures {
            Sendable::All(pictures) if text.is_none() && pictures.is_empty() && !self.edits_pictures() => {}
            Sendable::All(pictures) => self.say(text, pictures),
            Sendable::Later => self.lounge.pictures.update(|pictures| pictures.sends_later = true),
            Sendable::Failed => {}
        }
        self.focus();
    }

    /// Whether the visitor edits a message that has pictures, and so may go without words.
    fn edits_pictures(self) -> bool {
        let Mode::Edit(number) = self.lounge.mode.get_untracked() else { return false };
        self.lounge.with_message(number, |message| !message.pictures.is_empty()) == Some(true)
    }

    /// What keeps pictures from being sent. Reads reactively.
    pub(super) fn told_of_pictures(self) -> Option<Phrase> {
        self.lounge.pictures.with(|pictures| match (&pictures.trouble, pictures.sendable()) {
            (Some(why), _) => Some(why.phrase()),
            (None, Sendable::Failed) => Some(text::PICTURES_FAILED.into()),
            (None, Sendable::Later) if pictures.sends_later => Some(text::PICTURES_WAIT.into()),
            _ => None,
        })
    }

    /// Sends what waits for its pictures, once they are there.
    fn follow_pictures(self) {
        let pictures = self.lounge.pictures;
        effect(move || {
            if pictures.with(|pictures| pictures.sends_later && pictures.sendable() != Sendable::Later) {
                pictures.update(|pictures| pictures.sends_later = false);
                untrack(|| self.send());
            }
        });
    }

    /// Who writes on does not want it sent yet.
    fn take_back(self) {
        let is_told = |pictures: &Pictures| pictures.sends_later || pictures.trouble.is_some();
        if self.lounge.pictures.with_untracked(is_told) {
            self.lounge.pictures.update(|pictures| (pictures.sends_later, pictures.trouble) = (false, None));
        }
    }

    fn say(self, text: MessageText, pictures: Vec<Picture>) {
        let (lounge, mode) = (self.lounge, self.lounge.mode.get_untracked());
        let reply_to = if let Mode::Reply(number) = mode { Some(number) } else { None };
        match mode {
            Mode::Edit(number) => lounge.press(Input::MessageEdited { number, text }),
            Mode::Write | Mode::Reply(_) => {
                lounge.press(Input::MessageWritten { text, pictures, reply_to });
                lounge.pictures.update(Pictures::let_go);
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
        effect(move || {
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
        let mut before = mode.get_untracked();
        effect(move || {
            let now = mode.get();
            let before = std::mem::replace(&mut before, now);
            if before != now {
                self.change_mode(before, now);
            }
        });
    }

    fn change_mode(self, before: Mode, now: Mode) {
        let Some(field) = self.field() else { return };
        self.take_back();
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

/// Whether HTML holds more than text: some programs say everything in HTML.
fn is_rich(html: &str) -> bool {
    const ENDS: [&str; 13] =
        ["a", "b", "strong", "i", "em", "li", "h1", "h2", "h3", "pre", "code", "table", "blockquote"];
    ENDS.iter().any(|tag| html.contains(&format!("</{tag}>")))
}
