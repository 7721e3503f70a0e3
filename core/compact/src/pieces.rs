//! Takes a folded view; gives the pieces that the model reads: words, numbers, emoji and marks of structure, in order.
//!
//! Training reads the same pieces (`eval pieces`), so that the model meets in use exactly what it learned from.

use safeturn_text::{Kind, MAX_WORD_BYTES, Marks, Terminator, Token, Tokenizer, Unit, hash_word, skeletons};

/// Most pieces read of one text; what comes later is left to the rules.
pub const MAX_PIECES: usize = 4096;
/// Numbers of up to so many digits keep their value.
const KEPT_DIGITS: usize = 2;
/// Letters that stand alone make a word from so many on.
const FEWEST_LETTERS: usize = 3;
/// Readings kept of one piece: the plain one and what an odd one may stand for.
const MAX_READINGS: usize = 4;

/// One piece: its readings, most literal first, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    readings: [Reading; MAX_READINGS],
    count: usize,
    /// Part of a sentence that the piece is in, from 0.
    pub unit: u32,
    /// First byte in the folded view.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
}

/// A spelling in lower case without apostrophes.
#[derive(Debug, Clone, Copy)]
struct Reading {
    bytes: [u8; MAX_WORD_BYTES],
    len: usize,
}

impl Reading {
    const EMPTY: Self = Self { bytes: [0; MAX_WORD_BYTES], len: 0 };

    fn new(text: &[u8]) -> Self {
        let mut reading = Self::EMPTY;
        for byte in text.iter().filter(|b| **b != b'\'') {
            let Some(slot) = reading.bytes.get_mut(reading.len) else { break };
            *slot = byte.to_ascii_lowercase();
            reading.len += 1;
        }
        reading
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Piece {
    fn new(reading: Reading, unit: u32, start: u32, end: u32) -> Self {
        let mut readings = [Reading::EMPTY; MAX_READINGS];
        if let Some(first) = readings.first_mut() {
            *first = reading;
        }
        Self { readings, count: 1, unit, start, end }
    }

    fn add(&mut self, text: &[u8]) {
        if let Some(slot) = self.readings.get_mut(self.count) {
            *slot = Reading::new(text);
            self.count += 1;
        }
    }

    /// What the piece may be, most literal first; the model takes the first that it knows.
    pub fn readings(&self) -> impl Iterator<Item = &[u8]> {
        self.readings.iter().take(self.count).map(Reading::as_bytes)
    }
}

/// Calls `visit` with every piece of a folded view, up to [`MAX_PIECES`]. Cost: linear, without allocation but one buffer.
pub fn each_piece(folded: &str, mut visit: impl FnMut(&Piece)) {
    let mut tokenizer = Tokenizer::new(folded);
    let mut unit = Unit::default();
    let mut number = 0;
    let mut left = MAX_PIECES;
    while tokenizer.next_unit(&mut unit) {
        let mut was_quoted = false;
        let tokens = unit.tokens.get(unit.repeated..).unwrap_or_default();
        let mut taken = 0;
        while let Some(token) = tokens.get(taken) {
            if left < 3 {
                return;
            }
            let mut mark = |text: &[u8]| visit(&Piece::new(Reading::new(text), number, token.start, token.start));
            if token.marks.has(Marks::WEAK_BREAK) {
                mark(b",");
                left -= 1;
            }
            if token.marks.has(Marks::QUOTED) != was_quoted {
                was_quoted = !was_quoted;
                mark(b"\"");
                left -= 1;
            }
            let run = spaced_out(tokens.get(taken..).unwrap_or_default());
            let last = tokens.get(taken + run - 1).unwrap_or(token);
            visit(&if run > 1 { joined(folded, token, last, number) } else { piece(folded, token, number) });
            taken += run;
            left -= 1;
        }
        let end = unit.tokens.last().map_or(0, |t| t.end);
        let mark: &[u8] = match unit.terminator {
            Terminator::Question => b"?",
            Terminator::Exclamation => b"!",
            Terminator::Continued => b"",
            Terminator::None | Terminator::Stop => b".",
        };
        if !mark.is_empty() && left > 0 {
            visit(&Piece::new(Reading::new(mark), number, end, end));
            left -= 1;
        }
        number += 1;
    }
}

/// Letters in a row that stand alone ("d i e t") are one word; how many tokens the first piece takes.
fn spaced_out(tokens: &[Token]) -> usize {
    let is_letter = |(at, t): &(usize, &Token)| {
        t.kind == Kind::Word && t.end - t.start == 1 && (*at == 0 || !t.marks.has(Marks::WEAK_BREAK))
    };
    let run = tokens.iter().enumerate().take_while(is_letter).count();
    if run >= FEWEST_LETTERS { run } else { 1 }
}

fn joined(folded: &str, first: &Token, last: &Token, unit: u32) -> Piece {
    let text = folded.get(first.start as usize..last.end as usize).unwrap_or_default();
    let mut reading = Reading::EMPTY;
    for (slot, byte) in reading.bytes.iter_mut().zip(text.bytes().filter(u8::is_ascii_alphanumeric)) {
        *slot = byte.to_ascii_lowercase();
        reading.len += 1;
    }
    Piece::new(reading, unit, first.start, last.end)
}

fn piece(folded: &str, token: &Token, unit: u32) -> Piece {
    let text = folded.get(token.start as usize..token.end as usize).unwrap_or_default();
    let plain: &[u8] = match token.kind {
        Kind::Link => b"<link>",
        Kind::Number if text.len() > KEPT_DIGITS => b"<number>",
        _ => text.as_bytes(),
    };
    let mut piece = Piece::new(Reading::new(plain), unit, token.start, token.end);
    if token.kind == Kind::Word && token.marks.has(Marks::ODD) && text.len() <= MAX_WORD_BYTES {
        skeletons(text).iter().filter(|r| !r.contains(&b'*')).for_each(|r| piece.add(r));
    }
    piece
}

/// The four beginnings and endings by which an unknown word is read, each as a hash: 3 and 5 letters from the front, 3 and
/// 4 from the back.
#[must_use]
pub fn edges(word: &[u8]) -> [u32; 4] {
    let front = |n: usize| word.get(..n.min(word.len())).unwrap_or_default();
    let back = |n: usize| word.get(word.len().saturating_sub(n)..).unwrap_or_default();
    // Another start for each kind, so that "the-" and "-the" differ.
    let mixed = |kind: u32, part: &[u8]| (hash_word(part) ^ kind.wrapping_mul(0x9E37_79B1)).wrapping_mul(0x85EB_CA6B);
    [mixed(1, front(3)), mixed(2, front(5)), mixed(3, back(3)), mixed(4, back(4))]
}
