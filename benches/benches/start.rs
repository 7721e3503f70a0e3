//! Building a guard: as shipped, and with a thousand more rules.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use std::fmt::Write;
use std::path::Path;

use criterion::{Criterion, criterion_group, criterion_main};
use safeturn::{Guard, Policy};
use safeturn_lexicon::{Language, compile};

/// Rules in the manner of the shipped ones: own words, classes, gaps.
fn thousand_rules() -> String {
    let mut toml = String::from("category = \"distress\"\n");
    for i in 0..1000 {
        let word: String = format!("{i:03}").bytes().map(|b| char::from(b'a' + (b - b'0'))).collect();
        writeln!(
            toml,
            "[[rule]]\nid = \"more-{i}\"\nwhy = \"growth\"\nmatch = [\"<i> ..3 zzq{word} (to|of|with) ..2 <want>|qq{word}\"]\nyes = [\"i zzq{word} to qq{word}\"]"
        )
        .unwrap();
    }
    toml
}

fn start(c: &mut Criterion) {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/data");
    let shipped = compile::compile(&data).map_err(|m| m.len()).unwrap().to_bytes().unwrap();
    let more = compile::compile_with(&data, &[(Language::En, "more.toml", &thousand_rules())]);
    let more =
        more.map_err(|m| m.iter().map(ToString::to_string).take(3).collect::<Vec<_>>()).unwrap().to_bytes().unwrap();
    println!("table: {} bytes, with 1,000 more rules {} bytes", shipped.len(), more.len());
    let mut group = c.benchmark_group("start");
    group.bench_function("guard", |b| b.iter(|| Guard::with_table_bytes(Policy::default(), &shipped).unwrap()));
    group.bench_function("guard with 1000 more rules", |b| {
        b.iter(|| Guard::with_table_bytes(Policy::default(), &more).unwrap());
    });
    let guard = Guard::with_table_bytes(Policy::default(), &shipped).unwrap();
    let larger = Guard::with_table_bytes(Policy::default(), &more).unwrap();
    let message = safeturn_benches::text(safeturn_benches::Sort::Plain, 100);
    group.bench_function("check of 100 bytes", |b| b.iter(|| guard.check_text(&message)));
    group.bench_function("check of 100 bytes with 1000 more rules", |b| b.iter(|| larger.check_text(&message)));
    group.finish();
}

criterion_group!(benches, start);
criterion_main!(benches);
