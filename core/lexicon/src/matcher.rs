//! Takes a clause; gives every hit of every pattern whose anchor occurs in it.
//!
//! INVARIANT: the work for one clause is bounded by the number of patterns times their length, and a clause holds at most
//! 63 words, so matching is linear in the text.

use crate::clause::Clause;
use crate::table::{Op, Pattern, Role, Table, class};

/// Hits of one pattern in one clause that are reported at most.
const MAX_HITS: usize = 4;

/// A match: words `start..end` of the clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    /// Index of the pattern's rule.
    pub rule: u16,
    /// First word.
    pub start: usize,
    /// One past the last word.
    pub end: usize,
    /// The pattern that matched holds its own negation.
    pub is_negated: bool,
}

/// Scratch space for matching; one per running check.
#[derive(Debug)]
pub struct Matcher {
    stamps: Vec<u32>,
    stamp: u32,
    due: Vec<u16>,
    /// Gates that words of the clause opened.
    open: Vec<u64>,
    vetoes: Vec<Hit>,
}

impl Matcher {
    /// Scratch for a table. Allocates 4 bytes per pattern, once.
    #[must_use]
    pub fn new(table: &Table) -> Self {
        Self {
            stamps: vec![0; table.patterns.len()],
            stamp: 0,
            due: Vec::with_capacity(64),
            open: vec![0; usize::from(table.gate_count) / 64 + 1],
            vetoes: Vec::new(),
        }
    }

    /// Appends the hits of all patterns without a candidate to `hits`, vetoed ones left out.
    pub fn run(&mut self, table: &Table, clause: &Clause, hits: &mut Vec<Hit>) {
        self.collect_due(table, clause);
        let first = hits.len();
        self.vetoes.clear();
        for index in &self.due {
            let Some(pattern) = table.patterns.get(usize::from(*index)) else { continue };
            let steps = table.steps(pattern);
            let ends = run_steps(table, steps, all_borders(clause), clause, None);
            if ends == 0 {
                continue;
            }
            let into = if pattern.role == Role::Match { &mut *hits } else { &mut self.vetoes };
            locate(table, pattern, ends, clause, into);
        }
        if !self.vetoes.is_empty() {
            let vetoes = &self.vetoes;
            let mut at = first;
            while let Some(hit) = hits.get(at) {
                let is_vetoed = vetoes.iter().any(|v| v.rule == hit.rule && v.start < hit.end && hit.start < v.end);
                if is_vetoed {
                    hits.remove(at);
                } else {
                    at += 1;
                }
            }
        }
    }

    fn collect_due(&mut self, table: &Table, clause: &Clause) {
        self.due.clear();
        self.stamp = self.stamp.wrapping_add(1);
        self.open.fill(0);
        self.open_gate(table.gate_count);
        for word in &clause.words {
            for gate in table.word_gates.get(word.id) {
                self.open_gate(*gate);
            }
        }
        for word in &clause.words {
            self.add_due(table, table.word_patterns.get(word.id));
        }
        for class in 0..class::COUNT {
            if clause.special(class) != 0 {
                self.add_due(table, table.class_patterns.get(u32::from(class)));
            }
        }
    }

    #[inline]
    fn open_gate(&mut self, gate: u16) {
        if let Some(bits) = self.open.get_mut(usize::from(gate >> 6)) {
            *bits |= 1 << (gate & 63);
        }
    }

    #[inline]
    fn add_due(&mut self, table: &Table, patterns: &[u16]) {
        for pattern in patterns {
            let index = usize::from(*pattern);
            let is_due = table.pattern_gates.get(index).is_some_and(|g| g.iter().all(|g| is_open(&self.open, *g)));
            if !is_due {
                continue;
            }
            if let Some(stamp) = self.stamps.get_mut(index).filter(|s| **s != self.stamp) {
                *stamp = self.stamp;
                self.due.push(*pattern);
            }
        }
    }
}

#[inline]
fn is_open(open: &[u64], gate: u16) -> bool {
    open.get(usize::from(gate >> 6)).is_some_and(|bits| bits & (1 << (gate & 63)) != 0)
}

