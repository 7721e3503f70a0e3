//! Properties of the text stage: for all text, not for examples.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

use proptest::prelude::*;
use safeturn_text::{MAX_UNIT_TOKENS, Tokenizer, Unit, fold, from_bytes, from_utf16};

/// Text with many of the characters that folding changes.
fn odd_text() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            any::<char>(),
            prop::sample::select(vec![
                'a',
                'I',
                ' ',
                '\'',
                '’',
                '\u{200b}',
                '\u{202e}',
                '\u{301}',
                'é',
                'ß',
                'ﬁ',
                'Å',
                '½',
                'ｆ',
                '𝓈',
                'й',
                'ガ',
                '😂',
                '\u{1F3FB}',
                '\u{200d}',
                '.',
                '!',
                '*',
                '"',
                '3',
                '@',
                '$',
                '\n',
                'İ',
                '한',
                'ﷺ',
                '…',
                '-',
                '/',
            ]),
        ],
        0..120,
    )
    .prop_map(|chars| chars.into_iter().collect())
}

fn spans(text: &str) -> Vec<(usize, usize)> {
    let mut tokenizer = Tokenizer::new(text);
    let mut unit = Unit::default();
    let mut found = Vec::new();
    while tokenizer.next_unit(&mut unit) {
        assert!(unit.tokens.len() <= MAX_UNIT_TOKENS);
        found.extend(unit.tokens.iter().skip(unit.repeated).map(|t| (t.start as usize, t.end as usize)));
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn folding_twice_is_folding_once(text in odd_text()) {
        let once = fold(&text);
        let twice = fold(once.text());
        prop_assert_eq!(once.text(), twice.text());
    }

    #[test]
    fn spans_lie_on_character_borders_in_order(text in odd_text()) {
        let folded = fold(&text);
        let mut last = 0;
        for (start, end) in spans(folded.text()) {
            prop_assert!(folded.text().get(start..end).is_some_and(|t| !t.is_empty()));
            prop_assert!(start >= last);
            last = end;
            let (from, to) = folded.original_span(start, end);
            prop_assert!(text.get(from..to).is_some_and(|t| !t.is_empty()), "{}..{}", from, to);
        }
    }

    #[test]
    fn every_position_maps_into_the_original_and_never_back(text in odd_text()) {
        let folded = fold(&text);
        let mut last = 0;
        for (at, c) in folded.text().char_indices() {
            let (from, to) = folded.original_span(at, at + c.len_utf8());
            prop_assert!(from >= last && to <= text.len());
            prop_assert!(text.is_char_boundary(from) && text.is_char_boundary(to));
            last = from;
        }
    }

    #[test]
    fn plain_ascii_is_borrowed(text in "[ -~\n\t]{0,200}") {
        let folded = fold(&text);
        prop_assert!(folded.is_borrowed());
        prop_assert_eq!(folded.text(), text.as_str());
    }

    #[test]
    fn any_bytes_become_text(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = from_bytes(&bytes);
        let _ = spans(fold(&text).text());
    }
}

#[test]
fn unpaired_surrogates_become_replacement_characters() {
    // WTF-8 of U+D83D between two letters: three invalid bytes, each replaced.
    assert_eq!(from_bytes(b"a\xed\xa0\xbdb"), "a\u{fffd}\u{fffd}\u{fffd}b");
    assert_eq!(from_utf16(&[0x61, 0xd83d, 0x62]), "a\u{fffd}b");
    assert_eq!(from_utf16(&[0xd83d, 0xde00]), "😀");
}

#[test]
fn folded_forms() {
    let forms = [
        ("Don’t", "Don't"),
        ("ｄｉｅ", "die"),
        ("𝓼𝓾𝓲𝓬𝓲𝓭𝓮", "suicide"),
        ("d\u{200b}i\u{200d}e", "die"),
        ("näive", "naive"),
        ("straße", "strasse"),
        ("й", "й"),
        ("d\u{301}ie", "die"),
        ("“hi”", "\"hi\""),
    ];
    for (written, folded) in forms {
        assert_eq!(fold(written).text(), folded);
    }
}

#[test]
fn every_character_folds_to_something_that_stays() {
    for c in char::MIN..=char::MAX {
        let text = c.to_string();
        let once = fold(&text).text().to_owned();
        assert_eq!(fold(&once).text(), once, "U+{:04X}", u32::from(c));
    }
}
