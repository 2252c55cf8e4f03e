//! The plain routes for other programs.

use std::sync::Arc;

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderName, header},
};
use heartogether::refusal::Refusal;
use heartogether_app::api::{Backend, IceServer, Visitor};
use serde_json::{Value, json};

use crate::{error::Answer, state::Node};

/// `GET /api/health`: 200 at once, whatever the dependencies do.
pub(crate) async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// `GET /api/ice-servers`.
pub(crate) async fn ice_servers(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<([(HeaderName, &'static str); 1], Json<Vec<IceServer>>), Answer> {
    let account = visitor.account.ok_or(Refusal::NotSignedIn)?;
    Ok(([(header::CACHE_CONTROL, "private")], Json(node.ice_servers(&account))))
}
