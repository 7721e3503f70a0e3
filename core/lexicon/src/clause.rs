//! Takes a unit of tokens; gives its words by number and one set of positions per token class.

use std::cell::Cell;

use safeturn_text::{Kind, MAX_WORD_BYTES, Marks, Terminator, Token, Unit, hash_word, skeletons};

use crate::table::{Table, class, signature};
use crate::{UNKNOWN_WORD, WordId};

/// Most positions of a clause; borders between them fit one 64-bit set.
const MAX_WORDS: usize = 63;

/// Phrases kept of one clause at most.
const MAX_PHRASES: usize = 256;

/// One resolved token.
#[derive(Debug, Clone, Copy)]
pub struct Word {
    /// Its number in the vocabulary.
    pub id: WordId,
    /// First byte in the folded view.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    /// Value of a number or number word.
    pub value: Option<u16>,
    /// What it is made of.
    pub kind: Kind,
    /// Surface facts.
    pub marks: Marks,
}

/// A unit as the matcher sees it. Reused from unit to unit.
#[derive(Debug, Default)]
pub struct Clause {
    /// Resolved tokens, at most 63.
    pub words: Vec<Word>,
    /// Borders (bit i: before word i) with a weak break or a scope-ending word.
    pub breaks: u64,
    /// All positions.
    pub valid: u64,
    /// Number of the sentence.
    pub sentence: u32,
    /// How it ended.
    pub terminator: Terminator,
    /// Words at the start that the clause before already held.
    pub repeated: usize,
    /// Positions of the classes that depend on a token's form.
    special: [u64; class::COUNT as usize],
    /// Positions of the words that the engine knows by name.
    engine: [u64; class::ENGINE.len()],
    /// Signature of all words.
    signature: u64,
    /// Word classes, found when first asked for.
    positions: Vec<Cell<Positions>>,
    /// Marks what was found for this clause.
    stamp: u32,
    /// Phrases in the clause.
    phrases: Vec<Found>,
    /// Signature of the classes of all its phrases.
    phrase_signature: u64,
}

/// A phrase in the clause.
#[derive(Debug, Clone, Copy)]
struct Found {
    /// First and last border.
    start: u8,
    end: u8,
    /// Index of the phrase.
    phrase: u32,
    /// Signature of its classes.
    signature: u64,
}

/// Where a word class occurs in the clause with this stamp.
#[derive(Debug, Clone, Copy, Default)]
struct Positions {
    stamp: u32,
    words: u64,
    /// Borders at which a phrase of the class starts.
    phrases: u64,
}

impl Clause {
    /// A clause for a table. Allocates 24 bytes per class, once.
    #[must_use]
    pub fn new(table: &Table) -> Self {
        Self {
            words: Vec::with_capacity(MAX_WORDS),
            positions: vec![Cell::default(); usize::from(table.class_count)],
            ..Self::default()
        }
    }

    /// Positions whose token is of the class. Cost: O(words) for the first time in a clause.
    #[inline]
    #[must_use]
    pub fn mask(&self, table: &Table, class: u16) -> u64 {
        self.special.get(usize::from(class)).copied().unwrap_or_else(|| self.positions_of(table, class).words)
    }

    /// Positions of one of the classes that depend on a token's form.
    #[inline]
    #[must_use]
    pub fn special(&self, class: u16) -> u64 {
        self.special.get(usize::from(class)).copied().unwrap_or(0)
    }

    /// Positions of an engine class, by its position in [`class::ENGINE`].
    #[inline]
    #[must_use]
    pub fn engine(&self, position: usize) -> u64 {
        self.engine.get(position).copied().unwrap_or(0)
    }

    fn positions_of(&self, table: &Table, class: u16) -> Positions {
        let may_hold_word = table.signature(class) & self.signature != 0;
        if !may_hold_word && self.phrase_signature & signature(WordId::from(class)) == 0 {
            return Positions::default();
        }
        let Some(cell) = self.positions.get(usize::from(class)) else { return Positions::default() };
        let known = cell.get();
        if known.stamp == self.stamp {
            return known;
        }
        let found = self.find_positions(table, class);
        cell.set(found);
        found
    }

    fn find_positions(&self, table: &Table, class: u16) -> Positions {
        let mut found = Positions { stamp: self.stamp, words: 0, phrases: 0 };
        if table.signature(class) & self.signature != 0 {
            found.words = table.occurrences(class, self.words.iter().map(|w| w.id));
        }
        if self.phrase_signature & signature(WordId::from(class)) != 0 {
            for phrase in &self.phrases {
                if is_in_class(table, phrase, class) {
                    found.phrases |= 1 << phrase.start;
                }
            }
        }
        found
    }

