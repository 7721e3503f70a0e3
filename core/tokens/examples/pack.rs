//! Takes a published `.tiktoken` vocabulary; gives the packed merges under `data/`. Also packs the Unicode classes.
//!
//! Run once per vocabulary: `cargo run -p safeturn-tokens --example pack -- cl100k_base.tiktoken data/cl100k.pairs`,
//! and `-- classes data/classes.bin`. A packed file holds the 256 bytes in the order of their ranks, then for
//! every later token the two tokens it is merged from, each in as many bits as the token's own rank needs.
//! Stops at a token that merging cannot reach: the engine relies on every token having exactly one last merge.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "a generator")]

use std::collections::HashMap;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [from, to] = arguments.as_slice() else { panic!("expected two arguments: from, to") };
    let packed = if from == "classes" { classes() } else { pairs(&std::fs::read_to_string(from).unwrap()) };
    println!("{to}: {} bytes", packed.len());
    std::fs::write(to, packed).unwrap();
}

fn pairs(text: &str) -> Vec<u8> {
    let mut tokens: Vec<Vec<u8>> = Vec::new();
    for line in text.lines() {
        let (encoded, rank) = line.split_once(' ').unwrap();
        assert_eq!(rank.parse::<usize>().unwrap(), tokens.len(), "ranks are expected in order, without gaps");
        tokens.push(base64(encoded));
    }
    let ranks: HashMap<&[u8], usize> =
        tokens.iter().enumerate().map(|(rank, token)| (token.as_slice(), rank)).collect();
    let mut packed = Vec::new();
    for token in &tokens[..256] {
        assert_eq!(token.len(), 1, "the first 256 ranks are expected to be single bytes");
        packed.push(token[0]);
    }
    let (mut bits, mut held) = (0_u64, 0);
    for (rank, token) in tokens.iter().enumerate().skip(256) {
        let (left, right) = last_merge(token, &ranks);
        assert!(left < rank && right < rank);
        let width = rank.ilog2() + 1;
        for part in [left, right] {
            bits |= (part as u64) << held;
            held += width;
            while held >= 8 {
                packed.push(bits as u8);
                bits >>= 8;
                held -= 8;
            }
        }
    }
    packed.push(bits as u8);
    packed
}

/// The two tokens that merging the token's own bytes arrives at.
fn last_merge(token: &[u8], ranks: &HashMap<&[u8], usize>) -> (usize, usize) {
    let mut ends: Vec<usize> = (0..=token.len()).collect();
    while ends.len() > 3 {
        let best = (0..ends.len() - 2)
            .filter_map(|i| ranks.get(&token[ends[i]..ends[i + 2]]).map(|rank| (*rank, i)))
            .min()
            .unwrap_or_else(|| panic!("a token of {} bytes cannot be reached by merging", token.len()));
        ends.remove(best.1 + 1);
    }
    (ranks[&token[..ends[1]]], ranks[&token[ends[1]..]])
}

fn base64(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for c in text.bytes().filter(|c| *c != b'=') {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' => 62,
            _ => 63,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    out
}

/// Runs of equal class over all code points: class, then the run's length as three bytes.
fn classes() -> Vec<u8> {
    let mut table = vec![0_u8; 0x11_0000];
    // The order of the classes is that of `layout.rs`.
    for (pattern, class) in [
        (r"[\p{Lu}\p{Lt}]", 1),
        (r"\p{Ll}", 2),
        (r"[\p{Lm}\p{Lo}]", 3),
        (r"\p{M}", 4),
        (r"\p{N}", 5),
        (r"[\s--\r\n]", 6),
        (r"[\r\n]", 7),
    ] {
        let hir = regex_syntax::parse(pattern).unwrap();
        let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class_of)) = hir.kind() else {
            panic!("`{pattern}` is not a class")
        };
        for range in class_of.iter() {
            table[range.start() as usize..=range.end() as usize].fill(class);
        }
    }
    table
        .chunk_by(|a, b| a == b)
        .flat_map(|run| {
            let length = (run.len() as u32).to_le_bytes();
            [run[0], length[0], length[1], length[2]]
        })
        .collect()
}
