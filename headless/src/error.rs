//! Why a load cannot be carried out.

use heartogether::refusal::Refusal;
use tokio_tungstenite::tungstenite;

use crate::LoadError;

/// Why a load cannot be carried out.
#[derive(Debug, thiserror::Error)]
pub enum HeadlessError {
    /// The load is too large, or asks for more than the protocol allows.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The text is not the URL of a server.
    #[error("{0} is not a URL like http://127.0.0.1:3000")]
    Url(String),
    /// The server is on another machine, and the load is for this one.
    #[error("{0} is not on this machine; --allow-remote permits a load on another one")]
    Remote(String),
    /// This process may not open as many files as there are connections.
    #[error("{connections} connections need more open files than the {files} that this process may have")]
    Files {
        /// The connections.
        connections: usize,
        /// The files.
        files: u64,
    },
    /// A request cannot be made of these texts.
    #[error("a request cannot be made: {0}")]
    Request(#[from] hyper::http::Error),
    /// An HTTP request failed.
    #[error("a request failed: {0}")]
    Http(#[from] hyper_util::client::legacy::Error),
    /// The server answered an HTTP request with something else.
    #[error("the server answered {path} with {status}")]
    Answer {
        /// The path of the request.
        path: String,
        /// The status of the answer.
        status: u16,
    },
    /// A connection failed.
    #[error("a connection failed: {0}")]
    Socket(#[from] Box<tungstenite::Error>),
    /// A connection ended before the place was given.
    #[error("a connection ended too early")]
    Ended,
    /// The server refused a place, a greeting or a message.
    #[error("the server refused: {0:?}")]
    Refused(Refusal),
    /// The answer to a request for a place took too long.
    #[error("the server did not answer in time")]
    Silent,
}

impl From<tungstenite::Error> for HeadlessError {
    fn from(error: tungstenite::Error) -> Self {
        Self::Socket(Box::new(error))
    }
}

impl From<std::io::Error> for HeadlessError {
    fn from(error: std::io::Error) -> Self {
        tungstenite::Error::Io(error).into()
    }
}
