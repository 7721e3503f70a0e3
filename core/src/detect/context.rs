//! Takes a candidate and the cues around it; gives its subject, time, framing and whether it is denied.
//!
//! Order, as in SPEC section 1: figurative, fiction and the like, denied, other person, past. A cue may only lower; what a
//! cue must never do (clear a first-person speaker, excuse the search for a method) is decided here, in `frame`.

use safeturn_lexicon::{Clause, Framing, Hit, Kind, Rule, Scope, Subject, Table, Time, class, holds};
use safeturn_text::Marks;

use super::Reading;
use super::candidate::{Candidate, Context};

/// How many words may stand between "you" and what it is the subject of.
const YOU_REACH: usize = 3;

/// A match of a rule that bears on other places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cue {
    pub rule: u16,
    pub kind: Kind,
    pub scope: Scope,
    pub sentence: u32,
    pub segment: u32,
    pub at: usize,
}

/// What the sentence itself says about a hit. `patterns` are those with a candidate that may hold in it.
pub(super) fn of(table: &Table, clause: &Clause, patterns: &[u16], hit: Hit, rule: &Rule) -> Context {
    let mut found = Found::default();
    for index in patterns {
        let Some(pattern) = table.patterns.get(usize::from(*index)) else { continue };
        let Some(cue) = table.rule(pattern.rule) else { continue };
        // Words mean other things in other languages: a cue bears on findings of its own.
        if cue.language != rule.language || !concerns(&cue.of, rule.category) || found.has(cue.kind) {
            continue;
        }
        let is_whole = cue.kind == Kind::Denied && hit.is_negated;
        if holds(table, pattern, clause, hit.start, hit.end, is_whole) {
            found.add(cue.kind);
        }
    }
    let (subject, is_about_you) = subject_of(table, clause, hit, rule, &found);
    let is_quoted = clause
        .words
        .get(hit.start..hit.end)
        .is_some_and(|w| !w.is_empty() && w.iter().all(|w| w.marks.has(Marks::QUOTED)));
    let before = below(hit.start);
    Context {
        subject,
        time: rule.time.unwrap_or_else(|| found.time()),
        is_denied: found.has(Kind::Denied) && !found.has(Kind::NotDenied) && !rule.is_undeniable,
        is_quoted,
        is_quoted_from_other: is_quoted
            && clause.engine(class::SUBJECT_OTHER) & before & !clause.special(class::QUOTED) != 0,
        is_about_you,
        framing: if found.has(Kind::Fiction) {
            Framing::Fiction
        } else if found.has(Kind::Quoted) {
            Framing::Quoted
        } else if found.has(Kind::Educational) {
            Framing::Educational
        } else if found.has(Kind::Hypothetical) {
            Framing::Hypothetical
        } else {
            Framing::Literal
        },
        names_minor: clause.engine(class::MINOR_WORD) != 0,
        ..Context::default()
    }
}
/// Kinds of context found for a candidate.
#[derive(Default)]
struct Found(u64);

impl Found {
    fn add(&mut self, kind: Kind) {
        self.0 |= 1 << (kind as u64);
    }

    fn has(&self, kind: Kind) -> bool {
        self.0 & (1 << (kind as u64)) != 0
    }

    fn time(&self) -> Time {
        if self.has(Kind::Now) {
            Time::Now
        } else if self.has(Kind::Past) && !self.has(Kind::Recent) {
            Time::Past
        } else if self.has(Kind::Soon) {
            Time::Soon
        } else {
            Time::Unspecified
        }
    }
}

/// Does a rule limited to the categories `of` bear on this one?
pub(super) fn concerns(of: &[u16], category: Option<u16>) -> bool {
    of.is_empty() || category.is_some_and(|c| of.contains(&c))
}

/// Number of the part of the sentence, between weak breaks, that a word stands in.
pub(super) fn segment(clause: &Clause, word: usize) -> u32 {
    (clause.breaks & below(word + 1)).count_ones()
}

fn below(n: usize) -> u64 {
    if n >= 64 { u64::MAX } else { (1u64 << n) - 1 }
}

/// The person concerned: fixed by the rule, said by a cue, or the nearest subject word up to the end of the match.
fn subject_of(table: &Table, clause: &Clause, hit: Hit, rule: &Rule, found: &Found) -> (Subject, bool) {
    if let Some(subject) = rule.subject {
        return (subject, false);
    }
    let category = rule.category.and_then(|c| table.categories.get(usize::from(c)));
    if category.is_some_and(|c| c.is_about_other) {
        return (Subject::Other, false);
    }
    if found.has(Kind::Own) {
        return (Subject::Own, false);
    }
    if found.has(Kind::Other) {
        return (Subject::Other, false);
    }
    let inside = below(hit.end) & !below(hit.start);
    let near = below(hit.start);
    let own = clause.engine(class::SUBJECT_SELF);
    let other = clause.engine(class::SUBJECT_OTHER);
    let you = clause.engine(class::SUBJECT_YOU);
    // Inside the match the first subject word counts, before it the last.
    let first = |mask: u64| if mask & inside == 0 { 64 } else { (mask & inside).trailing_zeros() };
    let (a, b, c) = (first(own), first(other), first(you));
    if a.min(b).min(c) < 64 {
        return if a < b && a < c {
            (Subject::Own, false)
        } else if b < c {
            (Subject::Other, false)
        } else {
            (Subject::Unknown, true)
        };
    }
    let last = |mask: u64| if mask & near == 0 { 0 } else { 64 - (mask & near).leading_zeros() };
    let (a, b, c) = (last(own), last(other), last(you));
    match a.max(b).max(c) {
        0 => (Subject::Unknown, false),
        m if m == a => (Subject::Own, false),
        m if m == b => (Subject::Other, false),
        // "I'd tell you more but …": only a "you" right before the match is its subject.
        m => (Subject::Unknown, hit.start < m as usize + YOU_REACH),
    }
}

