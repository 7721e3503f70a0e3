//! Takes the packed vocabularies and classes under `data/`; gives tables that the crate reads in place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a failed build is the report")]

#[allow(dead_code, reason = "the crate uses what the build does not")]
#[path = "src/layout.rs"]
mod layout;

use std::path::Path;

use layout::{
    BEGINNING_BITS, FIRST_LENGTH, MIDDLE, NONE, RANK_BITS, SHORT, beginning, hash_long, hash_middle, hash_short,
    pair_key, seeded_slot, slot,
};

fn main() {
    println!("cargo:rerun-if-changed=data");
    println!("cargo:rerun-if-changed=src/layout.rs");
    let out = std::env::var("OUT_DIR").unwrap();
    let out = Path::new(&out);
    classes(out);
    for (name, feature) in [("cl100k", "CARGO_FEATURE_CL100K"), ("o200k", "CARGO_FEATURE_O200K")] {
        if std::env::var_os(feature).is_some() {
            vocabulary(name, out);
        }
    }
}

/// Two stages: which block of 256 classes a code point's upper bits choose, then the blocks.
fn classes(out: &Path) {
    let runs = std::fs::read("data/classes.bin").unwrap();
    let mut table = Vec::with_capacity(0x11_0000);
    for run in runs.chunks_exact(4) {
        let length = u32::from_le_bytes([run[1], run[2], run[3], 0]) as usize;
        table.resize(table.len() + length, run[0]);
    }
    assert_eq!(table.len(), 0x11_0000);
    let mut blocks: Vec<&[u8]> = Vec::new();
    let mut index = Vec::new();
    for block in table.chunks(256) {
        let at = blocks.iter().position(|known| *known == block).unwrap_or_else(|| {
            blocks.push(block);
            blocks.len() - 1
        });
        index.push(u8::try_from(at).expect("at most 256 different blocks"));
    }
    std::fs::write(out.join("class_index.bin"), index).unwrap();
    std::fs::write(out.join("class_blocks.bin"), blocks.concat()).unwrap();
}

fn vocabulary(name: &str, out: &Path) {
    let (tokens, parts) = unpack(&std::fs::read(format!("data/{name}.pairs")).unwrap());
    assert!(tokens.len() < 1 << RANK_BITS);
    let write = |part: &str, bytes: Vec<u8>| std::fs::write(out.join(format!("{name}_{part}.bin")), bytes).unwrap();

    let mut single = vec![NONE; 256];
    for (rank, token) in tokens.iter().take(256).enumerate() {
        single[usize::from(token[0])] = rank as u32;
    }
    write("single", single.iter().flat_map(|rank| rank.to_le_bytes()).collect());

    let mut twos = vec![NONE; 1 << 16];
    for (rank, token) in tokens.iter().enumerate().filter(|(_, token)| token.len() == 2) {
        twos[usize::from(token[0]) << 8 | usize::from(token[1])] = rank as u32;
    }
    write("twos", twos.iter().flat_map(|rank| rank.to_le_bytes()).collect());

    let halves = (0..256).map(|rank| (rank, rank)).chain(parts.iter().copied());
    write("halves", halves.flat_map(|(left, right)| [left.to_le_bytes(), right.to_le_bytes()].concat()).collect());

    let mut lengths = vec![1_u16; 1 << BEGINNING_BITS];
    for token in tokens.iter().filter(|token| (FIRST_LENGTH + 1..=MIDDLE).contains(&token.len())) {
        lengths[beginning([token[0], token[1], token[2], token[3]])] |= 1 << (token.len() - FIRST_LENGTH);
    }
    write("lengths", lengths.iter().flat_map(|bits| bits.to_le_bytes()).collect());

    let pairs: Vec<(u64, u64)> = (256..)
        .zip(&parts)
        .map(|(rank, (left, right))| {
            let key = pair_key(*left, *right);
            (hash_short(key), key << RANK_BITS | rank)
        })
        .collect();
    let (seeds, slots) = perfect(&pairs, u64::MAX);
    write("pair_seeds", seeds);
    write("pairs", slots.iter().flat_map(|slot| slot.to_le_bytes()).collect());
    words(&tokens, write);
}

