//! Pictures in messages on a running server: uploads and what is refused, who gets them, and when they are gone. What is said of the
//! store holds for a folder and for a server that speaks S3.

mod s3;

use std::{path::Path, time::Duration};

use heartogether::{
    engagement::MessageText,
    id::{MessageNumber, RoomCode},
    limits::{Limits, PICTURE_BYTES, PICTURE_UNSENT_MS},
    protocol::{Delete, Edit, FetchMessages, FromRoom, ToRoom, Write},
    refusal::Refusal,
    role::Role,
    room::{Picture, PictureFormat, RoomEvent},
};
use reqwest::{Body, Response, StatusCode, header};
use serde_json::Value;

use crate::{
    lounges::open_lounge,
    support::{Connection, PostgresDatabase, Site, TestServer},
};
use s3::S3Server;

/// What is in a picture beside its pixels.
const SECRET: &str = "taken at home";
const HOUR_MS: u64 = 60 * 60 * 1000;

fn chunk(kind: &str, content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a length").to_be_bytes();
    [&length, kind.as_bytes(), content, &[0; 4]].concat()
}

/// A PNG with a comment, whose pixels take this many bytes.
pub(crate) fn png(width: u32, height: u32, bytes: usize) -> Vec<u8> {
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 6, 0, 0, 0]].concat();
    let chunks =
        [chunk("IHDR", &header), chunk("tEXt", SECRET.as_bytes()), chunk("IDAT", &vec![7; bytes]), chunk("IEND", &[])];
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunks.concat()].concat()
}

/// A lounge of two with their connections.
struct Talk {
    server: TestServer,
    code: RoomCode,
    ada: String,
    grace: String,
    adas: Connection,
    graces: Connection,
}

impl Talk {
    async fn begin(limits: Limits, flags: &[&str]) -> Self {
        let server = TestServer::start_with(limits, flags).await;
        let (ada, grace) = (server.site.sign_in("Ada").await, server.site.sign_in("Grace").await);
        let code = open_lounge(&server.site, &ada, "").await;
        let (adas, _) = server.site.join(&ada, code, Role::Participant).await;
        let (graces, _) = server.site.join(&grace, code, Role::Participant).await;
        Self { server, code, ada, grace, adas, graces }
    }

    fn site(&self) -> &Site {
        &self.server.site
    }

    async fn upload(&self, cookie: &str, bytes: impl Into<Body>) -> Response {
        upload(self.site(), self.code, cookie, bytes).await
    }

    async fn uploaded(&self, cookie: &str) -> Picture {
        uploaded(self.site(), self.code, cookie).await
    }

    async fn get(&self, cookie: Option<&str>, picture: &Picture) -> Response {
        self.site().get(&format!("/pictures/{}/{}", self.code, picture.id), cookie).await
    }

    async fn is_there(&self, picture: &Picture) -> bool {
        self.get(Some(&self.ada), picture).await.status() == StatusCode::OK
    }

