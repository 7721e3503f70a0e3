//! Takes a table that is nearly ready; gives it anchors, and reports patterns that cannot or must not match.

use std::collections::{BTreeMap, BTreeSet};

use safeturn_text::{Tokenizer, Unit, fold, hash_word};

use super::pattern::{Class, Key, Node};
use super::source::Sources;
use super::vocabulary::Vocabulary;
use super::{Mistake, Parsed};
use crate::clause::Clause;
use crate::matcher::{Extent, Hit, Matcher};
use crate::rule::Kind;
use crate::table::{Lists, NO_GATE, Role, Table, class};
use crate::{UNKNOWN_WORD, WordId};

/// Where a pattern is anchored: words, or special classes.
#[derive(Clone, Default)]
struct Anchor {
    words: BTreeSet<WordId>,
    specials: BTreeSet<u16>,
    cost: f64,
}

/// A pattern whose anchor is rarer than this, per million words, is tried so seldom that it needs no gate.
const RARE_SHARE: f64 = 600.0;

/// A number, a name or an emoji is about as frequent, per million words.
const SPECIAL_SHARE: f64 = 20_000.0;

/// Chooses for each pattern its rarest required word, by the shipped frequencies.
pub(super) fn anchors(
    table: &mut Table,
    parsed: &[Parsed],
    sources: &Sources,
    words: &Vocabulary<'_>,
    mistakes: &mut Vec<Mistake>,
) {
    let shares = shares_of_words(table, sources);
    let mut by_word: BTreeMap<WordId, Vec<u16>> = BTreeMap::new();
    let mut by_class: BTreeMap<u16, Vec<u16>> = BTreeMap::new();
    let mut openers_by_word: BTreeMap<WordId, Vec<u16>> = BTreeMap::new();
    let mut contexts_by_word: BTreeMap<WordId, Vec<u16>> = BTreeMap::new();
    let mut vetoes: BTreeMap<u16, Vec<u16>> = BTreeMap::new();
    let mut gates: BTreeMap<BTreeSet<WordId>, u16> = BTreeMap::new();
    let chooser = Chooser { shares: &shares, words };
    for (index, p) in parsed.iter().enumerate() {
        let Ok(number) = u16::try_from(index) else { continue };
        let mut required = Vec::new();
        chooser.required(&p.node, &mut required);
        required.sort_by(|a, b| a.cost.total_cmp(&b.cost));
        let mut required = required.into_iter();
        let anchor = required.next();
        if p.node.has_candidate() {
            match anchor {
                Some(a) if a.specials.is_empty() => {
                    a.words.iter().for_each(|w| contexts_by_word.entry(*w).or_default().push(number));
                }
                _ => table.contexts.push(number),
            }
            continue;
        }
        let Some(anchor) = anchor else {
            let file = sources.rules.get(usize::from(p.rule)).map(|r| r.file.clone()).unwrap_or_default();
            let message = "the pattern requires no word, so it would match the empty clause".into();
            mistakes.push(Mistake { file, line: p.line, message });
            continue;
        };
        let kind = table.rule(p.rule).map(|r| r.kind);
        if p.role == Role::Veto {
            vetoes.entry(p.rule).or_default().push(number);
            continue;
        }
        if kind == Some(Kind::NotAge) {
            table.not_ages.push(number);
            continue;
        }
        let is_opener = kind.is_some_and(Kind::is_opener) && anchor.specials.is_empty();
        let list = if is_opener { &mut openers_by_word } else { &mut by_word };
        anchor.words.iter().for_each(|w| list.entry(*w).or_default().push(number));
        anchor.specials.iter().for_each(|c| by_class.entry(*c).or_default().push(number));
        if anchor.specials.is_empty() && anchor.cost < RARE_SHARE {
            continue;
        }
        let further = required.filter(|a| a.specials.is_empty());
        if let Some(pattern) = table.patterns.get_mut(index) {
            for (gate, further) in pattern.gates.iter_mut().zip(further) {
                let next = u16::try_from(gates.len()).unwrap_or(NO_GATE);
                *gate = *gates.entry(further.words).or_insert(next);
            }
        }
    }
    table.gate_count = u16::try_from(gates.len()).unwrap_or(u16::MAX);
    let mut gates_of: Vec<Vec<u16>> = vec![Vec::new(); shares.len()];
    for (members, gate) in &gates {
        for word in members {
            if let Some(list) = gates_of.get_mut(*word as usize) {
                list.push(*gate);
            }
        }
    }
    table.word_gates = Lists::default();
    gates_of.iter().for_each(|list| table.word_gates.push(list));
    table.rule_vetoes = Lists::default();
    for rule in (0u16..).take(table.rules.len()) {
        table.rule_vetoes.push(vetoes.get(&rule).map_or(&[], Vec::as_slice));
    }
    let count = to_u32(shares.len());
    table.word_patterns = Lists::default();
    for id in 0..count {
        table.word_patterns.push(by_word.get(&id).map_or(&[], Vec::as_slice));
    }
    table.word_openers = Lists::default();
    table.word_contexts = Lists::default();
    for id in 0..count {
        table.word_openers.push(openers_by_word.get(&id).map_or(&[], Vec::as_slice));
        table.word_contexts.push(contexts_by_word.get(&id).map_or(&[], Vec::as_slice));
    }
    table.class_patterns = Lists::default();
    for special in 0..class::COUNT {
        table.class_patterns.push(by_class.get(&special).map_or(&[], Vec::as_slice));
    }
}

