//! Takes one piece that is no token; gives where the tokens end that byte-pair merging makes of it.
//!
//! Merging joins, again and again, the two neighbours whose joint token has the lowest rank, the leftmost first. Every
//! token has exactly one last merge (`examples/pack.rs` checks it), so neighbours are looked up as a pair of ranks.
//!
//! Long pieces are merged in windows. A sequence of tokens is what merging makes of the whole if every two neighbours
//! in it are what merging makes of these two together (the observation behind GitHub's `bpe`); neighbours inside a window
//! are. So each window begins at the last token kept before and counts only if its first token is that very token;
//! otherwise tokens are given back and the window grows, at worst to the whole piece.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::layout::NONE;
use crate::vocabulary::Vocabulary;
use crate::walk;

/// Pieces and windows of this many bytes are merged without the heap: one bit each in a `u64`.
pub(crate) const SMALL: usize = 64;
const POSITION_BITS: u32 = 6;
const MASK: usize = SMALL - 1;

/// How many tokens a piece has that is no token itself.
#[inline]
pub(crate) fn count(vocabulary: &Vocabulary, piece: &[u8]) -> usize {
    // Measured: in a short ASCII word the longest token is too often the wrong one.
    if (piece.len() > SMALL || piece.last().is_some_and(|byte| !byte.is_ascii()))
        && let Some(count) = walk::count(vocabulary, piece)
    {
        return count;
    }
    if piece.len() <= SMALL {
        return small(vocabulary, piece).count_ones() as usize;
    }
    let mut ends = Vec::new();
    encode(vocabulary, piece, &mut ends);
    ends.len()
}

/// Merges at most [`SMALL`] bytes; a bit is set where a token begins.
#[expect(clippy::indexing_slicing, reason = "every position is below 64 or masked to six bits")]
fn small(vocabulary: &Vocabulary, piece: &[u8]) -> u64 {
    let length = piece.len().min(SMALL);
    if length == 0 {
        return 0;
    }
    let mut tokens = [0_u32; SMALL];
    // Rank and position in one number, so that the smallest is both the lowest rank and the leftmost.
    let mut keys = [i32::MAX; SMALL];
    let mut previous = None;
    for (at, byte) in piece.iter().enumerate().take(SMALL) {
        tokens[at & MASK] = vocabulary.single(*byte);
        if let Some(first) = previous {
            keys[(at - 1) & MASK] = key(vocabulary.two(first, *byte), at - 1);
        }
        previous = Some(*byte);
    }
    let mut starts = u64::MAX >> (SMALL - length);
    let searched = length.next_multiple_of(8);
    loop {
        let best = keys[..searched.min(SMALL)].iter().fold(i32::MAX, |best, key| best.min(*key));
        if best == i32::MAX {
            return starts;
        }
        let at = best as usize & MASK;
        tokens[at] = (best >> POSITION_BITS) as u32;
        let gone = after(starts, at);
        keys[gone & MASK] = i32::MAX;
        starts &= !(1 << gone);
        let next = after(starts, at);
        keys[at] = if next < SMALL { key(vocabulary.merged(tokens[at], tokens[next & MASK]), at) } else { i32::MAX };
        let earlier = starts & ((1 << at) - 1);
        if earlier != 0 {
            let before = MASK - earlier.leading_zeros() as usize;
            keys[before & MASK] = key(vocabulary.merged(tokens[before & MASK], tokens[at]), before);
        }
    }
}

/// The next set bit above `at`, or 64.
#[inline(always)]
fn after(starts: u64, at: usize) -> usize {
    (starts & (u64::MAX << at) & !(1 << at)).trailing_zeros() as usize
}

#[inline(always)]
fn key(rank: u32, at: usize) -> i32 {
    if rank == NONE { i32::MAX } else { (rank << POSITION_BITS) as i32 | at as i32 }
}

