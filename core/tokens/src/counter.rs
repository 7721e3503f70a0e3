//! Takes text; gives the number of its tokens: the one trait that everything which counts has in common.

/// Counts tokens of a text. Shared by threads; must give the same number for the same text every time.
///
/// Counting never fails and never panics. Implementations say what they cost, and whether they are exact.
pub trait TokenCounter: Send + Sync {
    /// How many tokens `text` has, as plain text and without any overhead of a message: what looks like a special token is
    /// counted as the characters it is written with.
    fn count(&self, text: &str) -> usize;

    /// Stable name of what counts, for example `o200k_base`; a history remembers it, and refuses another one.
    fn name(&self) -> &str;
}
