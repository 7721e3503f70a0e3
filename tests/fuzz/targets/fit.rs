#![no_main]

use libfuzzer_sys::fuzz_target;
use safeturn::{Estimate, FitOptions, Mark, Message, Role, Tier, fit};

fuzz_target!(|input: (Vec<(u8, &str)>, u16)| {
    let (written, budget) = input;
    let roles = [Role::User, Role::Assistant, Role::System, Role::Tool];
    let messages: Vec<Message> =
        written.iter().map(|(kind, text)| Message::new(roles[usize::from(kind % 4)], *text)).collect();
    let marks: Vec<Option<Mark>> = written
        .iter()
        .map(|(kind, _)| (kind & 64 != 0).then(|| Mark { tier: Tier::Crisis, refer: true, ..Mark::default() }))
        .collect();
    let options = FitOptions { allow_partial: budget % 2 == 0, ..FitOptions::new(u64::from(budget)) };
    if let Ok(found) = fit(&messages, &marks, &options, &Estimate) {
        assert!(found.tokens_used <= u64::from(budget));
        let mut indices: Vec<usize> = found.kept.iter().map(|k| k.index).collect();
        assert!(indices.is_sorted());
        indices.extend(found.dropped.iter().map(|d| d.index));
        indices.sort_unstable();
        assert_eq!(indices, (0..messages.len()).collect::<Vec<_>>());
    }
});
