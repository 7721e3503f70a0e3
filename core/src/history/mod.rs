//! Takes the messages of a conversation and a budget; gives those that fit, with the turns that matter for safety among them.
//!
//! ```
//! use safeturn::{Estimate, FitOptions, Mark, Message, Role, Tier, fit};
//!
//! # fn main() -> Result<(), safeturn::Error> {
//! let messages: Vec<Message> = (0..40).map(|i| Message::new(Role::User, format!("this is message {i}"))).collect();
//! let mut marks = vec![None; 40];
//! marks[3] = Some(Mark { tier: Tier::Crisis, families: vec!["self-harm".into()], ..Mark::default() });
//! let fitted = fit(&messages, &marks, &FitOptions::new(100), &Estimate)?;
//! assert!(fitted.tokens_used <= 100);
//! assert_eq!(fitted.kept[0].index, 3);
//! # Ok(())
//! # }
//! ```
//!
//! Order is kept. Three sorts of messages: what must stay (system prompt, last user turn, pinned messages), what must stay or
//! leave a note (tier 3, `refer`, age disclosure), and the rest, which stays as the strategy says while it fits. A larger
//! budget never turns a kept turn into a note, and with the same notes never drops more.
//! When not all marked turns fit, the short stay before the long, tier 3 before the rest, the late before the early.
//! Nothing here checks text: marks come from verdicts.

mod choose;
mod compose;
mod fill;
mod fitted;
mod mark;
mod message;
mod notes;
mod options;
mod stand;
mod unit;
mod value;

pub use fitted::{Cut, DropReason, Dropped, End, Fit, InsertKind, Inserted, KeepReason, Kept, Piece};
pub use mark::Mark;
pub use message::{Content, FunctionCall, Message, Part, ToolCall};
pub use options::{FitOptions, Overhead, Pin, Strategy};
pub use safeturn_tokens::{Estimate, TokenCounter};
pub use value::{HISTORY_SCHEMA, History};

use crate::error::Error;

/// Fits messages once, without a [`History`]; counts every message. `marks` stands beside `messages`; missing ones are `None`.
///
/// # Errors
/// As [`History::fit`].
pub fn fit(
    messages: &[Message],
    marks: &[Option<Mark>],
    options: &FitOptions,
    counter: &dyn TokenCounter,
) -> Result<Fit, Error> {
    let mut history = History::new(counter);
    for (index, message) in messages.iter().enumerate() {
        history.push(message, marks.get(index).cloned().flatten(), counter)?;
    }
    history.fit(options, counter)
}
