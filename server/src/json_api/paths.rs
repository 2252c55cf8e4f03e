//! All paths below `/api` but those of the pages' own server functions. `openapi.json` describes each of them.

use axum::{
    Router,
    routing::{get, post},
};

use super::{health, ice_servers, listeners, member_rooms, messages, openapi, publish_event, ready, realtime, room};
use crate::{
    json_api::first_sound,
    state::AppState,
    websocket::{open_stream, post_to_stream},
};

/// Makes a function that adds routes, and a list of them for tests.
macro_rules! paths {
    ($(#[$meta:meta])* $routes:ident, $listed:ident: $($method:ident $path:literal $handler:path;)*) => {
        $(#[$meta])*
        pub(crate) fn $routes() -> Router<AppState> {
            Router::new()$(.route($path, $method($handler)))*
        }

        #[cfg(test)]
        const $listed: &[(&str, &str)] = &[$((stringify!($method), $path)),*];
    };
}

paths! {
    /// Those that are answered whoever asks.
    routes_for_all, FOR_ALL:
    get "/api/health" health;
    get "/api/ready" ready;
    get "/api/openapi.json" openapi;
}

paths! {
    /// Those that depend on who asks.
    routes, OTHERS:
    get "/api/rooms" member_rooms::list;
    post "/api/rooms" member_rooms::create;
    get "/api/rooms/{code}" room;
    get "/api/rooms/{code}/messages" messages::read;
    post "/api/rooms/{code}/messages" messages::send;
    get "/api/rooms/{id}/listeners" listeners;
    get "/api/rooms/{id}/realtime" realtime;
    get "/api/ice-servers" ice_servers;
    post "/api/first-sound" first_sound;
    post "/api/events/publish" publish_event;
    get "/api/stream" open_stream;
    post "/api/stream/{id}" post_to_stream;
}

/// Those of pictures, which take and give larger bodies: other files add them.
#[cfg(test)]
const OF_PICTURES: &[(&str, &str)] = &[("post", "/api/rooms/{code}/pictures"), ("get", "/pictures/{code}/{id}")];

/// What operators ask, at an address of their own.
#[cfg(test)]
const OF_OPERATORS: &str = "/api/system/redis";

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use serde_json::Value;

    use super::*;

    #[test]
    fn every_path_is_documented_and_there_is_no_other() {
        let document: Value = serde_json::from_str(super::super::OPENAPI).expect("JSON");
        let documented: BTreeSet<(String, String)> = document["paths"]
            .as_object()
            .expect("paths")
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().expect("a path").keys().filter(|key| *key != "parameters");
                methods.map(move |method| (method.clone(), path.clone())).collect::<Vec<_>>()
            })
            .collect();
        let there = FOR_ALL
            .iter()
            .chain(OTHERS)
            .chain(OF_PICTURES)
            .map(|(method, path)| ((*method).to_owned(), (*path).to_owned()));
        assert_eq!(documented, there.collect());
    }

    /// The pages' server functions are added by the framework.
    #[test]
    fn no_other_file_adds_a_path_below_api() {
        let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut seen = 0;
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs::read_to_string(&path).expect("text");
                // What leads plain HTTP to HTTPS answers one of them by itself.
                let known =
                    |path: &str| FOR_ALL.iter().chain(OTHERS).chain(OF_PICTURES).any(|(_, known)| *known == path);
                for line in text.lines().filter(|line| line.contains(".route(") && !path.ends_with("paths.rs")) {
                    let added = line.split('"').find(|part| part.starts_with("/api/"));
                    assert!(added.is_none_or(|path| path == OF_OPERATORS || known(path)), "{}: {line}", path.display());
                }
                seen += 1;
            }
        }
        assert!(seen > 100);
    }
}
