//! Takes text; gives a number of tokens: the trait that exact counters fulfil, and an estimate that needs no vocabulary.

/// Counts tokens of a text. Shared by threads; must give the same number for the same text every time.
pub trait TokenCounter: Send + Sync {
    /// Tokens of the text alone, without any overhead of a message.
    fn count(&self, text: &str) -> usize;

    /// Stable name of what is counted, for example `o200k_base`; a history remembers it, and refuses another one.
    fn name(&self) -> &str;
}

/// An estimate from bytes, for models without a public vocabulary: four ASCII bytes or two others make a token, rounded up.
///
/// No bound: it is near the truth for English prose, high for most other languages, and low for digits, code and unusual
/// strings. Leave room with `reserve_tokens`. Cost: one pass over the bytes, no allocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ApproximateCounter;

impl TokenCounter for ApproximateCounter {
    fn count(&self, text: &str) -> usize {
        let ascii = text.bytes().filter(u8::is_ascii).count();
        let quarters = ascii.saturating_add((text.len() - ascii).saturating_mul(2));
        quarters.div_ceil(4)
    }

    fn name(&self) -> &'static str {
        "estimate:bytes"
    }
}

#[cfg(test)]
mod tests {
    use super::{ApproximateCounter, TokenCounter};

    #[test]
    fn an_estimate_is_nothing_for_nothing_and_rounds_up() {
        let count = |text| ApproximateCounter.count(text);
        assert_eq!((count(""), count("a"), count("four"), count("fives"), count("éé")), (0, 1, 1, 2, 2));
    }
}
