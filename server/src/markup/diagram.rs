//! The pictures of diagrams. They are drawn from the message's text, so a picture is there as long as the text is.

use std::{str::FromStr, sync::Arc};

use axum::{
    Extension,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, header},
};
use heartogether::{
    engagement::MessageText,
    id::{AccountId, MessageNumber, RoomCode},
    refusal::Refusal,
    role::Permission,
};
use heartogether_app::api::{ApiError, Visitor};

use crate::{
    error::{Answer, ServerError},
    http::FOR_ONE_VISITOR_FOR_GOOD,
    rooms::Reader,
    state::Node,
};

/// A picture brings its colours with it, and nothing in it can run, load or be framed.
const ONLY_ITS_STYLE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
);

/// Which picture is asked for: `NUMBER-VERSION-INDEX-THEME.svg`.
#[derive(Debug, PartialEq, Eq)]
struct Name {
    number: MessageNumber,
    /// The number of the message's changes: with another text it has other pictures.
    version: u32,
    index: usize,
    is_dark: bool,
}

impl FromStr for Name {
    type Err = Refusal;

    fn from_str(name: &str) -> Result<Self, Refusal> {
        fn parse(name: &str) -> Option<Name> {
            let mut parts = name.strip_suffix(".svg")?.split('-');
            let number = MessageNumber(parts.next()?.parse().ok()?);
            let (version, index) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            let is_dark = match parts.next()? {
                "light" => false,
                "dark" => true,
                _ => return None,
            };
            parts.next().is_none().then_some(Name { number, version, index, is_dark })
        }
        parse(name).ok_or(Refusal::MessageNotFound)
    }
}

/// `GET /lounge/{code}/diagrams/{name}`: a diagram in a message, for members of the room.
pub(crate) async fn diagram(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path((code, name)): Path<(String, String)>,
) -> Result<([(HeaderName, HeaderValue); 3], String), Answer> {
    let account = visitor.permit(Permission::Connect)?.id;
    let name: Name = name.parse()?;
    let text = node.text_of(RoomCode::parse(&code)?, account, &name).await?;
    let diagrams = node.markup.diagrams(&text).await;
    let diagram = diagrams.get(name.index).ok_or(Refusal::MessageNotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml")),
        (header::CACHE_CONTROL, FOR_ONE_VISITOR_FOR_GOOD),
        (header::CONTENT_SECURITY_POLICY, ONLY_ITS_STYLE),
    ];
    let svg = if name.is_dark { &diagram.svg_dark } else { &diagram.svg_light };
    Ok((headers, svg.clone()))
}

impl Node {
    /// The text of a message that a member may read, as it was after so many changes.
    async fn text_of(&self, code: RoomCode, reader: AccountId, name: &Name) -> Result<MessageText, ApiError> {
        let found = self.log.find(code).await.map_err(ServerError::from)?;
        let room = self.rooms.open(found.ok_or(Refusal::RoomNotFound)?);
        let reading = room.reading(Reader::Account(reader)).await?;
        let page = self.archive.before(room.id(), reading, name.number.next(), 1).await.map_err(ServerError::from)?;
        let message = page.messages.into_iter().find(|message| message.number == name.number);
        let text = message.filter(|message| message.version == name.version).and_then(|message| message.text);
        Ok(text.ok_or(Refusal::MessageNotFound)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_message_and_the_picture_in_it() {
        let name = Name { number: MessageNumber(12), version: 3, index: 0, is_dark: true };
        assert_eq!("12-3-0-dark.svg".parse(), Ok(name));
        for name in ["", "12-3-0.svg", "12-3-0-dark", "12-3-0-blue.svg", "12-3-0-dark-1.svg", "-1-3-0-dark.svg"] {
            assert_eq!(name.parse::<Name>(), Err(Refusal::MessageNotFound), "{name}");
        }
    }
}
