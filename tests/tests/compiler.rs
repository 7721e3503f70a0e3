//! Every kind of mistake in the rule data stops the build, and is named with its file and line.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

use std::fs;
use std::path::PathBuf;

use safeturn_lexicon::compile::compile;

const CATEGORIES: &str = "[[category]]\nid = \"fruit\"\nwhy = \"test\"\ntier = 2\n";
const WORDS: &str = "[class]\nnot = [\"not\"]\nwant = [\"want\", \"wanna\"]\n";

/// A data folder with one rule file; the name keeps tests apart.
fn folder(name: &str, rules: &str) -> PathBuf {
    let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let english = root.join("lexicons/en");
    fs::create_dir_all(&english).unwrap();
    fs::create_dir_all(root.join("ordinary")).unwrap();
    fs::write(root.join("categories.toml"), CATEGORIES).unwrap();
    fs::write(root.join("languages.toml"), "[[language]]\ntag = \"en\"\nwords = \"the a\"\n").unwrap();
    fs::write(root.join("fuzzy.toml"), "misspelled = [\"banana\"]\nexcept = []\nmasked = [\"banana\"]\n").unwrap();
    fs::write(root.join("ordinary/en.txt"), "# ordinary\nthe weather is fine\nplease want less\n").unwrap();
    fs::write(english.join("words.toml"), WORDS).unwrap();
    fs::write(english.join("fruit.toml"), rules).unwrap();
    root
}

fn rule(fields: &str) -> String {
    format!("category = \"fruit\"\n[[rule]]\nid = \"r\"\nwhy = \"test\"\n{fields}\n")
}

#[test]
fn sound_data_compiles() {
    let good = rule(
        "match = [\"<want> ..2 banana\"]\nyes = [\"i want a banana\", \"i wanna bannana\", \"want b*nana\"]\nno = [\"a banana\"]",
    );
    let table = compile(&folder("good", &good)).unwrap();
    assert_eq!(table.rules.len(), 1);
}

#[test]
fn every_mistake_is_named_with_file_and_line() {
    let cases = [
        (
            "unknown_category",
            rule("category = \"veg\"\nmatch = [\"banana\"]\nyes = [\"banana\"]"),
            2,
            "unknown category `veg`",
        ),
        ("unknown_class", rule("match = [\"<wish> banana\"]\nyes = [\"banana\"]"), 5, "unknown class `wish`"),
        ("unknown_key", rule("matches = [\"banana\"]"), 5, "unknown field"),
        ("unknown_kind", rule("kind = \"guess\"\nmatch = [\"banana\"]"), 5, "unknown variant"),
        ("bad_tier", rule("tier = 4\nmatch = [\"banana\"]\nyes = [\"banana\"]"), 2, "tier `4`"),
        ("bad_gap", rule("match = [\"banana ..99 want\"]\nyes = [\"banana want\"]"), 5, "gap"),
        ("empty_clause", rule("match = [\"..3 banana?\"]\nyes = [\"banana\"]"), 5, "empty clause"),
        ("no_pattern", rule("match = []\nyes = [\"banana\"]"), 2, "no pattern"),
        (
            "never_matches",
            rule("match = [\"banana split\"]\nyes = [\"split banana\"]"),
            6,
            "no pattern of the rule matches",
        ),
        ("matches_no", rule("match = [\"banana\"]\nyes = [\"banana\"]\nno = [\"a banana\"]"), 7, "must not"),
        ("no_example", rule("match = [\"banana\"]"), 2, "needs at least one `yes` example"),
        ("ordinary", rule("match = [\"weather\"]\nyes = [\"weather\"]"), 2, "ordinary sentence at ordinary/en.txt:2"),
        (
            "duplicate",
            rule("match = [\"don't banana\", \"dont banana\"]\nyes = [\"dont banana\"]"),
            5,
            "same as the one at",
        ),
        ("short_beginning", rule("match = [\"ban*\"]\nyes = [\"banana\"]"), 5, "too short"),
        ("unclosed", rule("match = [\"(banana want\"]\nyes = [\"banana\"]"), 5, "expected `)`"),
        ("class_twice", format!("[class]\nx = [\"plum\", \"plum\"]\n{}", ""), 2, "already in class"),
    ];
    for (name, text, line, words) in cases {
        let mistakes = compile(&folder(name, &text)).err().unwrap_or_default();
        let told: Vec<String> = mistakes.iter().map(ToString::to_string).collect();
        let place = format!("lexicons/en/fruit.toml:{line}: ");
        assert!(told.iter().any(|m| m.starts_with(&place) && m.contains(words)), "{name}: {told:?}");
    }
}
