//! Takes a text; gives what its rules found: findings with their context, weak signs, ages, a question or an answer.
//!
//! The text is read sentence by sentence in one pass. A sentence leaves behind candidates (findings whose `@` context is
//! settled, because the words are at hand) and cues (stories, "I mean it", "tonight") that may bear on other sentences;
//! [`resolve`](context::resolve) brings the two together at the end. Nothing here knows the conversation or the policy's tiers.

mod age;
mod candidate;
mod context;
mod language;
mod opinion;
mod phrases;

use std::sync::Mutex;

use safeturn_lexicon::{Clause, Extent, Hit, Kind, Matcher, Table};
use safeturn_text::{Tokenizer, Unit, fold};

use crate::error::Error;
use crate::policy::Sensitivity;
use crate::turn::Role;

pub(crate) use age::{AgeClaim, Claim};
pub(crate) use candidate::Candidate;
pub(crate) use context::Cue;
pub(crate) use language::LanguageReading;
pub(crate) use opinion::MODEL;
pub(crate) use phrases::{Phrases, Target};

/// Findings kept of one text at most.
pub(crate) const MAX_FINDINGS: usize = 64;
/// Cues kept of one text at most; the first ones tell the most.
const MAX_CUES: usize = 256;
/// Longest answer, in words, that may inherit the assistant's question.
const MAX_ANSWER_WORDS: usize = 6;

/// Longest message, in words, that may be a greeting and nothing else.
const MAX_OPENING_WORDS: usize = 48;

/// What a text says, before conversation and policy have a word.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub candidates: Vec<Candidate>,
    pub cues: Vec<Cue>,
    /// Constructs of weak signs.
    pub signs: Vec<u16>,
    pub ages: Vec<AgeClaim>,
    pub is_age_doubted: bool,
    pub is_greeting_only: bool,
    pub childlike: u8,
    /// Last question asked: index of its rule.
    pub question: Option<u16>,
    pub answer: Option<Answer>,
    pub is_findings_cut: bool,
    pub language: LanguageReading,
}

/// A short answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    Yes,
    No,
}

/// Everything that reading needs, built once.
#[derive(Debug)]
pub(crate) struct Reader {
    pub table: Table,
    opinions: opinion::Opinions,
    /// Buffers of checks that are not running. Never waited for: a check that finds it taken makes its own.
    pool: Mutex<Vec<Scratch>>,
}

/// Buffers of one running check; they hold word numbers and positions, and are overwritten by the next.
#[derive(Debug)]
struct Scratch {
    clause: Clause,
    matcher: Matcher,
    unit: Unit,
    hits: Vec<Hit>,
    contexts: Vec<u16>,
    model: safeturn_compact::Scratch,
}

/// Buffers kept for later checks: as many as threads usually check at the same time.
const MAX_POOL: usize = 16;

impl Reader {
    pub(crate) fn new(table: Table) -> Result<Self, Error> {
        let opinions = opinion::Opinions::new(&table)?;
        Ok(Self { table, opinions, pool: Mutex::new(Vec::new()) })
    }

    fn take_scratch(&self) -> Scratch {
        let pooled = self.pool.try_lock().ok().and_then(|mut pool| pool.pop());
        pooled.unwrap_or_else(|| Scratch {
            clause: Clause::new(&self.table),
            matcher: Matcher::new(&self.table),
            unit: Unit::default(),
            hits: Vec::new(),
            contexts: Vec::new(),
            model: safeturn_compact::Scratch::default(),
        })
    }

    fn give_back(&self, scratch: Scratch) {
        if let Ok(mut pool) = self.pool.try_lock()
            && pool.len() < MAX_POOL
        {
            pool.push(scratch);
        }
    }

