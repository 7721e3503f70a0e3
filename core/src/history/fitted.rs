//! Takes a fit; gives what stayed, what went and why, what was put in, and the messages in order.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};
use crate::history::message::{Content, Message};
use crate::turn::Role;
use safeturn_tokens::TokenCounter;

/// What became of a history. Indices are those of the messages given, from 0; the only text in it is that of notes and summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fit {
    /// Messages that stay, in order.
    pub kept: Vec<Kept>,
    /// Messages that go, in order.
    pub dropped: Vec<Dropped>,
    /// Notes and summary to put in as system messages, in order.
    pub inserted: Vec<Inserted>,
    /// Tokens of the output as a request: messages with their overhead, and the reply's overhead. A cut message counts as
    /// large as it may be.
    pub tokens_used: u64,
    /// Tokens of the budget that are left, beside `reserve_tokens`.
    pub tokens_free: u64,
    /// Name of the counter; `estimate:` at its start says that the figures are estimates.
    pub counter: String,
}

/// A message that stays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Which.
    pub index: usize,
    /// Why.
    pub reason: KeepReason,
    /// Its tokens, overhead included.
    pub tokens: u64,
    /// It stays only in part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<Cut>,
}

/// How a message is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// Most tokens of text that may stay.
    pub tokens: u64,
    /// Which end of the text stays.
    pub keeps: End,
}

/// An end of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Its beginning.
    First,
    /// Its end.
    Last,
}

/// Why a message stays. Of several reasons the first in this list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeepReason {
    /// System prompt.
    System,
    /// The last turn of the user.
    LastUser,
    /// The host asked for it.
    Pinned,
    /// `end_on` ends with it.
    EndOn,
    /// Something that must stay needs it to start on.
    StartOn,
    /// Tier 3, `refer` or an age disclosure.
    Marked,
    /// It fits.
    Fits,
}

/// A message that goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dropped {
    /// Which.
    pub index: usize,
    /// Why.
    pub reason: DropReason,
}

/// Why a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// No tokens left.
    Budget,
    /// `max_messages`.
    MaxMessages,
    /// The output, or a run of it, may not start on it.
    StartOn,
    /// It stands after the last message that the output may end on.
    EndOn,
    /// A tool call without all its results directly after it, or a result without its call.
    ToolPair,
    /// A note stands for it.
    Noted,
}

/// A system message to put in. `Debug` shows no text, which may be the caller's summary.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inserted {
    /// Its place in the output, from 0, all messages counted.
    pub position: usize,
    /// What it is.
    pub kind: InsertKind,
    /// Family of a note: of categories, or `age`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// What it says.
    pub text: String,
    /// Its tokens, overhead included.
    pub tokens: u64,
    /// Messages that a note stands for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<usize>,
}

/// What is put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InsertKind {
    /// A sentence that stands for turns which had to go.
    Note,
    /// The caller's summary.
    Summary,
}

/// One message of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'f> {
    /// A message of the history.
    Kept(&'f Kept),
    /// A note or the summary.
    Inserted(&'f Inserted),
}

impl Fit {
    /// The output in order. For hosts that send their own message objects.
    pub fn pieces(&self) -> impl Iterator<Item = Piece<'_>> {
        let mut kept = self.kept.iter();
        let mut inserted = self.inserted.iter().peekable();
        (0..self.kept.len() + self.inserted.len()).filter_map(move |position| {
            match inserted.next_if(|i| i.position <= position) {
                Some(piece) => Some(Piece::Inserted(piece)),
                None => kept.next().map(Piece::Kept).or_else(|| inserted.next().map(Piece::Inserted)),
            }
        })
    }

    /// The output as messages: clones of those that stay, cut where they must be, with notes and summary as system messages.
    /// O(output); a cut counts its text some twenty times.
    ///
    /// # Errors
    /// `input_invalid` when the fit names a message that is not there.
    pub fn render(&self, messages: &[Message], counter: &dyn TokenCounter) -> Result<Vec<Message>, Error> {
        self.render_refs(&messages.iter().collect::<Vec<_>>(), counter)
    }

    pub(super) fn render_refs(&self, messages: &[&Message], counter: &dyn TokenCounter) -> Result<Vec<Message>, Error> {
        let render = |piece| match piece {
            Piece::Inserted(inserted) => Ok(Message::new(Role::System, inserted.text.as_str())),
            Piece::Kept(kept) => {
                let message = messages.get(kept.index).ok_or_else(|| {
                    let text = format!("the fit keeps message {}, found only {}", kept.index, messages.len());
                    Error::new(ErrorKind::InputInvalid, text)
                })?;
                Ok(kept.cut.map_or_else(|| (*message).clone(), |cut| cut.message(message, counter)))
            }
        };
        self.pieces().map(render).collect()
    }
}

impl Cut {
    /// The message with no more text than may stay; parts of text become one text.
    fn message(self, message: &Message, counter: &dyn TokenCounter) -> Message {
        let text = self.text(&message.text(), counter);
        Message { content: Content::Text(text), ..message.clone() }
    }

    /// The longest end of a text that the counter finds within `tokens`, cut at a character, without white space at the cut. O(text × log text) at most.
    #[must_use]
    pub fn text(self, text: &str, counter: &dyn TokenCounter) -> String {
        let limit = usize::try_from(self.tokens).unwrap_or(usize::MAX);
        let piece = |bytes: usize| match self.keeps {
            End::First => text.get(..bytes).map(str::trim_end),
            End::Last => text.get(text.len() - bytes..).map(str::trim_start),
        };
        // No token is shorter than a byte, and few are longer than 64: a long text is not counted whole.
        let (mut fits, mut beyond) = (0, text.len().min(limit.saturating_mul(64)) + 1);
        while beyond - fits > 1 {
            let middle = fits + (beyond - fits) / 2;
            let border = (middle..beyond).find_map(|bytes| piece(bytes).map(|p| (bytes, p)));
            match border {
                Some((bytes, piece)) if counter.count(piece) <= limit => fits = bytes,
                _ => beyond = middle,
            }
        }
        // INVARIANT: `fits` is 0 or a length that was counted and found small enough.
        piece(fits).unwrap_or_default().to_owned()
    }
}

impl fmt::Debug for Inserted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inserted")
            .field("position", &self.position)
            .field("kind", &self.kind)
            .field("family", &self.family)
            .field("tokens", &self.tokens)
            .field("replaces", &self.replaces)
            .finish_non_exhaustive()
    }
}
