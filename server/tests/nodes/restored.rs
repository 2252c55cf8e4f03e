//! Several nodes are restored from a backup, with the commands of docs/operating.md.

use std::time::Duration;

use heartogether::{id::RoomCode, refusal::Refusal, role::Role};
use reqwest::StatusCode;
use sqlx::{Connection as _, PgConnection};
use tempfile::TempDir;

use super::{
    house::{House, Node, write_surely},
    lost_lounge::BACK,
};
use crate::{
    backup::{CREATE, Places, look_at, shown},
    lounges::open_lounge,
    redis_fleet::Fleet,
    support::{PostgresDatabase, Site, join, refused, tell_kept},
};

/// Two nodes that keep pictures in this folder.
fn start(house: &House, pictures: &str) -> [Node; 2] {
    [(); 2].map(|()| house.start(&["--pictures-dir", pictures]))
}

/// Why somebody gets no place in a room; `None` if they get one.
async fn refusal_of(site: &Site, cookie: &str, code: RoomCode) -> Option<Refusal> {
    let mut connection = site.greet(cookie).await;
    connection.send(&join(code, Role::Participant)).await;
    refused(&connection.receive().await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_are_restored_from_a_dump_with_redis_and_without_what_it_had() {
    let mut house = House::build().await;
    let [folder, backup] = [(); 2].map(|()| TempDir::new().expect("a folder"));
    let dumped = house.database_url.clone();
    let pictures = folder.path().join("pictures");
    let place = pictures.to_str().expect("a path in UTF-8");
    let nodes = start(&house, place);
    let [ada, grace] = [nodes[0].site().sign_in("Ada").await, nodes[1].site().sign_in("Grace").await];
    let picture = shown(nodes[0].site(), &ada).await;
    let code = picture.0;
    let mut places = Places { data: folder.path(), database: &dumped, backup: backup.path(), has_keys: false };
    let mut database = PgConnection::connect(&dumped).await.expect("a connection");
    // The node that looks after the lounge finds it within some seconds, and keeps a copy.
    while sqlx::query("SELECT 1 FROM room_copies").fetch_optional(&mut database).await.expect("looked").is_none() {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    drop(database);
    places.follow("pg_dump ");

    // What comes after the dump: a message, a Redis that is started again, for which the nodes draw new epochs, and a lounge.
    let (mut graces, _) = nodes[1].site().join(&grace, code, Role::Participant).await;
    write_surely(&mut graces, 2).await;
    house.fleet.servers[0].kill();
    house.fleet.servers[0].start_again();
    write_surely(&mut graces, 3).await;
    let later = open_lounge(nodes[0].site(), &ada, "").await;
    drop(graces);
    nodes.into_iter().for_each(Node::terminate);
    std::fs::remove_dir_all(&pictures).expect("lost");

    let restored = PostgresDatabase::create().await;
    places.database = &restored.url;
    places.follow(CREATE);
    house.database_url = restored.url.clone();
    let nodes = start(&house, place);
    for node in &nodes {
        assert_eq!(look_at(node.site(), &ada, &picture).await, StatusCode::OK);
        let missing = node.site().get(&format!("/api/rooms/{later}"), Some(&ada)).await;
        assert_eq!(missing.status(), StatusCode::NOT_FOUND, "it is in no database");
    }
    let (mut graces, _) = nodes[1].site().join(&grace, code, Role::Participant).await;
    assert_eq!(write_surely(&mut graces, 4).await, 0, "the room is in the dump and on Redis");
    drop(graces);
    nodes.into_iter().for_each(Node::terminate);

    house.fleet = Fleet::single();
    let nodes = start(&house, place);
    for (node, cookie) in nodes.iter().zip([&ada, &grace]) {
        assert_eq!(refusal_of(node.site(), cookie, code).await, Some(Refusal::RoomUnreadable));
        assert_eq!(node.site().get("/auth/me", Some(cookie)).await.status(), StatusCode::OK);
    }
    // The dump has a copy of the lounge.
    let is_back = async || {
        while refusal_of(nodes[0].site(), &grace, code).await.is_some() {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    };
    tokio::time::timeout(BACK, is_back()).await.expect("the lounge goes on");
    assert_eq!(look_at(nodes[1].site(), &ada, &picture).await, StatusCode::OK);
    let (mut graces, _) = nodes[1].site().join(&grace, code, Role::Participant).await;
    assert_eq!(write_surely(&mut graces, 5).await, 0);
    tell_kept("two nodes came back from a dump: with Redis, and without what it had, their lounge and its picture");
}
