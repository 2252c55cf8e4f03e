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

/// `GET /api/ice-servers`. Passwords that end are to be fetched anew in time.
pub(crate) async fn ice_servers(
    State(node): State<Arc<Node>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<([(HeaderName, String); 1], Json<Vec<IceServer>>), Answer> {
    let account = visitor.account.ok_or(Refusal::NotSignedIn)?;
    let known = node.ice_servers(&account);
    let cache = known.renew_in_s.map_or("private".to_owned(), |seconds| format!("private, max-age={seconds}"));
    Ok(([(header::CACHE_CONTROL, cache)], Json(known.servers)))
}
