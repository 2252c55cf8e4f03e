//! The tables, as copying a database needs to know them. A test compares them with the migrations.

use Type::{Number, Text};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Number,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Its columns. Those of the primary key come first, in its order.
    pub(super) columns: &'static [(&'static str, Type)],
    /// How many columns the primary key has.
    pub(super) key: usize,
}

const fn table(name: &'static str, key: usize, columns: &'static [(&'static str, Type)]) -> Table {
    Table { name, columns, key }
}

/// All tables. One that refers to another comes after it.
pub(super) const TABLES: [Table; 23] = [
    table(
        "accounts",
        1,
        &[
            ("id", Text),
            ("name", Text),
            ("created_at", Number),
            ("provider", Text),
            ("email", Text),
            ("picture_type", Text),
            ("picture", Text),
            ("seen_at", Number),
            ("email_shown", Number),
        ],
    ),
    table("sessions", 1, &[("token_hash", Text), ("account", Text), ("expires_at", Number)]),
    table("identities", 2, &[("issuer", Text), ("subject", Text), ("account", Text)]),
    table("spent", 1, &[("token_hash", Text), ("expires_at", Number)]),
    table("visits", 2, &[("account", Text), ("room", Text), ("at", Number)]),
    table(
        "memberships",
        2,
        &[("account", Text), ("room", Text), ("since", Number), ("read_up_to", Number), ("muted", Number)],
    ),
    table("blocks", 2, &[("account", Text), ("blocked", Text), ("since", Number)]),
    table("departures", 1, &[("account", Text), ("successor", Text)]),
    table("account_keys", 1, &[("account", Text), ("owner", Text), ("sealing_key", Text)]),
    table("rooms", 1, &[("id", Text), ("code", Text), ("last_seq", Number), ("last_at", Number)]),
    table(
        "entries",
        2,
        &[("room", Text), ("seq", Number), ("at", Number), ("version", Number), ("event", Text), ("sealed", Text)],
    ),
    table("snapshots", 2, &[("room", Text), ("seq", Number), ("version", Number), ("state", Text), ("sealed", Text)]),
    table(
        "room_copies",
        1,
        &[("room", Text), ("epoch", Number), ("seq", Number), ("version", Number), ("state", Text), ("sealed", Text)],
    ),
    table("appearances", 2, &[("account", Text), ("room", Text)]),
    table(
        "messages",
        2,
        &[
            ("room", Text),
            ("number", Number),
            ("account", Text),
            ("sealed_by", Text),
            ("nonce", Number),
            ("sent_at", Number),
            ("delivered", Number),
            ("message", Text),
            ("sealed", Text),
            ("indexed", Number),
        ],
    ),
    table(
        "pictures",
        1,
        &[
            ("id", Text),
            ("room", Text),
            ("account", Text),
            ("format", Text),
            ("width", Number),
            ("height", Number),
            ("bytes", Number),
            ("uploaded_at", Number),
            ("message", Number),
            ("deleted", Number),
        ],
    ),
    table("word_keys", 1, &[("room", Text), ("place", Number), ("hash_key", Text)]),
    table("message_words", 3, &[("place", Number), ("word", Number), ("number", Number)]),
    table(
        "program_tokens",
        1,
        &[
            ("token_hash", Text),
            ("account", Text),
            ("label", Text),
            ("scopes", Text),
            ("created_at", Number),
            ("used_at", Number),
        ],
    ),
    table(
        "orders",
        1,
        &[
            ("id", Number),
            ("at", Number),
            ("by_whom", Text),
            ("deed", Text),
            ("target", Text),
            ("done_at", Number),
            ("outcome", Text),
        ],
    ),
    table("bans", 3, &[("account", Text), ("issuer", Text), ("subject", Text), ("at", Number)]),
    table("epochs", 1, &[("room", Text), ("epoch", Number)]),
    table("probes", 1, &[("id", Number), ("count", Number)]),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{super::open, *};

    /// A new table or column must be copied, too.
    #[tokio::test]
    async fn every_table_and_column_is_known() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let pool = open(&folder.path().join("test.db")).await.expect("a database");
        let select = "SELECT tables.name, columns.name, columns.type, columns.pk FROM sqlite_schema AS tables \
                      JOIN pragma_table_info(tables.name) AS columns \
                      WHERE tables.type = 'table' AND tables.name NOT LIKE '\\_sqlx%' ESCAPE '\\' \
                      AND tables.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
        let there: Vec<(String, String, String, i64)> = sqlx::query_as(select).fetch_all(&pool).await.expect("rows");
        let there: BTreeSet<_> = there.into_iter().collect();
        let known = TABLES.iter().flat_map(|table| {
            table.columns.iter().enumerate().map(|(place, (column, kind))| {
                let kind = if *kind == Text { "TEXT" } else { "BIGINT" };
                let key = if place < table.key { place as i64 + 1 } else { 0 };
                (table.name.to_owned(), (*column).to_owned(), kind.to_owned(), key)
            })
        });
        assert_eq!(known.collect::<BTreeSet<_>>(), there);
    }
}
