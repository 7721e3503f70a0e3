//! Fitting a cached history, and adding to it. Budget: fit of 1,000 messages in 100 µs, append of 100 bytes in 10 µs.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use safeturn::{Estimate, FitOptions, History, Mark, Message, Role, Strategy, Tier, ToolCall};
use safeturn_benches::{Sort, text};

/// Users and assistants in turn, every tenth pair with a tool, every `grave`th user turn marked.
fn history(messages: usize, grave: usize) -> History {
    let mut history = History::new(&Estimate);
    while history.len() < messages {
        let number = history.len();
        let text = text(Sort::Plain, 60 + number % 200);
        let mark = Mark { tier: Tier::Crisis, refer: true, families: vec!["self-harm".into()], ..Mark::default() };
        let mark = if number.is_multiple_of(grave) { mark } else { Mark::default() };
        history.push(&Message::new(Role::User, text.clone()), Some(mark), &Estimate).unwrap();
        if number.is_multiple_of(20) {
            let call = ToolCall { id: format!("call{number}"), ..ToolCall::default() };
            let message = Message { tool_calls: vec![call], ..Message::new(Role::Assistant, "") };
            history.push(&message, None, &Estimate).unwrap();
            let message =
                Message { tool_call_id: Some(format!("call{number}")), ..Message::new(Role::Tool, text.clone()) };
            history.push(&message, None, &Estimate).unwrap();
        }
        history.push(&Message::new(Role::Assistant, text), None, &Estimate).unwrap();
    }
    history
}

fn fitting(c: &mut Criterion) {
    let mut group = c.benchmark_group("fit");
    for (name, messages, grave) in [("1000", 1000, 50), ("1000 all grave", 1000, 1), ("10000", 10_000, 50)] {
        let history = history(messages, grave);
        for strategy in [Strategy::Last, Strategy::MiddleOut] {
            for max_tokens in [1_000, 16_000] {
                let options = FitOptions { strategy, start_on: vec![Role::User], ..FitOptions::new(max_tokens) };
                let id = BenchmarkId::new(name, format!("{strategy:?} {max_tokens}").to_lowercase());
                group.bench_with_input(id, &options, |b, options| {
                    b.iter(|| history.fit(options, &Estimate).unwrap());
                });
            }
        }
    }
    group.finish();
}

fn append(c: &mut Criterion) {
    let message = Message::new(Role::User, text(Sort::Plain, 100));
    let mark = Mark { tier: Tier::Crisis, families: vec!["self-harm".into()], ..Mark::default() };
    let history = history(1000, 50);
    let mut group = c.benchmark_group("append");
    group.bench_function("100 bytes", |b| {
        let mut history = history.clone();
        b.iter(|| {
            history.push(&message, Some(mark.clone()), &Estimate).unwrap();
            history.truncate(1000);
        });
    });
    group.bench_function("first marked message, counts the notes", |b| {
        b.iter_batched(
            || History::new(&Estimate),
            |mut history| {
                history.push(&message, Some(mark.clone()), &Estimate).unwrap();
                history
            },
            BatchSize::SmallInput,
        );
    });
    group.bench_function("JSON there and back, 1000", |b| {
        b.iter(|| History::from_json(&history.to_json()).unwrap());
    });
    group.finish();
}

criterion_group!(benches, fitting, append);
criterion_main!(benches);
