//! Takes the bytes that the compiler wrote; gives the table that the matcher reads.

use safeturn_text::hash_word;
use serde::{Deserialize, Serialize};

use crate::rule::{Category, Rule};
use crate::{UNKNOWN_WORD, WordId};

/// Version of the byte format; a table of another version is refused.
pub const FORMAT_VERSION: u16 = 5;

/// Token classes that depend on the token's form, not on a word list.
#[allow(missing_docs, reason = "the names say it")]
pub mod class {
    pub const ANY: u16 = 0;
    /// A whole number of up to four digits, or a number word from two on.
    pub const NUMBER: u16 = 1;
    /// A four-digit number from 1900 to 2099.
    pub const YEAR: u16 = 2;
    /// Written with a capital, not at the start of a sentence.
    pub const CAPITAL: u16 = 3;
    /// Not in the vocabulary.
    pub const UNKNOWN: u16 = 4;
    pub const EMOJI: u16 = 5;
    pub const QUOTED: u16 = 6;
    pub const LINK: u16 = 7;
    /// First token of the sentence.
    pub const FIRST: u16 = 8;
    /// Token of a sentence that ends with a question mark.
    pub const ASKED: u16 = 9;
    pub const STARRED: u16 = 10;
    /// Word lists that the matcher and the engine use by name: position in `Table::engine_classes`.
    pub const ENGINE: [&str; 8] =
        ["barrier", "filler", "gap-stop", "subject-self", "subject-other", "subject-you", "small-talk", "minor-word"];
    /// Ends the scope of context ("but").
    pub const BARRIER: usize = 0;
    /// Left out of matching ("um").
    pub const FILLER: usize = 1;
    /// Not passed over by a plain gap: another subject ("she").
    pub const GAP_STOP: usize = 2;
    /// Stands for the speaker.
    pub const SUBJECT_SELF: usize = 3;
    /// Stands for someone else.
    pub const SUBJECT_OTHER: usize = 4;
    /// Stands for the one spoken to.
    pub const SUBJECT_YOU: usize = 5;
    /// Words that may stand in a greeting without making it more.
    pub const SMALL_TALK: usize = 6;
    /// Someone under age ("my daughter").
    pub const MINOR_WORD: usize = 7;
    /// How many there are; word classes follow.
    pub const COUNT: u16 = 11;
    /// Names as written in patterns.
    pub const NAMES: [(&str, u16); 11] = [
        ("any", ANY),
        ("number", NUMBER),
        ("year", YEAR),
        ("capital", CAPITAL),
        ("unknown", UNKNOWN),
        ("emoji", EMOJI),
        ("quoted", QUOTED),
        ("link", LINK),
        ("first", FIRST),
        ("asked", ASKED),
        ("starred", STARRED),
    ];
}

/// One step of a pattern. `is_free` and `is_crossing` steps may cross a weak break.
#[allow(missing_docs, reason = "the variants say what their fields are")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Op {
    /// One token of the class; `is_free` may stand after a weak break.
    Token { class: u16, is_free: bool },
    /// One token not of the class.
    Not { class: u16, is_free: bool },
    /// Up to `most` tokens of any kind.
    Gap { most: u8, is_crossing: bool },
    /// The next `len` steps may be left out.
    Optional { len: u16 },
    /// `count` branches follow, each led by a `Branch`, `len` steps in all.
    Either { count: u8, len: u16 },
    /// The next `len` steps are one branch.
    Branch { len: u16 },
    /// Start of the sentence part.
    Start,
    /// End of the sentence part.
    End,
    /// The candidate; with `skips_subject` it is not entered at a subject word ("not ok i want …" denies nothing).
    Candidate { skips_subject: bool },
}

/// What a pattern does for its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// Matches.
    Match,
    /// Takes back the rule's matches that it overlaps.
    Veto,
}

/// Words that open more gates than these keep them as a row of bits.
const FEW_GATES: usize = 16;

/// Classes of more words than these are kept as a row of bits as well.
const FEW_WORDS: usize = 64;

