//! Takes a reading; gives every rule that matched and what became of it, for people who ask why.

use serde::Serialize;

use crate::assess::{Assessment, assess};
use crate::conversation::Conversation;
use crate::detect::{Reader, Reading};
use crate::kinds::Tier;
use crate::policy::Policy;
use crate::turn::Turn;
use crate::verdict::Span;

/// One rule that matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Id of the rule, or of the policy's custom category.
    pub rule: String,
    /// What the rule is for: `finding`, `figurative`, `denied` …
    pub kind: String,
    /// Category, for findings.
    pub category: Option<String>,
    /// Where, in bytes; nothing for a cue that bears on the whole sentence or text.
    pub span: Option<Span>,
    /// Tier that it gave, for findings.
    pub tier: Option<Tier>,
    /// It counts.
    pub counts: bool,
    /// What bore on it, in words: `other person`, `denied`, `past`, `figure of speech` …
    pub because: Vec<String>,
    /// Why the rule exists.
    pub why: String,
}

/// All rules that matched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// Tier of the message.
    pub message_tier: Tier,
    /// Referral due.
    pub refer: bool,
    /// Findings first, in the order of the text, then cues.
    pub steps: Vec<Step>,
}

pub(crate) fn explain(reader: &Reader, policy: &Policy, reading: Reading) -> Explanation {
    let cues = reading.cues.clone();
    let (assessment, _) = assess(reader, policy, &Conversation::new(), &Turn::user(""), reading);
    let mut steps = findings(reader, policy, &assessment);
    for cue in cues {
        let Some(rule) = reader.table.rule(cue.rule) else { continue };
        steps.push(Step {
            rule: rule.id.clone(),
            kind: format!("{:?}", rule.kind).to_lowercase(),
            category: None,
            span: None,
            tier: None,
            counts: false,
            because: Vec::new(),
            why: rule.why.clone(),
        });
    }
    Explanation { message_tier: assessment.message_tier, refer: assessment.refer, steps }
}

fn findings(reader: &Reader, policy: &Policy, assessment: &Assessment) -> Vec<Step> {
    let mut steps = Vec::new();
    for found in &assessment.findings {
        let candidate = &found.candidate;
        let context = &candidate.context;
        let rule = candidate.rule.and_then(|r| reader.table.rule(r));
        let custom = candidate.custom.and_then(|i| policy.custom.get(usize::from(i)));
        let known = reader.table.categories.get(usize::from(candidate.category));
        let category = custom.map(|c| c.id.clone()).or_else(|| known.map(|c| c.id.clone()));
        let facts = [
            (context.is_denied, "denied".to_owned()),
            (candidate.is_figurative, "figure of speech".to_owned()),
            (candidate.is_allowed, "allowed phrase".to_owned()),
            (context.is_hidden, "first person behind a story or supposition".to_owned()),
            (context.is_raised, "raised by the rest of the text".to_owned()),
            (context.is_about_you, "asked of the one spoken to".to_owned()),
            (true, format!("subject {:?}", context.subject).to_lowercase()),
            (true, format!("time {:?}", context.time).to_lowercase()),
            (true, format!("framing {:?}", context.framing).to_lowercase()),
        ];
        steps.push(Step {
            rule: match (rule, candidate.opinion) {
                (Some(rule), _) => rule.id.clone(),
                (None, Some(_)) => "model:compact".to_owned(),
                (None, None) => category.clone().unwrap_or_default(),
            },
            kind: "finding".to_owned(),
            category,
            span: Some(Span { start: candidate.start, end: candidate.end }),
            tier: Some(found.tier),
            counts: found.counts(),
            because: facts.into_iter().filter(|(holds, _)| *holds).map(|(_, words)| words).collect(),
            why: match (rule, candidate.opinion) {
                (Some(rule), _) => rule.why.clone(),
                (None, Some(_)) => "the compact classifier reads the message so".to_owned(),
                (None, None) => "a term of the policy".to_owned(),
            },
        });
    }
    steps
}