/// Merges `piece` from where `ends` stops: `ends` are the ends of tokens of a beginning of the piece, which may have
/// been the whole piece when it was shorter; afterwards they are those of the whole piece.
///
/// O(n log n) at worst, in practice linear: windows grow only where merging reaches far.
pub(crate) fn encode(vocabulary: &Vocabulary, piece: &[u8], ends: &mut Vec<usize>) {
    while ends.last().is_some_and(|end| *end > piece.len()) {
        ends.pop();
    }
    let mut window = SMALL;
    let mut found = Vec::new();
    while ends.last().copied().unwrap_or(0) < piece.len() {
        let kept = ends.last().copied().unwrap_or(0);
        let start = ends.len().checked_sub(2).and_then(|at| ends.get(at)).copied().unwrap_or(0);
        let end = (start + window).max(kept + window / 2).min(piece.len());
        found.clear();
        merge_window(vocabulary, piece.get(start..end).unwrap_or_default(), start, &mut found);
        if kept > 0 && found.first() != Some(&kept) {
            // The kept tokens do not hold with what follows them: give back, and look further ahead.
            let back = kept.saturating_sub(window / 2);
            while ends.last().is_some_and(|end| *end > back) {
                ends.pop();
            }
            window *= 2;
            continue;
        }
        let is_last = end == piece.len();
        if !is_last {
            // Tokens near the window's end may still change.
            let sure = end - (end - start) / 4;
            while found.len() > 1 && found.last().is_some_and(|end| *end > sure) {
                found.pop();
            }
        }
        let skip = usize::from(kept > 0);
        if !is_last && found.len() <= skip {
            window *= 2;
            continue;
        }
        ends.extend(found.iter().skip(skip));
        repeat_last(piece, ends);
    }
}

/// Two equal neighbours that hold may be followed by a third: runs of one letter need no merging.
fn repeat_last(piece: &[u8], ends: &mut Vec<usize>) {
    let [.., start, middle, end] = ends.as_slice() else { return };
    let (start, middle, mut end) = (*start, *middle, *end);
    let (Some(first), Some(second)) = (piece.get(start..middle), piece.get(middle..end)) else { return };
    if first != second {
        return;
    }
    while piece.get(end..end + first.len()) == Some(first) {
        end += first.len();
        ends.push(end);
    }
}

/// The ends of a window's tokens, counted from the piece's start.
fn merge_window(vocabulary: &Vocabulary, window: &[u8], start: usize, found: &mut Vec<usize>) {
    if window.len() > SMALL {
        return large(vocabulary, window, start, found);
    }
    let mut starts = small(vocabulary, window);
    starts &= starts.wrapping_sub(1);
    while starts != 0 {
        found.push(start + starts.trailing_zeros() as usize);
        starts &= starts - 1;
    }
    found.push(start + window.len());
}

/// One token while merging with a heap.
#[derive(Clone, Copy)]
struct Node {
    token: u32,
    /// What it merges into with its right neighbour.
    rank: u32,
    previous: u32,
    next: u32,
}

fn large(vocabulary: &Vocabulary, window: &[u8], start: usize, found: &mut Vec<usize>) {
    let length = window.len() as u32;
    let mut nodes: Vec<Node> = (0..length)
        .zip(window)
        .map(|(at, byte)| Node {
            token: vocabulary.single(*byte),
            rank: NONE,
            previous: at.wrapping_sub(1),
            next: at + 1,
        })
        .collect();
    let mut heap = BinaryHeap::with_capacity(window.len());
    for (at, pair) in (0_u32..).zip(window.windows(2)) {
        let [first, second] = pair else { continue };
        let rank = vocabulary.two(*first, *second);
        if rank != NONE {
            heap.push(Reverse(u64::from(rank) << 32 | u64::from(at)));
            if let Some(node) = nodes.get_mut(at as usize) {
                node.rank = rank;
            }
        }
    }
    while let Some(Reverse(entry)) = heap.pop() {
        let (rank, at) = ((entry >> 32) as u32, entry as u32);
        let Some(node) = nodes.get(at as usize).copied() else { continue };
        if node.rank != rank {
            continue;
        }
        let Some(gone) = nodes.get_mut(node.next as usize) else { continue };
        gone.rank = NONE;
        let next = gone.next;
        let right = nodes.get_mut(next as usize).map(|right| {
            right.previous = at;
            right.token
        });
        let joined = right.map_or(NONE, |right| vocabulary.merged(rank, right));
        if joined != NONE {
            heap.push(Reverse(u64::from(joined) << 32 | u64::from(at)));
        }
        if let Some(node) = nodes.get_mut(at as usize) {
            *node = Node { token: rank, rank: joined, previous: node.previous, next };
        }
        if let Some(left) = nodes.get_mut(node.previous as usize) {
            left.rank = vocabulary.merged(left.token, rank);
            if left.rank != NONE {
                heap.push(Reverse(u64::from(left.rank) << 32 | u64::from(node.previous)));
            }
        }
    }
    let mut at = 0;
    while let Some(node) = nodes.get(at) {
        at = node.next as usize;
        found.push(start + at);
    }
}
