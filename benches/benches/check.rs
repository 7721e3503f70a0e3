//! `Guard::check` by size and sort of text, and over a long conversation.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use safeturn::{Conversation, Guard, Timestamp, Turn};
use safeturn_benches::{Sort, text};

fn sizes(c: &mut Criterion) {
    let guard = Guard::new().unwrap();
    for sort in [Sort::Plain, Sort::Unpunctuated, Sort::Emoji, Sort::Hostile] {
        let mut group = c.benchmark_group(format!("check {sort:?}").to_lowercase());
        for bytes in [20, 100, 500, 1_000, 5_000, 100_000, 1_000_000] {
            let message = text(sort, bytes);
            group.throughput(Throughput::Bytes(message.len() as u64));
            if bytes >= 100_000 {
                group.sample_size(10);
            }
            group.bench_with_input(BenchmarkId::from_parameter(bytes), &message, |b, message| {
                b.iter(|| guard.check(&mut Conversation::new(), &Turn::user(message)));
            });
        }
        group.finish();
    }
}

fn conversation(c: &mut Criterion) {
    let guard = Guard::new().unwrap();
    let messages: Vec<String> = (0..1000).map(|i| text(Sort::Plain, 60 + i % 90)).collect();
    let mut group = c.benchmark_group("conversation");
    group.sample_size(10).throughput(Throughput::Elements(1000));
    group.bench_function("1000 turns", |b| {
        b.iter(|| {
            let mut conversation = Conversation::new();
            for (i, message) in messages.iter().enumerate() {
                let at = Timestamp::from_seconds(1_770_000_000 + i as i64 * 30);
                guard.check(&mut conversation, &Turn::user(message).at(at));
            }
            conversation
        });
    });
    group.bench_function("snapshot there and back", |b| {
        let mut conversation = Conversation::new();
        guard.check(&mut conversation, &Turn::user("i want to die"));
        b.iter(|| Conversation::from_bytes(&conversation.to_bytes()).unwrap());
    });
    group.finish();
}

criterion_group!(benches, sizes, conversation);
criterion_main!(benches);