    /// Reads a text. Cost: linear; allocates one clause buffer, and what is found.
    pub(crate) fn read(&self, text: &str, role: Role, sensitivity: Sensitivity, phrases: &Phrases) -> Reading {
        let folded = fold(text);
        let Scratch { clause, mut matcher, mut unit, mut hits, mut contexts, mut model } = self.take_scratch();
        let mut session = Session {
            reader: self,
            clause,
            reading: Reading::default(),
            language: language::Counter::default(),
            words: 0,
            greeting_words: 0,
            other_words: 0,
        };
        let mut tokenizer = Tokenizer::new(folded.text());
        while tokenizer.next_unit(&mut unit) {
            session.clause.read(&self.table, folded.text(), &unit);
            hits.clear();
            // An assistant may ask at the end of a long message.
            let is_long = role == Role::User && session.words > MAX_OPENING_WORDS;
            let extent = if is_long { Extent::Long } else { Extent::Short };
            matcher.run(&self.table, &session.clause, extent, &mut hits);
            let is_finding = |h: &Hit| self.table.rule(h.rule).is_some_and(|r| r.kind == Kind::Finding);
            if hits.iter().any(is_finding) {
                matcher.contexts(&self.table, &session.clause, &mut contexts);
            }
            session.take(&hits, &contexts, folded.text());
        }
        let (mut reading, clause) = session.finish();
        phrases.find(folded.text(), &mut reading);
        context::resolve(&self.table, &mut reading);
        if role == Role::User && is_modelled(&reading.language.tag) && !reading.is_greeting_only {
            self.opinions.add(&self.table, sensitivity, folded.text(), &mut model, &mut reading);
        }
        self.give_back(Scratch { clause, matcher, unit, hits, contexts, model });
        for candidate in &mut reading.candidates {
            (candidate.start, candidate.end) = folded.original_span(candidate.start, candidate.end);
        }
        reading
    }
}

/// Was the compact model validated on this language? Elsewhere it is silent.
pub(crate) fn is_modelled(tag: &str) -> bool {
    tag == "en"
}

/// One text being read.
struct Session<'r> {
    reader: &'r Reader,
    clause: Clause,
    reading: Reading,
    language: language::Counter,
    words: usize,
    greeting_words: usize,
    other_words: usize,
}

