//! Takes messages one by one; keeps their counts and marks, and fits them without counting any of them again.
//!
//! INVARIANT: entry `i` belongs to message `i` of the host. Text is kept only by a history that was made `with_text`.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::history::compose::compose;
use crate::history::fitted::Fit;
use crate::history::mark::Mark;
use crate::history::message::{Content, Message, Part};
use crate::history::notes;
use crate::history::options::{FitOptions, Overhead};
use crate::turn::Role;
use safeturn_tokens::TokenCounter;

/// Version of a history in JSON; older ones load, newer ones are refused.
pub const HISTORY_SCHEMA: u16 = 1;

/// Counts and marks of a conversation's messages, and their text if wished. A plain value: clone it, store it, share it.
///
/// About 200 bytes a message without text. Ids of messages and tool calls are kept; names and text are not.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct History {
    schema: u16,
    counter: String,
    keeps_text: bool,
    entries: Vec<Entry>,
    /// Tokens of the shipped notes; counted with the first marked message.
    note_tokens: Vec<u32>,
}

/// What fitting needs of one message.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Entry {
    pub role: Role,
    /// Tokens of the text.
    pub content: u32,
    /// Tokens of tool names and arguments.
    #[serde(skip_serializing_if = "is_zero")]
    pub tools: u32,
    /// Tokens of the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<u32>,
    /// Parts that are neither text nor a tool's.
    #[serde(skip_serializing_if = "is_zero")]
    pub parts: u32,
    /// Text alone: may be cut.
    pub is_plain: bool,
    /// A person's words.
    pub is_spoken: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<Mark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
}

impl History {
    /// An empty history that keeps no text. Remembers the counter's name.
    #[must_use]
    pub fn new(counter: &dyn TokenCounter) -> Self {
        Self {
            schema: HISTORY_SCHEMA,
            counter: counter.name().to_owned(),
            keeps_text: false,
            entries: Vec::new(),
            note_tokens: Vec::new(),
        }
    }

    /// An empty history that keeps the messages too, also in JSON: treat it as you treat the conversation itself.
    #[must_use]
    pub fn with_text(counter: &dyn TokenCounter) -> Self {
        Self { keeps_text: true, ..Self::new(counter) }
    }

    /// Adds a message and counts it: O(its text). The first marked message also counts the shipped notes, once.
    ///
    /// # Errors
    /// `input_invalid` when the counter is another than the history began with.
    pub fn push(&mut self, message: &Message, mark: Option<Mark>, counter: &dyn TokenCounter) -> Result<(), Error> {
        self.check_counter(counter)?;
        if mark.is_some() && self.note_tokens.is_empty() {
            self.note_tokens = notes::count_all(counter);
        }
        let mut entry = Entry::of(message, counter);
        entry.mark = mark;
        entry.message = self.keeps_text.then(|| message.clone());
        self.entries.push(entry);
        Ok(())
    }

    /// Sets the mark of a message that is already here; for a verdict that comes later, or a referral shown since.
    ///
    /// # Errors
    /// `input_invalid` when there is no such message.
    pub fn set_mark(&mut self, index: usize, mark: Option<Mark>) -> Result<(), Error> {
        let length = self.entries.len();
        let entry = self.entries.get_mut(index).ok_or_else(|| {
            Error::new(ErrorKind::InputInvalid, format!("message {index} is not in a history of {length}"))
        })?;
        entry.mark = mark;
        Ok(())
    }

    /// Forgets all messages from `length` on; for edits and repeated answers.
    pub fn truncate(&mut self, length: usize) {
        self.entries.truncate(length);
    }

    /// Number of messages.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// No message yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Name of the counter that it began with.
    #[must_use]
    pub fn counter(&self) -> &str {
        &self.counter
    }

    /// Tokens of the whole history as a request, the reply's overhead included. O(messages), counts no text.
    #[must_use]
    pub fn tokens(&self, overhead: &Overhead) -> u64 {
        self.entries.iter().map(|e| e.tokens(overhead)).fold(u64::from(overhead.reply), u64::saturating_add)
    }

    /// What fits into the budget. O(messages); of text only the summary is counted.
    ///
    /// # Errors
    /// `budget_too_small` when what must stay does not fit and may not be cut; the message names its parts and their sizes.
    /// `input_invalid` when options contradict the history or each other, or when the counter is another one.
    pub fn fit(&self, options: &FitOptions, counter: &dyn TokenCounter) -> Result<Fit, Error> {
        self.check_counter(counter)?;
        let summary = options.summary.as_deref().map(|s| u64::try_from(counter.count(s)).unwrap_or(u64::MAX / 4));
        let count = |note| match notes::count_of(&self.note_tokens, note) {
            Some(tokens) => u64::from(tokens),
            None => u64::try_from(counter.count(note.text)).unwrap_or(u64::MAX / 4),
        };
        compose(&self.entries, options, summary, &count, &self.counter)
    }

