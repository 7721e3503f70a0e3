//! Takes what dropped turns disclosed; gives one sentence for each family of categories, and one for the age.
//!
//! The sentences are data (`core/data/notes.toml`), compiled in; none of them quotes anybody.

use crate::history::mark::Mark;
use crate::kinds::AgeBand;
use safeturn_tokens::TokenCounter;

include!(concat!(env!("OUT_DIR"), "/notes.rs"));

/// Name of the note about the age.
const AGE: &str = "age";

/// What a mark says, as bits of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Topics {
    own: u32,
    other: u32,
    /// Families for which a referral was shown.
    shown: u32,
}

impl Topics {
    /// The topics of a grave mark; a family without an entry, or no family at all, is `other`.
    pub(super) fn of(mark: &Mark) -> Self {
        let bits = |names: &[String]| names.iter().fold(0, |bits, name| bits | bit(name));
        let (mut own, other) = (bits(&mark.families), bits(&mark.about_others));
        if own | other == 0 {
            own = bit("");
        }
        Self { own, other, shown: if mark.referral_shown { own | other } else { 0 } }
    }
}

fn bit(family: &str) -> u32 {
    let index = FAMILIES.iter().position(|(id, _)| *id == family).unwrap_or(FAMILIES.len() - 1);
    1 << index
}

/// One note that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Note {
    pub family: &'static str,
    pub text: &'static str,
    /// Place of the text in a list of counts.
    slot: usize,
}

/// The notes that are due for a set of turns; adding a turn merges with what is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct NoteSet {
    topics: Topics,
    /// Latest age disclosure among the turns: index of its message, and the band.
    age: Option<(usize, AgeBand)>,
}

impl NoteSet {
    pub(super) fn add(&mut self, topics: Topics) {
        self.topics.own |= topics.own;
        self.topics.other |= topics.other;
        self.topics.shown |= topics.shown;
    }

    pub(super) fn add_age(&mut self, index: usize, band: AgeBand) {
        if self.age.is_none_or(|(known, _)| known <= index) {
            self.age = Some((index, band));
        }
    }

    /// In the order of the table, the age last.
    pub(super) fn notes(&self) -> impl Iterator<Item = Note> + '_ {
        let due = self.topics.own | self.topics.other;
        let families = FAMILIES.iter().enumerate().filter(move |(i, _)| due & (1 << i) != 0);
        let of_family = families.map(|(i, (family, texts))| {
            let has = |bits: u32| usize::from(bits & (1 << i) != 0);
            let variant = (1 - has(self.topics.own)) * 2 + has(self.topics.shown);
            Note { family, text: texts.get(variant).copied().unwrap_or_default(), slot: i * 4 + variant }
        });
        of_family.chain(self.age.and_then(|(_, band)| age_note(band)))
    }
}

fn age_note(band: AgeBand) -> Option<Note> {
    let index = match band {
        AgeBand::Unknown => return None,
        AgeBand::Child => 0,
        AgeBand::Teen13To15 => 1,
        AgeBand::Teen16To17 => 2,
        AgeBand::Minor => 3,
        AgeBand::Adult => 4,
        AgeBand::Senior => 5,
    };
    let text: &'static str = AGES.get(index).copied()?;
    Some(Note { family: AGE, text, slot: FAMILIES.len() * 4 + index })
}

/// Tokens of every sentence, so that none is counted at a fit.
pub(super) fn count_all(counter: &dyn TokenCounter) -> Vec<u32> {
    let texts = FAMILIES.iter().flat_map(|(_, texts)| texts).chain(&AGES);
    texts.map(|text| u32::try_from(counter.count(text)).unwrap_or(u32::MAX)).collect()
}

/// Tokens of a note by the list of [`count_all`]; `None` for a list of another version.
pub(super) fn count_of(counts: &[u32], note: Note) -> Option<u32> {
    if counts.len() == FAMILIES.len() * 4 + AGES.len() { counts.get(note.slot).copied() } else { None }
}

#[cfg(test)]
mod tests {
    use super::{AGES, FAMILIES, NoteSet, Topics};
    use crate::history::mark::Mark;

    #[test]
    fn sentences_are_one_line_without_quotes() {
        let texts: Vec<&str> = FAMILIES.iter().flat_map(|(_, texts)| *texts).chain(AGES).collect();
        assert!(texts.iter().all(|t| t.ends_with('.') && !t.contains(['"', '\n', '\u{201c}', '\u{2018}'])));
    }

    #[test]
    fn a_matter_of_ones_own_wins_over_that_of_someone_else() {
        let mut set = NoteSet::default();
        set.add(Topics::of(&Mark { about_others: vec!["self-harm".into()], ..Mark::default() }));
        assert!(set.notes().all(|n| n.text.contains("someone else")));
        set.add(Topics::of(&Mark { families: vec!["self-harm".into()], referral_shown: true, ..Mark::default() }));
        let notes: Vec<_> = set.notes().map(|n| n.text).collect();
        assert_eq!(notes, ["Earlier the user disclosed thoughts of suicide or self-harm; a referral was shown."]);
    }
}
