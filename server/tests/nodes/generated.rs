//! The load generator at two nodes.

use super::{house::House, together::sum};
use crate::{
    headless::{acts_as_planned, resumes_as_planned},
    support::{free_port, tell_kept},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_members_at_two_nodes_are_told_what_the_others_do_and_resume_at_the_other_node() {
    let house = House::build().await;
    let metrics = [format!("127.0.0.1:{}", free_port())];
    let nodes = [house.start(&["--metrics-addr", &metrics[0]]), house.start(&[])];
    let sites = nodes.each_ref().map(|node| node.site());
    // Five hosts are at the nodes in turn, so the only listener comes to the second one.
    let resumed = resumes_as_planned(1, &sites).await;
    assert!(sum(&metrics, "heartogether_resumes_total").await > 0.0, "{resumed} places");
    acts_as_planned(&sites).await;
    let resumed = resumes_as_planned(45, &sites).await;
    tell_kept(&format!(
        "fifty members at two nodes were told all that was planned; {resumed} of {resumed} places were resumed"
    ));
}
