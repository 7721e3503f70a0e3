//! Prints how far the public tokenizers lie from the estimate, language by language: the source of the spread in `src/estimate.rs`.
#![allow(clippy::print_stdout, reason = "a report")]

use safeturn_tokens::{Estimate, TokenCounter};

fn main() {
    let voyage = bpe_openai::voyage3_base();
    println!("| language | estimate | o200k | cl100k | p50k | r50k | voyage-3 | lowest | highest |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for section in include_str!("../samples/languages.txt").split("## ").skip(1) {
        let Some((language, text)) = section.split_once('\n') else { continue };
        let estimate = Estimate.count(text);
        let counts = [
            tiktoken_rs::o200k_base_singleton().count_ordinary(text),
            tiktoken_rs::cl100k_base_singleton().count_ordinary(text),
            tiktoken_rs::p50k_base_singleton().count_ordinary(text),
            tiktoken_rs::r50k_base_singleton().count_ordinary(text),
            voyage.count(text),
        ];
        let share = |count: Option<&usize>| count.map_or(0.0, |count| *count as f64 / estimate as f64);
        let (low, high) = (share(counts.iter().min()), share(counts.iter().max()));
        let columns = counts.map(|count| count.to_string()).join(" | ");
        println!("| {language} | {estimate} | {columns} | {low:.2} | {high:.2} |");
    }
}
