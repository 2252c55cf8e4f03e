//! Somebody deletes their account while a part of the storage does not do what it is asked.

use heartogether_server::storage::database;
use serde_json::json;

use crate::{
    browser::{World, led_to},
    forgetting::files_with,
    support::eventually,
};

const EMAIL: &str = "feathers@hear.example";

/// Milliseconds after which the server tries again to erase what was deleted.
const NEXT_TRY_MS: u64 = 60_000;

#[tokio::test]
async fn deleted_data_leaves_the_write_ahead_log_after_a_reader_that_was_in_the_way_has_ended() {
    let world = World::start().await;
    let person = json!({ "sub": "quetzal", "name": "Quetzalcoatl", "email": EMAIL, "email_verified": true });
    let browser = world.signed_in(person).await;
    let others = database::open(&world.database()).await.expect("the same database");
    let mut reader = others.acquire().await.expect("a connection");
    sqlx::query("BEGIN").execute(&mut *reader).await.expect("a transaction");
    sqlx::query("SELECT * FROM accounts").execute(&mut *reader).await.expect("it reads what is there now");

    assert_eq!(led_to(&browser.post("/auth/delete", "").await), "/");
    assert_ne!(files_with(world.folder(), EMAIL).len(), 0, "the reader still needs the pages as they were");
    sqlx::query("ROLLBACK").execute(&mut *reader).await.expect("the reader ends");
    world.clock.advance(NEXT_TRY_MS);
    eventually(async || files_with(world.folder(), EMAIL).is_empty()).await;
}
