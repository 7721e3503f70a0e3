//! Takes the words of a text; gives the language it is mainly in, by function words and scripts.

use safeturn_lexicon::{Clause, Language, Table, UNKNOWN_WORD};
use safeturn_text::Kind;

/// Words that are counted of one text at most.
const MAX_WORDS: u32 = 600;

/// Language of a text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct LanguageReading {
    /// BCP 47 tag; empty when there are no words to tell by.
    pub tag: String,
    /// Rules of this language exist.
    pub is_covered: bool,
    /// There were words, and none told the language.
    pub is_unknown: bool,
}

/// Counts evidence while a text is read.
#[derive(Debug, Default)]
pub(super) struct Counter {
    scores: [u32; 32],
    seen: u32,
    known: u32,
    scripts: [u32; SCRIPTS.len()],
}

/// Scripts that tell a language, or at least that none of ours is written in them.
const SCRIPTS: [(&str, std::ops::RangeInclusive<char>); 10] = [
    ("und-Cyrl", '\u{0400}'..='\u{052F}'),
    ("el", '\u{0370}'..='\u{03FF}'),
    ("und-Arab", '\u{0600}'..='\u{077F}'),
    ("he", '\u{0590}'..='\u{05FF}'),
    ("und-Deva", '\u{0900}'..='\u{097F}'),
    ("th", '\u{0E00}'..='\u{0E7F}'),
    ("ko", '\u{AC00}'..='\u{D7AF}'),
    ("ja", '\u{3040}'..='\u{30FF}'),
    ("zh", '\u{4E00}'..='\u{9FFF}'),
    ("und-Zzzz", '\u{0530}'..='\u{058F}'),
];

impl Counter {
    pub(super) fn add(&mut self, table: &Table, clause: &Clause, folded: &str) {
        if self.seen > MAX_WORDS {
            return;
        }
        for word in clause.words.iter().skip(clause.repeated).filter(|w| w.kind == Kind::Word) {
            self.seen += 1;
            if word.id == UNKNOWN_WORD {
                self.add_script(folded, word.start as usize, word.end as usize);
                continue;
            }
            self.known += 1;
            let mut bits = table.word_languages.get(word.id as usize).copied().unwrap_or(0);
            if bits == 0 {
                continue;
            }
            // A word of many languages tells little about each.
            let weight = 12 / bits.count_ones().min(12);
            while bits != 0 {
                if let Some(score) = self.scores.get_mut(bits.trailing_zeros() as usize) {
                    *score += weight;
                }
                bits &= bits - 1;
            }
        }
    }

    fn add_script(&mut self, folded: &str, start: usize, end: usize) {
        let Some(first) = folded.get(start..end).and_then(|t| t.chars().next()).filter(|c| !c.is_ascii()) else {
            return;
        };
        // Scripts without spaces put a whole phrase into one token: weigh it by its length.
        let weight = u32::try_from((end - start) / 6 + 1).unwrap_or(1).min(40);
        for ((_, range), count) in SCRIPTS.iter().zip(self.scripts.iter_mut()) {
            if range.contains(&first) {
                *count += weight;
            }
        }
    }

    pub(super) fn finish(&self, table: &Table) -> LanguageReading {
        if self.seen == 0 {
            return LanguageReading { tag: String::new(), is_covered: true, is_unknown: false };
        }
        let script = SCRIPTS.iter().zip(self.scripts).max_by_key(|(_, n)| *n).filter(|(_, n)| *n > 0);
        let latin = self.seen.saturating_sub(self.scripts.iter().sum::<u32>().min(self.seen));
        if let Some(((tag, _), count)) = script
            && count >= latin
        {
            return LanguageReading { tag: (*tag).to_owned(), is_covered: false, is_unknown: false };
        }
        let mut best: Option<(usize, u32)> = None;
        for (index, score) in self.scores.iter().enumerate() {
            // The first language wins a tie: English comes first.
            if *score > best.map_or(0, |b| b.1) {
                best = Some((index, *score));
            }
        }
        match best.and_then(|(i, _)| table.languages.get(i)) {
            Some(tag) => LanguageReading { is_covered: is_covered(tag), tag: tag.clone(), is_unknown: false },
            // No function word: one that the English rules know still tells something.
            None if self.known * 2 >= self.seen => {
                LanguageReading { tag: "en".to_owned(), is_covered: true, is_unknown: false }
            }
            None => LanguageReading { tag: String::new(), is_covered: false, is_unknown: true },
        }
    }
}

/// Do rules of this language exist?
pub(crate) fn is_covered(tag: &str) -> bool {
    [Language::En, Language::Es, Language::Fr, Language::De, Language::Pt].iter().any(|l| match l {
        Language::En => tag == "en",
        Language::Es => tag == "es",
        Language::Fr => tag == "fr",
        Language::De => tag == "de",
        Language::Pt => tag == "pt",
    })
}
