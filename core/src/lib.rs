//! Embedded conversation safety: takes one turn of a conversation, gives what was said and what to do next.
//!
//! ```
//! use safeturn::{Conversation, Guard, Tier, Timestamp, Turn};
//!
//! # fn main() -> Result<(), safeturn::Error> {
//! let guard = Guard::new()?;
//! let mut conversation = Conversation::new();
//! let now = Timestamp::parse("2026-03-01T18:00:00Z")?;
//! let verdict = guard.check(&mut conversation, &Turn::user("this homework is killing me").at(now));
//! assert_eq!(verdict.tier, Tier::Normal);
//! let verdict = guard.check(&mut conversation, &Turn::user("i just want to die tonight").at(now));
//! assert_eq!(verdict.tier, Tier::Crisis);
//! assert!(verdict.refer);
//! # Ok(())
//! # }
//! ```
//!
//! One message goes one way: [`Turn`] → text → findings → assessment (with the [`Conversation`]) → [`Verdict`]. A [`Guard`]
//! is built once and shared by threads; building can fail, checking cannot. No network, no clock, no environment, no
//! global state. A tier routes a conversation; it is not a diagnosis, and it never withholds help.

mod assess;
mod clock;
mod conversation;
mod detect;
mod error;
mod explain;
mod guard;
mod history;
mod kinds;
mod policy;
mod respond;
mod turn;
mod verdict;

pub use clock::Timestamp;
pub use conversation::{Conversation, SNAPSHOT_SCHEMA};
pub use error::{Error, ErrorKind};
pub use explain::{Explanation, Step};
pub use guard::{Guard, Info};
pub use history::{
    Content, Cut, DropReason, Dropped, End, Estimate, Fit, FitOptions, FunctionCall, HISTORY_SCHEMA, History,
    InsertKind, Inserted, KeepReason, Kept, Mark, Message, Overhead, Part, Piece, Pin, Strategy, TokenCounter,
    ToolCall, fit,
};
pub use kinds::{Action, AgeBand, AgeSource, Category, Decision, Framing, Mode, Reason, State, Subject, Tier, Time};
pub use policy::{
    AgeRules, CategoryRules, ConversationRules, CustomCategory, InputRules, Policy, Profile, ReferRules, ResponseRules,
    Sensitivity,
};
pub use turn::{Role, Turn};
pub use verdict::{Age, Coverage, Finding, Shadow, Span, Status, Verdict};

/// The examples of the README, compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