struct Chooser<'c> {
    shares: &'c [f64],
    words: &'c Vocabulary<'c>,
}

impl Chooser<'_> {
    /// One anchor for each element that every match needs.
    fn required(&self, node: &Node, found: &mut Vec<Anchor>) {
        match node {
            Node::Sequence(list) => list.iter().for_each(|n| self.required(n, found)),
            other => found.extend(self.anchor(other)),
        }
    }

    fn anchor(&self, node: &Node) -> Option<Anchor> {
        match node {
            Node::Token(class) => Some(self.class_anchor(class)),
            Node::Special(class::ANY) => None,
            Node::Special(s) => {
                Some(Anchor { specials: BTreeSet::from([*s]), cost: SPECIAL_SHARE, ..Anchor::default() })
            }
            Node::Sequence(list) => list.iter().filter_map(|n| self.anchor(n)).min_by(|a, b| a.cost.total_cmp(&b.cost)),
            Node::Either(list) => {
                let mut union = Anchor::default();
                for branch in list {
                    let one = self.anchor(branch)?;
                    union.words.extend(one.words);
                    union.specials.extend(one.specials);
                    union.cost += one.cost;
                }
                Some(union)
            }
            _ => None,
        }
    }

    /// All words of the class, and of each phrase its rarest.
    fn class_anchor(&self, class: &Class) -> Anchor {
        let mut words: BTreeSet<WordId> = class.words.iter().flat_map(|k| self.words.ids(k)).collect();
        for phrase in &class.phrases {
            let rarest = phrase.iter().min_by(|a, b| self.cost(a).total_cmp(&self.cost(b)));
            words.extend(rarest.iter().flat_map(|k| self.words.ids(k)));
        }
        let cost = words.iter().map(|w| self.cost_of(*w)).sum();
        Anchor { words, cost, ..Anchor::default() }
    }

    fn cost(&self, key: &Key) -> f64 {
        self.words.ids(key).into_iter().map(|w| self.cost_of(w)).sum()
    }

    fn cost_of(&self, word: WordId) -> f64 {
        self.shares.get(word as usize).copied().unwrap_or(0.0) + 1.0
    }
}

/// Occurrences of each word per million: as shipped, else as in the ordinary sentences.
fn shares_of_words(table: &Table, sources: &Sources) -> Vec<f64> {
    let mut shares = vec![0.0f64; table.word_languages.len()];
    let mut total = 0.0;
    for (_, _, sentence) in &sources.ordinary {
        each_clause(table, sentence, &mut |clause| {
            for word in &clause.words {
                total += 1.0;
                if let Some(share) = shares.get_mut(word.id as usize).filter(|_| word.id != UNKNOWN_WORD) {
                    *share += 1.0;
                }
            }
        });
    }
    shares.iter_mut().for_each(|s| *s *= 1_000_000.0 / total);
    for (text, share) in &sources.frequencies {
        let id = table.word(text.as_bytes(), hash_word(text.as_bytes()));
        let bare = text.replace('\'', "");
        let id = if id == UNKNOWN_WORD { table.word(bare.as_bytes(), hash_word(bare.as_bytes())) } else { id };
        // A word that the vocabulary knows by its beginning only counts for that beginning.
        let id = if id == UNKNOWN_WORD && bare.len() >= 4 { table.prefix_word(bare.as_bytes()) } else { id };
        if let Some(known) = shares.get_mut(id as usize).filter(|_| id != UNKNOWN_WORD) {
            *known = known.max(f64::from(*share));
        }
    }
    shares
}

