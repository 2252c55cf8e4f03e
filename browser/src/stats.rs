//! Reads a peer connection's counters (W3C Identifiers for WebRTC's Statistics API), only those that are used.

use js_sys::{Map, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use heartogether_client::{
    SourceEnergy,
    statistics::{CandidateKind, Path, Reading, Transport},
};

/// Waits for the report of a sender or receiver, which leaves out whatever does not concern it, and reads it.
pub(crate) async fn read(report: Promise) -> Option<Reading> {
    let report: Map = JsFuture::from(report).await.ok()?.unchecked_into();
    let mut reading = Reading::default();
    let mut pair = None;
    report.for_each(&mut |entry: JsValue, _: JsValue| match text(&entry, "type").as_deref() {
        Some("transport") => pair = text(&entry, "selectedCandidatePairId").or(pair.take()),
        Some("outbound-rtp") => read_sent(&mut reading, &entry),
        Some("remote-inbound-rtp") => read_reported(&mut reading, &entry),
        Some("inbound-rtp") => read_received(&mut reading, &entry),
        Some("media-playout") => {
            reading.playout_s = count(&entry, "totalPlayoutDelay");
            reading.played = count(&entry, "totalSamplesCount");
        }
        Some("codec") => reading.codec = codec(&entry),
        // Not every browser says which pair its transport has selected.
        Some("candidate-pair") if pair.is_none() && flag(&entry, "nominated") => pair = text(&entry, "id"),
        _ => {}
    });
    if let Some(pair) = pair.map(|pair| report.get(&pair.into())).filter(JsValue::is_object) {
        reading.path = path(&report, &pair);
        reading.round_trip_s = number(&pair, "currentRoundTripTime").or(reading.round_trip_s);
        reading.available_bps = number(&pair, "availableOutgoingBitrate");
    }
    Some(reading)
}

/// Waits for a sender's report, and reads how much energy and how many seconds of sound came from its source so far. Not every
/// browser counts that.
pub(crate) async fn read_source(report: Promise) -> Option<SourceEnergy> {
    let report: Map = JsFuture::from(report).await.ok()?.unchecked_into();
    let mut read = None;
    report.for_each(&mut |entry: JsValue, _: JsValue| {
        if text(&entry, "type").as_deref() == Some("media-source") {
            let counts = number(&entry, "totalAudioEnergy").zip(number(&entry, "totalSamplesDuration"));
            read = counts.map(|(energy, duration_s)| SourceEnergy { energy, duration_s });
        }
    });
    read
}

fn read_sent(reading: &mut Reading, entry: &JsValue) {
    reading.at_ms = count(entry, "timestamp");
    reading.bytes = count(entry, "bytesSent");
    reading.packets = count(entry, "packetsSent");
}

fn read_reported(reading: &mut Reading, entry: &JsValue) {
    reading.reported_at_ms = count(entry, "timestamp");
    reading.reported_loss = number(entry, "fractionLost");
    reading.jitter_s = number(entry, "jitter");
    reading.round_trip_s = number(entry, "roundTripTime");
}

fn read_received(reading: &mut Reading, entry: &JsValue) {
    reading.at_ms = count(entry, "timestamp");
    reading.reported_at_ms = reading.at_ms;
    reading.bytes = count(entry, "bytesReceived");
    reading.packets = count(entry, "packetsReceived");
    reading.lost = count(entry, "packetsLost");
    reading.jitter_s = number(entry, "jitter");
    reading.concealed = count(entry, "concealedSamples");
    reading.samples = count(entry, "totalSamplesReceived");
    reading.buffered_s = count(entry, "jitterBufferDelay");
    reading.buffered = count(entry, "jitterBufferEmittedCount");
}

fn codec(entry: &JsValue) -> Option<String> {
    let parameters = text(entry, "sdpFmtpLine").unwrap_or_default();
    Some([text(entry, "mimeType")?, parameters].join(" "))
}

fn path(report: &Map, pair: &JsValue) -> Option<Path> {
    let candidate = |side| Some(report.get(&text(pair, side)?.into()));
    let kind = |candidate: &JsValue| CandidateKind::parse(&text(candidate, "candidateType")?);
    let (local, remote) = (candidate("localCandidateId")?, candidate("remoteCandidateId")?);
    let protocol = text(&local, "relayProtocol").or(text(&local, "protocol"))?;
    let transport = match protocol.as_str() {
        "tls" => Transport::Tls,
        "tcp" => Transport::Tcp,
        _ => Transport::Udp,
    };
    Some(Path { local: kind(&local)?, remote: kind(&remote)?, transport })
}

fn value(entry: &JsValue, name: &str) -> JsValue {
    // What is not an object has no properties, and nothing is made of them.
    Reflect::get(entry, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn text(entry: &JsValue, name: &str) -> Option<String> {
    value(entry, name).as_string()
}

fn flag(entry: &JsValue, name: &str) -> bool {
    value(entry, name).is_truthy()
}

fn number(entry: &JsValue, name: &str) -> Option<f64> {
    value(entry, name).as_f64()
}

fn count(entry: &JsValue, name: &str) -> f64 {
    number(entry, name).unwrap_or_default()
}
