//! Takes the policy's phrases; gives where they stand in a text: terms of custom categories become candidates, allowed
//! phrases suppress the findings inside them.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use safeturn_text::fold;

use super::candidate::{Candidate, Context};
use super::{MAX_FINDINGS, Reading};

/// Phrases of a policy, ready to search. Cost: one pass over the text when there are any, nothing otherwise.
#[derive(Debug, Default)]
pub(crate) struct Phrases {
    search: Option<AhoCorasick>,
    targets: Vec<Target>,
}

/// What a phrase stands for.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// Suppresses what it covers.
    Allow,
    /// A term of the custom category with this index, its tier.
    Custom { index: u16, tier: u8 },
}

impl Phrases {
    /// Nothing when the phrases cannot be searched (too many or too long).
    pub(crate) fn new(phrases: &[(String, Target)]) -> Option<Self> {
        if phrases.is_empty() {
            return Some(Self::default());
        }
        let folded: Vec<String> = phrases.iter().map(|(p, _)| fold(p.trim()).text().to_ascii_lowercase()).collect();
        let search = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(&folded)
            .ok()?;
        Some(Self { search: Some(search), targets: phrases.iter().map(|(_, t)| *t).collect() })
    }

    /// Adds candidates and suppressions to a reading whose spans are still of the folded view.
    pub(super) fn find(&self, folded: &str, reading: &mut Reading) {
        let Some(search) = &self.search else { return };
        let bytes = folded.as_bytes();
        let is_word = |at: Option<&u8>| at.is_some_and(|b| b.is_ascii_alphanumeric() || *b >= 128);
        for found in search.find_iter(folded) {
            let before = found.start().checked_sub(1).and_then(|i| bytes.get(i));
            if is_word(before) || is_word(bytes.get(found.end())) {
                continue;
            }
            match self.targets.get(found.pattern().as_usize()) {
                Some(Target::Allow) => allow(reading, found.start(), found.end()),
                Some(Target::Custom { index, tier }) if reading.candidates.len() < MAX_FINDINGS => {
                    reading.candidates.push(Candidate {
                        rule: None,
                        opinion: None,
                        custom: Some(*index),
                        category: u16::MAX,
                        base_tier: *tier,
                        start: found.start(),
                        end: found.end(),
                        sentence: u32::MAX,
                        segment: 0,
                        context: Context::default(),
                        is_hint: false,
                        is_figurative: false,
                        is_allowed: false,
                        confidence: 1000,
                    });
                }
                Some(Target::Custom { .. }) => reading.is_findings_cut = true,
                None => {}
            }
        }
    }
}

fn allow(reading: &mut Reading, start: usize, end: usize) {
    for candidate in reading.candidates.iter_mut().filter(|c| c.start >= start && c.end <= end) {
        candidate.is_allowed = true;
    }
}