fn each_clause(table: &Table, text: &str, visit: &mut dyn FnMut(&Clause)) {
    let folded = fold(text);
    let mut tokenizer = Tokenizer::new(folded.text());
    let mut unit = Unit::default();
    let mut clause = Clause::new(table);
    while tokenizer.next_unit(&mut unit) {
        clause.read(table, folded.text(), &unit);
        visit(&clause);
    }
}

/// Runs every rule's own examples, and all rules over the ordinary sentences.
pub(super) fn examples(table: &Table, sources: &Sources, mistakes: &mut Vec<Mistake>) {
    let mut matcher = Matcher::new(table);
    for (index, raw) in sources.rules.iter().enumerate() {
        let Ok(index) = u16::try_from(index) else { continue };
        if raw.matches.iter().any(|(_, m)| m.contains(['@', '%'])) {
            continue;
        }
        let is_finding = table.rule(index).is_some_and(|r| r.kind == Kind::Finding);
        let mut fail = |line: usize, message: String| {
            mistakes.push(Mistake { file: raw.file.clone(), line, message });
        };
        if is_finding && raw.yes.is_empty() {
            fail(raw.line, "a finding rule needs at least one `yes` example".into());
        }
        for (line, text) in &raw.yes {
            if !fires(table, &mut matcher, text, index) {
                fail(*line, format!("no pattern of the rule matches its example `{text}`"));
            }
        }
        for (line, text) in &raw.no {
            if fires(table, &mut matcher, text, index) {
                fail(*line, format!("a pattern of the rule matches `{text}`, which it must not"));
            }
        }
    }
    for (file, line, sentence) in &sources.ordinary {
        each_clause(table, sentence, &mut |clause| {
            let mut hits = Vec::new();
            matcher.run(table, clause, Extent::Short, &mut hits);
            for hit in hits {
                let Some(rule) = table.rule(hit.rule).filter(|r| r.kind == Kind::Finding) else { continue };
                let category = rule.category.and_then(|c| table.categories.get(usize::from(c)));
                let tier = rule.tier.unwrap_or(category.map_or(1, |c| c.tier));
                let is_suppressed = suppresses(table, &mut matcher, clause, hit);
                if tier >= 2 && !is_suppressed {
                    let raw = sources.rules.get(usize::from(hit.rule));
                    mistakes.push(Mistake {
                        file: raw.map(|r| r.file.clone()).unwrap_or_default(),
                        line: raw.map_or(0, |r| r.line),
                        message: format!("rule `{}` matches the ordinary sentence at {file}:{line}", rule.id),
                    });
                }
            }
        });
    }
}

fn suppresses(table: &Table, matcher: &mut Matcher, clause: &Clause, found: Hit) -> bool {
    let mut hits = Vec::new();
    matcher.run(table, clause, Extent::Short, &mut hits);
    hits.iter().any(|h| {
        let is_figure = table.rule(h.rule).is_some_and(|r| r.kind == Kind::Figurative);
        is_figure && h.start < found.end && found.start < h.end
    })
}

fn fires(table: &Table, matcher: &mut Matcher, text: &str, rule: u16) -> bool {
    let mut hits = Vec::new();
    // What is no age is looked for beside an age only.
    let is_alone = table.rule(rule).is_some_and(|r| r.kind == Kind::NotAge);
    each_clause(table, text, &mut |clause| {
        if is_alone {
            matcher.run_not_ages(table, clause, &mut hits)
        } else {
            matcher.run(table, clause, Extent::Short, &mut hits)
        }
    });
    hits.iter().any(|h| h.rule == rule) && table.patterns.iter().any(|p| p.rule == rule && p.role == Role::Match)
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