    /// Borders reached from the borders `at` by one member of the class, word or phrase.
    #[inline]
    pub(crate) fn step(&self, table: &Table, class: u16, at: u64) -> u64 {
        if let Some(mask) = self.special.get(usize::from(class)) {
            return (at & mask) << 1;
        }
        let positions = self.positions_of(table, class);
        let next = (at & positions.words) << 1;
        let starts = at & positions.phrases;
        if starts == 0 { next } else { next | self.step_phrases(table, class, starts) }
    }

    fn step_phrases(&self, table: &Table, class: u16, starts: u64) -> u64 {
        let ends = self.phrases.iter().filter(|p| starts & (1 << p.start) != 0 && is_in_class(table, p, class));
        ends.fold(0, |next, p| next | 1 << p.end)
    }

    /// Finds the phrases of the clause.
    fn index_phrases(&mut self, table: &Table) {
        for (at, pair) in self.words.windows(2).enumerate() {
            let [first, second] = pair else { continue };
            if !table.may_begin_phrase(first.id, second.id) {
                continue;
            }
            let (first_index, found) = table.phrases_from(first.id, second.id);
            for (index, phrase) in (first_index..).zip(found) {
                let len = phrase.words.len();
                let rest = self.words.get(at + 2..at + len).map(|w| w.iter().map(|w| w.id));
                let fits = rest.is_some_and(|ids| ids.eq(phrase.words.iter().skip(2).copied()));
                let inner = ((1u64 << (at + len).min(63)) - 1) & !((1u64 << (at + 1)) - 1);
                if fits && self.breaks & inner == 0 && self.phrases.len() < MAX_PHRASES {
                    let signature = phrase.signature;
                    self.phrase_signature |= signature;
                    self.phrases.push(Found { start: to_u8(at), end: to_u8(at + len), phrase: index, signature });
                }
            }
        }
    }

    /// Fills the clause from a unit of `folded`. Cost: O(bytes of the unit).
    pub fn read(&mut self, table: &Table, folded: &str, unit: &Unit) {
        self.clear();
        self.sentence = unit.sentence;
        self.terminator = unit.terminator;
        let mut singles = 0;
        for (index, token) in unit.tokens.iter().enumerate() {
            if index == unit.repeated {
                self.repeated = self.words.len();
            }
            singles = if is_single_letter(token) { singles + 1 } else { 0 };
            self.push_token(table, folded, token);
            let next_is_single = unit.tokens.get(index + 1).is_some_and(is_single_letter);
            if singles >= 3 && !next_is_single {
                self.join_letters(table, folded, singles);
            }
        }
        self.index(table);
        self.index_phrases(table);
    }

