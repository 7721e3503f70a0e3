//! The same messages through `rustrict`, a profanity and severity filter: the nearest Rust crate that reads a message in process.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rustrict::CensorStr;
use safeturn::{Conversation, Guard, Turn};
use safeturn_benches::{Sort, text};

fn peers(c: &mut Criterion) {
    let guard = Guard::new().unwrap();
    for sort in [Sort::Plain, Sort::Emoji] {
        let mut group = c.benchmark_group(format!("peers {sort:?}").to_lowercase());
        for bytes in [100, 5_000] {
            let message = text(sort, bytes);
            group.throughput(Throughput::Bytes(message.len() as u64));
            group.bench_with_input(BenchmarkId::new("safeturn", bytes), &message, |b, message| {
                b.iter(|| guard.check(&mut Conversation::new(), &Turn::user(message)).message_tier);
            });
            group.bench_with_input(BenchmarkId::new("rustrict", bytes), &message, |b, message| {
                b.iter(|| message.is_inappropriate());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, peers);
criterion_main!(benches);
