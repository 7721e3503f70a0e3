//! Takes every word that patterns and lists use; gives the vocabulary part of the table.

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::{Interner, Key, Node, Set, keys};
use super::source::Sources;
use super::to_u32;
use crate::WordId;
use crate::table::Table;

/// Words by key, and the spellings that lead to them.
pub(super) struct Vocabulary<'s> {
    sources: &'s Sources,
    keys: BTreeSet<Key>,
    ids: BTreeMap<Key, WordId>,
}

impl<'s> Vocabulary<'s> {
    pub(super) fn new(sources: &'s Sources) -> Self {
        let mut own = Self { sources, keys: BTreeSet::new(), ids: BTreeMap::new() };
        for (_, words) in &sources.languages {
            own.keys.extend(words.iter().flat_map(|w| keys(w)));
        }
        own.keys.extend(sources.numbers.keys().flat_map(|w| keys(w)));
        own
    }

    pub(super) fn add_set(&mut self, set: &Set) {
        self.keys.extend(set.iter().cloned());
    }

    pub(super) fn add_node(&mut self, node: &Node) {
        match node {
            Node::Token(set) | Node::Not(set) => self.add_set(set),
            Node::Optional(inner) => self.add_node(inner),
            Node::Sequence(list) | Node::Either(list) => list.iter().for_each(|n| self.add_node(n)),
            _ => {}
        }
    }

    pub(super) fn ids(&self, key: &Key) -> Vec<WordId> {
        let own = self.ids.get(key).copied();
        let Key::Prefix(beginning) = key else { return own.into_iter().collect() };
        // A beginning stands for itself and for every listed word that begins so.
        let covered = self.ids.iter().filter(|(k, _)| match k {
            Key::Exact(word) | Key::Prefix(word) => word.starts_with(beginning.as_str()),
        });
        covered.map(|(_, id)| *id).collect()
    }

    /// Writes words, spellings and their classes.
    pub(super) fn write(&mut self, table: &mut Table, interner: &Interner) {
        self.ids = self.keys.iter().enumerate().map(|(i, k)| (k.clone(), to_u32(i))).collect();
        let mut spellings: BTreeMap<String, WordId> = BTreeMap::new();
        for (key, id) in &self.ids {
            match key {
                Key::Exact(word) => {
                    spellings.insert(word.clone(), *id);
                }
                Key::Prefix(word) => table.prefixes.push((word.clone(), *id)),
            }
        }
        for word in &self.sources.fuzzy {
            let Some(id) = self.ids.get(&Key::Exact(word.clone())).copied() else { continue };
            for variant in misspellings(word) {
                if !self.sources.fuzzy_except.contains(&variant) {
                    spellings.entry(variant).or_insert(id);
                }
            }
        }
        table.prefixes.sort();
        for (index, (word, id)) in spellings.iter().enumerate() {
            table.letters.push_str(word);
            table.spellings.push((to_u32(table.letters.len()), *id));
            if self.sources.maskable.contains(word) {
                table.maskable.push(to_u32(index));
            }
        }
        let mut classes: Vec<Vec<u16>> = vec![Vec::new(); self.ids.len()];
        for (set, class) in interner.sets() {
            let members: BTreeSet<WordId> = set.iter().flat_map(|k| self.ids(k)).collect();
            for id in members {
                if let Some(list) = classes.get_mut(id as usize) {
                    list.push(class);
                }
            }
        }
        for list in &mut classes {
            list.sort_unstable();
            table.word_classes.push(list);
        }
        table.class_count = u16::try_from(interner.len()).unwrap_or(u16::MAX);
        table.word_languages = vec![0; self.ids.len()];
        for (bit, (_, words)) in self.sources.languages.iter().enumerate() {
            for key in words.iter().flat_map(|w| keys(w)) {
                let slot = self.ids.get(&key).and_then(|id| table.word_languages.get_mut(*id as usize));
                if let Some(bits) = slot {
                    *bits |= 1 << bit;
                }
            }
        }
        for (word, value) in &self.sources.numbers {
            if let Some(id) = keys(word).first().and_then(|k| self.ids.get(k)) {
                table.values.push((*id, *value));
            }
        }
        table.values.sort_unstable();
        table.values.dedup_by_key(|v| v.0);
    }
}

/// Spellings one slip away: a letter left out, two swapped, one doubled.
fn misspellings(word: &str) -> BTreeSet<String> {
    let letters: Vec<char> = word.chars().collect();
    let mut found = BTreeSet::new();
    for i in 0..letters.len() {
        // The first letter is nearly always right.
        if i > 0 {
            let mut shorter = letters.clone();
            shorter.remove(i);
            found.insert(shorter.into_iter().collect());
        }
        if i > 0 && i + 1 < letters.len() {
            let mut swapped = letters.clone();
            swapped.swap(i, i + 1);
            found.insert(swapped.into_iter().collect());
        }
        if let Some(c) = letters.get(i).copied() {
            let mut doubled = letters.clone();
            doubled.insert(i, c);
            found.insert(doubled.into_iter().collect());
        }
    }
    found.remove(word);
    found
}
