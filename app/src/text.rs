//! Every text's key, by its section in `app/locales`, made by `build.rs`. A key that nothing uses fails the build of the
//! server, which has all the code; the browser's half has less.

use crate::locale::{Key, Phrase, Value};

include!(concat!(env!("OUT_DIR"), "/text.rs"));
