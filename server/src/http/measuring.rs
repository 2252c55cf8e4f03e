//! Measures how long requests take.

use axum::{extract::Request, middleware::Next, response::Response};

use crate::metrics::{Stopwatch, record_request};

/// Measures a request up to the head of its response: a body may take as long as its reader likes.
pub(crate) async fn measure(request: Request, next: Next) -> Response {
    let stopwatch = Stopwatch::start();
    let response = next.run(request).await;
    record_request(response.status(), stopwatch.elapsed());
    response
}