/// What is asked of every word of every text.
#[derive(Debug, Clone, Copy, Default)]
struct WordFacts {
    /// Engine classes, as in [`Table::word_engine_bits`].
    engine: u8,
    /// The first word of a phrase, or a second one.
    begins_phrase: bool,
    is_second: bool,
    value: Option<u16>,
}

/// A spelling in the hash table; empty when it ends at 0.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    hash: u32,
    start: u32,
    end: u32,
    word: WordId,
}

/// A pattern in the list of its anchor, with its gates beside it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchored {
    pub pattern: u16,
    pub gates: [u16; 3],
}

/// Anchored patterns by word or class, end to end.
#[derive(Debug, Default)]
pub(crate) struct AnchoredLists {
    starts: Vec<u32>,
    items: Vec<Anchored>,
}

impl AnchoredLists {
    fn new(lists: &Lists, gates: &[[u16; 3]]) -> Self {
        let beside = |pattern: &u16| Anchored {
            pattern: *pattern,
            gates: gates.get(usize::from(*pattern)).copied().unwrap_or([NO_GATE; 3]),
        };
        Self { starts: lists.starts.clone(), items: lists.items.iter().map(beside).collect() }
    }

    #[inline]
    pub(crate) fn get(&self, key: u32) -> &[Anchored] {
        let key = key as usize;
        match (self.starts.get(key), self.starts.get(key + 1)) {
            (Some(a), Some(b)) => self.items.get(*a as usize..*b as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// No further word is required.
pub(crate) const NO_GATE: u16 = u16::MAX;

/// A pattern: a range of steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern {
    /// Index of its rule.
    pub rule: u16,
    /// What it does.
    pub role: Role,
    /// Holds the candidate, so it is run per candidate only.
    pub has_candidate: bool,
    /// Holds its own negation ("don't want to live"), which denies nothing.
    pub is_negated: bool,
    /// Sets of words of which one must occur beside the anchor, or the pattern cannot match; 65535 for none.
    pub gates: [u16; 3],
    /// First step.
    pub start: u32,
    /// One past the last step.
    pub end: u32,
}

/// A table cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The bytes are no table.
    #[error("the rule table cannot be read")]
    Corrupt(#[from] postcard::Error),
    /// The table is of another format.
    #[error("the rule table has format {found}, expected {FORMAT_VERSION}")]
    Version {
        /// Format in the bytes.
        found: u16,
    },
}

/// Lists of small numbers, one list per key, end to end.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lists {
    starts: Vec<u32>,
    items: Vec<u16>,
}

impl Lists {
    /// Appends the list of the next key.
    pub fn push(&mut self, list: &[u16]) {
        if self.starts.is_empty() {
            self.starts.push(0);
        }
        self.items.extend_from_slice(list);
        self.starts.push(u32::try_from(self.items.len()).unwrap_or(u32::MAX));
    }

    /// The list of a key; empty when there is none.
    #[inline]
    #[must_use]
    pub fn get(&self, key: u32) -> &[u16] {
        let key = key as usize;
        match (self.starts.get(key), self.starts.get(key + 1)) {
            (Some(a), Some(b)) => self.items.get(*a as usize..*b as usize).unwrap_or_default(),
            _ => &[],
        }
    }
}

/// Words in a row that count as one member of some classes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Phrase {
    /// Two words or more.
    pub words: Vec<WordId>,
    /// Classes it belongs to, ascending.
    pub classes: Vec<u16>,
    /// Built on load: one bit for each of its classes, by the low bits of its number.
    #[serde(skip)]
    pub(crate) signature: u64,
}

/// Everything that the engine knows about words, ready to match.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Table {
    /// Format of these bytes.
    pub version: u16,
    /// All spellings, end to end.
    pub letters: String,
    /// Where each spelling ends, and the word it spells; more than one spelling may share a word.
    pub spellings: Vec<(u32, WordId)>,
    /// Beginnings of words of at least four bytes, sorted, with their word.
    pub prefixes: Vec<(String, WordId)>,
    /// Spellings (by index) that may be masked with asterisks.
    pub maskable: Vec<u32>,
    /// Phrases, sorted by their words.
    pub phrases: Vec<Phrase>,
    /// Words of each class, ascending.
    pub class_words: Lists,
    /// Engine classes that a word is of, as bits by their position in [`class::ENGINE`].
    pub word_engine_bits: Vec<u8>,
    /// Patterns anchored at each word.
    pub word_patterns: Lists,
    /// The same for rules that only mean something in a short text: greetings, answers, questions.
    pub word_openers: Lists,
    /// Patterns that take a rule's matches back: run only where the rule matched.
    pub rule_vetoes: Lists,
    /// Patterns of what is no age: run only where an age matched.
    pub not_ages: Vec<u16>,
    /// Patterns with a candidate, anchored at each word.
    pub word_contexts: Lists,
    /// Patterns with a candidate that no word announces.
    pub contexts: Vec<u16>,
    /// Gates that each word opens.
    pub word_gates: Lists,
    /// Number of gates.
    pub gate_count: u16,
    /// Patterns that must be tried on every sentence part with a number, an emoji …: by special class.
    pub class_patterns: Lists,
    /// Languages each word is a function word of, as bits of `languages`.
    pub word_languages: Vec<u32>,
    /// Value of number words, by word.
    pub values: Vec<(WordId, u16)>,
    /// Language tags, in the order of the bits.
    pub languages: Vec<String>,
    /// Number of classes.
    pub class_count: u16,
    /// Classes that the matcher and the engine know by name, in the order of [`class::ENGINE`].
    pub engine_classes: Vec<u16>,
    /// Names of constructs.
    pub constructs: Vec<String>,
    /// All categories.
    pub categories: Vec<Category>,
    /// All rules.
    pub rules: Vec<Rule>,
    /// All patterns.
    pub patterns: Vec<Pattern>,
    /// All steps.
    pub ops: Vec<Op>,
    /// Built on load: spellings by hash, open addressing.
    #[serde(skip)]
    slots: Vec<Slot>,
    /// Built on load: where each spelling starts.
    #[serde(skip)]
    spelling_starts: Vec<u32>,
    /// Built on load: open addressing by the first two words, index of the first such phrase plus one.
    #[serde(skip)]
    phrase_slots: Vec<u32>,
    /// Built on load: the lists of anchors with the gates; [`NO_GATE`] is the gate after the last, which is always open.
    #[serde(skip)]
    pub(crate) by_word: AnchoredLists,
    #[serde(skip)]
    pub(crate) openers: AnchoredLists,
    #[serde(skip)]
    pub(crate) by_class: AnchoredLists,
    /// Built on load: the gates of words that open many, one bit a gate, [`Table::gate_width`] numbers a row.
    #[serde(skip)]
    gate_rows: Vec<u64>,
    /// Built on load: row of each word plus one.
    #[serde(skip)]
    gate_row_of: Vec<u16>,
    /// Built on load: what is asked of every word.
    #[serde(skip)]
    facts: Vec<WordFacts>,
    /// Built on load: the words of large classes, one bit a word.
    #[serde(skip)]
    class_rows: Vec<u64>,
    /// Built on load: row of each class plus one.
    #[serde(skip)]
    class_row_of: Vec<u16>,
    /// Built on load: one bit for each word of a class, by the low bits of its number. No common bit, no common word.
    #[serde(skip)]
    signatures: Vec<u64>,
    /// Built on load: spellings start with these four bytes at least once.
    #[serde(skip)]
    pub(crate) prefix_heads: Vec<u32>,
}

