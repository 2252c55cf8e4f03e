//! All requests of this server to sign-in providers, with limits on size and time.

use std::{pin::Pin, time::Duration};

use axum::http;
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use reqwest::{Client, Response, header, redirect::Policy};
use serde::de::DeserializeOwned;

use super::error::SignInError;
use crate::{error::explain, storage::accounts::Picture};

const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(10);
/// Largest response of a provider, in bytes. Key sets and tokens are much smaller.
const ANSWER_BYTES: usize = 256 * 1024;
/// Largest picture in bytes. Pages show it small.
const PICTURE_BYTES: usize = 128 * 1024;
/// Picture types that all browsers show and none executes.
const PICTURE_TYPES: [&str; 4] = ["image/jpeg", "image/png", "image/webp", "image/gif"];

/// An HTTP client that follows no redirects, uses no proxy and reads no more than the limit.
#[derive(Clone)]
pub(crate) struct Fetcher(Client);

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error("the provider could not be asked")]
    Http(#[from] reqwest::Error),
    #[error("the provider's answer is too long")]
    TooLong,
    #[error("the provider's answer cannot be passed on")]
    Answer(#[from] http::Error),
}

impl Fetcher {
    /// # Errors
    /// If this machine has no root certificates.
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        let client = Client::builder().redirect(Policy::none()).no_proxy();
        let client = client.connect_timeout(CONNECT).timeout(ANSWER).user_agent("HearTogether");
        Ok(Self(client.build()?))
    }

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, FetchError> {
        let response = self.0.execute(request.try_into()?).await?;
        let mut answer = http::Response::builder().status(response.status());
        for (name, value) in response.headers() {
            answer = answer.header(name, value);
        }
        Ok(answer.body(read(response, ANSWER_BYTES).await?)?)
    }

    /// Fetches a JSON document, with an access token if there is one.
    pub(super) async fn json<T: DeserializeOwned>(&self, url: &str, token: Option<&str>) -> Result<T, SignInError> {
        let request = self.0.get(url).header(header::ACCEPT, "application/json");
        let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        let fetched = async {
            let response = request.send().await?.error_for_status()?;
            read(response, ANSWER_BYTES).await
        };
        let bytes = fetched.await.map_err(|error: FetchError| SignInError::Unreachable(explain(&error)))?;
        serde_json::from_slice(&bytes).map_err(|error| SignInError::Untrusted(error.to_string()))
    }

    /// Fetches a picture; `None` if the file is not one.
    pub(super) async fn picture(&self, url: &str) -> Result<Option<Picture>, FetchError> {
        let response = self.0.get(url).send().await?.error_for_status()?;
        let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_owned();
        if !PICTURE_TYPES.contains(&media_type.as_str()) {
            return Ok(None);
        }
        let bytes = read(response, PICTURE_BYTES).await?;
        Ok(Some(Picture { media_type, bytes }))
    }
}

/// For the OAuth client.
impl<'c> AsyncHttpClient<'c> for Fetcher {
    type Error = FetchError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, FetchError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.send(request))
    }
}

async fn read(mut response: Response, limit: usize) -> Result<Vec<u8>, FetchError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len() + chunk.len() > limit {
            return Err(FetchError::TooLong);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}
