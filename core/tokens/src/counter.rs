//! Takes text; gives the number of its tokens: the one trait that everything which counts has in common.

/// Something that counts tokens.
///
/// Counting never fails and never panics. Implementations say what they cost, and whether they are exact.
pub trait TokenCounter {
    /// How many tokens `text` has, as plain text: what looks like a special token is counted as the characters it is written with.
    fn count(&self, text: &str) -> usize;

    /// What counts: the name of an encoding such as `o200k_base`, or of an estimate.
    fn name(&self) -> &str;
}
