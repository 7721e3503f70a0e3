//! Properties of the whole engine: never panics, spans are borders, state is small, equal turns give equal state.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

use proptest::prelude::*;
use safeturn::{Conversation, Guard, Role, Tier, Timestamp, Turn};

fn guard() -> &'static Guard {
    static GUARD: std::sync::OnceLock<Guard> = std::sync::OnceLock::new();
    GUARD.get_or_init(|| Guard::new().unwrap())
}

/// Pieces that rules care about, glued at random.
fn pieces() -> impl Strategy<Value = String> {
    let known = vec![
        "i ",
        "want ",
        "to ",
        "die ",
        "don't ",
        "my ",
        "friend ",
        "kill ",
        "myself ",
        "tonight ",
        "lol ",
        "😂",
        "but ",
        ", ",
        ". ",
        "? ",
        "im 15 ",
        "he ",
        "hits ",
        "me ",
        "in my novel ",
        "pills ",
        "s u i c i d e ",
        "k1ll ",
        "su*cide ",
        "\u{200b}",
        "’",
        "\"",
        "*",
        "\n\n",
        "2009 ",
        "years ago ",
        "й",
        "死にたい",
        "\u{301}",
        "@",
        "$",
        "!!",
        "...",
        "i'm not ",
        "never ",
        "used to ",
        "she ",
        "swallowed ",
    ];
    prop::collection::vec(prop_oneof![4 => prop::sample::select(known).prop_map(str::to_owned), 1 => any::<char>().prop_map(String::from)], 0..80)
        .prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn findings_lie_on_character_borders(text in pieces()) {
        let verdict = guard().check_text(&text);
        for finding in &verdict.findings {
            prop_assert!(text.get(finding.span.start..finding.span.end).is_some_and(|t| !t.is_empty()));
            prop_assert!((0.0..=1.0).contains(&finding.confidence));
        }
        prop_assert!(verdict.findings.len() <= 64);
        prop_assert!(verdict.tier >= verdict.message_tier && verdict.peak_tier >= verdict.tier);
        prop_assert_eq!(verdict.flagged, verdict.tier >= Tier::Concern || verdict.refer);
        prop_assert!(verdict.categories.iter().all(|c| verdict.category_scores.contains_key(c)));
    }

    #[test]
    fn state_is_deterministic_small_and_survives_both_snapshots(
        texts in prop::collection::vec((pieces(), 0i64..4000, any::<bool>()), 1..12)
    ) {
        let (mut a, mut b) = (Conversation::new(), Conversation::new());
        let mut at = Timestamp::from_seconds(1_770_000_000);
        for (text, gap, is_user) in &texts {
            at = at.plus_seconds(*gap);
            let role = if *is_user { Role::User } else { Role::Assistant };
            let turn = Turn::new(role, text).at(at);
            let first = guard().check(&mut a, &turn);
            // The second one goes through a snapshot before every turn.
            b = Conversation::from_bytes(&b.to_bytes()).unwrap();
            b = Conversation::from_json(&b.to_json()).unwrap();
            prop_assert_eq!(&first, &guard().check(&mut b, &turn));
            if *is_user { prop_assert!(a.tier() >= first.message_tier) } else { prop_assert_eq!(first.message_tier, Tier::Normal) }
        }
        prop_assert_eq!(&a, &b);
        prop_assert!(a.to_json().len() <= 4096);
    }

    #[test]
    fn foreign_bytes_are_refused_not_believed(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Conversation::from_bytes(&bytes).is_err());
        let mut damaged = Conversation::new().to_bytes();
        let at = bytes.len() % damaged.len();
        damaged[at] ^= 0x40;
        prop_assert!(Conversation::from_bytes(&damaged).is_err());
    }
}

#[test]
fn a_thousand_turns_stay_below_4_kib() {
    let texts = [
        "i want to die",
        "nothing matters anymore",
        "im 15",
        "hello",
        "my friend took pills",
        "goodbye everyone",
        "i feel so alone",
    ];
    let mut conversation = Conversation::new();
    for i in 0..1000i64 {
        let id = format!("m{i}");
        let text = texts[usize::try_from(i).unwrap() % texts.len()];
        let turn = Turn::user(text).id(&id).at(Timestamp::from_seconds(1_770_000_000 + i * 60));
        guard().check(&mut conversation, &turn);
    }
    assert_eq!(conversation.turns(), 1000);
    assert!(conversation.to_json().len() <= 4096, "{}", conversation.to_json().len());
    assert!(conversation.to_bytes().len() <= 4096);
}

#[test]
fn a_repeated_id_changes_nothing() {
    let mut conversation = Conversation::new();
    let turn = Turn::user("i want to die").id("m1");
    guard().check(&mut conversation, &turn);
    let before = conversation.clone();
    guard().check(&mut conversation, &turn);
    assert_eq!(conversation, before);
    guard().check(&mut conversation, &Turn::user("i want to die").id("m2"));
    assert_ne!(conversation, before);
}

#[test]
fn snapshot_errors_have_codes_and_hold_no_text() {
    let code = |r: Result<Conversation, safeturn::Error>| r.unwrap_err().code();
    assert_eq!(code(Conversation::from_json("not json secret")), "snapshot_invalid");
    assert_eq!(code(Conversation::from_json("{\"schema\":9999}")), "snapshot_too_new");
    assert_eq!(code(Conversation::from_json("{\"schema\":1,\"text\":\"secret\"}")), "snapshot_invalid");
    let error = Conversation::from_json("{\"schema\":1,\"text\":\"secret\"}").unwrap_err();
    assert!(!error.to_string().contains("secret"));
    let planted = Conversation::new()
        .to_json()
        .replace("\"signs\":[]", "\"signs\":[{\"construct\":\"My Secret Text\",\"turn\":0,\"at\":null}]");
    assert_eq!(code(Conversation::from_json(&planted)), "snapshot_invalid");
}

#[test]
fn debug_output_holds_no_message_text() {
    let turn = Turn::user("zanzibar marmalade");
    let mut conversation = Conversation::new();
    let verdict = guard().check(&mut conversation, &turn);
    for shown in [
        format!("{turn:?}"),
        format!("{conversation:?}"),
        format!("{verdict:?}"),
        verdict.to_json(),
        conversation.to_json(),
    ] {
        assert!(!shown.contains("zanzibar") && !shown.contains("marmalade"));
    }
}

#[test]
fn text_over_the_limit_is_cut_and_said_so() {
    let long = "é".repeat(1_000_000);
    let verdict = guard().check_text(&long);
    assert_eq!(verdict.status.state, safeturn::State::Partial);
    assert!(verdict.status.reasons.contains(&safeturn::Reason::TextCut));
}

#[test]
fn hostile_text_is_read_to_its_end() {
    let kinds = [
        "\u{301}",
        "a",
        "aé",
        "аa",
        "i want to die ",
        "\"",
        "*",
        "s ",
        ".",
        "' ",
        "@a",
        "$$",
        "not ",
        "\u{202e}",
        "😂",
        "1",
        "ﷺ",
    ];
    for kind in kinds {
        let text = kind.repeat(200_000 / kind.len());
        let verdict = guard().check_text(&text);
        assert!(verdict.findings.len() <= 64);
    }
}

#[test]
fn a_guard_is_shared_by_threads() {
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    assert_eq!(guard().check_text("i want to die").tier, Tier::Crisis);
                    assert_eq!(guard().check_text("i want to dye my hair").tier, Tier::Normal);
                }
            });
        }
    });
}
