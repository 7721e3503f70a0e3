//! Takes age claims, the host's signal and what was known; gives what is known now.
//!
//! INVARIANT: an age under 18, once said, stays under 18; contradictions set `conflict`. The number itself is not kept.

use crate::conversation::AgeState;
use crate::detect::{AgeClaim, Claim, Reading};
use crate::kinds::{AgeBand, AgeSource};
use crate::policy::Policy;
use crate::turn::Turn;

/// Merges what this turn says into what is known. `turn_number` counts user turns from 1.
pub(super) fn merge(
    known: AgeState,
    reading: &Reading,
    turn: &Turn<'_>,
    policy: &Policy,
    turn_number: u64,
) -> AgeState {
    let mut state = known;
    let mut has_new = false;
    for claim in &reading.ages {
        let Some((band, source)) = band_of(claim, turn, policy) else { continue };
        state = add(state, band, source);
        if source != AgeSource::Context {
            has_new = true;
        }
    }
    // A joke or typo is claimed in the same breath or right after.
    let follows = known.band.is_minor() && turn_number <= known.turn + 1;
    if reading.is_age_doubted && state.band.is_minor() && (has_new || follows) {
        state.conflict = true;
    }
    if has_new {
        state.turn = turn_number;
    }
    if turn.age_signal != AgeBand::Unknown {
        state = add_signal(state, turn.age_signal);
    }
    state
}

fn band_of(claim: &AgeClaim, turn: &Turn<'_>, policy: &Policy) -> Option<(AgeBand, AgeSource)> {
    if let Some(locale) = &claim.locale {
        let language = turn.language.unwrap_or_default();
        let own = turn.country.map_or_else(|| language.to_owned(), |c| format!("{language}-{c}"));
        if !own.eq_ignore_ascii_case(locale) {
            return None;
        }
    }
    let band = |age: u16| match AgeBand::of_age(age) {
        AgeBand::Adult | AgeBand::Senior if age >= u16::from(policy.age.senior_from) => AgeBand::Senior,
        AgeBand::Senior => AgeBand::Adult,
        other => other,
    };
    Some(match claim.claim {
        Claim::Age(age) => (band(age), AgeSource::Explicit),
        Claim::BirthYear(year) => {
            let now = turn.at?.year()?;
            let full = if year < 100 { century(year, now) } else { year };
            // The birthday may not have come yet: the lower age.
            let age = now.checked_sub(full)?.checked_sub(1)?;
            ((3..=122).contains(&age)).then(|| (band(age), AgeSource::BirthYear))?
        }
        Claim::Under(limit) => {
            let open = if limit <= 13 { AgeBand::Child } else { AgeBand::Minor };
            (limit <= 18).then_some((open, AgeSource::Explicit))?
        }
        Claim::Range(low, high) => {
            let (low, high) = (u16::from(low), u16::from(high));
            let (a, b) = (band(low), band(high));
            let merged = if a == b || high - low <= 1 {
                a
            } else if high < 18 {
                AgeBand::Minor
            } else {
                a
            };
            (merged, AgeSource::Grade)
        }
        Claim::Context(low, _) => {
            let found = band(u16::from(low));
            // Context words never make anyone a minor.
            (!found.is_minor()).then_some((found, AgeSource::Context))?
        }
    })
}

/// A birth year of two digits: the latest one that is not in the future.
fn century(year: u16, now: u16) -> u16 {
    let this = now - now % 100 + year;
    if this >= now { this.saturating_sub(100) } else { this }
}

fn add(known: AgeState, band: AgeBand, source: AgeSource) -> AgeState {
    let fresh = AgeState { band, source, coppa: band == AgeBand::Child && source != AgeSource::Context, ..known };
    if known.band == AgeBand::Unknown {
        return fresh;
    }
    if source == AgeSource::Context {
        return known;
    }
    match (known.band.is_minor(), band.is_minor()) {
        (false, false) => fresh,
        (false, true) => {
            let is_contradiction = !matches!(known.source, AgeSource::Context | AgeSource::Host);
            AgeState { conflict: known.conflict || is_contradiction, ..fresh }
        }
        (true, false) => AgeState { conflict: true, ..known },
        (true, true) if known.band == band => known,
        (true, true) if band == AgeBand::Minor => known,
        (true, true) if known.band == AgeBand::Minor => fresh,
        (true, true) => {
            let lower = if rank(band) < rank(known.band) { fresh } else { known };
            AgeState { conflict: true, ..lower }
        }
    }
}

fn add_signal(known: AgeState, signal: AgeBand) -> AgeState {
    let from_host = AgeState { band: signal, source: AgeSource::Host, coppa: signal == AgeBand::Child, ..known };
    if known.band == AgeBand::Unknown || known.source == AgeSource::Context {
        return from_host;
    }
    match (known.band.is_minor(), signal.is_minor()) {
        (_, true) if !known.band.is_minor() || rank(signal) < rank(known.band) => from_host,
        _ => known,
    }
}

const fn rank(band: AgeBand) -> u8 {
    match band {
        AgeBand::Child => 0,
        AgeBand::Teen13To15 => 1,
        AgeBand::Teen16To17 => 2,
        AgeBand::Minor => 3,
        AgeBand::Adult => 4,
        AgeBand::Senior => 5,
        AgeBand::Unknown => 6,
    }
}
