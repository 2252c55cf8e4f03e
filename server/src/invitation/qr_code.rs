//! The QR code of a room's link.

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Path, Query, State},
    http::header,
    response::IntoResponse,
};
use heartogether::id::RoomCode;
use heartogether_app::api::{JoinLink, Visitor};
use qrcode::{EcLevel, QrCode, render::svg};
use serde::Deserialize;

use crate::{
    error::{Answer, ServerError},
    state::Node,
};

/// Pixels of the picture's edge, at least, before a page scales it.
const QR_PIXELS: u32 = 240;

/// What the address of a picture says.
#[derive(Deserialize)]
pub(crate) struct Asked {
    /// The name of the way that the link is to lead by; the first one without it.
    by: Option<String>,
}

/// `GET /room/{code}/qr.svg`, for a room or for none: a picture of the link says nothing about the room. No copy is kept
/// without asking, since a laptop changes its network, and the address with it.
pub(crate) async fn picture(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
    Path(code): Path<String>,
    Query(Asked { by }): Query<Asked>,
) -> Result<impl IntoResponse, Answer> {
    let JoinLink { link, ways, .. } = node.reach.link(RoomCode::parse(&code)?, &visitor.caller);
    let chosen = ways.into_iter().find(|way| Some(&way.name) == by.as_ref()).map_or(link, |way| way.link);
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], draw(&chosen)?))
}

/// Black on white in every theme, within the white margin that readers need (ISO/IEC 18004): dark themes would hide it.
fn draw(link: &str) -> Result<String, ServerError> {
    let code = QrCode::with_error_correction_level(link, EcLevel::M)?;
    let mut picture = code.render::<svg::Color<'_>>();
    picture.dark_color(svg::Color("#000")).light_color(svg::Color("#fff"));
    Ok(picture.quiet_zone(true).min_dimensions(QR_PIXELS, QR_PIXELS).build())
}
