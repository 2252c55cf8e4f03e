//! nginx in front of nodes that come and go: it learns of them by their name, with the configuration of compose.yaml.

use std::{
    net::{Ipv4Addr, SocketAddr, UdpSocket},
    sync::{Arc, Mutex},
    time::Duration,
};

use heartogether::id::RoomCode;
use reqwest::StatusCode;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::nginx::{Nginx, deployed, folders_in};
use crate::support::{Process, Site, free_port, tell_kept};

const FIRST: Ipv4Addr = Ipv4Addr::LOCALHOST;
const SECOND: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);
/// The name that nginx looks up: each part of it after its length.
const NAME: &[u8] = b"\x04node\0";
/// The beginning of a question and of its answer (RFC 1035, section 4.1.1).
const HEADER: usize = 12;
/// A question for IPv4 addresses, after its name: their type and the class of the internet.
const ADDRESSES: [u8; 4] = [0, 1, 0, 1];
/// After which nginx must know what has changed, although the answers say that they hold for ten minutes.
const KNOWN: Duration = Duration::from_secs(20);

/// A name server that knows one name, as Docker's knows that of a service.
struct NameServer {
    at: SocketAddr,
    addresses: Arc<Mutex<Vec<Ipv4Addr>>>,
}

impl NameServer {
    fn start(addresses: &[Ipv4Addr]) -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let (at, addresses) = (socket.local_addr().expect("an address"), Arc::new(Mutex::new(addresses.to_vec())));
        let known = addresses.clone();
        std::thread::spawn(move || {
            let mut packet = [0; 512];
            while let Ok((length, asker)) = socket.recv_from(&mut packet) {
                let answer = answer(&packet[..length], &known.lock().expect("no poison"));
                socket.send_to(&answer, asker).expect("an answer");
            }
        });
        Self { at, addresses }
    }

    fn name(&self, addresses: &[Ipv4Addr]) {
        *self.addresses.lock().expect("no poison") = addresses.to_vec();
    }
}

/// The answer to a question. There is no other name, and it has addresses alone.
fn answer(question: &[u8], addresses: &[Ipv4Addr]) -> Vec<u8> {
    let asked = &question[HEADER..HEADER + NAME.len() + ADDRESSES.len()];
    assert_eq!(asked, [NAME, &ADDRESSES].concat(), "nobody asks for anything else");
    let count = u16::try_from(addresses.len()).expect("few").to_be_bytes();
    // Its number, that it is an answer, one question, so many answers.
    let mut answer = [&question[..2], &[0x81, 0x80, 0, 1], &count, &[0; 4], asked].concat();
    for address in addresses {
        // The same name and type, ten minutes, four bytes.
        answer.extend([0xc0, 12].iter().chain(&ADDRESSES).chain(&600_u32.to_be_bytes()).chain(&[0, 4]));
        answer.extend(address.octets());
    }
    answer
}

/// A node of its own at this address, and a room that it alone knows.
struct Node {
    process: Process,
    code: RoomCode,
    _data: TempDir,
}

impl Node {
    async fn start(address: Ipv4Addr, port: u16) -> Self {
        let data = TempDir::new().expect("a folder");
        let mut command = Process::command(data.path(), "warn");
        command.args(["--host", &address.to_string(), "--port", &port.to_string(), "--trusted-proxies", "127.0.0.1"]);
        command.args(["--rate-limit-lookup-requests", "100000", "--rate-limit-address-requests", "100000"]);
        let process = Process::spawn(command);
        let site = Site { authority: format!("{address}:{port}") };
        let ada = site.sign_in("Ada").await;
        Self { process, code: site.create_room(&ada).await, _data: data }
    }
}

/// nginx as compose.yaml starts it, with this name server, in front of nodes at this port.
async fn start_nginx(names: &NameServer, port: u16) -> Nginx {
    let (folder, own) = (TempDir::new().expect("a folder"), free_port());
    let main = deployed(
        "compose/nginx.conf",
        &[
            ("resolver 127.0.0.11 ", &format!("resolver {} ", names.at)),
            ("node:3000", &format!("node:{port}")),
            ("listen 8080;", &format!("listen 127.0.0.1:{own};")),
            ("http {", &format!("http {{ {}", folders_in(folder.path()))),
        ],
    );
    Nginx::start(folder, &main, own).await
}

/// Whether this node answers the next request. Some node does.
async fn answers(nginx: &Nginx, node: RoomCode) -> bool {
    let status = nginx.site.get(&format!("/api/rooms/{node}"), None).await.status();
    assert!(matches!(status, StatusCode::OK | StatusCode::NOT_FOUND), "{status}");
    status == StatusCode::OK
}

/// Asks until this node answers, or another one does.
async fn until_answers(nginx: &Nginx, node: RoomCode, expected: bool) {
    let asking = async {
        while answers(nginx, node).await != expected {
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(KNOWN, asking).await.expect("nginx has learned of it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_are_added_or_go_are_found_by_their_name_while_nginx_runs() {
    let (port, names) = (free_port(), NameServer::start(&[FIRST]));
    let first = Node::start(FIRST, port).await;
    let nginx = start_nginx(&names, port).await;
    for _ in 0..10 {
        assert!(answers(&nginx, first.code).await, "it is the only one");
    }
    let second = Node::start(SECOND, port).await;
    names.name(&[FIRST, SECOND]);
    until_answers(&nginx, second.code, true).await;
    until_answers(&nginx, second.code, false).await;
    // A node that is still named and takes no connections holds nobody up.
    assert!(first.process.terminate().success());
    for _ in 0..20 {
        assert!(answers(&nginx, second.code).await, "the request goes to the next one");
    }
    let again = Node::start(FIRST, port).await;
    until_answers(&nginx, again.code, true).await;
    names.name(&[SECOND]);
    let forgotten = async {
        let mut in_a_row = 0;
        while in_a_row < 20 {
            in_a_row = if answers(&nginx, second.code).await { in_a_row + 1 } else { 0 };
        }
    };
    timeout(KNOWN, forgotten).await.expect("the node that is not named any more gets no more requests");
    tell_kept("nginx found a node that was added, and forgot one that was gone, by their name, without a restart");
}
