//! Takes a folded view; gives its tokens, one sentence ("unit") at a time, in a buffer that the caller reuses.
//!
//! INVARIANT: a unit holds at most [`MAX_UNIT_TOKENS`] tokens; a longer sentence (voice transcripts have no punctuation)
//! continues in further units that repeat the last [`OVERLAP`] tokens. Every byte is visited a bounded number of times.
//! Does not know words: hyphens, slashes and dots between letters only end a token, and the lexicon joins what belongs together.

use crate::MAX_WORD_BYTES;

/// Most tokens of one unit; positions and the borders between them fit one 64-bit set.
pub const MAX_UNIT_TOKENS: usize = 63;
/// Tokens repeated at the start of the unit that continues an over-long sentence.
pub const OVERLAP: usize = 20;
/// How far ahead a closing quote or star is looked for, in bytes.
const QUOTE_REACH: usize = 240;

/// What a token is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Letters, possibly with digits or symbols inside.
    Word,
    /// Digits, with separators inside ("1,000", "3.5").
    Number,
    /// One emoji or emoticon.
    Emoji,
    /// A web or mail address; never looked up.
    Link,
}

/// Surface facts about a token, as a set of bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(u8);

impl Marks {
    /// A comma, colon, bracket or line end stands before the token.
    pub const WEAK_BREAK: Self = Self(1);
    /// Inside quotation marks.
    pub const QUOTED: Self = Self(2);
    /// First letter is a capital.
    pub const CAPITAL: Self = Self(4);
    /// All letters are capitals, at least two.
    pub const ALL_CAPS: Self = Self(8);
    /// Holds anything else than ASCII letters and apostrophes, or one letter three times in a row.
    pub const ODD: Self = Self(16);
    /// Nothing stands between this token and the one before.
    pub const GLUED: Self = Self(32);
    /// Inside single asterisks ("*waves*").
    pub const STARRED: Self = Self(64);

    /// True when all bits of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without the bits of `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// A token: a byte range of the folded view, its hash and its marks.
#[derive(Debug, Clone, Copy)]
pub struct Token {
    /// First byte in the folded view.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    /// [`hash_word`] of the token.
    pub hash: u32,
    /// What it is made of.
    pub kind: Kind,
    /// Surface facts.
    pub marks: Marks,
}

/// How a unit ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Terminator {
    /// End of text or of a paragraph.
    #[default]
    None,
    /// A full stop or semicolon.
    Stop,
    /// A question mark.
    Question,
    /// An exclamation mark.
    Exclamation,
    /// The sentence goes on in the next unit.
    Continued,
}

/// One sentence, or a part of an over-long one.
#[derive(Debug, Default)]
pub struct Unit {
    /// Its tokens in order.
    pub tokens: Vec<Token>,
    /// How it ended.
    pub terminator: Terminator,
    /// Number of the sentence in the text, from 0; parts of one sentence share it.
    pub sentence: u32,
    /// How many tokens at the start repeat the end of the unit before.
    pub repeated: usize,
}

/// Hash of a word, ignoring ASCII case. The same function is used when the lexicon is compiled.
#[must_use]
pub fn hash_word(bytes: &[u8]) -> u32 {
    bytes.iter().fold(HASH_START, |h, b| step_hash(h, b.to_ascii_lowercase()))
}

const HASH_START: u32 = 0x811C_9DC5;

#[inline]
fn step_hash(hash: u32, byte: u8) -> u32 {
    // FNV-1a (Fowler, Noll, Vo), 32 bit.
    (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
}

/// Reads units off a folded text.
#[derive(Debug)]
pub struct Tokenizer<'t> {
    text: &'t str,
    at: usize,
    sentence: u32,
    quote_until: usize,
    star_until: usize,
    pending_break: bool,
    is_continuing: bool,
}

/// What the bytes between two tokens amount to.
enum Gap {
    Token,
    End,
    Strong(Terminator),
}