    fn clear(&mut self) {
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            // Once in four thousand million clauses: old stamps must not look new.
            self.positions.iter().for_each(|p| p.set(Positions::default()));
            self.stamp = 1;
        }
        self.special = [0; class::COUNT as usize];
        self.signature = 0;
        self.engine = [0; class::ENGINE.len()];
        self.phrases.clear();
        self.phrase_signature = 0;
        self.words.clear();
        self.breaks = 0;
        self.repeated = 0;
    }

    fn push_token(&mut self, table: &Table, folded: &str, token: &Token) {
        let text = folded.get(token.start as usize..token.end as usize).unwrap_or_default();
        let mut word = Word {
            id: UNKNOWN_WORD,
            start: token.start,
            end: token.end,
            value: None,
            kind: token.kind,
            marks: token.marks,
        };
        match token.kind {
            Kind::Link => {}
            Kind::Emoji => word.id = table.word(text.as_bytes(), token.hash),
            Kind::Number => {
                word.id = table.word(text.as_bytes(), token.hash);
                word.value = parse_number(text);
            }
            Kind::Word => {
                word.id = table.word(text.as_bytes(), token.hash);
                if word.id == UNKNOWN_WORD && text.len() <= MAX_WORD_BYTES {
                    if token.marks.has(Marks::ODD) {
                        return self.push_odd(table, text, word);
                    }
                    word.id = resolve_plain(table, text);
                }
                word.value = table.value(word.id);
            }
        }
        self.push(table, word);
    }

    fn push(&mut self, table: &Table, word: Word) {
        if self.words.len() >= MAX_WORDS {
            return;
        }
        if table.engine_bits(word.id) & (1 << class::FILLER) != 0 {
            return;
        }
        self.words.push(word);
    }

    /// Digits with a unit, a disguised word, or several words stuck together by symbols.
    fn push_odd(&mut self, table: &Table, text: &str, mut word: Word) {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        if digits > 0 {
            let (number, rest) = text.split_at_checked(digits).unwrap_or((text, ""));
            let id = table.word(rest.as_bytes(), hash_word(rest.as_bytes()));
            let is_unit = rest.bytes().all(|b| b.is_ascii_alphabetic()) && (rest.len() <= 3 || id != UNKNOWN_WORD);
            if is_unit {
                let border = word.start + u32::try_from(digits).unwrap_or(0);
                let value = parse_number(number);
                let number_id = table.word(number.as_bytes(), hash_word(number.as_bytes()));
                self.push(table, Word { id: number_id, end: border, value, kind: Kind::Number, ..word });
                let marks = Marks::GLUED;
                return self.push(table, Word { id, start: border, value: None, kind: Kind::Word, marks, ..word });
            }
        }
        let readings = skeletons(text);
        for reading in readings.iter() {
            word.id = table.word(reading, hash_word(reading));
            if word.id == UNKNOWN_WORD && reading.contains(&b'*') {
                word.id = table.masked_word(reading);
            }
            if word.id != UNKNOWN_WORD {
                break;
            }
        }
        if word.id == UNKNOWN_WORD {
            for reading in readings.iter() {
                word.id = table.prefix_word(reading);
                if word.id != UNKNOWN_WORD {
                    break;
                }
            }
        }
        if word.id == UNKNOWN_WORD && text.is_ascii() && text.contains(['!', '*', '+', '|', '#', '@', '$']) {
            return self.push_parts(table, text, word);
        }
        if word.id == UNKNOWN_WORD {
            word.id = table.prefix_word(text.as_bytes());
        }
        word.value = table.value(word.id);
        self.push(table, word);
    }

    fn push_parts(&mut self, table: &Table, text: &str, word: Word) {
        let mut at = 0;
        for part in text.split(['!', '*', '+', '|', '#', '@', '$']) {
            let start = word.start + u32::try_from(at).unwrap_or(0);
            let end = start + u32::try_from(part.len()).unwrap_or(0);
            at += part.len() + 1;
            if !part.is_empty() {
                let id = table.word(part.as_bytes(), hash_word(part.as_bytes()));
                let id = if id == UNKNOWN_WORD { resolve_plain(table, part) } else { id };
                self.push(table, Word { id, start, end, value: table.value(id), ..word });
            }
        }
    }

    /// "s u i c i d e": the last `count` one-letter words read as one run of known words, when that is possible.
    fn join_letters(&mut self, table: &Table, folded: &str, count: usize) {
        let mut letters = [0u8; MAX_WORDS];
        let from = self.words.len().saturating_sub(count);
        let run: Vec<Word> = self.words.get(from..).unwrap_or_default().to_vec();
        for (to, word) in letters.iter_mut().zip(&run) {
            *to = folded.as_bytes().get(word.start as usize).copied().unwrap_or(0).to_ascii_lowercase();
        }
        let letters = letters.get(..run.len()).unwrap_or_default();
        let Some(parts) = fewest_words(table, letters) else { return };
        if parts.iter().all(|(len, _)| *len < 3) {
            return;
        }
        let mut at = 0;
        let mut joined: Vec<Word> = Vec::new();
        for (len, id) in parts {
            let (Some(first), Some(last)) = (run.get(at), run.get(at + len - 1)) else { return };
            joined.push(Word { id, end: last.end, value: table.value(id), ..*first });
            at += len;
        }
        self.words.truncate(from);
        self.words.extend(joined);
    }

    fn index(&mut self, table: &Table) {
        let count = self.words.len();
        self.valid = if count >= 64 { u64::MAX } else { (1u64 << count) - 1 };
        let words = std::mem::take(&mut self.words);
        let is_asked = self.terminator == Terminator::Question;
        for (position, word) in words.iter().enumerate() {
            let bit = 1u64 << (position & 63);
            let mut engine = table.engine_bits(word.id);
            let is_barrier = engine & (1 << class::BARRIER) != 0;
            if position > 0 && (is_barrier || word.marks.has(Marks::WEAK_BREAK)) {
                self.breaks |= bit;
            }
            while engine != 0 {
                if let Some(mask) = self.engine.get_mut(engine.trailing_zeros() as usize) {
                    *mask |= bit;
                }
                engine &= engine - 1;
            }
            if word.id == UNKNOWN_WORD {
                self.set(class::UNKNOWN, bit);
            } else {
                self.signature |= signature(word.id);
            }
            match word.kind {
                Kind::Emoji => self.set(class::EMOJI, bit),
                Kind::Link => self.set(class::LINK, bit),
                Kind::Number | Kind::Word => {}
            }
            // "one" is a pronoun more often than a number.
            if let Some(value) = word.value.filter(|v| *v > 1 || word.kind == Kind::Number) {
                self.set(class::NUMBER, bit);
                if (1900..2100).contains(&value) {
                    self.set(class::YEAR, bit);
                }
            }
            if position > 0 && word.marks.has(Marks::CAPITAL) && !word.marks.has(Marks::ALL_CAPS) {
                self.set(class::CAPITAL, bit);
            }
            if word.marks.has(Marks::QUOTED) {
                self.set(class::QUOTED, bit);
            }
            if word.marks.has(Marks::STARRED) {
                self.set(class::STARRED, bit);
            }
            if is_asked {
                self.set(class::ASKED, bit);
            }
        }
        if count > 0 {
            self.set(class::FIRST, 1);
        }
        self.words = words;
        self.set(class::ANY, self.valid);
    }

    #[inline]
    fn set(&mut self, class: u16, bits: u64) {
        if let Some(mask) = self.special.get_mut(usize::from(class)) {
            *mask |= bits;
        }
    }
}

