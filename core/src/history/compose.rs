//! Takes cached messages and options; gives the fit, or says what does not fit and how large it is.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::error::{Error, ErrorKind};
use crate::history::choose::{Choice, Facts, Outcome, Room};
use crate::history::fill::{CutUnit, Filling, fill, free};
use crate::history::fitted::{Cut, DropReason, Dropped, End, Fit, InsertKind, Inserted, KeepReason, Kept};
use crate::history::notes::{Note, NoteSet, Topics};
use crate::history::options::{FitOptions, Strategy};
use crate::history::stand::{disclosures, stand};
use crate::history::unit::{Standing, Unit, group};
use crate::history::value::Entry;
use crate::kinds::AgeBand;

/// What stays, in full or cut.
struct Selection {
    choice: Choice,
    filling: Filling,
    cuts: Vec<CutUnit>,
}

/// Fits entries. `summary` is the summary's tokens, `count` gives those of a note; both without overhead.
pub(super) fn compose(
    entries: &[Entry],
    options: &FitOptions,
    summary: Option<u64>,
    count: &dyn Fn(Note) -> u64,
    counter: &str,
) -> Result<Fit, Error> {
    check_reply(options)?;
    let mut units = group(entries, options);
    let disclosed = disclosures(entries);
    let leading = stand(entries, &mut units, options, &disclosed)?;
    let overhead = u64::from(options.overhead.message) + u64::from(options.overhead.role);
    let note_tokens = |note| count(note).saturating_add(overhead);
    let mut facts = Facts { entries, units: &units, disclosed: &disclosed, note_tokens: &note_tokens, summary: None };
    let room = Room { tokens: options.available(), messages: options.max_messages.unwrap_or(u64::MAX) };
    if !fits_whole(&facts, room) {
        facts.summary = summary.map(|tokens| tokens.saturating_add(overhead));
    }
    let selection = select(&facts, options, leading, room)?;
    Ok(write(&facts, options, leading, &selection, counter))
}

fn check_reply(options: &FitOptions) -> Result<(), Error> {
    let taken = options.reserve_tokens.saturating_add(u64::from(options.overhead.reply));
    if taken <= options.max_tokens {
        return Ok(());
    }
    let message = format!(
        "`max_tokens` is {}, but the reply takes {taken}: reserve_tokens {}, overhead {}",
        options.max_tokens, options.reserve_tokens, options.overhead.reply
    );
    Err(Error::new(ErrorKind::BudgetTooSmall, message))
}

/// Nothing has to go for the budget's sake.
fn fits_whole(facts: &Facts<'_>, room: Room) -> bool {
    let choice = Choice::widest(facts);
    let mut size = choice.size(facts);
    for unit in free(facts.units, &choice).into_iter().filter_map(|i| facts.units.get(i)) {
        size.tokens = size.tokens.saturating_add(unit.tokens);
        size.messages += unit.messages();
    }
    size.tokens <= room.tokens && size.messages <= room.messages
}

fn select(facts: &Facts<'_>, options: &FitOptions, leading: usize, room: Room) -> Result<Selection, Error> {
    match Choice::make(facts, room) {
        Outcome::Fits(choice) => {
            let size = choice.size(facts);
            let left = Room { tokens: room.tokens - size.tokens, messages: room.messages - size.messages };
            let filling = fill(facts, options, &choice, leading, left);
            let cuts = filling.cut.into_iter().collect();
            Ok(Selection { choice, filling, cuts })
        }
        Outcome::TooLarge(Some(choice)) => {
            let size = choice.size(facts);
            let over = size.tokens - room.tokens;
            let cuts = if options.allow_partial { cut_largest(facts, &choice, over) } else { None };
            let cuts = cuts.ok_or_else(|| too_large(facts, &choice, room))?;
            let left = Room { tokens: 0, messages: room.messages - size.messages };
            let whole = FitOptions { allow_partial: false, ..options.clone() };
            let filling = fill(facts, &whole, &choice, leading, left);
            Ok(Selection { choice, filling, cuts })
        }
        Outcome::TooLarge(None) => {
            let message = format!("`max_messages` is {}, but more must stay", room.messages);
            Err(Error::new(ErrorKind::BudgetTooSmall, message))
        }
    }
}

/// Cuts the largest messages that must stay, until `over` tokens are gone; at least a token of each stays.
fn cut_largest(facts: &Facts<'_>, choice: &Choice, over: u64) -> Option<Vec<CutUnit>> {
    let content = |unit: &Unit| unit.plain(facts.entries).map_or(0, |e| u64::from(e.content));
    let must = facts.units.iter().enumerate().filter(|(i, u)| choice.stays(*i) && u.standing != Standing::Marked);
    let mut sizes: Vec<_> = must.map(|(i, u)| (Reverse(content(u)), i)).collect();
    sizes.sort_unstable();
    let mut over = over;
    let mut cuts = Vec::new();
    for (Reverse(content), index) in sizes {
        let part = over.min(content.saturating_sub(1));
        if part == 0 {
            break;
        }
        over -= part;
        let tokens = facts.units.get(index).map_or(0, |u| u.tokens);
        cuts.push(CutUnit { index, content: content - part, tokens: tokens.saturating_sub(part) });
    }
    (over == 0).then_some(cuts)
}

