//! The compact model: the recorded scores, bytes that are no model, and texts that nobody would write.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use safeturn_compact::{MAX_PIECES, Model, Scratch, each_piece};
use safeturn_text::fold;

fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models")
}

fn bytes() -> Vec<u8> {
    std::fs::read(models().join("compact.bin")).unwrap()
}

/// What training computed, the engine computes to the last bit.
#[test]
fn scores_are_the_recorded_ones() {
    let model = Model::load(&bytes()).unwrap();
    let text = std::fs::read_to_string(models().join("compact.json")).unwrap();
    let recorded: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    assert!(recorded.len() >= 8);
    let mut scratch = Scratch::default();
    for row in recorded {
        let scores = model.score(fold(row["text"].as_str().unwrap()).text(), &mut scratch);
        for head in ["concern", "crisis", "refer"] {
            let at = model.names().iter().position(|n| n == head).unwrap();
            assert_eq!(u64::from(scores.heads[at]), row[head].as_u64().unwrap(), "{head} of {}", row["text"]);
        }
    }
}

#[test]
fn a_disguise_changes_no_score() {
    let model = Model::load(&bytes()).unwrap();
    let mut scratch = Scratch::default();
    let mut score = |text: &str| model.score(fold(text).text(), &mut scratch);
    let plain = score("i dont want to be alive anymore");
    assert_eq!(plain, score("I DON'T want to be ALIVE anymore"));
    assert_eq!(plain, score("i don\u{2019}t want to be al\u{200b}ive anymore"));
    assert_eq!(plain, score("i dont want to be al1ve anymore"));
    assert_ne!(plain, score("i do want to be alive tomorrow"));
}

#[test]
fn bytes_that_are_no_model_are_refused() {
    let good = bytes();
    assert!(Model::load(&[]).is_err());
    assert!(Model::load(b"STCM").is_err());
    for cut in [5, 6, 10, 100, good.len() / 2, good.len() - 1] {
        assert!(Model::load(&good[..cut]).is_err(), "cut at {cut}");
    }
    let mut longer = good.clone();
    longer.push(0);
    assert!(Model::load(&longer).is_err());
    let mut other = good;
    other[4] = 9;
    assert!(Model::load(&other).unwrap_err().to_string().contains('9'));
}

#[test]
fn a_long_text_is_read_up_to_its_bound() {
    let mut count = 0;
    each_piece(fold(&"one, two? ".repeat(5000)).text(), |_| count += 1);
    assert!(count <= MAX_PIECES && count > MAX_PIECES - 4, "{count}");
}

proptest! {
    #[test]
    fn any_text_is_scored(text in any::<String>(), words in "[a-z ,.?!'\"]{0,400}") {
        let model = Model::load(&bytes()).unwrap();
        let mut scratch = Scratch::default();
        for text in [&text, &words] {
            let scores = model.score(fold(text).text(), &mut scratch);
            prop_assert!(scores.heads.iter().all(|s| *s <= 1000));
            prop_assert_eq!(scores.heads.len(), model.names().len());
            if let Some((start, end)) = model.strongest_unit(&scratch, 0) {
                prop_assert!(fold(text).text().get(start..end).is_some());
            }
        }
    }
}
