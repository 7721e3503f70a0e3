//! Takes text for a model whose tokenizer is not public; gives a count that is labelled as an estimate.
//!
//! What is known of closed tokenizers is that they are of the same kind as the public ones. So the estimate is a public
//! count, and beside it stands how far other public tokenizers were seen to lie from it. That is an observation, no bound.

use crate::counter::TokenCounter;

/// Lowest and highest count of a public tokenizer, as a share of the estimate, over `samples/languages.txt`: o200k, cl100k, p50k, r50k
/// and voyage-3, the two oldest (of 2019 and 2021) being the highest throughout. Printed by `cargo run --release -p safeturn-tokens --example spread`; 2026-11-20.
const LATIN_SPREAD: (f64, f64) = (1.0, 1.87);
const OTHER_SPREAD: (f64, f64) = (0.78, 5.12);

/// An estimated number of tokens.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimated {
    /// The estimate.
    pub tokens: usize,
    /// What the public tokenizer with the fewest tokens would say, as a share of the estimate seen on sample texts; no bound for the closed model.
    pub lowest_public: usize,
    /// The same of the one with the most tokens.
    pub highest_public: usize,
}

/// Counts for models whose tokenizer is not public.
///
/// # Examples
///
/// ```
/// use safeturn_tokens::{Estimate, TokenCounter};
///
/// let estimated = Estimate.of("The cake needs three eggs and some lemon.");
/// assert!(estimated.lowest_public <= estimated.tokens && estimated.tokens <= estimated.highest_public);
/// assert!(Estimate.name().starts_with("estimate:"));
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Estimate;

impl Estimate {
    /// The estimate with its observed spread. Cost: that of one exact count.
    #[must_use]
    pub fn of(self, text: &str) -> Estimated {
        let tokens = self.count(text);
        // Two-byte letters up to U+024F are Latin with accents.
        let foreign = text.chars().filter(|c| *c > '\u{24F}').count();
        let (low, high) = if foreign * 4 > text.chars().count() { OTHER_SPREAD } else { LATIN_SPREAD };
        Estimated {
            tokens,
            lowest_public: (tokens as f64 * low).floor() as usize,
            highest_public: (tokens as f64 * high).ceil() as usize,
        }
    }
}

impl TokenCounter for Estimate {
    /// The count of the newest public encoding compiled in; without any, one token for four bytes of ASCII and one for each other character.
    fn count(&self, text: &str) -> usize {
        #[cfg(any(feature = "cl100k", feature = "o200k"))]
        if let Some(encoding) = crate::Encoding::ALL.last() {
            return encoding.count(text);
        }
        let ascii = text.bytes().filter(u8::is_ascii).count();
        let others = text.chars().filter(|c| !c.is_ascii()).count();
        ascii.div_ceil(4) + others
    }

    fn name(&self) -> &str {
        if cfg!(feature = "o200k") {
            "estimate:o200k"
        } else if cfg!(feature = "cl100k") {
            "estimate:cl100k"
        } else {
            "estimate:bytes"
        }
    }
}
