//! Posts a form to a server function, as the browser would, without leaving the page.

use gloo_net::http::Request;
use leptos::server_fn::{
    Bytes,
    error::FromServerFnError,
    redirect::{REDIRECT_HEADER, call_redirect_hook},
};
use wasm_bindgen::JsCast;
use web_sys::{FormData, HtmlFormElement, SubmitEvent, UrlSearchParams};

use crate::api::ApiError;

/// What a server function that gives nothing answers, in JSON.
const NOTHING: &str = "null";

/// The fields of the form that is submitted. The buttons of our forms have no names.
pub(crate) fn fields(event: &SubmitEvent) -> Option<UrlSearchParams> {
    let form = event.target()?.dyn_into::<HtmlFormElement>().ok()?;
    let fields = FormData::new_with_form(&form).ok()?;
    // Its constructor takes every list of pairs, and form data are one.
    UrlSearchParams::new_with_str_sequence_sequence(&fields).ok()
}

/// Posts the fields. Where the server function leads elsewhere, the router goes there.
///
/// # Errors
/// The server's; [`ApiError::Unreachable`] without an answer.
pub(crate) async fn post(path: &str, fields: UrlSearchParams) -> Result<(), ApiError> {
    let request = Request::post(path).header("accept", "application/json").body(fields);
    let answer = request.map_err(|_| ApiError::Unreachable)?.send().await.map_err(|_| ApiError::Unreachable)?;
    if !answer.ok() {
        let told = answer.binary().await.map_err(|_| ApiError::Unreachable)?;
        return Err(ApiError::de(Bytes::from(told)));
    }
    let headers = answer.headers();
    if let (Some(_), Some(location)) = (headers.get(REDIRECT_HEADER), headers.get("location")) {
        call_redirect_hook(&location);
    }
    // A page of a proxy may stand in the way, and have a status that says yes.
    match answer.text().await.as_deref() {
        Ok(NOTHING) => Ok(()),
        _ => Err(ApiError::Unreachable),
    }
}
