#![no_main]

use libfuzzer_sys::fuzz_target;
use safeturn_tokens::{Encoding, StreamCounter};

fuzz_target!(|input: (&str, usize)| {
    let (text, part) = input;
    for encoding in [Encoding::Cl100kBase, Encoding::O200kBase] {
        let mut counter = StreamCounter::new(encoding);
        let mut rest = text;
        while !rest.is_empty() {
            let mut end = (part % 7 + 1).min(rest.len());
            while !rest.is_char_boundary(end) {
                end += 1;
            }
            let (head, tail) = rest.split_at(end);
            counter.append(head);
            rest = tail;
        }
        assert_eq!(counter.count(), encoding.count(text));
    }
});
