//! Takes text; gives its exact number of tokens in one of OpenAI's public encodings.
//!
//! Does not give the tokens themselves: the engine counts, and what only counts can be several times as fast.

use crate::counter::TokenCounter;
use crate::merge;
use crate::split::Scan;
use crate::vocabulary::Vocabulary;

/// A public encoding of OpenAI whose counts are exact.
///
/// Counts are those of `encode_ordinary` in `tiktoken`: text that is written like a special token, such as
/// `<|endoftext|>`, is counted as ordinary text. Nothing is loaded, allocated for good, or locked; all threads share the
/// tables, which lie in the program's read-only data (about 4 MB for cl100k, 8 MB for o200k, only touched pages resident).
///
/// # Examples
///
/// ```
/// use safeturn_tokens::Encoding;
///
/// # #[cfg(feature = "o200k")]
/// assert_eq!(Encoding::O200kBase.count("Hello, how are you today?"), 7);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Encoding {
    /// GPT-4, GPT-3.5 and the embedding models.
    #[cfg(feature = "cl100k")]
    Cl100kBase,
    /// GPT-4o, GPT-4.1, GPT-5, o1, o3, o4-mini.
    #[cfg(feature = "o200k")]
    O200kBase,
    /// gpt-oss: the vocabulary and the pattern of `o200k_base`, more special tokens.
    #[cfg(feature = "o200k")]
    O200kHarmony,
}

impl Encoding {
    /// The encodings that were compiled in.
    pub const ALL: &'static [Self] = &[
        #[cfg(feature = "cl100k")]
        Self::Cl100kBase,
        #[cfg(feature = "o200k")]
        Self::O200kBase,
        #[cfg(feature = "o200k")]
        Self::O200kHarmony,
    ];

    /// The published name, such as `o200k_base`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            #[cfg(feature = "cl100k")]
            Self::Cl100kBase => "cl100k_base",
            #[cfg(feature = "o200k")]
            Self::O200kBase => "o200k_base",
            #[cfg(feature = "o200k")]
            Self::O200kHarmony => "o200k_harmony",
        }
    }

    /// The encoding of a published name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|encoding| encoding.as_str() == name)
    }

    /// The number of tokens of `text` as plain text.
    ///
    /// O(n) in practice, O(n log n) at worst; allocates only for a single word of more than 64 bytes that is no token.
    #[must_use]
    pub fn count(self, text: &str) -> usize {
        match self {
            #[cfg(feature = "cl100k")]
            Self::Cl100kBase => count::<false>(&crate::vocabulary::CL100K, text.as_bytes()),
            #[cfg(feature = "o200k")]
            Self::O200kBase | Self::O200kHarmony => count::<true>(&crate::vocabulary::O200K, text.as_bytes()),
        }
    }

    /// Which of the two split patterns holds.
    pub(crate) fn is_o200k(self) -> bool {
        match self {
            #[cfg(feature = "cl100k")]
            Self::Cl100kBase => false,
            #[cfg(feature = "o200k")]
            Self::O200kBase | Self::O200kHarmony => true,
        }
    }

    pub(crate) fn vocabulary(self) -> &'static Vocabulary {
        match self {
            #[cfg(feature = "cl100k")]
            Self::Cl100kBase => &crate::vocabulary::CL100K,
            #[cfg(feature = "o200k")]
            Self::O200kBase | Self::O200kHarmony => &crate::vocabulary::O200K,
        }
    }
}

impl TokenCounter for Encoding {
    fn count(&self, text: &str) -> usize {
        Self::count(*self, text)
    }

    fn name(&self) -> &str {
        self.as_str()
    }
}

impl std::fmt::Display for Encoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

fn count<const O200K: bool>(vocabulary: &Vocabulary, text: &[u8]) -> usize {
    let mut total = 0;
    let mut start = 0;
    while start < text.len() {
        if let Some((end, word)) = plain_word::<O200K>(text, start) {
            let is_token = vocabulary.has_short(word);
            total += if is_token { 1 } else { merge::count(vocabulary, text.get(start..end).unwrap_or_default()) };
            start = end;
            continue;
        }
        let end = Scan::default().piece::<O200K>(text, start).end;
        total += count_piece(vocabulary, text, start, end);
        start = end;
    }
    total
}

/// The commonest piece by far, read eight bytes at once: perhaps a space, a letter, small letters, and less than eight bytes in all.
///
/// Gives its end and its bytes as a number, little-endian; nothing where anything else stands or follows that the pattern looks at.
#[inline(always)]
fn plain_word<const O200K: bool>(text: &[u8], start: usize) -> Option<(usize, u64)> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    const ONES: u64 = 0x0101_0101_0101_0101;
    let bytes = u64::from_le_bytes(*text.get(start..)?.first_chunk()?);
    let space = u32::from(bytes as u8 == b' ');
    // In each byte the highest bit says: at least `a`, above `z`.
    let low = bytes & !HIGH;
    let from_a = low + ONES * (0x80 - b'a' as u64);
    let above_z = low + ONES * (0x80 - b'z' as u64 - 1);
    let mut others = (!from_a | above_z | bytes) & HIGH;
    let first = (bytes >> (8 * space)) as u8;
    if first.is_ascii_uppercase() {
        others &= !(0x80 << (8 * space));
    }
    // The first letter's place holds no other sign: then something follows it.
    let length = (others >> (8 * space) << (8 * space)).trailing_zeros() / 8;
    if length >= 8 || length == space {
        return None;
    }
    let next = (bytes >> (8 * length)) as u8;
    if next >= 0x80 || next.is_ascii_uppercase() || (O200K && next == b'\'') {
        return None;
    }
    Some((start + length as usize, bytes & (u64::MAX >> (64 - 8 * length))))
}

#[inline(always)]
pub(crate) fn count_piece(vocabulary: &Vocabulary, text: &[u8], start: usize, end: usize) -> usize {
    if vocabulary.is_token(text, start, end) {
        return 1;
    }
    merge::count(vocabulary, text.get(start..end).unwrap_or_default())
}
