#![no_main]

use libfuzzer_sys::fuzz_target;
use safeturn::{Conversation, Policy};
use safeturn_compact::Model;

fuzz_target!(|bytes: &[u8]| {
    let _ = Conversation::from_bytes(bytes);
    let _ = Model::load(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        let _ = Policy::from_toml(text, "fuzz.toml");
        let _ = Policy::from_json(text, "fuzz.json");
    }
});
