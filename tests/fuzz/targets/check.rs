#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use safeturn::{Conversation, Guard, Turn};

fuzz_target!(|text: &str| {
    static GUARD: OnceLock<Guard> = OnceLock::new();
    let guard = GUARD.get_or_init(|| Guard::new().unwrap());
    let mut conversation = Conversation::new();
    for _ in 0..2 {
        let verdict = guard.check(&mut conversation, &Turn::user(text));
        assert!(verdict.findings.iter().all(|f| text.get(f.span.start..f.span.end).is_some()));
    }
    let bytes = conversation.to_bytes();
    assert!(bytes.len() <= 4096);
    assert_eq!(Conversation::from_bytes(&bytes).unwrap(), conversation);
});
