//! Counts against `tiktoken-rs`: shared data where it is present, odd strings, generated and hostile text; zero differences.
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

use std::path::{Path, PathBuf};

use safeturn_tokens::Encoding;
use tiktoken_rs::CoreBPE;

/// Ours, and the reference for it.
fn encodings() -> [(Encoding, &'static CoreBPE); 3] {
    [
        (Encoding::Cl100kBase, tiktoken_rs::cl100k_base_singleton()),
        (Encoding::O200kBase, tiktoken_rs::o200k_base_singleton()),
        (Encoding::O200kHarmony, tiktoken_rs::o200k_harmony_singleton()),
    ]
}

/// How much was compared.
#[derive(Default)]
struct Tally {
    texts: usize,
    tokens: usize,
    differences: usize,
    first: Option<String>,
}

impl Tally {
    /// Notes where texts differ without the text: some of it is other people's.
    fn compare(&mut self, text: &str, place: &str) {
        for (encoding, reference) in encodings() {
            let expected = reference.encode_ordinary(text).len();
            let counted = encoding.count(text);
            self.texts += 1;
            self.tokens += expected;
            if counted != expected {
                self.differences += 1;
                self.first.get_or_insert_with(|| format!("{encoding} {place}: counted {counted}, expected {expected}"));
            }
        }
    }

    fn report(&self, what: &str) {
        println!("{what}: {} texts, {} tokens, {} differences", self.texts, self.tokens, self.differences);
        assert_eq!(self.differences, 0, "{:?}", self.first);
    }
}

fn shared_data() -> Option<Vec<PathBuf>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = Some(root.join("../../../shared/data")).filter(|f| f.is_dir())?;
    let files = ["dev", "train"]
        .iter()
        .filter_map(|part| std::fs::read_dir(folder.join(part)).ok())
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|e| e == "jsonl"))
        .collect();
    Some(files)
}

#[test]
fn shared_data_is_counted_as_tiktoken_counts_it() {
    let Some(files) = shared_data() else {
        println!("skipped: ../shared/data is not here");
        return;
    };
    let mut tally = Tally::default();
    for path in files {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        for (number, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            let place = format!("{name}:{}", number + 1);
            // The line as it stands is JSON, a text of its own kind; each string in it is another.
            tally.compare(line, &place);
            let mut strings = Vec::new();
            collect(&serde_json::from_str(line).unwrap(), &mut strings);
            strings.iter().for_each(|text| tally.compare(text, &place));
        }
    }
    tally.report("shared data");
}

fn collect(value: &serde_json::Value, strings: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) => strings.push(text.clone()),
        serde_json::Value::Array(values) => values.iter().for_each(|v| collect(v, strings)),
        serde_json::Value::Object(fields) => fields.values().for_each(|v| collect(v, strings)),
        _ => {}
    }
}

/// What the split patterns treat each in its own way.
const ODD: &[&str] = &[
    "",
    " ",
    "  ",
    "\n",
    "\r\n",
    " \n",
    "\n ",
    "\n\n  x",
    "x  ",
    "x \n ",
    "\t",
    "\t\tx",
    "\u{a0}x",
    "\u{a0}\u{a0}x",
    "\u{3000}",
    "\u{2028}x",
    "\u{85}",
    "it's",
    "IT'S",
    "it'ſ",
    "'ſx",
    "'s",
    "'S",
    "'ll",
    "'lL",
    "'l",
    "'lx",
    "'re",
    "'rx",
    "'",
    "''s",
    "x'y's",
    "don't've",
    "o'reilly's",
    "HELLOworld",
    "helloWorld",
    "HelloWORLDs",
    "中A",
    "中AB",
    "中ABc",
    "A中B",
    "ǅx",
    "xǅ",
    "ʰAB",
    "e\u{301}A",
    "\u{301}A",
    "\u{301}",
    " \u{301}",
    "!\u{301}",
    "!!\u{301}x",
    "\u{301}\u{301}AB's",
    "\u{301}'s",
    "1",
    "12",
    "1234",
    "12345678",
    "²³½",
    "一二三四",
    "٣٤٥٦٧",
    "a1b2",
    " 1",
    "  1",
    "!?",
    " !?\n\n",
    "!\n/x",
    "//\n//",
    "/\r\n",
    "a/b",
    "<|endoftext|>",
    "<|fim_prefix|>",
    "\0",
    "\0\0",
    "a\0",
    "\0a",
    "\0\0\0\0\0\0\0\0\0",
    "🙂",
    "🙂🙂🙂",
    "👨‍👩‍👧‍👦",
    "🏳️‍🌈",
    "\u{feff}x",
    "\u{200b}x",
    "\u{10ffff}",
    "नमस्ते",
    "สวัสดีครับ",
    "안녕하세요",
    "こんにちは",
    "Ⅷ",
    "ⓐⓑ",
    "ℵ",
    "ﬁ",
    "ß",
    "İstanbul",
    "ᾈ",
    "ჰ",
];

