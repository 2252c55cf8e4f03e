//! A server of a test's own, visitors and their connections.

mod certificates;
mod connection;
mod event_stream;
mod messages;
mod pair;
mod postgres;
mod postgres_server;
mod process;
mod raw_socket;
mod server;
mod site;
mod storage;

use std::time::Duration;

pub use certificates::{Certificates, save};
pub use connection::Connection;
pub use event_stream::EventStream;
pub use messages::{answer, changed_to, join, offer, received, refused, resume, said, said_in, told};
pub use pair::Pair;
pub use postgres::{PostgresDatabase, as_server_user, programs as postgres_programs};
pub use postgres_server::{PASSWORD, PostgresServer};
pub use process::{Process, free_port};
pub use raw_socket::RawSocket;
pub use server::{Run, TestServer, serve};
pub use site::{Site, install_crypto};
pub use storage::{damage_entries, sealer};

/// Says what a drill has kept. `./dev test nodes` gathers these lines in the file that `HEARTOGETHER_KEPT` names.
pub fn tell_kept(kept: &str) {
    eprintln!("kept: {kept}");
    if let Some(path) = std::env::var_os("HEARTOGETHER_KEPT") {
        let mut file = std::fs::File::options().create(true).append(true).open(path).expect("a file");
        std::io::Write::write_all(&mut file, format!("{kept}\n").as_bytes()).expect("written");
    }
}

/// Longest wait for something that is about to happen: generous, as nothing is asserted about speed.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Asks again and again until it is so.
pub async fn eventually<F: Future<Output = bool>>(mut is_so: impl FnMut() -> F) {
    let asking = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("in good time");
}