/// Does the pattern hold for the candidate at words `start..end`?
///
/// A pattern may enter the candidate in its middle ("I do **not** want to die" holds its own denial) unless `is_whole`.
#[must_use]
pub fn holds(table: &Table, pattern: &Pattern, clause: &Clause, start: usize, end: usize, is_whole: bool) -> bool {
    let last = if is_whole { start } else { end.saturating_sub(1) };
    let from = (bits_below(last + 1)) & !bits_below(start);
    let candidate = Candidate { from, to: 1u64 << (end & 63) };
    run_steps(table, table.steps(pattern), all_borders(clause), clause, Some(candidate)) != 0
}

/// Borders at which the candidate may be entered, and the one where it is left.
#[derive(Clone, Copy)]
struct Candidate {
    from: u64,
    to: u64,
}

fn bits_below(n: usize) -> u64 {
    if n >= 64 { u64::MAX } else { (1u64 << n) - 1 }
}

fn all_borders(clause: &Clause) -> u64 {
    (clause.valid << 1) | 1
}

/// Runs steps over a set of borders: bit i set means that a match may go on before word i.
fn run_steps(table: &Table, steps: &[Op], mut at: u64, clause: &Clause, candidate: Option<Candidate>) -> u64 {
    let mut rest = steps;
    while let Some((op, tail)) = rest.split_first() {
        rest = tail;
        match *op {
            Op::Token { class, is_free } => at = clause.step(table, class, reachable(at, is_free, clause)),
            Op::Not { class, is_free } => {
                at = (reachable(at, is_free, clause) & clause.valid & !clause.mask(table, class)) << 1;
            }
            Op::Gap { most, is_crossing } => {
                let mut step = at;
                let passable = if is_crossing { clause.valid } else { clause.valid & !clause.gap_stops };
                for _ in 0..most {
                    step = (reachable(step, is_crossing, clause) & passable) << 1;
                    if step & !at == 0 {
                        break;
                    }
                    at |= step;
                }
            }
            Op::Optional { len } => {
                let (inner, after) = rest.split_at_checked(usize::from(len)).unwrap_or((rest, &[]));
                at |= run_steps(table, inner, at, clause, candidate);
                rest = after;
            }
            Op::Either { len, .. } => {
                let (mut branches, after) = rest.split_at_checked(usize::from(len)).unwrap_or((rest, &[]));
                let mut out = 0;
                while let Some((Op::Branch { len }, tail)) = branches.split_first() {
                    let (inner, next) = tail.split_at_checked(usize::from(*len)).unwrap_or((tail, &[]));
                    out |= run_steps(table, inner, at, clause, candidate);
                    branches = next;
                }
                at = out;
                rest = after;
            }
            Op::Branch { .. } => {}
            Op::Start => at &= clause.breaks | 1,
            Op::End => at &= clause.breaks | (clause.valid + 1),
            Op::Candidate { skips_subject } => {
                let entries = if skips_subject { at & !clause.gap_stops } else { at };
                at = candidate.map_or(0, |c| if entries & c.from == 0 { 0 } else { c.to });
            }
        }
        if at == 0 {
            return 0;
        }
    }
    at
}

/// Borders from which the next word may be read: not across a break unless that is allowed, but across emoji, which are
/// read where a pattern asks for them and part nothing elsewhere ("i want 😔 to die").
#[inline]
fn reachable(at: u64, is_free: bool, clause: &Clause) -> u64 {
    let mut at = if is_free { at } else { at & !clause.breaks };
    let emoji = clause.special(class::EMOJI);
    if at & emoji != 0 {
        for _ in 0..4 {
            at |= (at & emoji) << 1;
        }
    }
    at
}

/// Finds where the hits of a pattern start and end: for each end the latest start.
fn locate(table: &Table, pattern: &Pattern, mut ends: u64, clause: &Clause, hits: &mut Vec<Hit>) {
    let mut found = 0;
    let count = clause.words.len();
    for start in (0..=count).rev() {
        let reached = run_steps(table, table.steps(pattern), 1u64 << (start & 63), clause, None) & ends;
        if reached == 0 {
            continue;
        }
        // Ends that a later start reached already are gone; the longest end tells the most.
        let end = 63 - reached.leading_zeros() as usize;
        ends &= !reached;
        hits.push(Hit { rule: pattern.rule, start, end: end.max(start), is_negated: pattern.is_negated });
        found += 1;
        if ends == 0 || found >= MAX_HITS {
            return;
        }
    }
}