/// Brings candidates and cues together.
pub(super) fn resolve(table: &Table, reading: &mut Reading) {
    let cues = std::mem::take(&mut reading.cues);
    for candidate in &mut reading.candidates {
        frame(table, candidate, &cues);
    }
    reading.cues = cues;
    drop_shadowed(&mut reading.candidates);
}

fn frame(table: &Table, candidate: &mut Candidate, cues: &[Cue]) {
    let bears = |cue: &&Cue| {
        let own = candidate.rule.and_then(|r| table.rule(r)).map(|r| r.language);
        table.rule(cue.rule).is_some_and(|r| {
            own.is_none_or(|l| l == r.language) && concerns(&r.of, Some(candidate.category)) && applies(cue, candidate)
        })
    };
    let mut kinds = Found::default();
    cues.iter().filter(bears).for_each(|cue| kinds.add(cue.kind));
    let rule = candidate.rule.and_then(|r| table.rule(r));
    let category = table.categories.get(usize::from(candidate.category));
    let is_never_excused = rule.is_some_and(|r| r.is_never_excused) || category.is_some_and(|c| c.is_never_excused);
    let is_about_other = category.is_some_and(|c| c.is_about_other);
    let context = &mut candidate.context;
    if context.time == Time::Unspecified && rule.is_none_or(|r| r.time.is_none()) {
        context.time = kinds.time();
    }
    if kinds.has(Kind::Own) {
        context.subject = Subject::Own;
    } else if kinds.has(Kind::Other) && context.subject == Subject::Unknown {
        context.subject = Subject::Other;
    }
    context.is_raised = kinds.has(Kind::Raise) || kinds.has(Kind::Sincere) && candidate.is_figurative;
    if kinds.has(Kind::NotDenied) {
        context.is_denied = false;
    } else if kinds.has(Kind::Denied) && rule.is_none_or(|r| !r.is_undeniable) {
        context.is_denied = true;
    }
    if candidate.is_figurative && !kinds.has(Kind::Sincere) {
        context.framing = Framing::Figurative;
        context.is_suppressed = true;
        return;
    }
    let is_own = context.subject != Subject::Other && !is_about_other;
    let told_here = matches!(context.framing, Framing::Fiction | Framing::Quoted);
    let told = if kinds.has(Kind::Fiction) || context.framing == Framing::Fiction {
        Framing::Fiction
    } else if context.is_quoted || kinds.has(Kind::Quoted) || context.framing == Framing::Quoted {
        Framing::Quoted
    } else if kinds.has(Kind::Educational) || context.framing == Framing::Educational {
        Framing::Educational
    } else if kinds.has(Kind::Hypothetical) || context.framing == Framing::Hypothetical {
        Framing::Hypothetical
    } else {
        Framing::Literal
    };
    context.framing = told;
    // "Want to die" without a word for anybody: the speaker.
    let is_self_harm = category.is_some_and(|c| c.id.starts_with("self-harm/"));
    if is_self_harm && context.subject == Subject::Unknown && told == Framing::Literal && !context.is_about_you {
        context.subject = Subject::Own;
    }
    if told == Framing::Literal {
        if context.is_about_you && is_self_harm {
            // "Do you want to die?" asks; it does not say.
            context.is_suppressed = true;
        }
        return;
    }
    if is_never_excused {
        return;
    }
    match told {
        _ if kinds.has(Kind::Drift) => context.is_hidden = true,
        Framing::Quoted if context.is_quoted_from_other => {
            context.subject = Subject::Other;
            context.framing = Framing::Quoted;
        }
        // A story near by does not clear the speaker; only what is told in it, or stands in quotation marks, is not theirs.
        Framing::Fiction | Framing::Quoted if is_own => {
            let is_told = told_here || context.is_quoted;
            if is_told { context.is_suppressed = true } else { context.is_hidden = true }
        }
        Framing::Hypothetical if is_own => context.is_hidden = true,
        // Study or news does not say that the speaker is not meant.
        Framing::Educational if is_own && context.subject == Subject::Own => context.framing = Framing::Literal,
        _ => context.is_suppressed = true,
    }
}

fn applies(cue: &Cue, candidate: &Candidate) -> bool {
    match cue.scope {
        Scope::Clause => cue.sentence == candidate.sentence && cue.segment == candidate.segment,
        Scope::Sentence => cue.sentence == candidate.sentence,
        Scope::Next => candidate.sentence == cue.sentence || candidate.sentence == cue.sentence.saturating_add(1),
        Scope::After => candidate.start >= cue.at,
        Scope::Text => true,
    }
}

/// Of findings of one category at the same place the longest stays; one that counts is never dropped for one that does not.
fn drop_shadowed(candidates: &mut Vec<Candidate>) {
    candidates.sort_by_key(|c| (c.start, std::cmp::Reverse(c.end)));
    let rank =
        |c: &Candidate| (!c.context.is_suppressed && !c.context.is_denied, !c.is_hint, c.base_tier, c.end - c.start);
    let mut kept: Vec<Candidate> = Vec::with_capacity(candidates.len());
    for candidate in candidates.drain(..) {
        let same = kept.iter_mut().find(|k| {
            k.category == candidate.category
                && k.custom == candidate.custom
                && k.start < candidate.end
                && candidate.start < k.end
        });
        match same {
            Some(other) if rank(&candidate) > rank(other) => *other = candidate,
            Some(_) => {}
            None => kept.push(candidate),
        }
    }
    *candidates = kept;
}
