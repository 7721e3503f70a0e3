//! What must hold for every history and every budget: never over it, nothing grave lost, pairs whole, idempotent, monotone.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use safeturn::{
    AgeBand, Content, DropReason, End, Estimate, Fit, FitOptions, FunctionCall, History, InsertKind, KeepReason, Mark,
    Message, Overhead, Pin, Role, Strategy as Fitting, Tier, TokenCounter, ToolCall, fit,
};
use safeturn_tests::fit::WordCounter;

/// A conversation with marks: tool pairs whole and broken, system messages anywhere.
fn histories() -> impl Strategy<Value = (Vec<Message>, Vec<Option<Mark>>)> {
    prop::collection::vec((0u8..12, 0usize..40, marks()), 0..24).prop_map(|steps| {
        let (mut messages, mut all_marks) = (Vec::new(), Vec::new());
        for (number, (kind, words, mark)) in steps.into_iter().enumerate() {
            let text: String = (0..words).map(|w| format!("w{number}.{w} ")).collect();
            let group = turns(kind, number, text.trim());
            all_marks.extend(group.iter().map(|m| if m.role == Role::User { mark.clone() } else { None }));
            messages.extend(group);
        }
        (messages, all_marks)
    })
}

fn turns(kind: u8, number: usize, text: &str) -> Vec<Message> {
    let call = |ids: &[usize]| Message {
        tool_calls: ids
            .iter()
            .map(|i| ToolCall {
                id: format!("c{number}.{i}"),
                kind: "function".into(),
                function: FunctionCall::default(),
            })
            .collect(),
        ..Message::new(Role::Assistant, "")
    };
    let result = |i: usize| Message { tool_call_id: Some(format!("c{number}.{i}")), ..Message::new(Role::Tool, text) };
    match kind {
        0..=4 => vec![Message::new(Role::User, text)],
        5..=7 => vec![Message::new(Role::Assistant, text)],
        8 => vec![call(&[0]), result(0)],
        9 => vec![call(&[0, 1]), result(1), result(0)],
        10 => vec![call(&[0, 1]), result(1)],
        _ if number.is_multiple_of(2) => vec![result(7)],
        _ => vec![Message::new(Role::System, text)],
    }
}

fn marks() -> impl Strategy<Value = Option<Mark>> {
    let family = prop::sample::select(vec!["self-harm", "medical", "abuse", "own/one"]);
    let age = prop::sample::select(vec![AgeBand::Unknown, AgeBand::Unknown, AgeBand::Child, AgeBand::Adult]);
    let grave =
        (1u8..=3, any::<bool>(), family, age, any::<bool>()).prop_map(|(tier, refer, family, age, shown)| Mark {
            tier: Tier::try_from(tier).unwrap(),
            refer,
            families: vec![family.to_owned()],
            age,
            referral_shown: shown,
            ..Mark::default()
        });
    prop_oneof![2 => Just(None), 1 => grave.prop_map(Some)]
}

fn options() -> impl Strategy<Value = FitOptions> {
    let strategy = prop::sample::select(vec![Fitting::Last, Fitting::First, Fitting::MiddleOut]);
    let start =
        prop::sample::select(vec![vec![], vec![Role::User], vec![Role::Assistant], vec![Role::User, Role::Assistant]]);
    let end = prop::sample::select(vec![vec![], vec![], vec![Role::User], vec![Role::User, Role::Tool]]);
    let limit = prop::option::weighted(0.3, 1u64..30);
    let summary = prop::option::weighted(0.3, Just("what was said in five words".to_owned()));
    let plain = any::<bool>();
    (strategy, start, end, limit, summary, any::<(bool, bool, bool)>(), plain).prop_map(
        |(strategy, start_on, end_on, max_messages, summary, (include_system, allow_partial, pins), plain)| {
            FitOptions {
                max_messages,
                strategy,
                start_on,
                end_on,
                include_system,
                allow_partial,
                pinned: if pins { vec![Pin::Index(0)] } else { vec![] },
                overhead: if plain {
                    Overhead { message: 0, role: 0, name: 0, part: 0, reply: 0 }
                } else {
                    Overhead::default()
                },
                summary,
                ..FitOptions::default()
            }
        },
    )
}

fn count(messages: &[Message], overhead: &Overhead) -> u64 {
    let mut history = History::new(&WordCounter);
    messages.iter().for_each(|m| history.push(m, None, &WordCounter).unwrap());
    history.tokens(overhead)
}

/// Turns that must stay or leave a note, by the definition and not by the code.
fn grave(marks: &[Option<Mark>]) -> BTreeSet<usize> {
    let mut known = AgeBand::Unknown;
    let mut grave = BTreeSet::new();
    for (index, mark) in marks.iter().enumerate().filter_map(|(i, m)| m.as_ref().map(|m| (i, m))) {
        let discloses = mark.age != AgeBand::Unknown && mark.age != known;
        known = if discloses { mark.age } else { known };
        if discloses || mark.tier == Tier::Crisis || mark.refer {
            grave.insert(index);
        }
    }
    grave
}

