//! Takes the room that is left; gives which of the other units stay, as the strategy and `start_on` say.
//!
//! INVARIANT: units are taken in an order that does not depend on the room, and taking stops at the first that does not fit.
//! So more room never drops more.

use crate::history::choose::{Choice, Facts, Room};
use crate::history::fitted::DropReason;
use crate::history::options::{FitOptions, Strategy};
use crate::history::unit::{Standing, Unit};

/// Which units stay after all, and what they take of the room.
pub(super) struct Filling {
    pub stays: Vec<bool>,
    pub tokens: u64,
    /// A unit that stays in part.
    pub cut: Option<CutUnit>,
    /// Why the first one that did not fit had to go.
    pub limit: DropReason,
    /// Units that fitted, but may not begin a run.
    pub unstarted: Vec<bool>,
}

/// A unit of one message of text that is cut.
#[derive(Debug, Clone, Copy)]
pub(super) struct CutUnit {
    pub index: usize,
    /// Tokens of text that stay.
    pub content: u64,
    /// Tokens of the message with its overhead.
    pub tokens: u64,
}

/// Fills the room. `leading` units are the system prompt.
pub(super) fn fill(facts: &Facts<'_>, options: &FitOptions, choice: &Choice, leading: usize, room: Room) -> Filling {
    let units = facts.units;
    let stays = (0..units.len()).map(|i| choice.stays(i)).collect();
    let mut filling =
        Filling { stays, tokens: 0, cut: None, limit: DropReason::Budget, unstarted: vec![false; units.len()] };
    let mut messages = 0;
    for index in order(units, choice, options.strategy, leading) {
        let Some(unit) = units.get(index) else { continue };
        if messages + unit.messages() > room.messages {
            filling.limit = DropReason::MaxMessages;
            break;
        }
        let mut tokens = unit.tokens;
        let left = room.tokens.saturating_sub(filling.tokens);
        if tokens > left {
            let content = unit.plain(facts.entries).map_or(0, |e| u64::from(e.content));
            let content_left = left.saturating_sub(tokens.saturating_sub(content));
            if !options.allow_partial || content == 0 || content_left == 0 {
                break;
            }
            tokens = left;
            filling.cut = Some(CutUnit { index, content: content_left, tokens });
        }
        messages += unit.messages();
        filling.tokens += tokens;
        filling.keep(index, true);
        if filling.cut.is_some() {
            break;
        }
    }
    if !options.start_on.is_empty() {
        filling.begin_runs(units, choice, leading);
    }
    filling
}

/// Units that stay only while they fit.
pub(super) fn free(units: &[Unit], choice: &Choice) -> Vec<usize> {
    let is_free = |(i, u): &(usize, &Unit)| u.standing == Standing::Free && !choice.stays(*i);
    units.iter().enumerate().filter(is_free).map(|(i, _)| i).collect()
}

/// Free units, the one to take first at the front. Those that stay anyway count as part of the ends that `MiddleOut` keeps.
fn order(units: &[Unit], choice: &Choice, strategy: Strategy, leading: usize) -> Vec<usize> {
    let free = free(units, choice);
    match strategy {
        Strategy::First => free,
        Strategy::Last => free.into_iter().rev().collect(),
        Strategy::MiddleOut => {
            let is_end = |i: &usize| *i >= leading || free.binary_search(i).is_ok();
            let all: Vec<usize> = (0..units.len()).filter(is_end).collect();
            let pairs = all.iter().rev().zip(&all).flat_map(|(late, early)| [*late, *early]).take(all.len());
            pairs.filter(|i| free.binary_search(i).is_ok()).collect()
        }
    }
}

impl Filling {
    fn keep(&mut self, index: usize, stays: bool) {
        if let Some(slot) = self.stays.get_mut(index) {
            *slot = stays;
        }
    }

    /// Takes back free units at the beginning of a run until one may start it.
    fn begin_runs(&mut self, units: &[Unit], choice: &Choice, leading: usize) {
        let mut is_running = false;
        for (index, unit) in units.iter().enumerate().skip(leading).filter(|(_, u)| !u.is_out()) {
            let stays = self.stays.get(index).copied().unwrap_or_default();
            is_running = stays && (is_running || choice.stays(index) || unit.can_start);
            if stays && !is_running {
                let cut = self.cut.take_if(|cut| cut.index == index);
                self.tokens = self.tokens.saturating_sub(cut.map_or(unit.tokens, |cut| cut.tokens));
                self.keep(index, false);
                if let Some(slot) = self.unstarted.get_mut(index) {
                    *slot = true;
                }
            }
        }
    }
}
