//! Reads what scripts answer and what messages say. A server may hold what another version has written, or rubbish: what cannot be
//! read is an error, and nothing is taken for granted.

use std::sync::Arc;

use redis::{FromRedisValue, RedisResult, Value};

use crate::storage::log::replicated::{
    copy::{Confirmed, Contents},
    healing::Remains,
    position::{Data, Position, StoredEntry, StoredSnapshot},
    server::{Answer, Message, Standing, State},
};

/// Something is not what a script writes.
#[derive(Debug, thiserror::Error)]
#[error("the server answers what no script of this version answers")]
pub(super) struct Unreadable;

/// A place as the id of a stream's entry.
pub(super) fn id_of(position: Position) -> String {
    format!("{}-{}", position.epoch, position.seq)
}

fn position(id: &str) -> Result<Position, Unreadable> {
    let (epoch, seq) = id.split_once('-').ok_or(Unreadable)?;
    Ok(Position { epoch: epoch.parse().map_err(|_| Unreadable)?, seq: seq.parse().map_err(|_| Unreadable)? })
}

fn number(text: &str) -> Result<u64, Unreadable> {
    text.parse().map_err(|_| Unreadable)
}

fn entry([id, at, nonce, data]: [&str; 4]) -> Result<Arc<StoredEntry>, Unreadable> {
    let data = Data::decode(data).ok_or(Unreadable)?;
    Ok(Arc::new(StoredEntry { position: position(id)?, at: number(at)?, nonce: nonce.to_owned(), data }))
}

/// What the append script answers.
pub(super) fn answer(words: &[String]) -> Result<Answer, Unreadable> {
    let [kind, rest @ ..] = words else { return Err(Unreadable) };
    if kind == "sealed" {
        return Ok(Answer::Sealed);
    }
    let [place] = rest else { return Err(Unreadable) };
    let (id, at) = place.split_once(' ').ok_or(Unreadable)?;
    Ok(Answer::Appended { position: position(id)?, at: number(at)?, is_repeated: kind == "repeated" })
}

/// What the reading script answers.
pub(super) fn state(value: Value, after: Position) -> RedisResult<Result<State, Unreadable>> {
    type Answered = (String, String, String, String, u8, String, Vec<[String; 4]>, Vec<(String, String)>);
    if let Value::Array(parts) = &value
        && parts.len() == 1
    {
        return Ok(Ok(State::default()));
    }
    Ok(read_state(Answered::from_redis_value(value)?, after))
}

#[expect(clippy::type_complexity, reason = "the shape of the script's answer")]
fn read_state(
    (standing, epoch, line, last, continues, confirmed, entries, snapshots): (
        String,
        String,
        String,
        String,
        u8,
        String,
        Vec<[String; 4]>,
        Vec<(String, String)>,
    ),
    after: Position,
) -> Result<State, Unreadable> {
    let standing = match standing.as_str() {
        "open" => Standing::Open,
        "opening" => Standing::Opening,
        "sealed" => Standing::Sealed,
        _ => return Err(Unreadable),
    };
    let entries = entries.iter().map(|fields| entry(fields.each_ref().map(String::as_str)));
    let entries = entries.collect::<Result<_, _>>()?;
    let snapshot = |(id, data): &(String, String)| {
        let data = Data::decode(data).ok_or(Unreadable)?;
        Ok(Arc::new(StoredSnapshot { position: position(id)?, data }))
    };
    let mut snapshots = snapshots.iter().map(snapshot).collect::<Result<Vec<_>, Unreadable>>()?;
    snapshots.sort_by_key(|snapshot| snapshot.position.seq);
    let (contents, continues) = (Contents { snapshots, entries }, continues == 1);
    let known = if continues { after } else { contents.last() };
    let (line, last) = (number(&line)?, position(&last)?);
    let confirmed = Confirmed { line, continues, last: position(&confirmed)?.max(known), contents };
    Ok(State { standing, epoch: number(&epoch)?, remains: Remains { line, last }, confirmed })
}

/// What a message says.
pub(super) fn message(text: &str) -> Result<Message, Unreadable> {
    let (head, mut rest) = text.split_once('\n').ok_or(Unreadable)?;
    let words: Vec<_> = head.split(' ').collect();
    match words[..] {
        ["closed"] => Ok(Message::Closed),
        ["call", epoch, line, last] => {
            let remains = Remains { line: number(line)?, last: position(last)? };
            Ok(Message::Call { epoch: number(epoch)?, remains })
        }
        ["entries", line] => {
            let mut entries = Vec::new();
            while let Some((head, after)) = rest.split_once('\n') {
                let words: Vec<_> = head.split(' ').collect();
                let [id, at, nonce, length] = words[..] else { return Err(Unreadable) };
                let length = length.parse().map_err(|_| Unreadable)?;
                let (data, after) = after.split_at_checked(length).ok_or(Unreadable)?;
                entries.push(entry([id, at, nonce, data])?);
                rest = after;
            }
            if rest.is_empty() { Ok(Message::Entries { line: number(line)?, entries }) } else { Err(Unreadable) }
        }
        _ => Err(Unreadable),
    }
}

/// A call for copies.
pub(super) fn call(epoch: u64, Remains { line, last }: Remains) -> String {
    format!("call {epoch} {line} {}\n", id_of(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_scripts_write_them() {
        let data = Data { version: 2, value: "{\"ä\":1}".to_owned(), texts: "abc".to_owned() }.encode();
        let text = format!("entries 4\n3-7 1000 ff {0}\n{data}4-8 1001 fe {0}\n{data}", data.len());
        let Ok(Message::Entries { line: 4, entries }) = message(&text) else { panic!("entries") };
        assert_eq!(entries.iter().map(|entry| id_of(entry.position)).collect::<Vec<_>>(), ["3-7", "4-8"]);
        assert_eq!((entries[1].at, entries[1].nonce.as_str(), entries[1].data.encode()), (1001, "fe", data));
        let remains = Remains { line: 2, last: Position { epoch: 2, seq: 9 } };
        let Ok(Message::Call { epoch: 5, remains: read }) = message(&call(5, remains)) else { panic!("a call") };
        assert_eq!(read, remains);
        assert!(matches!(message("entries 4\n"), Ok(Message::Entries { line: 4, .. })));
    }

    #[test]
    fn rubbish_is_refused() {
        for text in
            ["", "entries", "entries x\n", "entries 4\n3-7 1 a 99\nshort", "entries 4\nrest", "open 3\n", "call 1 2\n"]
        {
            assert!(message(text).is_err(), "{text}");
        }
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert!(matches!(answer(&words(&["sealed"])), Ok(Answer::Sealed)));
        assert!(answer(&words(&["appended", "3-x 7"])).is_err() && answer(&[]).is_err());
    }
}
