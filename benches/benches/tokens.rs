//! The same texts counted by safeturn and by its peers, in one run: chat, code, documents, languages, hostile strings; and start-up.
//!
//! `tiktoken-rs` and `bpe-openai` count o200k_base and cl100k_base; `tokenizers` counts o200k_base from a `tokenizer.json` made here
//! of the same vocabulary. A peer that would take seconds for a hostile text gets a shorter beginning of it; its speed is per byte all the same.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a benchmark")]

use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use safeturn_benches::tokens::{Sample, samples, tokenizer_json};
use safeturn_tokens::{Encoding, Pretrained, StreamCounter, TokenCounter};
use tokenizers::Tokenizer;

fn peers(c: &mut Criterion) {
    let json = tokenizer_json(tiktoken_rs::o200k_base_singleton(), 199_998);
    let hugging_face = Tokenizer::from_bytes(&json).unwrap();
    // What is compared must be the same count, and so must the one through the feature `hf`.
    let pretrained = Pretrained::from_json("o200k_base", &json).unwrap();
    for text in samples().iter().filter(|sample| !sample.slow).flat_map(|sample| &sample.texts) {
        let counted = Encoding::O200kBase.count(text);
        assert_eq!(counted, tiktoken_rs::o200k_base_singleton().count_ordinary(text));
        assert_eq!(counted, pretrained.count(text));
    }
    for Sample { name, texts, slow } in samples() {
        let mut group = c.benchmark_group(format!("tokens {name}"));
        let bytes: usize = texts.iter().map(String::len).sum();
        let begun: Vec<String> = texts.iter().map(|t| t.chars().take(20_000).collect()).collect();
        let begun_bytes: usize = begun.iter().map(String::len).sum();
        for (encoding, reference, linear) in [
            (Encoding::O200kBase, tiktoken_rs::o200k_base_singleton(), bpe_openai::o200k_base()),
            (Encoding::Cl100kBase, tiktoken_rs::cl100k_base_singleton(), bpe_openai::cl100k_base()),
        ] {
            group.throughput(Throughput::Bytes(bytes as u64));
            group.bench_function(BenchmarkId::new("safeturn", encoding), |b| {
                b.iter(|| texts.iter().map(|text| encoding.count(text)).sum::<usize>());
            });
            group.bench_function(BenchmarkId::new("bpe-openai", encoding), |b| {
                b.iter(|| texts.iter().map(|text| linear.count(text.as_str())).sum::<usize>());
            });
            let (texts, bytes) = if slow { (&begun, begun_bytes) } else { (&texts, bytes) };
            group.throughput(Throughput::Bytes(bytes as u64));
            group.bench_function(BenchmarkId::new("tiktoken-rs", encoding), |b| {
                b.iter(|| texts.iter().map(|text| reference.count_ordinary(text)).sum::<usize>());
            });
            if encoding == Encoding::O200kBase {
                group.bench_function(BenchmarkId::new("tokenizers", encoding), |b| {
                    b.iter(|| {
                        texts.iter().map(|t| hugging_face.encode_fast(t.as_str(), false).unwrap().len()).sum::<usize>()
                    });
                });
            }
        }
        group.finish();
    }
}

/// A reply of 20,000 bytes that comes in parts of about four characters, counted after each.
fn stream(c: &mut Criterion) {
    let text: String = samples()[0].texts.concat().chars().take(20_000).collect();
    let characters: Vec<char> = text.chars().collect();
    let parts: Vec<String> = characters.chunks(4).map(|part| part.iter().collect()).collect();
    let mut group = c.benchmark_group("tokens stream");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("safeturn", |b| {
        b.iter(|| {
            let mut counter = StreamCounter::new(Encoding::O200kBase);
            parts.iter().fold(0, |_, part| {
                counter.append(part);
                counter.count()
            })
        });
    });
    group.finish();
}

fn short() -> Criterion {
    Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(600))
}

criterion_group! { name = benches; config = short(); targets = peers, stream }
criterion_main!(benches);
