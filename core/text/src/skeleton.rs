//! Takes one odd token; gives the few plain words it may stand for.
//!
//! Deliberately does not decide: the lexicon tries each candidate and keeps the first that it knows. An unknown token
//! therefore never turns into something sensitive by accident, and "15" stays a number.

use crate::MAX_WORD_BYTES;
use crate::confusables::latin_look_alike;

/// Up to four readings of a token, most literal first, in ASCII lower case.
#[derive(Debug, Default)]
pub struct Skeletons {
    readings: [Reading; 4],
    count: usize,
}

#[derive(Debug, Clone, Copy)]
struct Reading {
    bytes: [u8; MAX_WORD_BYTES],
    len: usize,
}

impl Default for Reading {
    fn default() -> Self {
        Self { bytes: [0; MAX_WORD_BYTES], len: 0 }
    }
}

impl Reading {
    fn push(&mut self, byte: u8) -> bool {
        match self.bytes.get_mut(self.len) {
            Some(slot) => {
                *slot = byte;
                self.len += 1;
                true
            }
            None => false,
        }
    }

    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Skeletons {
    /// The readings in order of preference, each ASCII lower case; `*` stands for one unknown letter.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.readings.iter().take(self.count).map(Reading::as_bytes)
    }

    fn add(&mut self, reading: Reading) {
        let is_known = self.iter().any(|r| r == reading.as_bytes());
        if let Some(slot) = self.readings.get_mut(self.count).filter(|_| !is_known && reading.len > 1) {
            *slot = reading;
            self.count += 1;
        }
    }
}

/// Readings of a token: symbols and look-alikes as letters, then stretched letters shortened to two and to one.
///
/// Cost: O(length), no allocation; tokens longer than [`MAX_WORD_BYTES`] give none.
#[must_use]
pub fn skeletons(token: &str) -> Skeletons {
    let mut found = Skeletons::default();
    let mut letters = Reading::default();
    let mut has_latin = false;
    let mut last = None;
    for c in token.chars() {
        let byte = match c {
            'a'..='z' | 'A'..='Z' => {
                has_latin = true;
                c.to_ascii_lowercase() as u8
            }
            '\'' | '-' | '_' | '.' => continue,
            // A third and further copy says nothing more; dropping it here keeps long screams inside the limit.
            _ if c.is_ascii() => match symbol_letter(c) {
                Some(b) => b,
                None => return found,
            },
            _ => match latin_look_alike(c) {
                Some(b) => b,
                None => return found,
            },
        };
        if last == Some((byte, true)) {
            continue;
        }
        last = Some((byte, matches!(last, Some((b, false)) if b == byte)));
        if !letters.push(byte) {
            return found;
        }
    }
    let is_disguised = token.bytes().any(|b| !b.is_ascii_alphabetic());
    if !has_latin && is_disguised && token.is_ascii() && !token.bytes().any(|b| b.is_ascii_alphabetic()) {
        return found;
    }
    found.add(letters);
    // "1" reads as i first, then as l.
    if token.contains(['1', '|', '!']) {
        let mut other = Reading::default();
        for (i, b) in letters.as_bytes().iter().enumerate() {
            let is_mark = token.as_bytes().get(i).is_some_and(|t| matches!(t, b'1' | b'|' | b'!'));
            other.push(if is_mark { b'l' } else { *b });
        }
        found.add(other);
    }
    found.add(single(letters.as_bytes(), Doubles::None));
    found.add(single(letters.as_bytes(), Doubles::Last));
    found
}

#[derive(PartialEq, Eq)]
enum Doubles {
    None,
    Last,
}

/// Shortens doubled letters: all of them, or all but the last pair ("kiiill" is "kill").
fn single(letters: &[u8], keep: Doubles) -> Reading {
    let mut out = Reading::default();
    let last_pair = letters.windows(2).rposition(|w| matches!(w, [a, b] if a == b));
    let mut previous = None;
    for (i, b) in letters.iter().enumerate() {
        let is_kept = keep == Doubles::Last && last_pair.is_some_and(|p| p + 1 == i);
        if previous != Some(*b) || is_kept {
            out.push(*b);
        }
        previous = Some(*b);
    }
    out
}

fn symbol_letter(c: char) -> Option<u8> {
    Some(match c {
        '0' => b'o',
        '1' | '!' | '|' => b'i',
        '3' => b'e',
        '4' | '@' => b'a',
        '5' | '$' => b's',
        '6' | '9' => b'g',
        '7' | '+' => b't',
        '8' => b'b',
        '2' => b'z',
        '*' | '#' => b'*',
        _ => return None,
    })
}