#[test]
fn odd_strings_and_all_their_joins_are_counted_as_tiktoken_counts_them() {
    let mut tally = Tally::default();
    for (i, first) in ODD.iter().enumerate() {
        tally.compare(first, &format!("odd {i}"));
        for (j, second) in ODD.iter().enumerate() {
            tally.compare(&format!("{first}{second}"), &format!("odd {i}+{j}"));
            tally.compare(&format!("{first} {second}x"), &format!("odd {i}+space+{j}"));
        }
    }
    tally.report("odd strings");
}

/// A small generator with a seed, so that a failure comes again (Marsaglia's xorshift64).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) as usize % end
    }

    /// Characters from a few alphabets in runs, so that words, spaces and mixtures of all lengths come up.
    fn text(&mut self, characters: usize) -> String {
        const ALPHABETS: &[&str] = &[
            "etaoinshrdlu",
            "ETAOINSHRDLU",
            " ",
            " \n\r\t\u{a0}",
            "0123456789",
            ".,!?/'-",
            "'sStTlLvVrReEdDmMſ",
            "éèüßñøåç",
            "абвгдежзиклмнопрст",
            "АБВГДЕЖ",
            "中文字符测试的一是",
            "あいうえおカキク",
            "कखगिीु्",
            "ابتثج\u{64b}",
            "가나다라",
            "🙂😂👍🏽\u{200d}",
            "\u{300}\u{301}\u{20dd}",
            "ǅǈʰˠªº",
            "²½Ⅷ٣",
            "ab",
            "a",
            "{}();=<>_\n    ",
        ];
        let mut out = String::new();
        while out.chars().count() < characters {
            let alphabet: Vec<char> = ALPHABETS[self.below(ALPHABETS.len())].chars().collect();
            let longest = [2, 6, 20, 90][self.below(4)];
            for _ in 0..=self.below(longest) {
                out.push(alphabet[self.below(alphabet.len())]);
            }
        }
        out
    }

    /// Any code points at all.
    fn any(&mut self, characters: usize) -> String {
        (0..characters)
            .filter_map(|_| char::from_u32(self.below([0x80, 0x800, 0x3_0000, 0x11_0000][characters % 4]) as u32))
            .collect()
    }
}

#[test]
fn generated_text_is_counted_as_tiktoken_counts_it() {
    let mut tally = Tally::default();
    let mut random = Random(0x5AFE_7042);
    for round in 0..6_000 {
        let size = 1 + random.below(120);
        tally.compare(&random.text(size), &format!("runs, round {round}"));
        tally.compare(&random.any(size), &format!("any, round {round}"));
    }
    tally.report("generated text");
}

#[test]
fn every_code_point_is_counted_as_tiktoken_counts_it() {
    let mut tally = Tally::default();
    let points: Vec<char> = (0..0x11_0000).filter_map(char::from_u32).collect();
    for around in [("", ""), ("a", "a"), ("A", "b"), (" ", "1")] {
        for chunk in points.chunks(64) {
            let text: String =
                chunk.iter().flat_map(|c| [around.0.to_owned(), c.to_string(), around.1.to_owned()]).collect();
            tally.compare(&text, &format!("U+{:04X} between {around:?}", chunk[0] as u32));
        }
    }
    tally.report("code points");
}

#[test]
fn long_words_are_counted_as_tiktoken_counts_them() {
    let mut tally = Tally::default();
    let mut random = Random(77);
    for alphabet in [
        "a",
        " ",
        "\n",
        "=",
        "ab",
        "abc",
        "aA",
        "e",
        "\u{301}",
        "中",
        "😂",
        "acgt",
        "etaoinshrdlucmfwypvbgkjqxz",
        "中文字符测试的一是了我不人在他有这个上们来到时大地为子",
        "абвгдежзиклмнопрст",
        "-_",
        "лo",
        "กขคงจฉ",
    ] {
        let letters: Vec<char> = alphabet.chars().collect();
        for length in [60, 63, 64, 65, 66, 96, 127, 128, 129, 130, 200, 255, 256, 257, 500, 1_000, 2_047, 5_000] {
            for _ in 0..if letters.len() == 1 { 1 } else { 6 } {
                let word: String = (0..length).map(|_| letters[random.below(letters.len())]).collect();
                tally.compare(&word, &format!("{length} of {alphabet:?}"));
                tally.compare(&format!("x{word}y"), &format!("x, {length} of {alphabet:?}, y"));
            }
        }
    }
    tally.report("long words");
}
