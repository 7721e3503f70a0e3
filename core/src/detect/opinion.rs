//! Takes a text that the rules have read; adds what the compact classifier finds beside them.
//!
//! A model alone raises only above its calibrated bar. It never takes back what a rule found; what the rules read as a figure
//! of speech or as told it may restore only above the bar of highest precision; what is denied stays denied. Rules marked as
//! hints are the exception: they are too weak alone, and count only where the model sees some reason for concern.

use safeturn_compact::{Model, Scores, Scratch};
use safeturn_lexicon::{Subject, Table, Time};

use super::candidate::{Candidate, Context};
use super::{MAX_FINDINGS, Reading};
use crate::error::{Error, ErrorKind};
use crate::policy::Sensitivity;

/// The trained model; models/manifest.toml says what it is and how it was made.
pub(crate) static MODEL: &[u8] = include_bytes!("../../../models/compact.bin");
/// Thousandths from which a yes-or-no head says yes.
const HALF: u16 = 500;
/// Bars below which the model holds a text for harmless: a weak rule alone does not count there.
const SUPPORT: usize = 3;
/// Families that never reach tier 3 by a model.
const NEVER_CRISIS: [&str; 5] = ["distress", "reliance", "harassment", "hate", "sexual"];
/// Categories named for one text at most.
const MAX_CATEGORIES: usize = 3;

/// The compact classifier with what it needs to name its findings.
#[derive(Debug)]
pub(super) struct Opinions {
    model: Model,
    concern: usize,
    crisis: usize,
    refer: usize,
    other: usize,
    past: usize,
    /// Head and index of each category.
    categories: Vec<(usize, u16)>,
}

impl Opinions {
    pub(super) fn new(table: &Table) -> Result<Self, Error> {
        let model = Model::load(MODEL).map_err(|e| Error::new(ErrorKind::Internal, e.to_string()))?;
        let missing = || Error::new(ErrorKind::Internal, "the compact model lacks a head".to_owned());
        let head = |name: &str| model.names().iter().position(|n| n == name).ok_or_else(missing);
        let categories = table.categories.iter().enumerate();
        let categories = categories.filter_map(|(i, c)| Some((head(&c.id).ok()?, u16::try_from(i).ok()?))).collect();
        Ok(Self {
            concern: head("concern")?,
            crisis: head("crisis")?,
            refer: head("refer")?,
            other: head("other")?,
            past: head("time/past")?,
            categories,
            model,
        })
    }

    /// Adds findings to a reading. Cost: linear, some microseconds for a hundred bytes.
    pub(super) fn add(
        &self,
        table: &Table,
        sensitivity: Sensitivity,
        folded: &str,
        scratch: &mut Scratch,
        reading: &mut Reading,
    ) {
        let scores = self.model.score(folded, scratch);
        let passes = |head: usize, sensitivity: Sensitivity| {
            let bar = self.model.bars(sensitivity as usize).get(head).copied().unwrap_or(u16::MAX);
            of(&scores, head) >= bar
        };
        let support = self.model.bars(SUPPORT).get(self.concern).copied().unwrap_or(0);
        if of(&scores, self.concern) < support {
            reading.candidates.iter_mut().filter(|c| c.is_hint).for_each(|c| c.context.is_suppressed = true);
        }
        if !passes(self.concern, sensitivity) {
            return;
        }
        let Some((start, end)) = self.model.strongest_unit(scratch, self.concern) else { return };
        for (head, category) in self.chosen(&scores, sensitivity) {
            let Some(known) = table.categories.get(usize::from(category)) else { continue };
            let family = known.id.split('/').next().unwrap_or_default();
            let rivals = Rivals::new(table, reading, family);
            let sensitivity = if rivals.is_excused { Sensitivity::HighPrecision } else { sensitivity };
            if rivals.is_denied || rivals.is_excused && !passes(self.concern, sensitivity) {
                continue;
            }
            // What the rules read as less than a crisis stays so, unless the model is very sure.
            let raising = if rivals.is_judged { Sensitivity::HighPrecision } else { sensitivity };
            let is_crisis = passes(self.crisis, raising) && !NEVER_CRISIS.contains(&family);
            let base_tier = if is_crisis { 3 } else { 2 };
            let is_said = reading.candidates.iter().any(|c| {
                c.category == category && c.base_tier >= base_tier && !c.context.is_suppressed && !c.context.is_denied
            });
            if is_said || reading.candidates.len() >= MAX_FINDINGS {
                continue;
            }
            let is_other = of(&scores, self.other) >= HALF;
            let time = if of(&scores, self.past) >= HALF { Time::Past } else { Time::Unspecified };
            let subject = if is_other { Subject::Other } else { Subject::Own };
            reading.candidates.push(Candidate {
                rule: None,
                custom: None,
                opinion: Some(Opinion {
                    refers: known.refer && passes(self.refer, sensitivity),
                    is_alone: !rivals.is_judged,
                }),
                category,
                base_tier,
                start,
                end,
                sentence: 0,
                segment: 0,
                context: Context { subject, time, ..Context::default() },
                is_hint: false,
                is_figurative: false,
                is_allowed: false,
                confidence: of(&scores, self.concern).min(of(&scores, head).max(HALF)),
            });
        }
    }

    /// Categories above their bars, the strongest first; without one, the strongest of all.
    fn chosen(&self, scores: &Scores, sensitivity: Sensitivity) -> Vec<(usize, u16)> {
        let bars = self.model.bars(sensitivity as usize);
        let mut ranked = self.categories.clone();
        ranked.sort_by_key(|(head, _)| std::cmp::Reverse(of(scores, *head)));
        let above = ranked.iter().filter(|(head, _)| of(scores, *head) >= bars.get(*head).copied().unwrap_or(u16::MAX));
        let mut chosen: Vec<(usize, u16)> = above.take(MAX_CATEGORIES).copied().collect();
        if chosen.is_empty() {
            chosen.extend(ranked.first());
        }
        chosen
    }
}

/// What a model said of a candidate beside its tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Opinion {
    /// A referral is due.
    pub refers: bool,
    /// No rule has a view of the message.
    pub is_alone: bool,
}

/// What the rules made of the same family.
struct Rivals {
    is_denied: bool,
    is_excused: bool,
    /// A finding of a rule counts, in whatever family: the rules have a view of the message.
    is_judged: bool,
}

impl Rivals {
    fn new(table: &Table, reading: &Reading, family: &str) -> Self {
        let is_same = |c: &&Candidate| {
            let id = table.categories.get(usize::from(c.category)).map_or("", |k| k.id.as_str());
            c.custom.is_none() && id.split('/').next() == Some(family)
        };
        let own = || reading.candidates.iter().filter(is_same);
        let counts = own().any(|c| !c.context.is_suppressed && !c.context.is_denied);
        Self {
            is_judged: reading
                .candidates
                .iter()
                .any(|c| c.rule.is_some() && !c.is_hint && !c.context.is_suppressed && !c.context.is_denied),
            is_denied: !counts && own().any(|c| c.context.is_denied),
            is_excused: !counts && own().any(|c| c.context.is_suppressed),
        }
    }
}

fn of(scores: &Scores, head: usize) -> u16 {
    scores.heads.get(head).copied().unwrap_or(0)
}
