//! Takes nothing; gives the type of a finding while it is being judged.

use safeturn_lexicon::{Framing, Subject, Time};

use super::opinion::Opinion;

/// A possible finding with what its own sentence says about it.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    /// Rule that matched; nothing for a policy's term.
    pub rule: Option<u16>,
    /// Index of the policy's custom category.
    pub custom: Option<u16>,
    /// What a model said, when it is a model's finding.
    pub opinion: Option<Opinion>,
    /// Index into the table's categories.
    pub category: u16,
    /// Tier of the rule or category, before context.
    pub base_tier: u8,
    /// Byte range: of the folded view while reading, of the original afterwards.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
    /// Number of the sentence.
    pub sentence: u32,
    /// Number of the part of the sentence.
    pub segment: u32,
    /// What bears on it.
    pub context: Context,
    /// Too weak alone.
    pub is_hint: bool,
    /// A figure of speech overlaps it.
    pub is_figurative: bool,
    /// The policy allows the phrase it stands in.
    pub is_allowed: bool,
    /// Thousandths.
    pub confidence: u16,
}

/// What bears on a candidate.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub subject: Subject,
    pub time: Time,
    pub framing: Framing,
    pub is_denied: bool,
    /// Nothing real is meant: does not count.
    pub is_suppressed: bool,
    /// A first-person speaker may hide behind a story, a friend or a supposition.
    pub is_hidden: bool,
    /// Something else in the text makes it urgent.
    pub is_raised: bool,
    /// All its words stand in quotation marks.
    pub is_quoted: bool,
    /// Someone else is named before the quotation.
    pub is_quoted_from_other: bool,
    /// The one spoken to is the subject.
    pub is_about_you: bool,
    /// A minor is named as the person concerned.
    pub names_minor: bool,
}

impl Default for Context {
    fn default() -> Self {
        Self {
            subject: Subject::Unknown,
            time: Time::Unspecified,
            framing: Framing::Literal,
            is_denied: false,
            is_suppressed: false,
            is_hidden: false,
            is_raised: false,
            is_quoted: false,
            is_quoted_from_other: false,
            is_about_you: false,
            names_minor: false,
        }
    }
}
