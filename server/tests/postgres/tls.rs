//! TLS to PostgreSQL, as the URL says.

use std::{fs, path::Path, process::Command};

use tempfile::TempDir;

use super::{start, start_in_vain};
use crate::support::{Certificates, PostgresServer, as_server_user, save};

/// Writes a file that only the server's user can read.
fn write_for_server(path: &Path, text: &str) {
    fs::write(path, text).expect("written");
    let mut change = Command::new("chmod");
    assert!(change.arg("600").arg(path).status().expect("chmod").success());
    let owner = as_server_user("id").arg("-u").output().expect("id").stdout;
    let owner = String::from_utf8(owner).expect("a number");
    assert!(Command::new("chown").arg(owner.trim()).arg(path).status().expect("chown").success());
}

#[tokio::test]
async fn tls_is_as_strict_as_the_url_says() {
    let mut server = PostgresServer::prepare();
    let (ours, others) = (Certificates::of("127.0.0.1"), Certificates::of("127.0.0.1"));
    let files = ["server.crt", "server.key"].map(|name| server.folder().join(name));
    write_for_server(&files[0], &ours.certificate);
    write_for_server(&files[1], &ours.key);
    server.settings = vec![
        "ssl=on".to_owned(),
        format!("ssl_cert_file={}", files[0].display()),
        format!("ssl_key_file={}", files[1].display()),
    ];
    // Nobody gets in without TLS.
    let access = server.folder().join("data/pg_hba.conf");
    fs::write(access, "hostssl all all 127.0.0.1/32 scram-sha-256\n").expect("written");
    server.run();

    let data = TempDir::new().expect("a folder");
    let known = save(data.path(), "ours.pem", &ours.authority);
    let unknown = save(data.path(), "others.pem", &others.authority);
    for parameters in ["sslmode=require".to_owned(), format!("sslmode=verify-full&sslrootcert={known}")] {
        let process = start(&data, &format!("{}?{parameters}", server.url()));
        process.site.sign_in("Ada").await;
        assert!(process.terminate().success(), "{parameters}");
    }
    for (parameters, reason) in [
        ("sslmode=disable".to_owned(), "no encryption"),
        ("sslmode=verify-full".to_owned(), "certificate"),
        (format!("sslmode=verify-full&sslrootcert={unknown}"), "certificate"),
    ] {
        let told = start_in_vain(&data, &["--database-url", &format!("{}?{parameters}", server.url())]);
        assert!(told.contains(reason), "{parameters}: {told}");
    }
    let by_name = server.url().replace("127.0.0.1", "localhost");
    let told = start_in_vain(&data, &["--database-url", &format!("{by_name}?sslmode=verify-full&sslrootcert={known}")]);
    assert!(told.contains("certificate"), "it is one for another name: {told}");
}
