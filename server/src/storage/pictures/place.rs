//! Where the bytes of pictures are: in a folder, or on a server that speaks S3.

use std::{path::PathBuf, sync::Arc};

use object_store::{Error, ObjectStore, aws::AmazonS3Builder, local::LocalFileSystem};

/// Where the bytes of pictures are.
#[derive(Clone, Debug)]
pub enum PicturePlace {
    /// In a folder, which is made if it is missing.
    Folder(PathBuf),
    /// On a server that speaks S3.
    S3(S3),
}

/// A bucket of a server that speaks S3.
#[derive(Clone)]
pub struct S3 {
    /// Its name.
    pub bucket: String,
    /// The URL of the server; `None` for Amazon's.
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// The name of the key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
}

/// Without the key.
impl std::fmt::Debug for S3 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "S3({})", self.bucket)
    }
}

impl PicturePlace {
    /// Opens it. Whether a server answers shows only when it is asked.
    ///
    /// # Errors
    /// If there can be no such folder, or the settings of the server cannot be read.
    pub fn open(&self) -> Result<Arc<dyn ObjectStore>, Error> {
        match self {
            Self::Folder(folder) => {
                std::fs::create_dir_all(folder)
                    .map_err(|source| Error::Generic { store: "folder", source: source.into() })?;
                Ok(Arc::new(LocalFileSystem::new_with_prefix(folder)?.with_automatic_cleanup(true).with_fsync(true)))
            }
            Self::S3(s3) => {
                let builder = AmazonS3Builder::new()
                    .with_bucket_name(&s3.bucket)
                    .with_region(&s3.region)
                    .with_access_key_id(&s3.access_key_id)
                    .with_secret_access_key(&s3.secret_access_key);
                let builder = match &s3.endpoint {
                    // Others than Amazon know a bucket by the path.
                    Some(endpoint) => builder
                        .with_endpoint(endpoint)
                        .with_allow_http(endpoint.starts_with("http://"))
                        .with_virtual_hosted_style_request(false),
                    None => builder,
                };
                Ok(Arc::new(builder.build()?))
            }
        }
    }
}
