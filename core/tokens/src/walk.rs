//! Takes one piece that is no token; gives its number of tokens by trying the longest token at each place.
//!
//! INVARIANT: a sequence of tokens in which every two neighbours hold together is what merging makes of the piece, and
//! there is only one (GitHub's crate `bpe` rests on the same fact). So a token that does not hold with the one before it gives way to a shorter one, and a
//! place that nothing leads on from is never tried again: O(n). Does not know tokens of more than 16 bytes: where one
//! belongs, nothing else holds, and merging itself decides.

use crate::layout::{FIRST_LENGTH, NONE};
use crate::vocabulary::Vocabulary;

/// Pieces up to this length are walked without allocation.
const ON_STACK: usize = 64;

/// Where more places than this, and one for two bytes, lead nowhere, merging is quicker: long tokens are at work.
const PATIENCE: usize = 8;

/// A token that was taken.
#[derive(Clone, Copy, Default)]
struct Step {
    token: u32,
    start: u32,
}

/// How many tokens the piece has; nothing when merging has to decide.
pub(crate) fn count(vocabulary: &Vocabulary, piece: &[u8]) -> Option<usize> {
    if piece.len() <= ON_STACK {
        return walk(vocabulary, piece, &mut [Step::default(); ON_STACK], &mut [0; ON_STACK / 64 + 1]);
    }
    u32::try_from(piece.len()).ok()?;
    walk(vocabulary, piece, &mut vec![Step::default(); piece.len()], &mut vec![0; piece.len() / 64 + 1])
}

fn walk(vocabulary: &Vocabulary, piece: &[u8], steps: &mut [Step], dead: &mut [u64]) -> Option<usize> {
    let (mut taken, mut at, mut below, mut given_back) = (0, 0, usize::MAX, 0);
    while at < piece.len() {
        let last = if taken == 0 { None } else { steps.get(taken - 1).copied() };
        let is_dead = |place: usize| dead.get(place / 64).is_some_and(|bits| bits >> (place % 64) & 1 == 1);
        let fits = |token: u32, length: usize| {
            token != NONE && !is_dead(at + length) && last.is_none_or(|last| holds(vocabulary, last.token, token))
        };
        if let Some((token, length)) = longest(vocabulary, piece, at, below, fits) {
            *steps.get_mut(taken)? = Step { token, start: at as u32 };
            taken += 1;
            at += length;
            below = usize::MAX;
        } else {
            *dead.get_mut(at / 64)? |= 1 << (at % 64);
            let last = last?;
            given_back += 1;
            if given_back > PATIENCE + at / 2 {
                return None;
            }
            taken -= 1;
            below = at - last.start as usize;
            at = last.start as usize;
        }
    }
    Some(taken)
}

/// The longest token of at most 16 bytes here that is shorter than `below` and fits.
#[inline(always)]
fn longest(
    vocabulary: &Vocabulary,
    piece: &[u8],
    at: usize,
    below: usize,
    fits: impl Fn(u32, usize) -> bool,
) -> Option<(u32, usize)> {
    let mut lengths = vocabulary.lengths(piece, at);
    while lengths != 0 {
        let bit = lengths.ilog2();
        lengths ^= 1 << bit;
        let length = bit as usize + FIRST_LENGTH;
        if length < below {
            let token = vocabulary.token(piece, at, length);
            if fits(token, length) {
                return Some((token, length));
            }
        }
    }
    let first = *piece.get(at)?;
    if let Some(second) = piece.get(at + 1).filter(|_| below > 2) {
        let token = vocabulary.two(first, *second);
        if fits(token, 2) {
            return Some((token, 2));
        }
    }
    let token = vocabulary.single(first);
    (below > 1 && fits(token, 1)).then_some((token, 1))
}

/// Whether merging leaves these two neighbours as they are.
///
/// Takes their merges back, the latest first; a merge across the border that came before the one just taken back would have happened instead.
/// On equal ranks the left one goes first, hence the one added for the right.
#[inline(always)]
fn holds(vocabulary: &Vocabulary, mut left: u32, mut right: u32) -> bool {
    let mut before = NONE;
    loop {
        if vocabulary.merged(left, right) < before {
            return false;
        }
        let (inner_left, inner_right) = (vocabulary.halves(left).1, vocabulary.halves(right).0);
        // A single byte cannot be taken apart: then it is the other's turn.
        let (left_splits, right_splits) = (inner_left != left, inner_right != right);
        if left_splits && (left > right || !right_splits) {
            (before, left) = (left, inner_left);
        } else if right_splits {
            (before, right) = (right + 1, inner_right);
        } else {
            return true;
        }
    }
}