fn kept(fit: &Fit) -> BTreeSet<usize> {
    fit.kept.iter().map(|k| k.index).collect()
}

fn assert_pairs_whole(output: &[Message]) {
    let mut open: BTreeSet<&str> = BTreeSet::new();
    for message in output {
        match message.tool_call_id.as_deref() {
            Some(id) => assert!(open.remove(id), "a result without its call"),
            None => assert!(open.is_empty(), "a call without its result"),
        }
        open.extend(message.tool_calls.iter().map(|c| c.id.as_str()));
    }
    assert!(open.is_empty(), "a call without its result");
}

/// Cases of each property; `PROPTEST_CASES` sets another number.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2000)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_fit_keeps_its_promises((messages, marks) in histories(), options in options(), budget in 0u64..500, reserve in 0u64..20) {
        let options = FitOptions { max_tokens: budget, reserve_tokens: reserve, ..options };
        let Ok(fit) = fit(&messages, &marks, &options, &WordCounter) else { return Ok(()) };
        let output = fit.render(&messages, &WordCounter).unwrap();

        // Never over budget, by a count of its own.
        prop_assert!(count(&output, &options.overhead) <= fit.tokens_used);
        prop_assert!(fit.tokens_used + fit.tokens_free + reserve == budget);
        prop_assert!(options.max_messages.is_none_or(|max| output.len() as u64 <= max));

        // Every message has one fate, and order is kept.
        let stays = kept(&fit);
        let goes: BTreeSet<usize> = fit.dropped.iter().map(|d| d.index).collect();
        prop_assert!(stays.is_disjoint(&goes) && stays.len() + goes.len() == messages.len());
        prop_assert!(fit.kept.is_sorted_by_key(|k| k.index) && fit.dropped.is_sorted_by_key(|d| d.index));

        // What is grave stays or has a note, each note is there once.
        let noted: BTreeSet<usize> = fit.inserted.iter().flat_map(|i| i.replaces.iter().copied()).collect();
        for index in grave(&marks) {
            prop_assert!(stays.contains(&index) != noted.contains(&index));
        }
        let families: Vec<_> = fit.inserted.iter().filter_map(|i| i.family.as_deref()).collect();
        prop_assert_eq!(families.iter().collect::<BTreeSet<_>>().len(), families.len());
        prop_assert!(options.pinned.is_empty() || stays.contains(&0));

        // The last user turn stays: nothing that a person says after the last kept one may still be said.
        let last_user = messages.iter().rposition(|m| m.role == Role::User);
        if options.end_on.is_empty() {
            prop_assert!(last_user.is_none_or(|i| stays.contains(&i)));
        }
        let leading = messages.iter().take_while(|m| m.role == Role::System).count();
        prop_assert!(!options.include_system || (0..leading).all(|i| stays.contains(&i) || goes.contains(&i) && !options.end_on.is_empty()));

        // Valid for chat APIs: pairs whole, begins and ends as asked.
        assert_pairs_whole(&output);
        let first = output.iter().map(|m| m.role).find(|r| *r != Role::System);
        let begins_with_system = fit.kept.iter().find(|k| k.index >= leading).is_some_and(|k| messages[k.index].role == Role::System);
        prop_assert!(options.start_on.is_empty() || begins_with_system || first.is_none_or(|r| options.start_on.contains(&r)));
        prop_assert!(!begins_with_system || options.start_on.is_empty());
        if let Some(last) = fit.kept.last().filter(|_| !options.end_on.is_empty()) {
            prop_assert!(options.end_on.contains(&messages[last.index].role));
        }
    }

    #[test]
    fn fitting_the_output_changes_nothing((messages, marks) in histories(), options in options(), budget in 0u64..500) {
        let options = FitOptions { max_tokens: budget, pinned: vec![], ..options };
        let Ok(first) = fit(&messages, &marks, &options, &WordCounter) else { return Ok(()) };
        let output = first.render(&messages, &WordCounter).unwrap();
        let mut kept = first.kept.iter();
        let marks: Vec<_> = first.pieces().map(|piece| match piece {
            safeturn::Piece::Kept(_) => marks[kept.next().unwrap().index].clone(),
            safeturn::Piece::Inserted(_) => None,
        }).collect();
        let second = fit(&output, &marks, &options, &WordCounter).unwrap();
        prop_assert_eq!(second.render(&output, &WordCounter).unwrap(), output);
        prop_assert!(second.inserted.is_empty() && second.dropped.is_empty());
    }

    #[test]
    fn a_larger_budget_loses_nothing((messages, marks) in histories(), options in options(), budget in 0u64..400, more in 1u64..200) {
        let small = FitOptions { max_tokens: budget, ..options };
        let large = FitOptions { max_tokens: budget + more, ..small.clone() };
        let Ok(small) = fit(&messages, &marks, &small, &WordCounter) else { return Ok(()) };
        let large = fit(&messages, &marks, &large, &WordCounter).unwrap();
        let grave = grave(&marks);
        let kept_grave = |fit: &Fit| -> BTreeSet<usize> { kept(fit).intersection(&grave).copied().collect() };
        prop_assert!(kept_grave(&small).is_subset(&kept_grave(&large)));
        if kept_grave(&small) != kept_grave(&large) {
            return Ok(());
        }
        prop_assert!(kept(&small).is_subset(&kept(&large)));
        let cuts = |fit: &Fit| -> BTreeMap<usize, u64> {
            fit.kept.iter().filter_map(|k| k.cut.map(|c| (k.index, c.tokens))).collect()
        };
        let small_cuts = cuts(&small);
        for (index, tokens) in cuts(&large) {
            prop_assert!(!kept(&small).contains(&index) || small_cuts.get(&index).is_some_and(|t| *t <= tokens));
        }
    }

    #[test]
    fn a_stored_history_fits_alike((messages, marks) in histories(), options in options(), budget in 0u64..400) {
        let options = FitOptions { max_tokens: budget, ..options };
        let mut history = History::with_text(&WordCounter);
        for (message, mark) in messages.iter().zip(&marks) {
            history.push(message, mark.clone(), &WordCounter).unwrap();
        }
        let again = History::from_json(&history.to_json()).unwrap();
        prop_assert_eq!(&again, &history);
        let (one, two) = (history.fit(&options, &WordCounter), fit(&messages, &marks, &options, &WordCounter));
        prop_assert_eq!(&one, &two);
        if let Ok(fit) = one {
            prop_assert_eq!(again.messages(&fit, &WordCounter).unwrap(), fit.render(&messages, &WordCounter).unwrap());
        }
    }

    /// Like a fuzzer: any JSON, any options, any budget; nothing panics, no error holds text.
    #[test]
    fn anything_goes_in(text in "[\\[{\\]}\",:a-z0-9 é]{0,80}", roles in prop::collection::vec("[a-z]{0,6}|user|tool|assistant|system", 0..6),
                        ids in prop::collection::vec("c[12]?", 6), max in any::<u64>(), reserve in any::<u64>(), pins in prop::collection::vec(any::<usize>(), 0..2),
                        overhead in any::<u32>(), words in "zebra\\PC{0,40}") {
        let _ = Message::list_from_json(&text);
        let _ = History::from_json(&text);
        let list: Vec<_> = roles.iter().zip(&ids).map(|(role, id)| serde_json::json!({"role": role, "content": words, "tool_call_id": id,
            "tool_calls": if role == "assistant" { serde_json::json!([{"id": id}]) } else { serde_json::Value::Null }})).collect();
        let messages = match Message::list_from_json(&serde_json::json!(list).to_string()) {
            Ok(messages) => messages,
            Err(error) => {
                prop_assert!(!error.to_string().contains("zebra"));
                return Ok(());
            }
        };
        let options = FitOptions {
            max_tokens: max, reserve_tokens: reserve.min(max) / 2, allow_partial: true,
            pinned: pins.into_iter().map(Pin::Index).collect(),
            overhead: Overhead { message: overhead, role: overhead, name: overhead, part: overhead, reply: overhead % 8 },
            summary: Some(words), ..FitOptions::default()
        };
        match fit(&messages, &[], &options, &Estimate) {
            Ok(fit) => {
                let shown = format!("{fit:?} {options:?} {messages:?}");
                prop_assert!(!shown.contains("zebra"));
                let _ = fit.render(&messages, &Estimate).unwrap();
            }
            Err(error) => prop_assert!(!error.to_string().contains("zebra")),
        }
    }

    #[test]
    fn a_cut_is_an_end_of_the_text_within_its_tokens(text in "\\PC{0,200}", tokens in 0u64..60, last in any::<bool>()) {
        let cut = safeturn::Cut { tokens, keeps: if last { End::Last } else { End::First } };
        let piece = cut.text(&text, &Estimate);
        prop_assert!(Estimate.count(&piece) as u64 <= tokens);
        let is_end = if last { text.ends_with(&piece) } else { text.starts_with(&piece) };
        prop_assert!(is_end);
    }
}

/// The two texts that an output may hold beside the host's own: sentences of ours, and the caller's summary.
#[test]
fn what_is_put_in_is_a_system_message() {
    let messages = [Message::new(Role::User, "a b c d e f g h i j k l m"), Message::new(Role::User, "b")];
    let marks = [Some(Mark { refer: true, ..Mark::default() })];
    let none = Overhead { message: 0, role: 0, name: 0, part: 0, reply: 0 };
    let options = FitOptions { overhead: none, summary: Some("s".into()), ..FitOptions::new(13) };
    let fit = fit(&messages, &marks, &options, &WordCounter).unwrap();
    let kinds: Vec<_> = fit.inserted.iter().map(|i| i.kind).collect();
    assert_eq!(kinds, [InsertKind::Note, InsertKind::Summary]);
    assert_eq!(fit.dropped.iter().map(|d| d.reason).collect::<Vec<_>>(), [DropReason::Noted]);
    assert_eq!(fit.kept[0].reason, KeepReason::LastUser);
    let output = fit.render(&messages, &WordCounter).unwrap();
    assert!(output.iter().take(2).all(|m| m.role == Role::System));
    assert_eq!(output[1].content, Content::Text("s".into()));
}