/// Names the parts that must stay and their sizes.
fn too_large(facts: &Facts<'_>, choice: &Choice, room: Room) -> Error {
    let mut parts: BTreeMap<KeepReason, u64> = BTreeMap::new();
    for (index, unit) in facts.units.iter().enumerate().filter(|(i, _)| choice.stays(*i)) {
        let sum = parts.entry(reason(choice, index, unit)).or_default();
        *sum = sum.saturating_add(unit.tokens);
    }
    let mut list: Vec<String> = parts.iter().map(|(reason, tokens)| format!("{} {tokens}", name(*reason))).collect();
    let notes: u64 = choice.notes.notes().map(facts.note_tokens).fold(0, u64::saturating_add);
    if notes > 0 {
        list.push(format!("notes {notes}"));
    }
    list.extend(facts.summary.map(|tokens| format!("summary {tokens}")));
    let needed = choice.size(facts).tokens;
    let message =
        format!("what must stay needs {needed} tokens, the budget leaves {}: {}", room.tokens, list.join(", "));
    Error::new(ErrorKind::BudgetTooSmall, message)
}

fn name(reason: KeepReason) -> &'static str {
    match reason {
        KeepReason::System => "system prompt",
        KeepReason::LastUser => "last user turn",
        KeepReason::Pinned => "pinned",
        KeepReason::EndOn => "end_on",
        KeepReason::StartOn => "start_on",
        KeepReason::Marked => "marked turns",
        KeepReason::Fits => "others",
    }
}

fn reason(choice: &Choice, index: usize, unit: &Unit) -> KeepReason {
    match unit.standing {
        Standing::Must(reason) => reason,
        Standing::Marked => KeepReason::Marked,
        Standing::Free if choice.stays(index) => KeepReason::StartOn,
        Standing::Free | Standing::Out(_) => KeepReason::Fits,
    }
}

fn write(facts: &Facts<'_>, options: &FitOptions, leading: usize, selection: &Selection, counter: &str) -> Fit {
    let Selection { choice, filling, cuts } = selection;
    let mut kept = Vec::with_capacity(facts.entries.len());
    let mut dropped = Vec::with_capacity(facts.entries.len());
    let mut noted = Vec::new();
    let mut position = 0;
    for (index, unit) in facts.units.iter().enumerate() {
        if !filling.stays.get(index).copied().unwrap_or_default() {
            let reason = drop_reason(unit, index, filling);
            dropped.extend(unit.indices().map(|index| Dropped { index, reason }));
            noted.extend(unit.indices().filter(|_| unit.is_grave));
            continue;
        }
        let reason = reason(choice, index, unit);
        let cut = cuts.iter().find(|cut| cut.index == index);
        let keeps = if index >= leading && options.strategy == Strategy::Last { End::Last } else { End::First };
        for index in unit.indices() {
            let whole = facts.entries.get(index).map_or(0, |e| e.tokens(&options.overhead));
            let tokens = cut.map_or(whole, |cut| cut.tokens);
            kept.push(Kept { index, reason, tokens, cut: cut.map(|cut| Cut { tokens: cut.content, keeps }) });
        }
        if index < leading {
            position = kept.len();
        }
    }
    let inserted = insert(facts, options, choice, position, &noted);
    let tokens = kept.iter().map(|k| k.tokens).chain(inserted.iter().map(|i| i.tokens));
    let used = tokens.fold(u64::from(options.overhead.reply), u64::saturating_add);
    let tokens_free = options.max_tokens.saturating_sub(options.reserve_tokens).saturating_sub(used);
    Fit { kept, dropped, inserted, tokens_used: used, tokens_free, counter: counter.to_owned() }
}

fn drop_reason(unit: &Unit, index: usize, filling: &Filling) -> DropReason {
    match unit.standing {
        _ if unit.is_grave => DropReason::Noted,
        Standing::Out(reason) => reason,
        _ if filling.unstarted.get(index) == Some(&true) => DropReason::StartOn,
        Standing::Must(_) | Standing::Marked | Standing::Free => filling.limit,
    }
}

fn insert(facts: &Facts<'_>, options: &FitOptions, choice: &Choice, position: usize, noted: &[usize]) -> Vec<Inserted> {
    let notes = choice.notes.notes().map(|note| Inserted {
        position: 0,
        kind: InsertKind::Note,
        family: Some(note.family.to_owned()),
        text: note.text.to_owned(),
        tokens: (facts.note_tokens)(note),
        replaces: noted.iter().copied().filter(|i| concerns(facts, *i, note)).collect(),
    });
    let summary = facts.summary.zip(options.summary.as_ref()).map(|(tokens, text)| Inserted {
        position: 0,
        kind: InsertKind::Summary,
        family: None,
        text: text.clone(),
        tokens,
        replaces: Vec::new(),
    });
    let mut inserted: Vec<Inserted> = notes.chain(summary).collect();
    inserted.iter_mut().zip(position..).for_each(|(insert, position)| insert.position = position);
    inserted
}

/// A dropped message is among those that a note stands for.
fn concerns(facts: &Facts<'_>, index: usize, note: Note) -> bool {
    let mut own = NoteSet::default();
    if let Some(mark) = facts.entries.get(index).and_then(|e| e.mark.as_ref()).filter(|m| m.is_grave()) {
        own.add(Topics::of(mark));
    }
    if let Some(band) = facts.disclosed.get(index).filter(|band| **band != AgeBand::Unknown) {
        own.add_age(index, *band);
    }
    own.notes().any(|n| n.family == note.family)
}
