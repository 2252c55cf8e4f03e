//! What holds where several nodes write to one archive.

use heartogether::room::Reading;

use super::{
    ADA, ROOM,
    bench::Bench,
    messages::{edit, pin, words, write},
};

/// Nodes apply the same changes, each in its own time, and may die in between.
pub(super) async fn a_node_that_is_behind_undoes_nothing(bench: Bench) {
    let Some(stored) = &bench.stored else { return };
    let life = |number| [write(ADA, number), edit(number, 1, "first"), edit(number, 2, "second"), pin(number, true)];
    for number in 1..=30 {
        let whole = async {
            for change in life(number) {
                bench.apply(change).await;
            }
        };
        let part = async {
            for change in life(number).into_iter().take(2) {
                stored.elsewhere.apply(ROOM, &[change]).await.expect("carried out");
            }
        };
        tokio::join!(whole, part);
    }
    for message in bench.all(Reading::All).await.messages {
        assert_eq!((message.version, message.text, message.pinned), (2, Some(words("second")), true));
    }
    assert_eq!(bench.all(Reading::All).await.messages.len(), 30);
}
