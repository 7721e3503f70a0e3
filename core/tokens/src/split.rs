//! Takes text; gives the pieces that the published split patterns cut it into, one at a time.
//!
//! INVARIANT: a piece ends where the leftmost-first, backtracking match of the pattern ends. The patterns are those of
//! `tiktoken_ext/openai_public.py` in `openai/tiktoken`. Each rule below names the part of the pattern that it follows.
//! A scan that ran into the end of the text can go on where it stopped once more text has come.

use crate::class::{BREAK, LETTER, LOWER, NUMBER, SPACE, UPPER, class_at};

/// `[^\s\p{L}\p{N}]` is a character with none of these.
const NO_SIGN: u8 = SPACE | LETTER | NUMBER;

/// How far one piece has been read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Scan {
    phase: Phase,
    /// Where reading goes on.
    at: usize,
}

#[derive(Debug, Clone, Copy, Default)]
enum Phase {
    #[default]
    Start,
    /// In `\p{L}+` (cl100k).
    Letters,
    /// In the upper half of a word (o200k); where its last character that may also be in the lower half ends, else 0.
    Upper { both: usize },
    /// In the lower half of a word (o200k).
    Lower,
    /// In `[^\s\p{L}\p{N}]+`.
    Signs,
    /// In what follows signs: `[\r\n]*` (cl100k), `[\r\n/]*` (o200k).
    Breaks,
    /// In `\s+`; where the last line break ends, else 0; where the last space begins.
    Spaces { after_break: usize, last: usize },
}

/// Where a piece ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Piece {
    /// In bytes from the start of the text.
    pub(crate) end: usize,
    /// Text that comes later could still move the end.
    pub(crate) is_open: bool,
}

impl Scan {
    /// The end of the piece that begins at `start`, which is inside the text.
    ///
    /// An open piece may be scanned again with the same `Scan` and `start` after text was appended.
    #[inline(always)]
    pub(crate) fn piece<const O200K: bool>(&mut self, text: &[u8], start: usize) -> Piece {
        loop {
            match self.phase {
                Phase::Start => {
                    if let Some(piece) = self.begin::<O200K>(text, start) {
                        return piece;
                    }
                }
                Phase::Letters => {
                    let end = run(text, self.at, LETTER);
                    self.at = end;
                    return Piece { end, is_open: end >= text.len() };
                }
                Phase::Upper { both } => {
                    if let Some(piece) = self.upper(text, both) {
                        return piece;
                    }
                }
                Phase::Lower => {
                    let end = run(text, self.at, LOWER);
                    self.at = end;
                    return with_contraction(text, end);
                }
                Phase::Signs => {
                    self.at = run_of_signs(text, self.at);
                    if self.at >= text.len() {
                        return Piece { end: self.at, is_open: true };
                    }
                    self.phase = Phase::Breaks;
                }
                Phase::Breaks => {
                    while matches!(text.get(self.at), Some(b'\r' | b'\n')) || O200K && text.get(self.at) == Some(&b'/')
                    {
                        self.at += 1;
                    }
                    return Piece { end: self.at, is_open: self.at >= text.len() };
                }
                Phase::Spaces { after_break, last } => return self.spaces::<O200K>(text, start, after_break, last),
            }
        }
    }

    /// Moves along when `by` bytes before the piece are dropped from the text.
    pub(crate) fn shift(&mut self, by: usize) {
        self.at = self.at.saturating_sub(by);
        match &mut self.phase {
            Phase::Upper { both } => *both = both.saturating_sub(by),
            Phase::Spaces { after_break, last } => {
                *after_break = after_break.saturating_sub(by);
                *last = last.saturating_sub(by);
            }
            Phase::Start | Phase::Letters | Phase::Lower | Phase::Signs | Phase::Breaks => {}
        }
    }

    /// Tries the alternatives in their order; leaves the phase to go on with, or gives a short piece at once.
    #[inline(always)]
    fn begin<const O200K: bool>(&mut self, text: &[u8], start: usize) -> Option<Piece> {
        let (class, length) = class_at(text, start);
        if !O200K && text.get(start) == Some(&b'\'') {
            // '(?i:[sdmt]|ll|ve|re)
            match contraction(text, start) {
                (0, _) => {}
                (length, _) => return Some(Piece { end: start + length, is_open: false }),
            }
        }
        let next = start + length;
        let letters = if O200K { UPPER | LOWER } else { LETTER };
        let word = if O200K { Phase::Upper { both: 0 } } else { Phase::Letters };
        if class & letters != 0 {
            // A mark is both a possible prefix of a word and a part of it (o200k); taking it as a part leads to the same end.
            return self.go(word, start);
        }
        if class & NUMBER != 0 {
            return Some(numbers(text, next));
        }
        let (class_next, length_next) = class_at(text, next);
        if class & BREAK == 0 {
            // [^\r\n\p{L}\p{N}]? before letters
            if class_next & letters != 0 {
                return self.go(word, next);
            }
            if length_next == 0 {
                // Nothing after it yet: a lone sign or space.
                return Some(Piece { end: next, is_open: true });
            }
        }
        if class & NO_SIGN == 0 {
            return self.go(Phase::Signs, next);
        }
        if text.get(start) == Some(&b' ') && class_next & NO_SIGN == 0 && length_next > 0 {
            return self.go(Phase::Signs, next);
        }
        self.go(Phase::Spaces { after_break: 0, last: start }, start)
    }

