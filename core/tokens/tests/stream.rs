//! The streaming counter against one count of the whole text, after every append.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use proptest::prelude::*;
use safeturn_tokens::{Encoding, StreamCounter};

/// Appends `text` in parts of the given lengths, in characters, and compares after each.
fn follows(text: &str, lengths: &[usize]) -> Result<(), TestCaseError> {
    let characters: Vec<char> = text.chars().collect();
    for encoding in Encoding::ALL {
        let mut counter = StreamCounter::new(*encoding);
        let (mut so_far, mut at) = (String::new(), 0);
        for length in lengths.iter().cycle() {
            let end = (at + length).min(characters.len());
            let part: String = characters[at..end].iter().collect();
            so_far.push_str(&part);
            counter.append(&part);
            prop_assert_eq!(counter.count(), encoding.count(&so_far), "{} after {} characters", encoding, end);
            at = end;
            if at == characters.len() {
                break;
            }
        }
    }
    Ok(())
}

/// Runs of characters that the patterns treat alike, so that words, spaces and lines of all lengths come up.
fn text() -> impl Strategy<Value = String> {
    let run = prop_oneof![
        "[a-z]{1,12}",
        "[A-Z]{1,90}",
        "[a-z]{60,90}",
        " {1,90}",
        "[ \n\r\t]{1,90}",
        "[0-9]{1,7}",
        "[!?/.-]{1,70}",
        "[/\r\n]{1,6}",
        "'(s|S|ll|lx|l|r|re|ſ|'|)",
        "[a-c]{1,200}",
        "中[A-Z]{1,40}",
        "[一-三A-C]{1,80}",
        "[а-г]{1,60}",
        "[\u{300}-\u{303}]{1,30}",
        "(😂|👍🏽|\u{200d}){1,30}",
        "\\PC{1,8}",
    ];
    prop::collection::vec(run, 0..8).prop_map(|runs| runs.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn counting_as_it_comes_equals_counting_at_once(text in text(), lengths in prop::collection::vec(1_usize..40, 1..6)) {
        follows(&text, &lengths)?;
    }

    #[test]
    fn one_character_at_a_time_equals_counting_at_once(text in text()) {
        follows(&text, &[1])?;
    }
}

#[test]
fn a_stream_holds_only_what_is_not_finished() {
    let mut counter = StreamCounter::new(Encoding::O200kBase);
    for _ in 0..10_000 {
        counter.append("The cake is ready. ");
    }
    assert!(format!("{counter:?}").contains("held_bytes: "));
    assert!(!format!("{counter:?}").contains("cake"));
    let held: usize =
        format!("{counter:?}").split("held_bytes: ").nth(1).unwrap().trim_end_matches(" }").parse().unwrap();
    assert!(held < 64, "{held}");
}

/// One letter at a time for a hundred thousand: quadratic work would take minutes.
#[test]
fn endless_words_and_spaces_cost_what_is_new() {
    for unit in ["a", " ", "\n", "=", "A", "中", "ab", " \n", "中A", "\u{301}"] {
        for encoding in Encoding::ALL {
            let mut counter = StreamCounter::new(*encoding);
            let text = unit.repeat(100_000);
            for character in text.chars() {
                counter.append(character.encode_utf8(&mut [0; 4]));
            }
            assert_eq!(counter.count(), encoding.count(&text), "{encoding} {unit:?}");
        }
    }
}
