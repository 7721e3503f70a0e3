//! Takes units and options; decides what must stay, what may leave a note, and what cannot stay, whatever the budget is.

use std::collections::HashSet;

use crate::error::{Error, ErrorKind};
use crate::history::fitted::{DropReason, KeepReason};
use crate::history::options::{FitOptions, Pin};
use crate::history::unit::{Standing, Unit};
use crate::history::value::Entry;
use crate::kinds::AgeBand;
use crate::turn::Role;

/// For each message, the age band that it disclosed: the mark's band where it differs from the one known before.
pub(super) fn disclosures(entries: &[Entry]) -> Vec<AgeBand> {
    let mut known = AgeBand::Unknown;
    let bands = entries.iter().map(|entry| {
        let band = entry.mark.as_ref().map_or(AgeBand::Unknown, |m| m.age);
        if band == AgeBand::Unknown || band == known {
            return AgeBand::Unknown;
        }
        known = band;
        band
    });
    bands.collect()
}

/// Sets the standing of every unit; gives how many units the system prompt has.
///
/// # Errors
/// `input_invalid` when `start_on`, `end_on` and `pinned` contradict the history or each other.
pub(super) fn stand(
    entries: &[Entry],
    units: &mut [Unit],
    options: &FitOptions,
    disclosed: &[AgeBand],
) -> Result<usize, Error> {
    if options.start_on.iter().any(|r| is_system(*r)) {
        return Err(invalid(
            "`start_on`: expected `user`, `assistant` or `tool`; the system prompt comes first anyway",
        ));
    }
    let leading = units.iter().take_while(|u| entries.get(u.first).is_some_and(|e| is_system(e.role))).count();
    mark_grave(entries, units, disclosed);
    let last = cut_to_end(entries, units, options)?;
    if options.include_system {
        units.iter_mut().take(leading).for_each(|u| u.must(KeepReason::System));
    }
    let is_spoken = |u: &&mut Unit| !u.is_out() && u.indices().any(|i| entries.get(i).is_some_and(|e| e.is_spoken));
    if let Some(unit) = units.iter_mut().rev().find(is_spoken) {
        unit.must(KeepReason::LastUser);
    }
    pin(entries, units, options)?;
    if let Some(unit) = last.and_then(|last| units.get_mut(last)) {
        unit.must(KeepReason::EndOn);
    }
    start(units, leading)?;
    Ok(leading)
}

fn mark_grave(entries: &[Entry], units: &mut [Unit], disclosed: &[AgeBand]) {
    let is_grave = |i: usize| {
        let is_age = disclosed.get(i).is_some_and(|band| *band != AgeBand::Unknown);
        is_age || entries.get(i).and_then(|e| e.mark.as_ref()).is_some_and(|m| m.is_grave())
    };
    for unit in units {
        unit.is_grave = unit.indices().any(is_grave);
        if unit.is_grave && unit.standing == Standing::Free {
            unit.standing = Standing::Marked;
        }
    }
}

/// Puts out what follows the last message that the output may end on; gives its unit.
fn cut_to_end(entries: &[Entry], units: &mut [Unit], options: &FitOptions) -> Result<Option<usize>, Error> {
    if options.end_on.is_empty() || units.is_empty() {
        return Ok(None);
    }
    let ends = |u: &Unit| !u.is_out() && entries.get(u.end - 1).is_some_and(|e| options.end_on.contains(&e.role));
    let last = units.iter().rposition(ends).ok_or_else(|| invalid("`end_on`: no message has such a role"))?;
    for unit in units.iter_mut().skip(last + 1).filter(|u| !u.is_out()) {
        unit.standing = Standing::Out(DropReason::EndOn);
    }
    Ok(Some(last))
}

fn pin(entries: &[Entry], units: &mut [Unit], options: &FitOptions) -> Result<(), Error> {
    if options.pinned.is_empty() {
        return Ok(());
    }
    let mut indices: HashSet<usize> = HashSet::new();
    let mut ids: HashSet<&str> = HashSet::new();
    for pin in &options.pinned {
        match pin {
            Pin::Index(index) if *index >= entries.len() => {
                let message = format!("`pinned`: message {index} is not in a history of {}", entries.len());
                return Err(Error::new(ErrorKind::InputInvalid, message));
            }
            Pin::Index(index) => drop(indices.insert(*index)),
            Pin::Id(id) => drop(ids.insert(id)),
        }
    }
    let mut found: HashSet<&str> = HashSet::new();
    for (index, entry) in entries.iter().enumerate() {
        if let Some(id) = entry.id.as_deref().filter(|id| ids.contains(id)) {
            found.insert(id);
            indices.insert(index);
        }
    }
    if found.len() < ids.len() {
        return Err(invalid("`pinned`: an id that no message has"));
    }
    for unit in units {
        let Some(index) = unit.indices().find(|i| indices.contains(i)) else { continue };
        match unit.standing {
            Standing::Out(DropReason::ToolPair) => {
                let message =
                    format!("`pinned`: message {index} is a tool call without result, or a result without call");
                return Err(Error::new(ErrorKind::InputInvalid, message));
            }
            Standing::Out(_) => {
                let message = format!("`pinned`: message {index} stands after the last one that `end_on` allows");
                return Err(Error::new(ErrorKind::InputInvalid, message));
            }
            _ => unit.must(KeepReason::Pinned),
        }
    }
    Ok(())
}

/// Sees to it that whatever stays has a message before it that the output may start on.
fn start(units: &mut [Unit], leading: usize) -> Result<(), Error> {
    let mut starter: Option<usize> = None;
    for index in leading..units.len() {
        let Some(unit) = units.get_mut(index).filter(|u| !u.is_out()) else { continue };
        if unit.can_start {
            starter = Some(index);
            continue;
        }
        match (starter, unit.standing) {
            (None, Standing::Must(_)) => {
                let message =
                    format!("`start_on`: message {} must stay, and no message before it has such a role", unit.first);
                return Err(Error::new(ErrorKind::InputInvalid, message));
            }
            (None, _) => unit.standing = Standing::Out(DropReason::StartOn),
            (Some(_), Standing::Marked) => unit.companion = starter,
            (Some(starter), Standing::Must(_)) => {
                if let Some(unit) = units.get_mut(starter) {
                    unit.must(KeepReason::StartOn);
                }
            }
            (Some(_), _) => {}
        }
    }
    Ok(())
}

fn is_system(role: Role) -> bool {
    matches!(role, Role::System | Role::Developer)
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::InputInvalid, message)
}
