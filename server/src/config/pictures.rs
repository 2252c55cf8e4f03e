//! Where the pictures in messages are kept.

use std::path::{Path, PathBuf};

use clap::Args;

use super::ice::Secret;
use crate::storage::pictures::{PicturePlace, S3};

/// The store of pictures.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Pictures")]
pub struct PictureSettings {
    /// Folder for the pictures in messages; nodes that share their rooms need one that all of them see, or S3_BUCKET [default: `pictures`
    /// in DATA_DIR]
    #[arg(long, env = "PICTURES_DIR")]
    pictures_dir: Option<PathBuf>,

    /// Bucket for the pictures in messages, on a server that speaks S3, instead of PICTURES_DIR
    #[arg(long, env = "S3_BUCKET")]
    s3_bucket: Option<String>,

    /// URL of that server, such as `https://s3.example.org` [default: Amazon's for S3_REGION]
    #[arg(long, env = "S3_ENDPOINT")]
    s3_endpoint: Option<String>,

    /// Region of that server
    #[arg(long, env = "S3_REGION", default_value = "us-east-1")]
    s3_region: String,

    /// Name of the key to S3_BUCKET
    #[arg(long, env = "S3_ACCESS_KEY_ID")]
    s3_access_key_id: Option<String>,

    /// The key to S3_BUCKET
    #[arg(long, env = "S3_SECRET_ACCESS_KEY", hide_env_values = true)]
    s3_secret_access_key: Option<Secret>,

    /// The server that speaks S3, once it is read.
    #[arg(skip)]
    s3: Option<S3>,
}

impl PictureSettings {
    /// Takes the settings of S3 in: all of them, or none.
    pub(super) fn check(&mut self) -> Result<(), String> {
        let Some(bucket) = self.s3_bucket.clone() else {
            let is_set =
                self.s3_endpoint.is_some() || self.s3_access_key_id.is_some() || self.s3_secret_access_key.is_some();
            return if is_set { Err("S3_BUCKET is not set, and other settings of S3 are".to_owned()) } else { Ok(()) };
        };
        if self.pictures_dir.is_some() {
            return Err("PICTURES_DIR and S3_BUCKET are two places for the same pictures: set one of them".to_owned());
        }
        let is_url = |url: &String| url.starts_with("https://") || url.starts_with("http://");
        if self.s3_endpoint.as_ref().is_some_and(|url| !is_url(url)) {
            return Err("S3_ENDPOINT: expected http://HOST or https://HOST".to_owned());
        }
        let access_key_id = self.s3_access_key_id.clone().ok_or("S3_BUCKET needs S3_ACCESS_KEY_ID")?;
        let secret_access_key = self.s3_secret_access_key.as_ref().ok_or("S3_BUCKET needs S3_SECRET_ACCESS_KEY")?;
        self.s3 = Some(S3 {
            bucket,
            endpoint: self.s3_endpoint.clone(),
            region: self.s3_region.clone(),
            access_key_id,
            secret_access_key: secret_access_key.as_str().to_owned(),
        });
        Ok(())
    }

    /// Where the bytes of pictures are, beside this data folder unless something else is set.
    pub(crate) fn place(&self, data_dir: &Path) -> PicturePlace {
        match &self.s3 {
            Some(s3) => PicturePlace::S3(s3.clone()),
            None => PicturePlace::Folder(self.pictures_dir.clone().unwrap_or_else(|| data_dir.join("pictures"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::config::tests::read;

    #[test]
    fn a_bucket_needs_its_key_and_no_folder() {
        let bucket = ["--s3-bucket", "hear"];
        let key = ["--s3-access-key-id", "ada", "--s3-secret-access-key", "hush"];
        let place = |arguments: &[&'static str]| {
            let folder = std::path::Path::new("/data");
            read(arguments).map(|config| format!("{:?}", config.pictures.place(folder)))
        };
        assert_eq!(place(&[]).expect("a folder"), r#"Folder("/data/pictures")"#);
        assert_eq!(place(&[&bucket[..], &key].concat()).expect("a bucket"), "S3(S3(hear))");
        for (arguments, named) in [
            (&bucket[..], "S3_ACCESS_KEY_ID"),
            (&key[..], "S3_BUCKET"),
            (&[&bucket[..], &key, &["--pictures-dir", "/pictures"]].concat()[..], "PICTURES_DIR"),
            (&[&bucket[..], &key, &["--s3-endpoint", "s3.example"]].concat()[..], "S3_ENDPOINT"),
        ] {
            let error = place(arguments).expect_err("half of it is set");
            assert!(error.contains(named) && !error.contains("hush"), "{error}");
        }
    }
}
