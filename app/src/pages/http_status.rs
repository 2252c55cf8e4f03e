//! The HTTP status of a page.

/// Answers the request for this page with `status`. Only before the first byte has left: on routes that are rendered as a
/// whole. In the browser it does nothing.
pub(super) fn set_status(status: u16) {
    #[cfg(feature = "ssr")]
    if let (Some(response), Ok(status)) =
        (leptos::prelude::use_context::<leptos_axum::ResponseOptions>(), http::StatusCode::from_u16(status))
    {
        response.set_status(status);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = status;
}
