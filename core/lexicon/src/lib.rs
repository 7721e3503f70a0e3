//! Takes tokens of one sentence; gives the rules that match it, from a table compiled ahead of time.
//!
//! A rule is a sequence of token classes and bounded gaps. All rules of a sentence are matched with one 64-bit set of
//! positions per token class: a step of a rule is a shift and an `and`, whatever the length of the sentence. Only rules
//! whose anchor (their rarest required word) occurs are run, each once per sentence part.
//! Does not know what a rule means: denial, subject and tiers belong to the engine.

mod clause;
#[cfg(feature = "compile")]
pub mod compile;
mod matcher;
mod rule;
mod table;

pub use clause::{Clause, Word};
pub use matcher::{Extent, Hit, Matcher, holds};
pub use rule::{AgeForm, Category, Framing, Kind, Language, Rule, Scope, Subject, Time};
pub use table::{FORMAT_VERSION, Op, Pattern, Phrase, Role, Table, TableError, class};

/// Number of a word in the table's vocabulary.
pub type WordId = u32;
/// A token that the vocabulary does not hold.
pub const UNKNOWN_WORD: WordId = u32::MAX;
