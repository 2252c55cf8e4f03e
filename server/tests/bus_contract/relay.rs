//! A relay in front of a server, which can cut what goes through it.

use std::sync::Arc;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// A relay. What goes through it is cut while it is closed.
pub struct Relay {
    pub port: u16,
    is_open: Arc<watch::Sender<bool>>,
}

impl Relay {
    /// A relay to a port of this machine.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let own_port = listener.local_addr().expect("its address").port();
        let is_open = Arc::new(watch::Sender::new(true));
        let watched = is_open.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let mut open = watched.subscribe();
                if !*open.borrow() {
                    continue;
                }
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut near, &mut far) => {}
                        _ = open.wait_for(|open| !open) => {}
                    }
                });
            }
        });
        Self { port: own_port, is_open }
    }

    pub fn set(&self, is_open: bool) {
        self.is_open.send_replace(is_open);
    }
}