impl Session<'_> {
    fn take(&mut self, hits: &[Hit], contexts: &[u16], folded: &str) {
        let table = &self.reader.table;
        self.language.add(table, &self.clause, folded);
        let greeting = self.greeting_mask(hits);
        self.count_words(greeting);
        let mut spent = Vec::new();
        for hit in hits {
            let Some(rule) = table.rule(hit.rule) else { continue };
            // What lies in the repeated part was seen in the clause before.
            if hit.end <= self.clause.repeated {
                continue;
            }
            match rule.kind {
                Kind::Finding => self.add_candidate(*hit, rule, hits, contexts),
                Kind::Sign => {
                    if let Some(construct) = rule.construct.filter(|_| !self.is_figurative(*hit, hits)) {
                        self.reading.signs.push(construct);
                    }
                }
                Kind::Age => spent.push(*hit),
                Kind::AgeDoubt => self.reading.is_age_doubted = true,
                Kind::Childlike => self.reading.childlike = self.reading.childlike.saturating_add(1),
                Kind::Question => self.take_question(hit.rule, rule),
                Kind::Yes => self.reading.answer = Some(self.reading.answer.unwrap_or(Answer::Yes)),
                Kind::No => self.reading.answer = Some(Answer::No),
                Kind::Greeting | Kind::Figurative | Kind::NotAge => {}
                _ => self.add_cue(*hit, rule),
            }
        }
        age::read(table, &self.clause, &spent, hits, &mut self.reading.ages);
    }

    /// Of several questions the gravest is kept, of equals the last.
    fn take_question(&mut self, index: u16, rule: &safeturn_lexicon::Rule) {
        let table = &self.reader.table;
        let tier = |r: &safeturn_lexicon::Rule| {
            let category = r.category.and_then(|c| table.categories.get(usize::from(c)));
            r.tier.unwrap_or(category.map_or(1, |c| c.tier))
        };
        let kept = self.reading.question.and_then(|q| table.rule(q)).map_or(0, tier);
        if tier(rule) >= kept {
            self.reading.question = Some(index);
        }
    }

    fn greeting_mask(&self, hits: &[Hit]) -> u64 {
        let is_greeting = |h: &&Hit| self.reader.table.rule(h.rule).is_some_and(|r| r.kind == Kind::Greeting);
        hits.iter().filter(is_greeting).fold(0, |mask, h| mask | words_mask(h.start, h.end))
    }

    fn count_words(&mut self, greeting: u64) {
        let small_talk = self.clause.engine(safeturn_lexicon::class::SMALL_TALK);
        let emoji = self.clause.special(safeturn_lexicon::class::EMOJI);
        let capital = self.clause.special(safeturn_lexicon::class::CAPITAL);
        // A name after a greeting ("hi Sam") is part of it.
        let addressed = if greeting == 0 { 0 } else { capital & self.clause.special(safeturn_lexicon::class::UNKNOWN) };
        let allowed = greeting | small_talk | emoji | addressed;
        let count = |mask: u64| mask.count_ones() as usize;
        self.words += self.clause.words.len() - self.clause.repeated.min(self.clause.words.len());
        self.greeting_words += count(greeting);
        self.other_words += count(self.clause.valid & !allowed);
    }

    fn is_figurative(&self, hit: Hit, hits: &[Hit]) -> bool {
        let table = &self.reader.table;
        let category = table.rule(hit.rule).and_then(|r| r.category);
        hits.iter().any(|h| {
            h.start < hit.end
                && hit.start < h.end
                && table.rule(h.rule).is_some_and(|r| r.kind == Kind::Figurative && context::concerns(&r.of, category))
        })
    }

    fn add_candidate(&mut self, hit: Hit, rule: &safeturn_lexicon::Rule, hits: &[Hit], contexts: &[u16]) {
        let Some(category) = rule.category else { return };
        let tier =
            rule.tier.unwrap_or_else(|| self.reader.table.categories.get(usize::from(category)).map_or(1, |c| c.tier));
        let list = &mut self.reading.candidates;
        if list.len() >= MAX_FINDINGS {
            self.reading.is_findings_cut = true;
            // The highest tiers stay: take the place of the first that is lower.
            let Some(lower) = list.iter().position(|c| c.base_tier < tier) else { return };
            list.remove(lower);
        }
        let is_figurative = self.is_figurative(hit, hits);
        let context = context::of(&self.reader.table, &self.clause, contexts, hit, rule);
        let (Some(first), Some(last)) =
            (self.clause.words.get(hit.start), self.clause.words.get(hit.end.saturating_sub(1)))
        else {
            return;
        };
        let candidate = Candidate {
            rule: Some(hit.rule),
            custom: None,
            opinion: None,
            category,
            base_tier: tier,
            start: first.start as usize,
            end: last.end as usize,
            sentence: self.clause.sentence,
            segment: context::segment(&self.clause, hit.start),
            context,
            is_hint: rule.is_hint,
            is_figurative,
            is_allowed: false,
            confidence: rule.confidence,
        };
        let is_repeated = self.reading.candidates.iter().any(|c| c.rule == candidate.rule && c.end == candidate.end);
        if !is_repeated {
            self.reading.candidates.push(candidate);
        }
    }

    fn add_cue(&mut self, hit: Hit, rule: &safeturn_lexicon::Rule) {
        if self.reading.cues.len() >= MAX_CUES {
            return;
        }
        let at = self.clause.words.get(hit.start).map_or(0, |w| w.start as usize);
        self.reading.cues.push(Cue {
            rule: hit.rule,
            kind: rule.kind,
            scope: rule.scope,
            sentence: self.clause.sentence,
            segment: context::segment(&self.clause, hit.start),
            at,
        });
    }

    fn finish(mut self) -> (Reading, Clause) {
        // Small talk alone may be a message; the longer, the more of it must be greeting.
        let longest = (self.greeting_words * 3).clamp(16, MAX_OPENING_WORDS);
        self.reading.is_greeting_only = self.greeting_words > 0 && self.other_words == 0 && self.words <= longest;
        if self.words > MAX_ANSWER_WORDS {
            self.reading.answer = None;
        }
        self.reading.language = self.language.finish(&self.reader.table);
        (self.reading, self.clause)
    }
}

fn words_mask(start: usize, end: usize) -> u64 {
    let below = |n: usize| if n >= 64 { u64::MAX } else { (1u64 << n) - 1 };
    below(end) & !below(start)
}