impl<'t> Tokenizer<'t> {
    /// A tokenizer at the start of `text`, which should come from [`crate::fold`].
    #[must_use]
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, sentence: 0, quote_until: 0, star_until: 0, pending_break: false, is_continuing: false }
    }

    /// Fills `unit` with the next sentence; false at the end of the text. Allocates nothing once `unit` has grown.
    pub fn next_unit(&mut self, unit: &mut Unit) -> bool {
        if self.is_continuing {
            let from = unit.tokens.len().saturating_sub(OVERLAP);
            unit.tokens.drain(..from);
        } else {
            unit.tokens.clear();
        }
        unit.repeated = unit.tokens.len();
        unit.sentence = self.sentence;
        loop {
            if unit.tokens.len() >= MAX_UNIT_TOKENS {
                self.is_continuing = true;
                unit.terminator = Terminator::Continued;
                return true;
            }
            match self.skip_gap(unit.tokens.last().map_or(0, |t| t.end as usize)) {
                Gap::Token => self.read_token(unit),
                Gap::Strong(_) if unit.tokens.is_empty() => {}
                Gap::Strong(terminator) => {
                    unit.terminator = terminator;
                    return self.finish(unit);
                }
                Gap::End => {
                    unit.terminator = Terminator::None;
                    return self.finish(unit);
                }
            }
        }
    }

    fn finish(&mut self, unit: &Unit) -> bool {
        let is_new = unit.tokens.len() > unit.repeated;
        let had_any = is_new || unit.repeated > 0;
        self.is_continuing = false;
        self.sentence = self.sentence.saturating_add(1);
        had_any
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..).and_then(|t| t.chars().next())
    }

    /// Moves to the next token or past the next strong break.
    fn skip_gap(&mut self, previous_end: usize) -> Gap {
        loop {
            let Some(&b) = self.text.as_bytes().get(self.at) else { return Gap::End };
            match b {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => return Gap::Token,
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'.' => {
                    let run = self.run_of(b'.');
                    let next = self.byte(self.at + run);
                    let is_short = self.at.saturating_sub(self.token_start(previous_end)) <= 1;
                    self.at += run;
                    if run > 1 {
                        self.pending_break |= self.capital_follows();
                    } else if !(is_short && (next.is_ascii_alphanumeric() || next == b' ')) {
                        return Gap::Strong(Terminator::Stop);
                    }
                }
                b'!' | b'?' => {
                    let mut is_question = false;
                    while matches!(self.byte(self.at), b'!' | b'?' | b'.') {
                        is_question |= self.byte(self.at) == b'?';
                        self.at += 1;
                    }
                    return Gap::Strong(if is_question { Terminator::Question } else { Terminator::Exclamation });
                }
                b';' if self.emoticon_len() > 0 => return Gap::Token,
                b';' => {
                    self.at += 1;
                    return Gap::Strong(Terminator::Stop);
                }
                b'\n' => {
                    self.at += 1;
                    while matches!(self.byte(self.at), b' ' | b'\t' | b'\r') {
                        self.at += 1;
                    }
                    if self.byte(self.at) == b'\n' {
                        return Gap::Strong(Terminator::None);
                    }
                    self.pending_break |= self.capital_follows();
                }
                b'"' => {
                    self.at += 1;
                    if self.at > self.quote_until {
                        self.quote_until = self.closing(b'"').unwrap_or(0);
                    }
                    self.pending_break = true;
                }
                b'\'' => {
                    self.at += 1;
                    let opens = !self.byte(self.at.saturating_sub(2)).is_ascii_alphanumeric()
                        && self.byte(self.at).is_ascii_alphabetic();
                    if opens && self.at > self.quote_until {
                        self.quote_until = self.closing(b'\'').unwrap_or(0);
                    }
                }
                b'*' => {
                    self.at += 1;
                    let is_alone = self.byte(self.at) != b'*' && self.byte(self.at.saturating_sub(2)) != b'*';
                    if is_alone && self.at > self.star_until {
                        self.star_until = self.closing(b'*').unwrap_or(0);
                    }
                }
                b'$' | b'@' if self.byte(self.at + 1).is_ascii_alphabetic() && b == b'$' => return Gap::Token,
                b':' | b'<' | b'=' if self.emoticon_len() > 0 => return Gap::Token,
                b',' | b':' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'|' | b'<' | b'>' => {
                    self.at += 1;
                    self.pending_break = true;
                }
                b'-' => {
                    let run = self.run_of(b'-');
                    let is_dash =
                        run > 1 || (self.byte(self.at.saturating_sub(1)) == b' ' && self.byte(self.at + 1) == b' ');
                    self.at += run;
                    self.pending_break |= is_dash;
                }
                0..=127 => self.at += 1,
                _ => {
                    let Some(c) = self.char_at(self.at) else { return Gap::End };
                    if c.is_alphanumeric() || is_emoji(c) || is_word_mark(c) {
                        return Gap::Token;
                    }
                    self.at += c.len_utf8();
                }
            }
        }
    }

    /// Start of the word that ends at `end`, looking back two bytes at most: enough to tell one letter from more.
    fn token_start(&self, end: usize) -> usize {
        let is_long = end >= 2 && self.byte(end - 2).is_ascii_alphanumeric();
        if end == 0 || is_long || self.byte(end - 1) >= 128 { end.saturating_sub(2) } else { end - 1 }
    }

    fn run_of(&self, b: u8) -> usize {
        self.text.as_bytes().iter().skip(self.at).take_while(|x| **x == b).count()
    }

    fn capital_follows(&self) -> bool {
        let next =
            self.text.as_bytes().iter().skip(self.at).take(8).find(|b| !matches!(b, b' ' | b'\t' | b'\n' | b'\r'));
        // "I" is written large in the middle of a sentence too.
        next.is_some_and(|b| b.is_ascii_uppercase() && *b != b'I')
    }

    /// Where the quote or star that was just opened closes; nothing when it does not within reach.
    fn closing(&self, mark: u8) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let reach = bytes.iter().enumerate().skip(self.at).take(QUOTE_REACH);
        for (i, b) in reach {
            if *b == b'\n' && bytes.get(i + 1) == Some(&b'\n') {
                return None;
            }
            let is_inside = mark == b'\'' && bytes.get(i + 1).is_some_and(u8::is_ascii_alphanumeric);
            if *b == mark && !is_inside {
                return (i > self.at).then_some(i);
            }
        }
        None
    }

    fn emoticon_len(&self) -> usize {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let is_free = |n: usize| !rest.get(n).is_some_and(u8::is_ascii_alphanumeric);
        match rest {
            [b'<', b'/', b'3', ..] => 3,
            [b'<', b'3', ..] => 2,
            [b':' | b';' | b'=', b'-' | b'\'' | b'o', b')' | b'(' | b'D' | b'P' | b'p' | b'/' | b'|', ..]
                if is_free(3) =>
            {
                3
            }
            [b':' | b';' | b'=', b')' | b'(' | b'D' | b'P' | b'p' | b'|' | b'3' | b'/', ..]
                if is_free(2) && rest.get(2) != Some(&b'/') =>
            {
                2
            }
            _ => 0,
        }
    }

    fn read_token(&mut self, unit: &mut Unit) {
        let start = self.at;
        let mut marks = Marks::default();
        if self.pending_break && !unit.tokens.is_empty() {
            marks = marks.with(Marks::WEAK_BREAK);
        }
        self.pending_break = false;
        if start < self.quote_until {
            marks = marks.with(Marks::QUOTED);
        }
        if start < self.star_until {
            marks = marks.with(Marks::STARRED);
        }
        if unit.tokens.last().is_some_and(|t| t.end as usize == start) {
            marks = marks.with(Marks::GLUED);
        }
        let (kind, hash, surface) = match self.byte(start) {
            b'0'..=b'9' => self.scan_number(),
            b':' | b';' | b'<' | b'=' => {
                let len = self.emoticon_len();
                let hash = hash_word(self.text.as_bytes().get(start..start + len).unwrap_or_default());
                self.at += len;
                (Kind::Emoji, hash, Marks::default())
            }
            b if b < 128 => self.scan_word(),
            _ => match self.char_at(start) {
                Some(c) if is_emoji(c) => {
                    self.at += c.len_utf8();
                    (
                        Kind::Emoji,
                        hash_word(self.text.as_bytes().get(start..self.at).unwrap_or_default()),
                        Marks::default(),
                    )
                }
                _ => self.scan_word(),
            },
        };
        unit.tokens.push(Token { start: to_u32(start), end: to_u32(self.at), hash, kind, marks: marks.with(surface) });
    }

    fn scan_number(&mut self) -> (Kind, u32, Marks) {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut hash = HASH_START;
        loop {
            let b = self.byte(self.at);
            let is_inner = matches!(b, b'.' | b',') && self.at > start && self.byte(self.at + 1).is_ascii_digit();
            if !(b.is_ascii_digit() || is_inner) {
                break;
            }
            hash = step_hash(hash, b);
            self.at += 1;
        }
        let follows = bytes.get(self.at).copied().unwrap_or(0);
        let is_letter_next = follows.is_ascii_alphabetic()
            || (matches!(follows, b'*' | b'@' | b'$') && self.byte(self.at + 1).is_ascii_alphabetic());
        if !is_letter_next {
            return (Kind::Number, hash, Marks::default());
        }
        // Digits glued to letters: a word by itself ("2nite"), a disguise ("5uicide") or a number with a unit ("17f").
        let (_, hash, marks) = self.scan_word_from(hash);
        (Kind::Word, hash, marks.with(Marks::ODD))
    }

    fn scan_word(&mut self) -> (Kind, u32, Marks) {
        let (kind, hash, marks) = self.scan_word_from(HASH_START);
        if self.byte(self.at) == b':' && self.byte(self.at + 1) == b'/' && self.byte(self.at + 2) == b'/' {
            return self.scan_link();
        }
        if self.byte(self.at) == b'@' && self.byte(self.at + 1).is_ascii_alphanumeric() {
            return self.scan_link();
        }
        (kind, hash, marks)
    }

    fn scan_link(&mut self) -> (Kind, u32, Marks) {
        let rest = self.text.as_bytes().iter().skip(self.at);
        self.at += rest.take_while(|b| !b.is_ascii_whitespace() && !matches!(b, b'"' | b'<' | b'>')).count();
        (Kind::Link, 0, Marks::default())
    }

    fn scan_word_from(&mut self, mut hash: u32) -> (Kind, u32, Marks) {
        let start = self.at;
        let first = self.byte(start);
        let mut capitals = 0usize;
        let mut letters = 0usize;
        let mut is_odd = first == b'$';
        let (mut last, mut stretch) = (0u8, 1usize);
        loop {
            let b = self.byte(self.at);
            if b.is_ascii_lowercase() {
                letters += 1;
                hash = step_hash(hash, b);
            } else if b.is_ascii_uppercase() {
                letters += 1;
                capitals += 1;
                hash = step_hash(hash, b | 0x20);
            } else if b == b'\'' {
                if !self.byte(self.at + 1).is_ascii_alphabetic() || self.at == start {
                    break;
                }
                hash = step_hash(hash, b);
            } else if b.is_ascii_digit() {
                is_odd = true;
                hash = step_hash(hash, b);
            } else if b < 128 {
                let next = self.byte(self.at + 1);
                let is_letter = matches!(b, b'@' | b'$' | b'*' | b'!' | b'|' | b'+' | b'#')
                    && (next.is_ascii_alphabetic()
                        || (b == b'*' && next == b'*' && self.byte(self.at + 2).is_ascii_alphabetic())
                        || (b == b'$' && next == b'$'))
                    && self.at - start < MAX_WORD_BYTES
                    && self.at >= self.star_until
                    && !(b == b'@' && self.looks_like_mail());
                let is_end_dollar = b == b'$' && self.at > start && !next.is_ascii_alphanumeric();
                if !is_letter && !is_end_dollar {
                    break;
                }
                is_odd = true;
                hash = step_hash(hash, b);
            } else {
                let Some(c) = self.char_at(self.at).filter(|c| c.is_alphanumeric() || is_word_mark(*c)) else { break };
                is_odd = true;
                letters += 1;
                for x in self.text.as_bytes().get(self.at..self.at + c.len_utf8()).unwrap_or_default() {
                    hash = step_hash(hash, *x);
                }
                self.at += c.len_utf8();
                continue;
            }
            let lower = b | 0x20;
            stretch = if lower == last { stretch + 1 } else { 1 };
            is_odd |= stretch >= 3;
            last = lower;
            self.at += 1;
        }
        if self.at == start {
            // INVARIANT: a token consumes at least one character, or the loop of the caller would not end.
            self.at += self.char_at(start).map_or(1, char::len_utf8);
        }
        let mut marks = Marks::default();
        if first.is_ascii_uppercase() {
            marks = marks.with(Marks::CAPITAL);
        }
        if letters > 1 && capitals == letters {
            marks = marks.with(Marks::ALL_CAPS);
        }
        if is_odd {
            marks = marks.with(Marks::ODD);
        }
        (Kind::Word, hash, marks)
    }

    /// After an `@` inside a word: is there a dot before the next space?
    fn looks_like_mail(&self) -> bool {
        let rest = self.text.as_bytes().iter().skip(self.at + 1).take(40);
        rest.take_while(|b| !b.is_ascii_whitespace()).any(|b| *b == b'.')
    }
}

fn to_u32(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// Vowel signs and joiners inside words of scripts that need them (Devanagari, Thai, Arabic …).
fn is_word_mark(c: char) -> bool {
    matches!(c, '\u{0591}'..='\u{05C7}' | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}'
        | '\u{0900}'..='\u{0DFF}' | '\u{0E30}'..='\u{0E4F}' | '\u{0EB0}'..='\u{0ECF}' | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17D3}' | '\u{3099}' | '\u{309A}')
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1F3FA}' | '\u{1F400}'..='\u{1FAFF}'
        | '\u{23E9}'..='\u{23FA}' | '\u{231A}' | '\u{231B}')
}
