//! Every description is written as it was read, and an edit changes only what it is meant to change.
#![no_main]

use std::collections::BTreeSet;

use heartogether::sdp::{Description, Parameters};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut description = Description::parse(text);
    assert_eq!(description.write(), text);
    for media in description.media() {
        let payload_types: Vec<String> = media.payload_types().into_iter().map(str::to_owned).collect();
        let Some(codec) = media.codec("opus/48000/2") else { continue };
        let mut parameters = media.parameters(&codec).unwrap_or_default();
        parameters.set("stereo", "1");
        parameters.remove("usedtx");
        assert_eq!(parameters.get("stereo"), Some("1"));
        assert_eq!(Parameters::parse(&parameters.write()).get("stereo"), Some("1"));
        media.set_parameters(&codec, &parameters);
        media.prefer(&[&codec]);
        // One that was listed twice may be listed once then.
        let after: BTreeSet<&str> = media.payload_types().into_iter().collect();
        assert_eq!(after, payload_types.iter().map(String::as_str).collect(), "no codec is lost or invented");
    }
    let edited = description.write();
    assert_eq!(Description::parse(&edited).write(), edited);
});
