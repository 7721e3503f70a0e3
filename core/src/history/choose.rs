//! Takes units with their standing; gives which marked turns stay, and which leave a note.
//!
//! INVARIANT: marked turns are ranked without regard to the budget, and those that stay are the longest beginning of that
//! ranking that fits. So a larger budget keeps all that a smaller one kept.

use std::cmp::Reverse;

use crate::history::notes::{Note, NoteSet, Topics};
use crate::history::unit::{Standing, Unit};
use crate::history::value::Entry;
use crate::kinds::{AgeBand, Tier};

/// Up to this size a turn takes no more than its note does: 5 to 15 words, a period, 4 tokens of overhead.
const NOTE_TOKENS: u64 = 16;
/// Other marked turns up to this size are alike; longer ones are ranked by doublings of it.
const SHORT_TOKENS: u64 = 64;

/// What the choice looks at.
pub(super) struct Facts<'f> {
    pub entries: &'f [Entry],
    pub units: &'f [Unit],
    pub disclosed: &'f [AgeBand],
    /// Tokens of a note as a message.
    pub note_tokens: &'f dyn Fn(Note) -> u64,
    /// Tokens of the summary as a message, when one is put in.
    pub summary: Option<u64>,
}

/// What a choice may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub tokens: u64,
    pub messages: u64,
}

/// A set of units that stay, and the notes of those that do not.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// How many reasons each unit has to stay, beside the strategy.
    reasons: Vec<u32>,
    pub notes: NoteSet,
    kept: Room,
    /// Size of the notes; measured when they change.
    noted: Room,
}

/// How a choice ended.
pub(super) enum Outcome {
    /// It fits.
    Fits(Choice),
    /// Not even the smallest fits; here it is. `None` when there are too many messages.
    TooLarge(Option<Choice>),
}

impl Choice {
    /// Everything that must stay, and every marked turn.
    pub(super) fn widest(facts: &Facts<'_>) -> Self {
        let none = Room { tokens: 0, messages: 0 };
        let mut choice =
            Self { reasons: vec![0; facts.units.len()], notes: NoteSet::default(), kept: none, noted: none };
        for (index, unit) in facts.units.iter().enumerate() {
            match unit.standing {
                Standing::Must(_) => choice.retain(facts, index),
                Standing::Marked => {
                    choice.retain(facts, index);
                    unit.companion.into_iter().for_each(|companion| choice.retain(facts, companion));
                }
                Standing::Out(_) => choice.note(facts, unit),
                Standing::Free => {}
            }
        }
        choice
    }

    /// The widest choice that fits into the room.
    pub(super) fn make(facts: &Facts<'_>, room: Room) -> Outcome {
        let ranking = rank(facts);
        let mut choice = Self::widest(facts);
        // Tokens, and how many turns were let go, of the smallest choice so far.
        let mut smallest: Option<(u64, usize)> = None;
        for released in 0..=ranking.len() {
            let size = choice.size(facts);
            let has_messages = size.messages <= room.messages;
            if has_messages && size.tokens <= room.tokens {
                return Outcome::Fits(choice);
            }
            if has_messages && smallest.is_none_or(|(tokens, _)| size.tokens < tokens) {
                smallest = Some((size.tokens, released));
            }
            if let Some(unit) = ranking.iter().rev().nth(released) {
                choice.release(facts, *unit);
            }
        }
        Outcome::TooLarge(smallest.map(|(_, released)| {
            let mut choice = Self::widest(facts);
            ranking.iter().rev().take(released).for_each(|unit| choice.release(facts, *unit));
            choice
        }))
    }

    pub(super) fn stays(&self, index: usize) -> bool {
        self.reasons.get(index).is_some_and(|n| *n > 0)
    }

    /// Tokens and messages of what stays, of the notes and of the summary.
    pub(super) fn size(&self, facts: &Facts<'_>) -> Room {
        let mut size = self.kept;
        size.tokens = size.tokens.saturating_add(self.noted.tokens).saturating_add(facts.summary.unwrap_or(0));
        size.messages += self.noted.messages + u64::from(facts.summary.is_some());
        size
    }

    fn retain(&mut self, facts: &Facts<'_>, index: usize) {
        let (Some(reasons), Some(unit)) = (self.reasons.get_mut(index), facts.units.get(index)) else { return };
        *reasons += 1;
        if *reasons == 1 {
            self.kept.tokens = self.kept.tokens.saturating_add(unit.tokens);
            self.kept.messages += unit.messages();
        }
    }

    /// Lets a marked unit go, and its companion unless something else needs it.
    fn release(&mut self, facts: &Facts<'_>, index: usize) {
        let companion = facts.units.get(index).and_then(|u| u.companion);
        for index in [Some(index), companion].into_iter().flatten() {
            let (Some(reasons), Some(unit)) = (self.reasons.get_mut(index), facts.units.get(index)) else { continue };
            *reasons = reasons.saturating_sub(1);
            if *reasons == 0 {
                self.kept.tokens = self.kept.tokens.saturating_sub(unit.tokens);
                self.kept.messages = self.kept.messages.saturating_sub(unit.messages());
                self.note(facts, unit);
            }
        }
    }

    /// Adds the notes of a unit that goes, if it is grave.
    fn note(&mut self, facts: &Facts<'_>, unit: &Unit) {
        if !unit.is_grave {
            return;
        }
        let before = self.notes;
        for index in unit.indices() {
            if let Some(mark) = facts.entries.get(index).and_then(|e| e.mark.as_ref()).filter(|m| m.is_grave()) {
                self.notes.add(Topics::of(mark));
            }
            if let Some(band) = facts.disclosed.get(index).filter(|band| **band != AgeBand::Unknown) {
                self.notes.add_age(index, *band);
            }
        }
        if self.notes != before {
            let none = Room { tokens: 0, messages: 0 };
            let tokens = self.notes.notes().map(facts.note_tokens);
            self.noted = tokens.fold(none, |size, tokens| Room {
                tokens: size.tokens.saturating_add(tokens),
                messages: size.messages + 1,
            });
        }
    }
}

/// Marked units, the one to keep longest first: short before long, tier 3 before the rest, late before early.
fn rank(facts: &Facts<'_>) -> Vec<usize> {
    let is_crisis = |unit: &Unit| {
        let marks = unit.indices().filter_map(|i| facts.entries.get(i)?.mark.as_ref());
        marks.into_iter().any(|m| m.tier == Tier::Crisis)
    };
    let marked = facts.units.iter().enumerate().filter(|(_, u)| u.standing == Standing::Marked);
    let mut ranked: Vec<(u32, Reverse<bool>, Reverse<usize>)> =
        marked.map(|(index, unit)| (size_class(unit.tokens), Reverse(is_crisis(unit)), Reverse(index))).collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, _, Reverse(index))| index).collect()
}

/// 0 up to `NOTE_TOKENS`, 1 up to `SHORT_TOKENS`, 2 up to twice as many, and so on.
fn size_class(tokens: u64) -> u32 {
    if tokens <= NOTE_TOKENS {
        return 0;
    }
    let doublings = u64::BITS - (tokens.div_ceil(SHORT_TOKENS) - 1).leading_zeros();
    1 + doublings
}
