//! Takes every word that patterns and lists use; gives the vocabulary part of the table.

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::{Interner, Key, Node, Set, keys};
use super::source::Sources;
use super::to_u32;
use crate::WordId;
use crate::table::{Phrase, Table};

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
            Node::Token(class) => {
                self.add_set(&class.words);
                self.keys.extend(class.phrases.iter().flatten().cloned());
            }
            Node::Not(set) => self.add_set(set),
            Node::Optional(inner) => self.add_node(inner),
            Node::Sequence(list) | Node::Either(list) => list.iter().for_each(|n| self.add_node(n)),
            _ => {}
        }
    }

    pub(super) fn len(&self) -> usize {
        self.keys.len()
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
        let mut words_of: Vec<Vec<u16>> = vec![Vec::new(); interner.len()];
        let mut phrases: BTreeMap<Vec<WordId>, Vec<u16>> = BTreeMap::new();
        for (members, class) in interner.classes() {
            for phrase in &members.phrases {
                for words in self.spelled_out(phrase) {
                    phrases.entry(words).or_default().push(class);
                }
            }
            let members: BTreeSet<WordId> = members.words.iter().flat_map(|k| self.ids(k)).collect();
            if let Some(list) = words_of.get_mut(usize::from(class)) {
                list.extend(members.iter().filter_map(|id| u16::try_from(*id).ok()));
            }
        }
        for list in &words_of {
            table.class_words.push(list);
        }
        table.word_engine_bits = vec![0; self.ids.len()];
        for (position, class) in table.engine_classes.iter().enumerate() {
            for word in words_of.get(usize::from(*class)).into_iter().flatten() {
                if let Some(bits) = table.word_engine_bits.get_mut(usize::from(*word)) {
                    *bits |= 1 << position;
                }
            }
        }
        for (words, mut classes) in phrases {
            classes.sort_unstable();
            classes.dedup();
            table.phrases.push(Phrase { words, classes, signature: 0 });
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

impl Vocabulary<'_> {
    /// A phrase as word numbers; a beginning stands for every word that begins so.
    fn spelled_out(&self, phrase: &[Key]) -> Vec<Vec<WordId>> {
        let mut lines: Vec<Vec<WordId>> = vec![Vec::new()];
        for key in phrase {
            let ids = self.ids(key);
            lines = lines.iter().flat_map(|line| ids.iter().map(|id| [line.as_slice(), &[*id]].concat())).collect();
        }
        lines
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
