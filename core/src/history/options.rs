//! Takes nothing; gives the choices of a fit, with LangChain's names where it has them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::turn::Role;

/// How a history is fitted. JSON keys are the field names; what is left out has its default.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FitOptions {
    /// Tokens of the whole request: messages with their overhead, the reply's overhead, and `reserve_tokens`. Default 0.
    pub max_tokens: u64,
    /// Tokens of `max_tokens` that are left for the reply, and for whatever else the request carries. Default 0.
    pub reserve_tokens: u64,
    /// Most messages in the output, with system prompt, notes and summary. No limit by default.
    pub max_messages: Option<u64>,
    /// Which of the messages that may go stay first. Default `last`.
    pub strategy: Strategy,
    /// Roles that the output, and each run of it after a gap, may start on; the system prompt, notes and messages that must
    /// stay are exempt from the second. Usually `user`. Any role when empty. `system` and `developer` are refused.
    pub start_on: Vec<Role>,
    /// Roles that the output may end on: what follows the last message of such a role goes before anything else is decided,
    /// and that message must stay. Any role when empty.
    pub end_on: Vec<Role>,
    /// The system prompt (the system and developer messages that the history begins with) must stay. Default true.
    pub include_system: bool,
    /// A message of text may be cut: the first that no longer fits, and, when what must stay is too large, the largest of
    /// it. Default false.
    pub allow_partial: bool,
    /// Messages that must stay, by index from 0 or by `id`.
    pub pinned: Vec<Pin>,
    /// A tool call and its results stay or go together, and unpaired ones go. Default true; when false, the host sees to it.
    pub keep_tool_pairs: bool,
    /// What a message costs beside its text.
    pub overhead: Overhead,
    /// The caller's summary of the whole conversation; put in, as a system message, when the budget makes messages go.
    pub summary: Option<String>,
}

/// Which of the messages that may go stay first. Each stops at the first message that does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The latest.
    #[default]
    Last,
    /// The earliest.
    First,
    /// Latest and earliest in turn: the middle goes out.
    MiddleOut,
}

/// Names one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Pin {
    /// By index, from 0.
    Index(usize),
    /// By the host's `id`.
    Id(String),
}

/// Tokens that a message costs beside its text.
///
/// Source of the defaults: OpenAI Cookbook, "How to count tokens with tiktoken" (3 for a message, its role's one token, 1 for
/// a name, 3 for the reply); a part that is no text counts as one image of 1024×1024 in high detail, 765 for gpt-4o, which
/// is an estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Overhead {
    /// Each message. Default 3.
    pub message: u32,
    /// The role of each message. Default 1.
    pub role: u32,
    /// A name, beside the tokens of the name. Default 1.
    pub name: u32,
    /// Each part that is neither text nor a tool's. Default 765.
    pub part: u32,
    /// The reply, once. Default 3.
    pub reply: u32,
}

impl Default for Overhead {
    fn default() -> Self {
        Self { message: 3, role: 1, name: 1, part: 765, reply: 3 }
    }
}

impl FitOptions {
    /// The defaults with a budget.
    #[must_use]
    pub fn new(max_tokens: u64) -> Self {
        Self { max_tokens, ..Self::default() }
    }

    /// Tokens that messages may take.
    pub(super) fn available(&self) -> u64 {
        self.max_tokens.saturating_sub(self.reserve_tokens).saturating_sub(u64::from(self.overhead.reply))
    }
}

impl Default for FitOptions {
    fn default() -> Self {
        Self {
            max_tokens: 0,
            reserve_tokens: 0,
            max_messages: None,
            strategy: Strategy::Last,
            start_on: Vec::new(),
            end_on: Vec::new(),
            include_system: true,
            allow_partial: false,
            pinned: Vec::new(),
            keep_tool_pairs: true,
            overhead: Overhead::default(),
            summary: None,
        }
    }
}

/// The summary is text of a conversation: only its size is shown.
impl fmt::Debug for FitOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FitOptions")
            .field("max_tokens", &self.max_tokens)
            .field("reserve_tokens", &self.reserve_tokens)
            .field("max_messages", &self.max_messages)
            .field("strategy", &self.strategy)
            .field("start_on", &self.start_on)
            .field("end_on", &self.end_on)
            .field("include_system", &self.include_system)
            .field("allow_partial", &self.allow_partial)
            .field("pinned", &self.pinned)
            .field("keep_tool_pairs", &self.keep_tool_pairs)
            .field("overhead", &self.overhead)
            .field("summary_bytes", &self.summary.as_ref().map(String::len))
            .finish()
    }
}
