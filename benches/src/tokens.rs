//! Takes nothing; gives the texts that token counters are compared on, and a `tokenizer.json` of a `tiktoken` vocabulary.

use std::collections::HashMap;

use tiktoken_rs::CoreBPE;

/// Texts of one kind.
#[derive(Debug)]
pub struct Sample {
    /// What kind.
    pub name: String,
    /// The texts, each counted by a call of its own.
    pub texts: Vec<String>,
    /// Some peers need seconds for it.
    pub slow: bool,
}

/// Parts of everyday messages; joined by a seeded choice so that a benchmark does not count one sentence over and over.
const PARTS: &[&str] = &[
    "hey, how are you doing today?",
    "I was wondering if you could help me with something.",
    "My sister's wedding is in three weeks",
    "and I still haven't found a dress!",
    "lol that's so funny",
    "can we talk about the trip to Lisbon instead?",
    "The flight leaves at 6:45 am on 12/03,",
    "so we should probably book a taxi.",
    "I've been feeling a bit tired lately",
    "because the baby doesn't sleep much.",
    "What would you recommend for dinner?",
    "Something quick, maybe pasta with garlic and spinach.",
    "ok thx",
    "Sure, that sounds great :)",
    "He told me he'd call back, but he never did.",
    "My boss wants the report by Friday",
    "and honestly I don't know where to start.",
    "Do you remember what I said yesterday about Grzegorz?",
    "I think it was the neighbour's cat again.",
    "wanna hear a joke?",
    "Please explain photosynthesis like I'm five.",
    "It costs $1,299.99 at the moment",
    "which is waaay too expensive imho.",
    "Thank you so much, you're a lifesaver!!",
];

const CODE: &str = include_str!("../benches/tokens.rs");

/// Texts of all kinds.
#[must_use]
pub fn samples() -> Vec<Sample> {
    let mut random = Random(2_463_534_242);
    let mut samples = vec![
        plain("english chat, 120 bytes", (0..500).map(|_| random.message(120)).collect()),
        plain("code", vec![CODE.to_owned()]),
        plain("long document", vec![(0..2_000).map(|_| random.message(120) + "\n\n").collect()]),
    ];
    for section in include_str!("../../core/tokens/samples/languages.txt").split("## ").skip(1) {
        let (language, text) = section.split_once('\n').unwrap_or_default();
        samples.push(plain(&format!("language {language}"), vec![text.to_owned()]));
    }
    let mib = 1 << 20;
    for (name, unit) in
        [("one letter", "a"), ("spaces", " "), ("line breaks", "\n"), ("equals signs", "="), ("two letters", "ab")]
    {
        samples.push(Sample {
            name: format!("hostile {name}"),
            texts: vec![unit.repeat(mib / unit.len())],
            slow: true,
        });
    }
    for (name, letters) in [
        ("random a to z", "abcdefghijklmnopqrstuvwxyz"),
        ("random a b", "ab"),
        ("random acgt", "acgt"),
        ("random aA", "aA"),
        ("random cyrillic", "абвгдежзиклмнопрст"),
        ("random chinese", "中文字符测试的一是了我不人在他有这个上们来到时大地为子"),
        ("random emoji", "😂👍🙂🎉💀"),
        ("random thai", "กขคงจฉ"),
        ("random marks", "\u{300}\u{301}\u{20dd}"),
        ("random words of typing", "asdfghjkl asdfghjkl "),
    ] {
        samples.push(Sample {
            name: format!("hostile {name}"),
            texts: vec![random.letters(letters, 100_000)],
            slow: true,
        });
    }
    samples
}

fn plain(name: &str, texts: Vec<String>) -> Sample {
    Sample { name: name.to_owned(), texts, slow: false }
}

/// Marsaglia's xorshift64 with a fixed seed.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % end
    }

    fn message(&mut self, bytes: usize) -> String {
        let mut message = String::new();
        while message.len() < bytes {
            if !message.is_empty() {
                message.push(' ');
            }
            message.push_str(PARTS.get(self.below(PARTS.len())).unwrap_or(&""));
        }
        message.truncate(bytes);
        message
    }

    fn letters(&mut self, letters: &str, count: usize) -> String {
        let letters: Vec<char> = letters.chars().collect();
        (0..count).filter_map(|_| letters.get(self.below(letters.len())).copied()).collect()
    }
}

/// The vocabulary as Hugging Face writes it: bytes as printable characters, merges in the order of their ranks.
#[must_use]
pub fn tokenizer_json(reference: &CoreBPE, tokens: u32) -> Vec<u8> {
    let letters = byte_letters();
    let words: Vec<Vec<u8>> = (0..tokens).filter_map(|rank| reference.decode_bytes(&[rank]).ok()).collect();
    let ranks: HashMap<&[u8], usize> = words.iter().enumerate().map(|(rank, word)| (word.as_slice(), rank)).collect();
    let shown = |bytes: &[u8]| -> String { bytes.iter().filter_map(|byte| letters.get(usize::from(*byte))).collect() };
    let vocabulary: serde_json::Map<String, serde_json::Value> =
        words.iter().enumerate().map(|(rank, word)| (shown(word), rank.into())).collect();
    let merges: Vec<[String; 2]> = words
        .iter()
        .filter(|word| word.len() > 1)
        .map(|word| {
            let (left, right) = word.split_at(last_cut(word, &ranks));
            [shown(left), shown(right)]
        })
        .collect();
    let pattern = r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";
    let file = serde_json::json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": [], "normalizer": null, "post_processor": null, "decoder": null,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": false},
            {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": false},
        ]},
        "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null, "end_of_word_suffix": null,
            "fuse_unk": false, "byte_fallback": false, "ignore_merges": true, "vocab": vocabulary, "merges": merges},
    });
    file.to_string().into_bytes()
}

/// Where the last merge of a token joins its halves.
fn last_cut(word: &[u8], ranks: &HashMap<&[u8], usize>) -> usize {
    let mut ends: Vec<usize> = (0..=word.len()).collect();
    while ends.len() > 3 {
        let joined = |at: usize| ranks.get(word.get(*ends.get(at)?..*ends.get(at + 2)?)?).map(|rank| (*rank, at));
        let Some((_, at)) = (0..ends.len() - 2).filter_map(joined).min() else { break };
        ends.remove(at + 1);
    }
    ends.get(1).copied().unwrap_or(1)
}

/// GPT-2's printable stand-ins for bytes.
fn byte_letters() -> Vec<char> {
    let is_shown = |byte: u8| matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF);
    let mut others = (0x100_u32..).filter_map(char::from_u32);
    (0..=u8::MAX).filter_map(|byte| if is_shown(byte) { Some(char::from(byte)) } else { others.next() }).collect()
}
