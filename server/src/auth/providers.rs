//! OpenID Connect providers: their metadata, their keys, and the exchange of a code for a person. Their responses come
//! from outside and are checked like all other input.

mod claims;
mod error;
mod fetch;
mod id_token;
mod metadata;
mod published_document;
mod tokens;

use std::{sync::Arc, time::Duration};

use jsonwebtoken::jwk::JwkSet;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, StandardRevocableToken, TokenResponse,
    TokenUrl,
    basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse},
};

use crate::{clock::Clock, config::ProviderSettings, error::explain, storage::accounts::VerifiedPerson};
pub(super) use error::SignInError;
use error::untrusted;
pub(crate) use fetch::Fetcher;
use id_token::Expected;
use metadata::Metadata;
use published_document::Document;
use tokens::Tokens;

/// How long the server waits for a provider's metadata or keys, before it uses the old ones or tells the visitor.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long all requests of one exchange may take together. The visitor is told before the server gives up the request.
const EXCHANGE: Duration = Duration::from_secs(20);
/// Milliseconds for which metadata is used without a new request.
const METADATA_KEPT_MS: u64 = 24 * 60 * 60 * 1000;
/// Milliseconds for which keys are used without a new request.
const KEYS_KEPT_MS: u64 = 60 * 60 * 1000;
/// Milliseconds between two requests for keys, whichever key a token names.
const KEYS_ASKED_EVERY_MS: u64 = 10_000;

/// A provider with its cached metadata and keys.
pub(crate) struct OpenIdProvider {
    settings: ProviderSettings,
    fetcher: Fetcher,
    clock: Arc<dyn Clock>,
    metadata: Arc<Document<Metadata>>,
    keys: Arc<Document<JwkSet>>,
}

/// The parameters of one sign-in request.
pub(super) struct Ask<'a> {
    pub(super) callback_url: &'a str,
    pub(super) state: String,
    pub(super) nonce: &'a str,
    /// Whether the provider asks the visitor to choose an account, even if it knows one.
    pub(super) switch: bool,
}

/// A provider's response to a sign-in request, and what is needed to check it.
pub(super) struct Answered<'a> {
    pub(super) code: String,
    pub(super) issuer: Option<&'a str>,
    pub(super) callback_url: &'a str,
    pub(super) verifier: String,
    pub(super) nonce: &'a str,
}

/// A person and the URL of their picture.
pub(super) struct SignedIn {
    pub(super) person: VerifiedPerson,
    pub(super) picture_url: Option<String>,
}

type OidcClient = Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

impl OpenIdProvider {
    pub(crate) fn new(settings: ProviderSettings, fetcher: Fetcher, clock: Arc<dyn Clock>) -> Arc<Self> {
        let metadata = Document::new(Metadata::built_in(&settings.issuer), PATIENCE);
        Arc::new(Self { settings, fetcher, clock, metadata, keys: Document::new(None, PATIENCE) })
    }

    pub(crate) const fn settings(&self) -> &ProviderSettings {
        &self.settings
    }

    /// The URL to send a visitor to, and the verifier that must come with the code.
    ///
    /// # Errors
    /// [`SignInError::Unreachable`] if the metadata is not available.
    pub(super) async fn address(&self, ask: Ask<'_>) -> Result<(String, PkceCodeVerifier), SignInError> {
        let metadata = self.metadata().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client(&metadata, ask.callback_url)?;
        let scopes = ["openid", "profile", "email"].map(|scope| Scope::new(scope.to_owned()));
        let request =
            client.authorize_url(|| CsrfToken::new(ask.state)).add_scopes(scopes).set_pkce_challenge(challenge);
        let request = request.add_extra_param("nonce", ask.nonce.to_owned());
        let request = match ask.switch {
            true => request.add_extra_param("prompt", "select_account"),
            false => request,
        };
        Ok((request.url().0.into(), verifier))
    }

    /// Whether the metadata is available, or becomes so in time.
    pub(super) async fn is_ready(&self) -> bool {
        self.metadata().await.is_ok()
    }

    /// Exchanges a code for the person who signed in.
    ///
    /// # Errors
    /// [`SignInError`].
    pub(super) async fn exchange(&self, answered: Answered<'_>) -> Result<SignedIn, SignInError> {
        let too_long = |_| SignInError::Unreachable("it took too long".to_owned());
        tokio::time::timeout(EXCHANGE, self.ask_for_person(answered)).await.map_err(too_long)?
    }