    /// The messages of a fit, from a history that keeps text.
    ///
    /// # Errors
    /// `input_invalid` when the history keeps no text, or the fit is not of this history.
    pub fn messages(&self, fit: &Fit, counter: &dyn TokenCounter) -> Result<Vec<Message>, Error> {
        let messages: Option<Vec<&Message>> = self.entries.iter().map(|e| e.message.as_ref()).collect();
        let messages = messages
            .ok_or_else(|| Error::new(ErrorKind::InputInvalid, "the history keeps no text: render the fit instead"))?;
        fit.render_refs(&messages, counter)
    }

    /// JSON, with text only when the history keeps it.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Numbers, names and text: writing cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`History::to_json`] wrote.
    ///
    /// # Errors
    /// `snapshot_too_new` for a later version, `snapshot_invalid` for anything else that is no history.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Version {
            schema: u16,
        }
        let invalid = || Error::new(ErrorKind::SnapshotInvalid, "expected the JSON form of a history");
        let version: Version = serde_json::from_str(text).map_err(|_| invalid())?;
        if version.schema > HISTORY_SCHEMA {
            let message = format!(
                "the history has schema {}, expected at most {HISTORY_SCHEMA}: update safeturn",
                version.schema
            );
            return Err(Error::new(ErrorKind::SnapshotTooNew, message));
        }
        let history: Self = serde_json::from_str(text).map_err(|_| invalid())?;
        if version.schema == 0 { Err(invalid()) } else { Ok(history) }
    }

    fn check_counter(&self, counter: &dyn TokenCounter) -> Result<(), Error> {
        if counter.name() == self.counter {
            return Ok(());
        }
        let message =
            format!("the history was counted with `{}`, found the counter `{}`", self.counter, counter.name());
        Err(Error::new(ErrorKind::InputInvalid, message))
    }
}

impl Entry {
    fn of(message: &Message, counter: &dyn TokenCounter) -> Self {
        let mut entry = Self {
            role: message.role,
            name: message.name.as_ref().map(|n| tokens_of(n, counter)),
            is_spoken: message.is_spoken_by_user(),
            calls: message.calls().map(str::to_owned).collect(),
            answers: message.answers().map(str::to_owned).collect(),
            id: message.id.clone(),
            ..Self::default()
        };
        match &message.content {
            Content::Text(text) => entry.content = tokens_of(text, counter),
            Content::Parts(parts) => entry.add_parts(parts, counter),
        }
        for call in &message.tool_calls {
            entry.add_tool(&call.function.name, counter);
            entry.add_tool(&call.function.arguments, counter);
        }
        entry.is_plain = entry.parts == 0 && entry.tools == 0 && entry.calls.is_empty() && entry.answers.is_empty();
        entry
    }

    fn add_parts(&mut self, parts: &[Part], counter: &dyn TokenCounter) {
        for part in parts {
            match (&part.text, part.kind.as_str()) {
                (Some(text), _) => self.content = self.content.saturating_add(tokens_of(text, counter)),
                (None, "tool_use") => {
                    self.add_tool(part.name.as_deref().unwrap_or_default(), counter);
                    let input = part.input.as_ref().map(ToString::to_string);
                    self.add_tool(&input.unwrap_or_default(), counter);
                }
                (None, "tool_result") => match &part.content {
                    Some(Content::Text(text)) => self.add_tool(text, counter),
                    // A result inside a result is no form of any API; only one level is read.
                    Some(Content::Parts(inner)) => {
                        for text in inner.iter().filter_map(|p| p.text.as_deref()) {
                            self.add_tool(text, counter);
                        }
                        let others = inner.iter().filter(|p| p.text.is_none()).count();
                        self.parts = self.parts.saturating_add(u32::try_from(others).unwrap_or(u32::MAX));
                    }
                    None => {}
                },
                (None, _) => self.parts = self.parts.saturating_add(1),
            }
        }
    }

    fn add_tool(&mut self, text: &str, counter: &dyn TokenCounter) {
        self.tools = self.tools.saturating_add(tokens_of(text, counter));
    }

    /// Tokens of the message in a request.
    pub(super) fn tokens(&self, overhead: &Overhead) -> u64 {
        let name = self.name.map_or(0, |n| u64::from(n) + u64::from(overhead.name));
        let own = u64::from(self.content) + u64::from(self.tools) + name;
        let parts = u64::from(self.parts).saturating_mul(u64::from(overhead.part));
        (own + u64::from(overhead.message) + u64::from(overhead.role)).saturating_add(parts)
    }
}

impl fmt::Debug for History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History")
            .field("counter", &self.counter)
            .field("messages", &self.entries.len())
            .field("keeps_text", &self.keeps_text)
            .finish_non_exhaustive()
    }
}

fn tokens_of(text: &str, counter: &dyn TokenCounter) -> u32 {
    if text.is_empty() { 0 } else { u32::try_from(counter.count(text)).unwrap_or(u32::MAX) }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}
