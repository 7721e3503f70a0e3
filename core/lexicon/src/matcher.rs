//! Takes a clause; gives every hit of every pattern whose anchor occurs in it.
//!
//! INVARIANT: the work for one clause is bounded by the number of patterns times their length, and a clause holds at most
//! 63 words, so matching is linear in the text.

use crate::clause::Clause;
use crate::rule::Kind;
use crate::table::{Anchored, Op, Pattern, Table, class, set_bit};

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

/// How long the text is of which the clause is a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// It may be a greeting or an answer as a whole, or ask something.
    Short,
    /// Too long for that: rules of those kinds ([`Kind::is_opener`]) are left out.
    Long,
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
            open: vec![0; table.gate_width()],
            vetoes: Vec::new(),
        }
    }

    /// Appends the hits of all patterns without a candidate to `hits`, vetoed ones left out.
    pub fn run(&mut self, table: &Table, clause: &Clause, extent: Extent, hits: &mut Vec<Hit>) {
        self.collect_due(table, clause, extent);
        let first = hits.len();
        for index in &self.due {
            find(table, *index, clause, hits);
        }
        if hits.len() == first {
            return;
        }
        self.take_back(table, clause, hits, first);
        let is_age = |h: &Hit| table.rule(h.rule).is_some_and(|r| r.kind == Kind::Age);
        if hits.iter().skip(first).any(is_age) {
            self.run_not_ages(table, clause, hits);
        }
    }

    /// Appends the hits of what is no age.
    pub(crate) fn run_not_ages(&mut self, table: &Table, clause: &Clause, hits: &mut Vec<Hit>) {
        let first = hits.len();
        table.not_ages.iter().for_each(|index| find(table, *index, clause, hits));
        self.take_back(table, clause, hits, first);
    }

    /// Leaves out the hits from `first` on that a veto of their rule overlaps.
    fn take_back(&mut self, table: &Table, clause: &Clause, hits: &mut Vec<Hit>, first: usize) {
        self.vetoes.clear();
        let mut asked = None;
        for hit in hits.get(first..).unwrap_or_default() {
            // Hits of one rule come one after the other, more or less: a rule asked twice costs time only.
            if asked.replace(hit.rule) != Some(hit.rule) {
                let patterns = table.rule_vetoes.get(u32::from(hit.rule));
                patterns.iter().for_each(|index| find(table, *index, clause, &mut self.vetoes));
            }
        }
        if self.vetoes.is_empty() {
            return;
        }
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

    /// Patterns with a candidate that may hold in the clause last run.
    pub fn contexts(&mut self, table: &Table, clause: &Clause, found: &mut Vec<u16>) {
        self.next_stamp();
        found.clear();
        found.extend_from_slice(&table.contexts);
        for word in &clause.words {
            for pattern in table.word_contexts.get(word.id) {
                if let Some(stamp) = self.stamps.get_mut(usize::from(*pattern)).filter(|s| **s != self.stamp) {
                    *stamp = self.stamp;
                    found.push(*pattern);
                }
            }
        }
        // In the order of the data, so that the answer does not hang on the order of the words.
        found.sort_unstable();
    }

    fn next_stamp(&mut self) {
        self.stamp = self.stamp.wrapping_add(1);
        if self.stamp == 0 {
            // Once in thousands of millions of clauses: old stamps must not look new.
            self.stamps.fill(0);
            self.stamp = 1;
        }
    }

    fn collect_due(&mut self, table: &Table, clause: &Clause, extent: Extent) {
        self.due.clear();
        self.next_stamp();
        self.open.fill(0);
        set_bit(&mut self.open, table.gate_count);
        for word in &clause.words {
            table.open_gates(word.id, &mut self.open);
        }
        for word in &clause.words {
            self.add_due(table.by_word.get(word.id));
            if extent == Extent::Short {
                self.add_due(table.openers.get(word.id));
            }
        }
        for class in 0..class::COUNT {
            if clause.special(class) != 0 {
                self.add_due(table.by_class.get(u32::from(class)));
            }
        }
    }

    #[inline]
    fn add_due(&mut self, anchored: &[Anchored]) {
        for Anchored { pattern, gates } in anchored {
            if !gates.iter().all(|g| is_open(&self.open, *g)) {
                continue;
            }
            if let Some(stamp) = self.stamps.get_mut(usize::from(*pattern)).filter(|s| **s != self.stamp) {
                *stamp = self.stamp;
                self.due.push(*pattern);
            }
        }
    }
}

/// Appends the hits of one pattern.
fn find(table: &Table, index: u16, clause: &Clause, hits: &mut Vec<Hit>) {
    let Some(pattern) = table.patterns.get(usize::from(index)) else { return };
    let ends = run_steps(table, table.steps(pattern), all_borders(clause), clause, None);
    if ends != 0 {
        locate(table, pattern, ends, clause, hits);
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
                let passable = if is_crossing { clause.valid } else { clause.valid & !clause.engine(class::GAP_STOP) };
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
                let entries = if skips_subject { at & !clause.engine(class::GAP_STOP) } else { at };
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