    #[inline(always)]
    fn go(&mut self, phase: Phase, at: usize) -> Option<Piece> {
        (self.phase, self.at) = (phase, at);
        None
    }

    /// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+` or, without a lower half, `…+…*`.
    #[inline(always)]
    fn upper(&mut self, text: &[u8], mut both: usize) -> Option<Piece> {
        let class = loop {
            let (class, length) = class_at(text, self.at);
            if class & UPPER == 0 {
                break class;
            }
            self.at += length;
            if class & LOWER != 0 {
                both = self.at;
            }
        };
        if class & LOWER != 0 {
            self.phase = Phase::Lower;
            return None;
        }
        self.phase = Phase::Upper { both };
        if both != 0 && both < self.at {
            // The lower half needs one character: the match gives back down to the last that may be in it.
            return Some(Piece { end: both, is_open: self.at >= text.len() });
        }
        Some(with_contraction(text, self.at))
    }

    /// `\s*[\r\n]+`, `\s+(?!\S)`, `\s+`; cl100k has `\s+$` before them.
    fn spaces<const O200K: bool>(
        &mut self,
        text: &[u8],
        start: usize,
        mut after_break: usize,
        mut last: usize,
    ) -> Piece {
        loop {
            let (class, length) = class_at(text, self.at);
            if class & SPACE == 0 {
                break;
            }
            last = self.at;
            self.at += length;
            if class & BREAK != 0 {
                after_break = self.at;
            }
        }
        self.phase = Phase::Spaces { after_break, last };
        let is_open = self.at >= text.len();
        let end = match (is_open, after_break) {
            (true, _) if !O200K => self.at,
            (_, 1..) => after_break,
            (true, 0) => self.at,
            (false, 0) if last > start => last,
            (false, 0) => self.at,
        };
        Piece { end, is_open }
    }
}

/// `\p{N}{1,3}` after its first character.
#[inline(always)]
fn numbers(text: &[u8], mut end: usize) -> Piece {
    for _ in 0..2 {
        let (class, length) = class_at(text, end);
        if class & NUMBER == 0 {
            return Piece { end, is_open: end >= text.len() };
        }
        end += length;
    }
    Piece { end, is_open: false }
}

/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)?` after a word.
#[inline(always)]
fn with_contraction(text: &[u8], end: usize) -> Piece {
    if text.get(end) != Some(&b'\'') {
        return Piece { end, is_open: end >= text.len() };
    }
    let (length, is_open) = contraction(text, end);
    Piece { end: end + length, is_open }
}

/// The length of a contraction at an apostrophe, else 0; and whether text that comes later could make one.
fn contraction(text: &[u8], at: usize) -> (usize, bool) {
    let letter = |n: usize| text.get(at + n).copied();
    let folded = |n: usize| letter(n).map(|byte| byte | 0x20);
    match folded(1) {
        None => (0, true),
        Some(b's' | b'd' | b'm' | b't') => (2, false),
        // U+017F, the long s, is an s to a match that ignores case.
        Some(_) if (letter(1), letter(2)) == (Some(0xC5), Some(0xBF)) => (3, false),
        Some(first @ (b'l' | b'v' | b'r')) => match folded(2) {
            None => (0, true),
            Some(second) if second == if first == b'l' { b'l' } else { b'e' } => (3, false),
            Some(_) => (0, false),
        },
        Some(_) => (0, false),
    }
}

/// The end of a run of characters with any of these classes.
#[inline(always)]
fn run(text: &[u8], mut at: usize, classes: u8) -> usize {
    loop {
        let (class, length) = class_at(text, at);
        if class & classes == 0 {
            return at;
        }
        at += length;
    }
}

#[inline(always)]
fn run_of_signs(text: &[u8], mut at: usize) -> usize {
    loop {
        let (class, length) = class_at(text, at);
        if class & NO_SIGN != 0 || length == 0 {
            return at;
        }
        at += length;
    }
}
