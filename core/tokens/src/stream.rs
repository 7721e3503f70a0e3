//! Takes text bit by bit; gives the exact count of what has come so far.
//!
//! INVARIANT: after every `append` the count equals that of the whole text in one call. Pieces whose end later text cannot
//! move are counted once and their text is dropped; at most two pieces stay open, and a long one keeps its tokens' ends, so
//! that only its last tokens are merged again.

use crate::encoding::{Encoding, count_piece};
use crate::merge::{self, SMALL};
use crate::split::{Piece, Scan};
use crate::vocabulary::Vocabulary;

/// Pieces below this length are scanned again from their start: cheaper than going on, and the only pieces
/// whose first alternative is still undecided (`'l` may become `'ll`).
const RESCANNED: usize = 16;

/// Counts a text while it is being written, such as a reply that streams in.
///
/// `append` takes time proportional to the new text, `count` O(1). Holds the text of the word or run that is not finished,
/// and nothing before it; `Debug` does not show it.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "o200k")] {
/// use safeturn_tokens::{Encoding, StreamCounter};
///
/// let mut counter = StreamCounter::new(Encoding::O200kBase);
/// for part in ["Hel", "lo, wor", "ld! How", " are you?"] {
///     counter.append(part);
/// }
/// assert_eq!(counter.count(), Encoding::O200kBase.count("Hello, world! How are you?"));
/// # }
/// ```
#[derive(Clone)]
pub struct StreamCounter {
    encoding: Encoding,
    settled: usize,
    /// Text from before the first open piece on; what lies before `from` is done with.
    text: Vec<u8>,
    from: usize,
    open: Vec<OpenPiece>,
}

#[derive(Clone, Default)]
struct OpenPiece {
    start: usize,
    end: usize,
    scan: Scan,
    tokens: usize,
    /// Ends of its tokens, counted from its start; kept only for long pieces.
    ends: Vec<usize>,
}

impl StreamCounter {
    /// A count of no text yet.
    #[must_use]
    pub fn new(encoding: Encoding) -> Self {
        Self { encoding, settled: 0, text: Vec::new(), from: 0, open: Vec::new() }
    }

    /// Adds text at the end.
    pub fn append(&mut self, text: &str) {
        self.text.extend_from_slice(text.as_bytes());
        if self.encoding.is_o200k() {
            self.advance::<true>()
        } else {
            self.advance::<false>()
        }
        self.forget();
    }

    /// The tokens of all text so far.
    #[must_use]
    pub fn count(&self) -> usize {
        self.settled + self.open.iter().map(|piece| piece.tokens).sum::<usize>()
    }

    /// The encoding that counts.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    fn advance<const O200K: bool>(&mut self) {
        let vocabulary = self.encoding.vocabulary();
        let mut earlier = std::mem::take(&mut self.open).into_iter();
        let mut start = self.from;
        while start < self.text.len() {
            let mut open = earlier.next().filter(|piece| piece.start == start).unwrap_or_default();
            open.start = start;
            if open.end < start + RESCANNED {
                open.scan = Scan::default();
            }
            let Piece { end, is_open } = open.scan.piece::<O200K>(&self.text, start);
            open.end = end;
            open.count(vocabulary, &self.text);
            if is_open {
                self.open.push(open);
            } else {
                self.settled += open.tokens;
                self.from = end;
            }
            start = end;
        }
    }

    /// Drops text that is done with, once it is at least half of what is held, so that moving the rest costs O(1) a byte.
    fn forget(&mut self) {
        if self.from * 2 < self.text.len() {
            return;
        }
        self.text.drain(..self.from);
        for piece in &mut self.open {
            piece.start -= self.from;
            piece.end -= self.from;
            piece.scan.shift(self.from);
        }
        self.from = 0;
    }
}

impl OpenPiece {
    fn count(&mut self, vocabulary: &Vocabulary, text: &[u8]) {
        self.tokens = if self.end - self.start <= SMALL {
            self.ends.clear();
            count_piece(vocabulary, text, self.start, self.end)
        } else {
            merge::encode(vocabulary, text.get(self.start..self.end).unwrap_or_default(), &mut self.ends);
            self.ends.len()
        };
    }
}

impl std::fmt::Debug for StreamCounter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamCounter")
            .field("encoding", &self.encoding)
            .field("count", &self.count())
            .field("held_bytes", &self.text.len())
            .finish()
    }
}
