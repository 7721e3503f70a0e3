//! Takes nothing; gives the answer's types. Spans are UTF-8 byte ranges of the original text; no field holds any of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::kinds::{Action, AgeBand, AgeSource, Category, Decision, Framing, Mode, Reason, State, Subject, Tier, Time};

/// A byte range of the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// Byte after the last.
    pub end: usize,
}

/// One thing that was said, and how it was meant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// What it is.
    pub category: Category,
    /// Whose safety it is about; for a threat the one threatened.
    pub subject: Subject,
    /// How it is meant.
    pub framing: Framing,
    /// When it holds.
    pub time: Time,
    /// Denied by the speaker; does not count.
    pub denied: bool,
    /// A figure of speech, a story, an allowed phrase; does not count.
    pub suppressed: bool,
    /// 0 to 1, in steps of 0.001.
    pub confidence: f64,
    /// Where the evidence stands.
    #[serde(flatten)]
    pub span: Span,
    /// Rule or model that found it.
    pub source: String,
}

impl Finding {
    /// Counts towards tier and categories.
    #[must_use]
    pub const fn counts(&self) -> bool {
        !self.denied && !self.suppressed
    }
}

/// What is known of the speaker's age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Age {
    /// The band; the number is not kept.
    pub band: AgeBand,
    /// Under 13 by the speaker's own plain words: notice and parental consent are due (US, COPPA).
    pub coppa: bool,
    /// Statements contradict each other; the lower minor band holds.
    pub conflict: bool,
    /// What it rests on.
    pub source: AgeSource,
}

/// Whether the answer can be relied on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Status {
    /// The state.
    pub state: State,
    /// Why it is not `ok`.
    pub reasons: Vec<Reason>,
}

/// What was looked for, in which language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// BCP 47 tag of the main language, `und` when it cannot be told.
    pub language: String,
    /// Detectors that apply to this language.
    pub detectors: Vec<String>,
}

/// What a shadow policy would have said; without effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shadow {
    /// Tier of this message.
    pub message_tier: Tier,
    /// Referral due.
    pub refer: bool,
    /// Decision.
    pub decision: Decision,
    /// Categories that would count.
    pub categories: Vec<Category>,
}

/// The answer for one turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// Tier to act on: the conversation's.
    pub tier: Tier,
    /// Tier of this message alone.
    pub message_tier: Tier,
    /// Highest tier of this session.
    pub peak_tier: Tier,
    /// Highest tier of earlier sessions.
    pub prior_peak_tier: Tier,
    /// `tier >= 2` or `refer`.
    pub flagged: bool,
    /// A crisis referral is due for this message.
    pub refer: bool,
    /// How the model should speak.
    pub mode: Mode,
    /// What is known of the speaker's age.
    pub age: Age,
    /// What to do with the input.
    pub decision: Decision,
    /// What else to do, most urgent first.
    pub actions: Vec<Action>,
    /// Categories of the findings that count, most severe first.
    pub categories: Vec<Category>,
    /// Highest confidence of each of them.
    pub category_scores: BTreeMap<Category, f64>,
    /// Everything found, also what does not count, in the order of the text.
    pub findings: Vec<Finding>,
    /// Whether the answer can be relied on.
    pub status: Status,
    /// What was looked for.
    pub coverage: Coverage,
    /// Unit of the spans in this form: `utf8`.
    pub span_unit: String,
    /// What the shadow policy would have said, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shadow: Option<Shadow>,
}

impl Verdict {
    /// The verdict as one line of JSON, as described by `tests/conformance/verdict.schema.json`.
    #[must_use]
    pub fn to_json(&self) -> String {
        // A verdict holds only strings, numbers and lists of them: writing it cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}