impl Table {
    /// Reads a table. Cost: O(size), about a millisecond for the shipped one.
    ///
    /// # Errors
    /// [`TableError`] when the bytes are not a table of this format.
    pub fn load(bytes: &[u8]) -> Result<Self, TableError> {
        let mut table: Self = postcard::from_bytes(bytes)?;
        if table.version != FORMAT_VERSION {
            return Err(TableError::Version { found: table.version });
        }
        table.index();
        Ok(table)
    }

    /// The table as bytes.
    ///
    /// # Errors
    /// [`TableError::Corrupt`] when it cannot be written.
    pub fn to_bytes(&self) -> Result<Vec<u8>, TableError> {
        Ok(postcard::to_stdvec(self)?)
    }

    /// Builds what is not stored.
    pub fn index(&mut self) {
        let capacity = (self.spellings.len() * 2 + 1).next_power_of_two().max(16);
        self.slots = vec![Slot::default(); capacity];
        self.spelling_starts.clear();
        let mut start = 0;
        for (end, word) in &self.spellings {
            self.spelling_starts.push(start);
            let text = self.letters.get(start as usize..*end as usize).unwrap_or_default();
            let hash = hash_word(text.as_bytes());
            let mut at = slot_of(hash, capacity);
            while self.slots.get(at).is_some_and(|s| s.end != 0) {
                at = (at + 1) & (capacity - 1);
            }
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = Slot { hash, start, end: *end, word: *word };
            }
            start = *end;
        }
        for phrase in &mut self.phrases {
            phrase.signature = phrase.classes.iter().fold(0, |bits, class| bits | signature(WordId::from(*class)));
        }
        self.index_phrases();
        self.index_words();
        self.index_classes();
        let open = self.gate_count;
        let gates: Vec<[u16; 3]> =
            self.patterns.iter().map(|p| p.gates.map(|g| if g == NO_GATE { open } else { g })).collect();
        self.by_word = AnchoredLists::new(&self.word_patterns, &gates);
        self.openers = AnchoredLists::new(&self.word_openers, &gates);
        self.by_class = AnchoredLists::new(&self.class_patterns, &gates);
        self.index_gates();
        self.signatures = (0..u32::from(self.class_count))
            .map(|c| self.class_words.get(c).iter().fold(0, |bits, w| bits | signature(WordId::from(*w))))
            .collect();
        self.prefix_heads = self.prefixes.iter().map(|(p, _)| head_of(p.as_bytes())).collect();
        self.prefix_heads.dedup();
    }

    fn index_words(&mut self) {
        self.facts = vec![WordFacts::default(); self.word_languages.len()];
        for (facts, bits) in self.facts.iter_mut().zip(&self.word_engine_bits) {
            facts.engine = *bits;
        }
        for (word, value) in &self.values {
            if let Some(facts) = self.facts.get_mut(*word as usize) {
                facts.value = Some(*value);
            }
        }
        for phrase in &self.phrases {
            let [first, second, ..] = phrase.words.as_slice() else { continue };
            if let Some(facts) = self.facts.get_mut(*first as usize) {
                facts.begins_phrase = true;
            }
            if let Some(facts) = self.facts.get_mut(*second as usize) {
                facts.is_second = true;
            }
        }
    }

    fn index_classes(&mut self) {
        let width = self.word_languages.len() / 64 + 1;
        self.class_rows.clear();
        self.class_row_of = vec![0; usize::from(self.class_count)];
        for (class, row_of) in (0u32..).zip(&mut self.class_row_of) {
            let words = self.class_words.get(class);
            if words.len() > FEW_WORDS {
                let mut row = vec![0u64; width];
                words.iter().for_each(|w| set_bit(&mut row, *w));
                self.class_rows.extend(row);
                *row_of = u16::try_from(self.class_rows.len() / width).unwrap_or(0);
            }
        }
    }

    /// Positions of the words that are of the class. Cost: O(words).
    pub(crate) fn occurrences(&self, class: u16, words: impl Iterator<Item = WordId>) -> u64 {
        let members = self.class_words.get(u32::from(class));
        let row = match self.class_row_of.get(usize::from(class)) {
            Some(row) if *row > 0 => {
                let width = self.word_languages.len() / 64 + 1;
                let start = usize::from(*row - 1) * width;
                self.class_rows.get(start..start + width).unwrap_or_default()
            }
            _ => &[],
        };
        let mut found = 0;
        if row.is_empty() {
            let signed = self.signature(class);
            for (at, word) in words.enumerate() {
                // Most words of a text share no bit with a small class.
                let is_member = signed & signature(word) != 0
                    && u16::try_from(word).is_ok_and(|id| members.binary_search(&id).is_ok());
                found |= u64::from(is_member) << (at & 63);
            }
        } else {
            for (at, word) in words.enumerate() {
                let bit = row.get(word as usize >> 6).map_or(0, |bits| bits >> (word & 63) & 1);
                found |= bit << (at & 63);
            }
        }
        found
    }

    fn index_gates(&mut self) {
        let width = self.gate_width();
        self.gate_rows.clear();
        self.gate_row_of = vec![0; self.word_languages.len()];
        for (word, row_of) in (0u32..).zip(&mut self.gate_row_of) {
            let gates = self.word_gates.get(word);
            if gates.len() <= FEW_GATES {
                continue;
            }
            let mut row = vec![0u64; width];
            gates.iter().for_each(|g| set_bit(&mut row, *g));
            self.gate_rows.extend(row);
            *row_of = u16::try_from(self.gate_rows.len() / width).unwrap_or(0);
        }
    }

    /// Numbers that hold one bit for each gate, and one for the gate that is always open.
    #[inline]
    #[must_use]
    pub fn gate_width(&self) -> usize {
        usize::from(self.gate_count) / 64 + 1
    }

    /// Opens the gates of a word. Cost: O(gates / 64) for words that open many.
    #[inline]
    pub(crate) fn open_gates(&self, word: WordId, open: &mut [u64]) {
        match self.gate_row_of.get(word as usize) {
            Some(0) => self.word_gates.get(word).iter().for_each(|g| set_bit(open, *g)),
            Some(row) => {
                let start = usize::from(row - 1) * open.len();
                let row = self.gate_rows.get(start..start + open.len()).unwrap_or_default();
                for (to, from) in open.iter_mut().zip(row) {
                    *to |= from;
                }
            }
            None => {}
        }
    }

    fn index_phrases(&mut self) {
        let capacity = (self.phrases.len() * 2 + 1).next_power_of_two().max(16);
        self.phrase_slots = vec![0; capacity];
        let mut previous = None;
        for (index, phrase) in self.phrases.iter().enumerate() {
            let [first, second, ..] = phrase.words.as_slice() else { continue };
            if previous.replace((*first, *second)) == Some((*first, *second)) {
                continue;
            }
            let mut at = pair_slot(*first, *second, capacity);
            while self.phrase_slots.get(at).is_some_and(|s| *s != 0) {
                at = (at + 1) & (capacity - 1);
            }
            if let Some(slot) = self.phrase_slots.get_mut(at) {
                *slot = u32::try_from(index + 1).unwrap_or(0);
            }
        }
    }

    /// Phrases that begin with these two words, and the index of the first.
    #[inline]
    #[must_use]
    pub fn phrases_from(&self, first: WordId, second: WordId) -> (u32, &[Phrase]) {
        let mask = self.phrase_slots.len().wrapping_sub(1);
        let mut at = pair_slot(first, second, self.phrase_slots.len());
        let begins = |p: &Phrase| p.words.first() == Some(&first) && p.words.get(1) == Some(&second);
        while let Some(index) = self.phrase_slots.get(at).and_then(|s| s.checked_sub(1)) {
            let rest = self.phrases.get(index as usize..).unwrap_or_default();
            if rest.first().is_some_and(begins) {
                let count = rest.iter().take_while(|p| begins(p)).count();
                return (index, rest.get(..count).unwrap_or_default());
            }
            at = (at + 1) & mask;
        }
        (0, &[])
    }

    /// The spelling at an index.
    #[must_use]
    pub fn spelling(&self, index: u32) -> &str {
        let start = self.spelling_starts.get(index as usize).copied().unwrap_or(0) as usize;
        let end = self.spellings.get(index as usize).map_or(0, |s| s.0) as usize;
        self.letters.get(start..end).unwrap_or_default()
    }

    /// The word spelled by these bytes (any ASCII case); [`UNKNOWN_WORD`] if none.
    #[inline]
    #[must_use]
    pub fn word(&self, bytes: &[u8], hash: u32) -> WordId {
        let mask = self.slots.len().wrapping_sub(1);
        let mut at = slot_of(hash, self.slots.len());
        while let Some(slot) = self.slots.get(at).filter(|s| s.end != 0) {
            if slot.hash == hash {
                let spelling = self.letters.as_bytes().get(slot.start as usize..slot.end as usize).unwrap_or_default();
                if spelling.eq_ignore_ascii_case(bytes) {
                    return slot.word;
                }
            }
            at = (at + 1) & mask;
        }
        UNKNOWN_WORD
    }

    /// The word whose beginning these bytes start with; the longest beginning wins.
    #[must_use]
    pub fn prefix_word(&self, bytes: &[u8]) -> WordId {
        let mut lower = [0u8; safeturn_text::MAX_WORD_BYTES];
        let Some(lower) = lower.get_mut(..bytes.len()) else { return UNKNOWN_WORD };
        for (to, from) in lower.iter_mut().zip(bytes) {
            *to = from.to_ascii_lowercase();
        }
        if self.prefix_heads.binary_search(&head_of(lower)).is_err() {
            return UNKNOWN_WORD;
        }
        let mut len = lower.len();
        while len >= 4 {
            let Some(part) = lower.get(..len) else { break };
            if let Ok(found) = self.prefixes.binary_search_by(|(p, _)| p.as_bytes().cmp(part)) {
                return self.prefixes.get(found).map_or(UNKNOWN_WORD, |p| p.1);
            }
            len -= 1;
        }
        UNKNOWN_WORD
    }

    /// The maskable word that a spelling with `*` for unknown letters stands for, when exactly one fits.
    #[must_use]
    pub fn masked_word(&self, pattern: &[u8]) -> WordId {
        let mut found = UNKNOWN_WORD;
        for index in &self.maskable {
            let word = self.spelling(*index).as_bytes();
            let fits = word.len() == pattern.len() && word.iter().zip(pattern).all(|(w, p)| *p == b'*' || w == p);
            if fits {
                let id = self.spellings.get(*index as usize).map_or(UNKNOWN_WORD, |s| s.1);
                if found != UNKNOWN_WORD && found != id {
                    return UNKNOWN_WORD;
                }
                found = id;
            }
        }
        found
    }

    /// Value of a number word.
    #[inline]
    #[must_use]
    pub fn value(&self, word: WordId) -> Option<u16> {
        self.facts.get(word as usize).and_then(|f| f.value)
    }

    /// May a phrase begin with these two words?
    #[inline]
    #[must_use]
    pub fn may_begin_phrase(&self, first: WordId, second: WordId) -> bool {
        self.facts.get(first as usize).is_some_and(|f| f.begins_phrase)
            && self.facts.get(second as usize).is_some_and(|f| f.is_second)
    }

    /// Bits of the words of a class.
    #[inline]
    #[must_use]
    pub fn signature(&self, class: u16) -> u64 {
        self.signatures.get(usize::from(class)).copied().unwrap_or(0)
    }

    /// Engine classes that the word is of: bit i for the class at position i of [`class::ENGINE`].
    #[inline]
    #[must_use]
    pub fn engine_bits(&self, word: WordId) -> u8 {
        self.facts.get(word as usize).map_or(0, |f| f.engine)
    }

    /// Steps of a pattern.
    #[inline]
    #[must_use]
    pub fn steps(&self, pattern: &Pattern) -> &[Op] {
        self.ops.get(pattern.start as usize..pattern.end as usize).unwrap_or_default()
    }

    /// Rule at an index.
    #[inline]
    #[must_use]
    pub fn rule(&self, index: u16) -> Option<&Rule> {
        self.rules.get(usize::from(index))
    }
}

#[inline]
pub(crate) fn set_bit(row: &mut [u64], number: u16) {
    if let Some(bits) = row.get_mut(usize::from(number >> 6)) {
        *bits |= 1 << (number & 63);
    }
}

#[inline]
fn slot_of(hash: u32, capacity: usize) -> usize {
    // The high bits of FNV are the well-mixed ones.
    ((hash ^ (hash >> 15)) as usize) & capacity.wrapping_sub(1)
}

/// The bit that stands for a word in signatures.
#[inline]
#[must_use]
pub(crate) fn signature(word: WordId) -> u64 {
    1 << (word & 63)
}

#[inline]
fn pair_slot(first: WordId, second: WordId, capacity: usize) -> usize {
    // Fibonacci hashing (Knuth) of both numbers.
    let mixed = (first ^ second.rotate_left(16)).wrapping_mul(0x9E37_79B1);
    ((mixed ^ (mixed >> 15)) as usize) & capacity.wrapping_sub(1)
}

pub(crate) fn head_of(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |h, b| (h << 8) | u32::from(*b))
}