    /// Waits until a condition holds: what is stored follows the room after a moment.
    async fn until_gone(&self, picture: &Picture) {
        while self.is_there(picture).await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Lets minutes pass until so many files are left in the store.
    async fn until_erased(&self, kept: &Path, left: usize) {
        while walk(kept) != left {
            self.server.clock.advance(60_000);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn upload(site: &Site, code: RoomCode, cookie: &str, bytes: impl Into<Body>) -> Response {
    let address = format!("http://{}/api/rooms/{code}/pictures", site.authority);
    let request = reqwest::Client::new().post(address).header(header::COOKIE, cookie);
    // What it is said to be does not matter.
    request.header(header::CONTENT_TYPE, "text/html").body(bytes).send().await.expect("an answer")
}

/// A picture that somebody has uploaded for a room.
pub(crate) async fn uploaded(site: &Site, code: RoomCode, cookie: &str) -> Picture {
    let response = upload(site, code, cookie, png(300, 200, 100)).await;
    assert_eq!(response.status(), StatusCode::CREATED);
    serde_json::from_str(&response.text().await.expect("text")).expect("a picture")
}

/// What a refused upload is answered with.
async fn refused(response: Response) -> (StatusCode, Refusal) {
    let status = response.status();
    let answer: Value = serde_json::from_str(&response.text().await.expect("text")).expect("JSON");
    (status, answer["error"].as_str().and_then(Refusal::parse).expect("a refusal"))
}

pub(crate) fn show(nonce: u32, pictures: &[Picture]) -> ToRoom {
    ToRoom::Write(Write { nonce, text: MessageText::none(), pictures: pictures.to_vec(), reply_to: None })
}

/// The next refusal; what happens in the room meanwhile is passed over.
async fn refusal(connection: &mut Connection) -> Refusal {
    loop {
        if let FromRoom::Refused { refusal } = connection.hear().await {
            return refusal;
        }
    }
}

/// The next message somebody is told of.
async fn told(connection: &mut Connection) -> Vec<Picture> {
    loop {
        if let RoomEvent::MessageSent { message } = connection.event().await {
            return message.pictures;
        }
    }
}

/// What is said of every store. `kept` is its folder; `None` for the one in the data folder.
async fn pictures_are_kept(flags: &[&str], kept: Option<&Path>) {
    let mut talk = Talk::begin(Limits::default(), flags).await;
    let kept = kept.map_or_else(|| talk.server.database().with_file_name("pictures"), Path::to_owned);
    let picture = talk.uploaded(&talk.grace).await;
    assert_eq!((picture.format, picture.width, picture.height), (PictureFormat::Png, 300, 200));
    assert_eq!(walk(&kept), 1, "its bytes are in the store");
    talk.graces.say(show(1, &[picture])).await;
    assert_eq!(told(&mut talk.adas).await, [picture], "the others are told of it");

    let response = talk.get(Some(&talk.ada), &picture).await;
    let headers = response.headers().clone();
    for (name, value) in [
        (header::CONTENT_TYPE, "image/png"),
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"picture.png\""),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox; frame-ancestors 'none'"),
    ] {
        assert_eq!(headers[name.clone()], value, "{name}");
    }
    let bytes = response.bytes().await.expect("bytes");
    let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    assert!(holds(b"IDAT") && !holds(SECRET.as_bytes()) && !holds(b"tEXt"), "only what is needed to see it is kept");

    for (cookie, has_it) in [(&talk.grace, true), (&talk.ada, false)] {
        let export = talk.site().get("/auth/export", Some(cookie)).await.text().await.expect("text");
        assert_eq!(export.contains(&picture.id.to_string()), has_it, "it belongs to who has sent it: {export}");
    }
    let stranger = talk.site().sign_in("Mallory").await;
    assert_eq!(talk.get(Some(&stranger), &picture).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(talk.get(None, &picture).await.status(), StatusCode::UNAUTHORIZED);

    talk.graces.say(ToRoom::Delete(Delete { number: MessageNumber(1) })).await;
    talk.until_gone(&picture).await;
    let (status, refusal) = refused(talk.get(Some(&talk.grace), &picture).await).await;
    assert_eq!((status, refusal), (StatusCode::NOT_FOUND, Refusal::PictureNotFound));
    talk.until_erased(&kept, 0).await;
    talk.server.stop().await;
}

#[tokio::test]
async fn pictures_are_kept_in_a_folder() {
    pictures_are_kept(&[], None).await;
}

#[tokio::test]
async fn pictures_are_kept_beside_postgres() {
    let kept = PostgresDatabase::create().await;
    pictures_are_kept(&["--database-url", &kept.url], None).await;
}

#[tokio::test]
async fn pictures_are_kept_on_a_server_that_speaks_s3() {
    let s3 = S3Server::start().await;
    let endpoint = s3.endpoint();
    let key = ["--s3-access-key-id", S3Server::KEY_ID, "--s3-secret-access-key", S3Server::KEY];
    let flags = [&["--s3-bucket", S3Server::BUCKET, "--s3-endpoint", &endpoint], &key[..]].concat();
    pictures_are_kept(&flags, Some(&s3.bucket())).await;
}

#[tokio::test]
async fn an_upload_is_refused_for_what_it_is() {
    let talk = Talk::begin(Limits::default(), &[]).await;
    let ada = &talk.ada;
    let unreadable = (StatusCode::UNSUPPORTED_MEDIA_TYPE, Refusal::PictureUnreadable);
    let too_large = (StatusCode::PAYLOAD_TOO_LARGE, Refusal::PictureTooLarge);
    let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#;
    assert_eq!(refused(talk.upload(ada, svg).await).await, unreadable);
    assert_eq!(refused(talk.upload(ada, "<!doctype html>").await).await, unreadable);
    assert_eq!(refused(talk.upload(ada, "").await).await, unreadable);
    let whole = png(300, 200, 100);
    assert_eq!(refused(talk.upload(ada, whole[..whole.len() - 1].to_vec()).await).await, unreadable);
    assert_eq!(refused(talk.upload(ada, png(50_000, 50_000, 10)).await).await, too_large);
    assert_eq!(refused(talk.upload(ada, png(300, 200, PICTURE_BYTES)).await).await, too_large);
    assert_eq!(talk.upload(ada, png(300, 200, PICTURE_BYTES - 200)).await.status(), StatusCode::CREATED, "10 MB");
}

#[tokio::test]
async fn only_members_upload_and_only_from_the_own_site() {
    let talk = Talk::begin(Limits::default(), &[]).await;
    let stranger = talk.site().sign_in("Mallory").await;
    assert_eq!(refused(talk.upload(&stranger, png(3, 2, 1)).await).await.0, StatusCode::FORBIDDEN);
    assert_eq!(refused(talk.upload("", png(3, 2, 1)).await).await, (StatusCode::UNAUTHORIZED, Refusal::NotSignedIn));
    let address = format!("http://{}/api/rooms/{}/pictures", talk.site().authority, talk.code);
    let foreign = reqwest::Client::new().post(address).header(header::COOKIE, &talk.ada);
    let foreign =
        foreign.header(header::ORIGIN, "https://evil.example").body(png(3, 2, 1)).send().await.expect("an answer");
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    let broadcast = talk.site().create_room(&talk.ada).await;
    let address = format!("http://{}/api/rooms/{broadcast}/pictures", talk.site().authority);
    let upload = reqwest::Client::new().post(address).header(header::COOKIE, &talk.ada).body(png(3, 2, 1));
    assert_eq!(refused(upload.send().await.expect("an answer")).await.1, Refusal::NotAllowed);
}

#[tokio::test]
async fn a_message_has_only_pictures_that_its_author_has_uploaded_for_it() {
    let mut talk = Talk::begin(Limits { messages_burst: 100, ..Limits::default() }, &[]).await;
    let (hers, own) = (talk.uploaded(&talk.ada).await, talk.uploaded(&talk.grace).await);
    for wrong in [vec![hers], vec![own, own], vec![Picture { width: 9, ..own }]] {
        talk.graces.say(show(1, &wrong)).await;
        assert_eq!(refusal(&mut talk.graces).await, Refusal::PictureNotFound, "{wrong:?}");
    }
    talk.graces.say(show(2, &[own])).await;
    assert_eq!(told(&mut talk.graces).await, [own]);
    // The page is not sure, and says it again.
    talk.graces.say(show(2, &[own])).await;
    let mut again = talk.graces.hear().await;
    while !matches!(again, FromRoom::MessageKept { nonce: 2 }) {
        again = talk.graces.hear().await;
    }
    talk.graces.say(show(3, &[own])).await;
    assert_eq!(refusal(&mut talk.graces).await, Refusal::PictureNotFound, "another message has it");
    talk.graces.say(show(4, &[])).await;
    assert_eq!(refusal(&mut talk.graces).await, Refusal::MessageEmpty);
}

#[tokio::test]
async fn pictures_take_only_so_much_space_and_come_only_so_fast() {
    let of_room = Limits { picture_bytes_per_room: 1_000, ..Limits::default() };
    let of_account = Limits { picture_bytes_per_account: 1_000, ..Limits::default() };
    for limits in [of_room, of_account] {
        let talk = Talk::begin(limits, &[]).await;
        assert_eq!(talk.upload(&talk.ada, png(3, 2, 700)).await.status(), StatusCode::CREATED);
        let refusal = refused(talk.upload(&talk.ada, png(3, 2, 700)).await).await;
        assert_eq!(refusal, (StatusCode::CONFLICT, Refusal::PictureSpaceUsedUp));
    }
    let slow = Limits { pictures_per_second: 1, pictures_burst: 2, ..Limits::default() };
    let talk = Talk::begin(slow, &[]).await;
    talk.uploaded(&talk.ada).await;
    talk.uploaded(&talk.ada).await;
    assert_eq!(refused(talk.upload(&talk.ada, png(3, 2, 1)).await).await.1, Refusal::TooManyRequests);
}

#[tokio::test]
async fn a_picture_that_no_message_has_is_deleted_after_a_day() {
    let mut talk = Talk::begin(Limits::default(), &[]).await;
    let (sent, unsent) = (talk.uploaded(&talk.grace).await, talk.uploaded(&talk.grace).await);
    talk.graces.say(show(1, &[sent])).await;
    told(&mut talk.graces).await;
    // The server answers this once the archive has the message.
    talk.graces.say(ToRoom::Delete(Delete { number: MessageNumber(2) })).await;
    assert_eq!(refusal(&mut talk.graces).await, Refusal::MessageNotFound);
    talk.server.clock.advance(PICTURE_UNSENT_MS - HOUR_MS);
    assert!(talk.is_there(&unsent).await);
    talk.server.clock.advance(2 * HOUR_MS);
    talk.until_gone(&unsent).await;
    assert!(talk.is_there(&sent).await, "the message still shows it");
    talk.until_erased(&talk.server.database().with_file_name("pictures"), 1).await;
}

/// The number of files below a folder.
pub(crate) fn walk(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.map(|path| if path.is_dir() { walk(&path) } else { 1 }).sum()
}

#[tokio::test]
async fn pictures_are_gone_with_their_account_and_with_their_room() {
    let mut talk = Talk::begin(Limits::default(), &[]).await;
    let (hers, own) = (talk.uploaded(&talk.ada).await, talk.uploaded(&talk.grace).await);
    talk.adas.say(show(1, &[hers])).await;
    talk.graces.say(show(1, &[own])).await;
    while told(&mut talk.graces).await != [own] {}
    let deleted = talk.site().post("/auth/delete", "", &[("cookie", &talk.grace)]).await;
    assert!(deleted.status().is_success() || deleted.status().is_redirection());
    talk.until_gone(&own).await;
    assert!(talk.is_there(&hers).await);
    let deleted = talk.site().post("/auth/delete", "", &[("cookie", &talk.ada)]).await;
    assert!(deleted.status().is_success() || deleted.status().is_redirection());
    talk.until_erased(&talk.server.database().with_file_name("pictures"), 0).await;
}

#[tokio::test]
async fn the_words_beside_pictures_can_be_taken_away_and_no_others() {
    let mut talk = Talk::begin(Limits { messages_burst: 100, ..Limits::default() }, &[]).await;
    let own = talk.uploaded(&talk.grace).await;
    let text = |words: &str| MessageText::parse(words).expect("a text");
    let write = |nonce, words, pictures| ToRoom::Write(Write { nonce, text: text(words), pictures, reply_to: None });
    let edit = |number| ToRoom::Edit(Edit { number: MessageNumber(number), text: MessageText::none() });
    talk.graces.say(write(1, "**look**", vec![own])).await;
    assert_eq!(told(&mut talk.graces).await, [own]);
    talk.graces.say(edit(1)).await;
    let edited = loop {
        if let RoomEvent::MessageEdited { number, text, markup, .. } = talk.adas.event().await {
            break (number, text, markup);
        }
    };
    assert_eq!(edited, (MessageNumber(1), MessageText::none(), None));
    let fetch = ToRoom::FetchMessages(FetchMessages { before: MessageNumber(2) });
    talk.graces.say(fetch).await;
    let kept = loop {
        if let FromRoom::Messages(page) = talk.graces.hear().await {
            break page.messages;
        }
    };
    assert_eq!((&kept[0].text, &kept[0].pictures), (&Some(MessageText::none()), &vec![own]));
    talk.graces.say(write(2, "words alone", Vec::new())).await;
    assert_eq!(told(&mut talk.graces).await, []);
    talk.graces.say(edit(2)).await;
    assert_eq!(refusal(&mut talk.graces).await, Refusal::MessageEmpty);
    talk.graces.say(edit(3)).await;
    assert_eq!(refusal(&mut talk.graces).await, Refusal::MessageNotFound);
    talk.adas.say(edit(1)).await;
    assert_eq!(refusal(&mut talk.adas).await, Refusal::NotAllowed);
}