fn is_in_class(table: &Table, found: &Found, class: u16) -> bool {
    found.signature & signature(WordId::from(class)) != 0
        && table.phrases.get(found.phrase as usize).is_some_and(|p| p.classes.binary_search(&class).is_ok())
}

/// Letters as the fewest known words, each with its length; nothing when they are none. Cost: at most 16 look-ups a letter.
fn fewest_words(table: &Table, letters: &[u8]) -> Option<Vec<(usize, WordId)>> {
    // For each border: how many words lead to it, and the last of them.
    let mut best: Vec<Option<(usize, usize, WordId)>> = vec![None; letters.len() + 1];
    if let Some(first) = best.first_mut() {
        *first = Some((0, 0, UNKNOWN_WORD));
    }
    for start in 0..letters.len() {
        let Some((count, _, _)) = best.get(start).copied().flatten() else { continue };
        for len in 1..=16 {
            let Some(part) = letters.get(start..start + len) else { break };
            let id = table.word(part, hash_word(part));
            let slot = best.get_mut(start + len).filter(|s| id != UNKNOWN_WORD && s.is_none_or(|b| count + 1 < b.0));
            if let Some(slot) = slot {
                *slot = Some((count + 1, len, id));
            }
        }
    }
    let mut parts = Vec::new();
    let mut end = letters.len();
    while end > 0 {
        let (_, len, id) = best.get(end).copied().flatten()?;
        parts.push((len, id));
        end = end.checked_sub(len)?;
    }
    parts.reverse();
    Some(parts)
}

fn to_u8(n: usize) -> u8 {
    u8::try_from(n).unwrap_or(u8::MAX).min(63)
}

fn is_single_letter(token: &Token) -> bool {
    token.kind == Kind::Word && token.end - token.start == 1
}

/// An unknown word without oddities: without its apostrophe, by its beginning.
fn resolve_plain(table: &Table, text: &str) -> WordId {
    if text.contains('\'') {
        let mut bare = [0u8; MAX_WORD_BYTES];
        let mut len = 0;
        for b in text.bytes().filter(|b| *b != b'\'') {
            if let Some(slot) = bare.get_mut(len) {
                *slot = b.to_ascii_lowercase();
                len += 1;
            }
        }
        let bare = bare.get(..len).unwrap_or_default();
        let id = table.word(bare, hash_word(bare));
        if id != UNKNOWN_WORD {
            return id;
        }
        // "mother's", "dad's": the word before the apostrophe.
        if let Some((head, "s" | "S")) = text.split_once('\'') {
            return table.word(head.as_bytes(), hash_word(head.as_bytes()));
        }
    }
    if text.len() >= 4 { table.prefix_word(text.as_bytes()) } else { UNKNOWN_WORD }
}

fn parse_number(text: &str) -> Option<u16> {
    if text.len() > 5 || text.contains('.') {
        return None;
    }
    text.bytes().filter(u8::is_ascii_digit).try_fold(0u16, |n, b| n.checked_mul(10)?.checked_add(u16::from(b - b'0')))
}
