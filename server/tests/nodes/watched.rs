//! The dashboard in `deploy/`, with a real Prometheus that watches two nodes.

use super::house::House;
use crate::{
    prometheus::{Prometheus, is_left_out, load, queries},
    support::{eventually, free_port, tell_kept},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dashboard_shows_two_nodes_and_whether_redis_and_postgres_answer() {
    if is_left_out() {
        return;
    }
    let mut house = House::build().await;
    let addresses = [(); 2].map(|()| format!("127.0.0.1:{}", free_port()));
    let nodes = addresses.each_ref().map(|address| house.start(&["--metrics-addr", address]));
    let prometheus = Prometheus::watch(&addresses);
    prometheus.knows(2).await;
    load(nodes[0].site()).await;
    prometheus.shows_all_panels().await;

    let shown = async |title: &str| {
        let queries = queries();
        let (_, query) = queries.iter().find(|(panel, _)| panel == title).expect("a panel");
        let mut samples: Vec<_> = prometheus
            .samples(query)
            .await
            .into_iter()
            .map(|(labels, value)| (labels["dependency"].to_string(), value))
            .collect();
        samples.sort();
        samples
    };
    let dependencies = |database: &str, redis: &str| {
        [("\"database\"", database), ("\"redis\"", redis)].map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    eventually(async || shown("Servers that are ready").await[0].1 == "2").await;
    eventually(async || shown("Dependencies").await == dependencies("1", "1")).await;
    house.fleet.servers[0].kill();
    eventually(async || shown("Dependencies").await == dependencies("1", "0")).await;
    tell_kept("the dashboard's queries had data of two nodes, and showed that Redis was gone");
}