/// The tables of whole words by length. A word that ends in a zero byte would look like a shorter one: it is kept with the long ones.
fn words(tokens: &[Vec<u8>], write: impl Fn(&str, Vec<u8>)) {
    let ranked = || tokens.iter().zip(0_u32..);
    let is_kept = |token: &[u8], longest| token.len() <= longest && token.last() != Some(&0);
    let (short, rest): (Vec<_>, Vec<_>) = ranked().partition(|(token, _)| is_kept(token, SHORT));
    let (middle, long): (Vec<_>, Vec<_>) = rest.into_iter().partition(|(token, _)| is_kept(token, MIDDLE));

    let short: Vec<_> = short.iter().map(|(token, rank)| (hash_short(number(token)), (number(token), *rank))).collect();
    let (seeds, slots) = perfect(&short, (0, NONE));
    write("short_seeds", seeds);
    write("short", slots.iter().flat_map(|(key, _)| key.to_le_bytes()).collect());
    write("short_ranks", slots.iter().flat_map(|(_, rank)| rank.to_le_bytes()).collect());

    let middle = middle.iter().map(|(token, rank)| {
        let (low, high) = (number(&token[..SHORT]), number(&token[SHORT..]));
        (hash_middle(low, high), (low, high, *rank))
    });
    let (seeds, slots) = perfect(&middle.collect::<Vec<_>>(), (0, 0, NONE));
    write("middle_seeds", seeds);
    write("middle", slots.iter().flat_map(|(low, high, _)| [low.to_le_bytes(), high.to_le_bytes()].concat()).collect());
    write("middle_ranks", slots.iter().flat_map(|(_, _, rank)| rank.to_le_bytes()).collect());

    let mut slots = vec![NONE; long.len() * 2];
    let mut text = Vec::new();
    for (token, _) in long {
        place(&mut slots, hash_long(token), NONE, text.len() as u32);
        text.push(u8::try_from(token.len()).expect("tokens of at most 255 bytes"));
        text.extend_from_slice(token);
    }
    write("long", slots.iter().flat_map(|slot| slot.to_le_bytes()).collect());
    write("text", text);
}

/// A seed for every bucket, and the slots, four fifths of them full. Full buckets choose first.
fn perfect<T: Copy + PartialEq>(entries: &[(u64, T)], empty: T) -> (Vec<u8>, Vec<T>) {
    let mut slots = vec![empty; entries.len() * 5 / 4];
    let mut seeds = vec![0; entries.len() / 3];
    let mut buckets = vec![Vec::new(); seeds.len()];
    for entry in entries {
        buckets[slot(entry.0, seeds.len())].push(entry);
    }
    let mut order: Vec<usize> = (0..buckets.len()).collect();
    order.sort_by_key(|bucket| std::cmp::Reverse(buckets[*bucket].len()));
    for bucket in order {
        let seed = (0..=u8::MAX).find(|seed| {
            let mut places: Vec<usize> =
                buckets[bucket].iter().map(|(hash, _)| seeded_slot(*hash, *seed, slots.len())).collect();
            places.sort_unstable();
            places.windows(2).all(|two| two[0] != two[1]) && places.iter().all(|place| slots[*place] == empty)
        });
        seeds[bucket] = seed.expect("a seed that keeps a bucket's keys apart");
        for (hash, entry) in &buckets[bucket] {
            let place = seeded_slot(*hash, seeds[bucket], slots.len());
            slots[place] = *entry;
        }
    }
    (seeds, slots)
}

fn place<T: PartialEq + Copy>(slots: &mut [T], hash: u64, empty: T, value: T) {
    let mut at = slot(hash, slots.len());
    while slots[at] != empty {
        at = (at + 1) % slots.len();
    }
    slots[at] = value;
}

fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The bytes of all tokens, and what each after the first 256 is merged from. The form is described in `examples/pack.rs`.
fn unpack(packed: &[u8]) -> (Vec<Vec<u8>>, Vec<(u32, u32)>) {
    let mut tokens: Vec<Vec<u8>> = packed[..256].iter().map(|byte| vec![*byte]).collect();
    let mut parts = Vec::new();
    let (mut bits, mut held) = (0_u64, 0);
    let mut bytes = packed[256..].iter();
    loop {
        let width = tokens.len().ilog2() + 1;
        let mut part = || {
            while held < width {
                bits |= u64::from(*bytes.next()?) << held;
                held += 8;
            }
            let part = bits & ((1 << width) - 1);
            bits >>= width;
            held -= width;
            Some(part as u32)
        };
        let (Some(left), Some(right)) = (part(), part()) else { break };
        tokens.push([tokens[left as usize].as_slice(), tokens[right as usize].as_slice()].concat());
        parts.push((left, right));
    }
    (tokens, parts)
}
