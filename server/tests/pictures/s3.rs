//! A server that speaks S3, in the test's own process.

use std::{net::SocketAddr, path::PathBuf};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// A server with one empty bucket.
pub(super) struct S3Server {
    address: SocketAddr,
    data: TempDir,
}

impl S3Server {
    pub(super) const BUCKET: &str = "pictures";
    pub(super) const KEY_ID: &str = "ada";
    pub(super) const KEY: &str = "a key of the tests";

    pub(super) async fn start() -> Self {
        let data = TempDir::new().expect("a folder");
        std::fs::create_dir(data.path().join(Self::BUCKET)).expect("a bucket");
        let files = FileSystem::new(data.path()).expect("a store");
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(Self::KEY_ID, Self::KEY));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let connection = auto::Builder::new(TokioExecutor::new());
                    // Whoever asks sees what goes wrong.
                    let _ = connection.serve_connection(TokioIo::new(socket), service).await;
                });
            }
        });
        Self { address, data }
    }

    pub(super) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The folder of the bucket.
    pub(super) fn bucket(&self) -> PathBuf {
        self.data.path().join(Self::BUCKET)
    }
}