    async fn ask_for_person(&self, answered: Answered<'_>) -> Result<SignedIn, SignInError> {
        let metadata = self.metadata().await?;
        metadata.check_issuer(answered.issuer)?;
        let client = self.client(&metadata, answered.callback_url)?;
        let request = client.exchange_code(AuthorizationCode::new(answered.code));
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(answered.verifier));
        let tokens = request.request_async(&self.fetcher).await.map_err(|error| match error {
            RequestTokenError::Request(error) => SignInError::Unreachable(explain(&error)),
            RequestTokenError::ServerResponse(refused) => untrusted(format!("no token: {}", refused.error())),
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => untrusted("an unreadable token"),
        })?;
        let id_token = tokens.id_token.as_deref().ok_or_else(|| untrusted("there is no ID token"))?;
        let claims = self.verify(&metadata, id_token, answered.nonce).await?;
        let claims = self.complete(&metadata, claims, tokens.access_token().secret()).await;
        let picture_url = claims.picture.clone().filter(|url| claims::is_picture_near(url, &metadata.issuer));
        let person = claims.into_person(&self.settings.issuer, &self.settings.name);
        Ok(SignedIn { person, picture_url })
    }

    /// Some providers give names and e-mail addresses only in the userinfo response. If that fails, the person has
    /// neither.
    async fn complete(&self, metadata: &Metadata, claims: claims::Claims, access_token: &str) -> claims::Claims {
        let endpoint = metadata.userinfo_endpoint.as_deref().filter(|_| claims.is_nameless());
        let Some(endpoint) = endpoint else { return claims };
        match self.fetcher.json::<claims::Claims>(endpoint, Some(access_token)).await {
            Ok(told) if told.sub == claims.sub => told,
            Ok(_) => claims,
            Err(error) => {
                tracing::warn!(provider = self.settings.id, "{}", explain(&error));
                claims
            }
        }
    }

    /// Fetches a picture.
    pub(super) async fn picture(&self, url: &str) -> Option<crate::storage::accounts::Picture> {
        self.fetcher.picture(url).await.ok().flatten()
    }

    async fn verify(&self, metadata: &Metadata, token: &str, nonce: &str) -> Result<claims::Claims, SignInError> {
        let header = id_token::header(token, &metadata.algorithms())?;
        let mut keys = self.keys(metadata, KEYS_KEPT_MS).await.or_else(|error| self.recall(&self.keys, error))?;
        if !id_token::names_one_of(&header, &keys) {
            // The provider may have changed its keys since they were fetched.
            keys = self.keys(metadata, KEYS_ASKED_EVERY_MS).await?;
        }
        let expected =
            Expected { issuer: metadata, client_id: &self.settings.client_id, nonce, now: self.clock.date() };
        id_token::verify(token, &header, &keys, &expected)
    }

    fn client(&self, metadata: &Metadata, callback_url: &str) -> Result<OidcClient, SignInError> {
        let malformed = |_| untrusted("an address that is none");
        let client = Client::new(ClientId::new(self.settings.client_id.clone()))
            .set_auth_uri(AuthUrl::new(metadata.authorization_endpoint.clone()).map_err(malformed)?)
            .set_token_uri(TokenUrl::new(metadata.token_endpoint.clone()).map_err(malformed)?)
            .set_redirect_uri(RedirectUrl::new(callback_url.to_owned()).map_err(malformed)?)
            .set_auth_type(if metadata.takes_basic() { AuthType::BasicAuth } else { AuthType::RequestBody });
        Ok(match &self.settings.client_secret {
            Some(secret) => client.set_client_secret(ClientSecret::new(secret.as_str().to_owned())),
            None => client,
        })
    }

    /// The provider's metadata.
    async fn metadata(&self) -> Result<Arc<Metadata>, SignInError> {
        let (fetcher, issuer) = (self.fetcher.clone(), self.settings.issuer.clone());
        let question = async move {
            let told = fetcher.json::<Metadata>(&Metadata::address(&issuer), None).await?;
            told.checked(&issuer)
        };
        let told = self.metadata.ask(self.clock.now(), METADATA_KEPT_MS, question).await;
        told.or_else(|error| self.recall(&self.metadata, error))
    }

    async fn keys(&self, metadata: &Metadata, kept_ms: u64) -> Result<Arc<JwkSet>, SignInError> {
        let (fetcher, address) = (self.fetcher.clone(), metadata.jwks_uri.clone());
        let question = async move { fetcher.json::<JwkSet>(&address, None).await };
        self.keys.ask(self.clock.now(), kept_ms, question).await
    }

    /// The older document, if a new one cannot be had.
    fn recall<T: Send + Sync + 'static>(
        &self,
        document: &Arc<Document<T>>,
        error: SignInError,
    ) -> Result<Arc<T>, SignInError> {
        let is_silent = matches!(error, SignInError::Unreachable(_));
        let known = document.known().filter(|_| is_silent).ok_or_else(|| error.clone())?;
        tracing::warn!(provider = self.settings.id, "{}", explain(&error));
        Ok(known)
    }
}
