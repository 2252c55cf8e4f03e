//! The pictures that the visitor adds to a message, and the one they look at.

use std::{rc::Rc, sync::Arc};

use heartogether::room::Picture;
use send_wrapper::SendWrapper;
use wasm_bindgen::JsValue;

use super::rows::RowKey;
use crate::{api::ApiError, browser::picture_worker::PictureWorker};

/// What a lounge's page knows of pictures beside the messages.
#[derive(Clone, Default)]
pub(super) struct Pictures {
    /// Those that are added to the message, in their order.
    pub(super) added: Vec<Added>,
    /// The number of the next one.
    pub(super) next: u32,
    /// What uploads them. It ends with the page.
    pub(super) worker: Option<SendWrapper<Rc<PictureWorker>>>,
    /// Why some could not be added.
    pub(super) trouble: Option<ApiError>,
    /// Whether the message is sent as soon as its pictures are there.
    pub(super) sends_later: bool,
    /// The picture that the visitor looks at: the message, and the place in it.
    pub(super) viewed: Option<(RowKey, usize)>,
}

/// A picture that is added to a message.
#[derive(Clone)]
pub(super) struct Added {
    pub(super) id: u32,
    /// The name of the file.
    pub(super) name: Arc<str>,
    pub(super) file: SendWrapper<JsValue>,
    pub(super) upload: Upload,
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Upload {
    /// The picture is made small.
    Preparing,
    /// So many percent are sent.
    Sending(u32),
    /// The server has it.
    Ready(Picture),
    /// It has failed.
    Failed(ApiError),
}

/// What can be sent of the pictures that were added.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sendable {
    All(Vec<Picture>),
    /// Some are on their way.
    Later,
    /// One has failed.
    Failed,
}

impl Pictures {
    pub(super) fn find(&self, id: u32) -> Option<&Added> {
        self.added.iter().find(|added| added.id == id)
    }

    /// What can be sent.
    pub(super) fn sendable(&self) -> Sendable {
        let is = |wanted: fn(&Upload) -> bool| self.added.iter().any(|added| wanted(&added.upload));
        if is(|upload| matches!(upload, Upload::Failed(_))) {
            return Sendable::Failed;
        }
        if is(|upload| !matches!(upload, Upload::Ready(_))) {
            return Sendable::Later;
        }
        let ready = |added: &Added| if let Upload::Ready(picture) = added.upload { Some(picture) } else { None };
        Sendable::All(self.added.iter().filter_map(ready).collect())
    }

    /// The message is sent with them.
    pub(super) fn let_go(&mut self) {
        (self.added, self.trouble, self.sends_later) = (Vec::new(), None, false);
    }
}

#[cfg(test)]
mod tests {
    use heartogether::{
        id::PictureId,
        refusal::Refusal,
        room::{Picture, PictureFormat},
    };

    use super::*;

    fn with(uploads: &[Upload]) -> Pictures {
        let added = |(id, upload): (u32, &Upload)| Added {
            id,
            name: "one.png".into(),
            file: SendWrapper::new(JsValue::NULL),
            upload: upload.clone(),
        };
        Pictures { added: (0..).zip(uploads).map(added).collect(), ..Pictures::default() }
    }

    #[test]
    fn pictures_are_sent_once_all_are_there() {
        let picture = Picture { id: PictureId::from_bits(1), format: PictureFormat::Webp, width: 3, height: 2 };
        let (ready, failed) = (Upload::Ready(picture), Upload::Failed(ApiError::from(Refusal::PictureTooLarge)));
        assert_eq!(with(&[]).sendable(), Sendable::All(vec![]));
        assert_eq!(with(&[ready.clone(), ready.clone()]).sendable(), Sendable::All(vec![picture; 2]));
        assert_eq!(with(&[ready.clone(), Upload::Sending(99)]).sendable(), Sendable::Later);
        assert_eq!(with(&[Upload::Preparing, failed, ready]).sendable(), Sendable::Failed);
    }
}
