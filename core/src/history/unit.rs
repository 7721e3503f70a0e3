//! Takes cached messages; gives the units that stay or go together: a tool call with its results, or a single message.

use std::collections::HashSet;

use crate::history::fitted::{DropReason, KeepReason};
use crate::history::options::FitOptions;
use crate::history::value::Entry;

/// Messages `first..end` that stay or go together.
#[derive(Debug, Clone)]
pub(super) struct Unit {
    pub first: usize,
    pub end: usize,
    pub tokens: u64,
    /// Its first message may be the first of the output.
    pub can_start: bool,
    /// Holds a turn that must stay or leave a note.
    pub is_grave: bool,
    pub standing: Standing,
    /// For a marked unit that cannot start: the unit before it that does.
    pub companion: Option<usize>,
}

/// What is decided of a unit before the budget is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Must stay.
    Must(KeepReason),
    /// Must stay or leave a note.
    Marked,
    /// Stays while it fits.
    Free,
    /// Cannot stay.
    Out(DropReason),
}

impl Unit {
    pub(super) fn is_out(&self) -> bool {
        matches!(self.standing, Standing::Out(_))
    }

    /// Makes it stay, unless that is already so.
    pub(super) fn must(&mut self, reason: KeepReason) {
        if matches!(self.standing, Standing::Marked | Standing::Free) {
            self.standing = Standing::Must(reason);
        }
    }

    pub(super) fn indices(&self) -> std::ops::Range<usize> {
        self.first..self.end
    }

    pub(super) fn messages(&self) -> u64 {
        (self.end - self.first) as u64
    }

    /// The message of a unit of one that is text alone.
    pub(super) fn plain<'e>(&self, entries: &'e [Entry]) -> Option<&'e Entry> {
        entries.get(self.first).filter(|e| e.is_plain && self.end - self.first == 1)
    }
}

/// Groups messages in order. A call without all of its results directly after it, and a result without its call, is out.
pub(super) fn group(entries: &[Entry], options: &FitOptions) -> Vec<Unit> {
    let mut units = Vec::with_capacity(entries.len());
    let mut first = 0;
    while let Some(entry) = entries.get(first) {
        let (end, is_whole) = if options.keep_tool_pairs { pair(entries, first) } else { (first + 1, true) };
        let members = entries.get(first..end).unwrap_or_default();
        units.push(Unit {
            first,
            end,
            tokens: members.iter().map(|e| e.tokens(&options.overhead)).fold(0, u64::saturating_add),
            can_start: options.start_on.is_empty() || options.start_on.contains(&entry.role),
            is_grave: false,
            standing: if is_whole { Standing::Free } else { Standing::Out(DropReason::ToolPair) },
            companion: None,
        });
        first = end;
    }
    units
}

/// End of the unit that begins at `first`, and whether each call in it has its result.
fn pair(entries: &[Entry], first: usize) -> (usize, bool) {
    let Some(entry) = entries.get(first) else { return (first + 1, true) };
    if !entry.answers.is_empty() {
        return (first + 1, false);
    }
    let mut open: HashSet<&str> = entry.calls.iter().map(String::as_str).collect();
    let mut end = first + 1;
    while let Some(next) = entries.get(end).filter(|e| !open.is_empty() && !e.answers.is_empty()) {
        if !next.answers.iter().all(|answer| open.contains(answer.as_str())) {
            break;
        }
        for answer in &next.answers {
            open.remove(answer.as_str());
        }
        end += 1;
    }
    (end, open.is_empty())
}
