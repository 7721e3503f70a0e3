//! Takes an assessment and the policy; gives the verdict: decision, actions, and everything the host reads.

use std::collections::BTreeMap;

use safeturn_lexicon as lexicon;

use crate::assess::{Assessment, Judged};
use crate::detect::{LanguageReading, MAX_FINDINGS, Reader, is_modelled};
use crate::kinds::{Action, Category, Decision, Framing, Reason, State, Subject, Tier, Time};
use crate::policy::Policy;
use crate::turn::Turn;
use crate::verdict::{Age, Coverage, Finding, Shadow, Span, Status, Verdict};

/// What the reading says about itself.
pub(crate) struct Facts {
    pub language: LanguageReading,
    pub is_text_cut: bool,
    pub is_findings_cut: bool,
    pub text_bytes: usize,
}

/// Writes the verdict.
pub(crate) fn respond(
    reader: &Reader,
    policy: &Policy,
    turn: &Turn<'_>,
    assessment: &Assessment,
    facts: Facts,
    shadow: Option<Shadow>,
) -> Verdict {
    let (categories, category_scores) = count(reader, policy, assessment);
    let mut findings: Vec<Finding> = assessment.findings.iter().map(|f| finding(reader, policy, f)).collect();
    if let Some(pending) = &assessment.inherited {
        findings.push(Finding {
            category: Category::new(&pending.category),
            subject: Subject::Own,
            framing: Framing::Literal,
            time: Time::Unspecified,
            denied: false,
            suppressed: false,
            confidence: INHERITED,
            span: Span { start: 0, end: facts.text_bytes },
            source: format!("rule:{}", pending.rule),
        });
    }
    findings.truncate(MAX_FINDINGS);
    Verdict {
        tier: assessment.tier,
        message_tier: assessment.message_tier,
        peak_tier: assessment.peak_tier,
        prior_peak_tier: assessment.prior_peak_tier,
        flagged: assessment.tier >= Tier::Concern || assessment.refer,
        refer: assessment.refer,
        mode: assessment.mode,
        age: Age {
            band: assessment.age.band,
            coppa: assessment.age.coppa,
            conflict: assessment.age.conflict,
            source: assessment.age.source,
        },
        decision: decision(policy, assessment),
        actions: actions(policy, assessment, &categories),
        categories,
        category_scores,
        findings,
        status: status(&facts),
        coverage: coverage(&facts.language, turn),
        span_unit: "utf8".to_owned(),
        shadow,
    }
}

/// Confidence of a category that a short answer inherits.
const INHERITED: f64 = 0.8;

/// What a shadow policy would have said.
pub(crate) fn shadow(reader: &Reader, policy: &Policy, assessment: &Assessment) -> Shadow {
    let (categories, _) = count(reader, policy, assessment);
    Shadow {
        message_tier: assessment.message_tier,
        refer: assessment.refer,
        decision: decision(policy, assessment),
        categories,
    }
}

fn count(reader: &Reader, policy: &Policy, assessment: &Assessment) -> (Vec<Category>, BTreeMap<Category, f64>) {
    let mut scores: BTreeMap<Category, f64> = BTreeMap::new();
    let mut tiers: BTreeMap<Category, Tier> = BTreeMap::new();
    let mut add = |category: Category, score: f64, tier: Tier| {
        let best = scores.entry(category.clone()).or_insert(0.0);
        *best = best.max(score);
        let highest = tiers.entry(category).or_default();
        *highest = tier.max(*highest);
    };
    for found in assessment.findings.iter().filter(|f| f.counts()) {
        add(category_of(reader, policy, found), score(found), found.tier);
    }
    if let Some(pending) = &assessment.inherited {
        add(Category::new(&pending.category), INHERITED, pending.tier);
    }
    let mut categories: Vec<Category> = scores.keys().cloned().collect();
    categories.sort_by_key(|c| std::cmp::Reverse(tiers.get(c).copied()));
    (categories, scores)
}

fn score(found: &Judged) -> f64 {
    f64::from(found.candidate.confidence) / 1000.0
}

fn category_of(reader: &Reader, policy: &Policy, found: &Judged) -> Category {
    let custom = found.candidate.custom.and_then(|i| policy.custom.get(usize::from(i)));
    let known = reader.table.categories.get(usize::from(found.candidate.category));
    Category::new(custom.map(|c| c.id.as_str()).or(known.map(|c| c.id.as_str())).unwrap_or_default())
}

fn finding(reader: &Reader, policy: &Policy, found: &Judged) -> Finding {
    let candidate = &found.candidate;
    let rule = candidate.rule.and_then(|r| reader.table.rule(r));
    let category = category_of(reader, policy, found);
    Finding {
        source: match (rule, candidate.opinion) {
            (Some(rule), _) => format!("rule:{}", rule.id),
            (None, Some(_)) => "model:compact".to_owned(),
            (None, None) => format!("policy:{category}"),
        },
        category,
        subject: match candidate.context.subject {
            lexicon::Subject::Own => Subject::Own,
            lexicon::Subject::Other => Subject::Other,
            lexicon::Subject::Unknown => Subject::Unknown,
        },
        framing: match candidate.context.framing {
            lexicon::Framing::Literal => Framing::Literal,
            lexicon::Framing::Figurative => Framing::Figurative,
            lexicon::Framing::Fiction => Framing::Fiction,
            lexicon::Framing::Quoted => Framing::Quoted,
            lexicon::Framing::Educational => Framing::Educational,
            lexicon::Framing::Hypothetical => Framing::Hypothetical,
        },
        time: match candidate.context.time {
            lexicon::Time::Now => Time::Now,
            lexicon::Time::Soon => Time::Soon,
            lexicon::Time::Past => Time::Past,
            lexicon::Time::Unspecified => Time::Unspecified,
        },
        denied: candidate.context.is_denied,
        suppressed: candidate.context.is_suppressed,
        confidence: score(found),
        span: Span { start: candidate.start, end: candidate.end },
    }
}

/// Never `block`: a person in crisis must reach someone, and input limits come with their own stage.
fn decision(policy: &Policy, assessment: &Assessment) -> Decision {
    let from = Tier::from_number(policy.response.review_from_tier);
    if assessment.wants_review || assessment.message_tier >= from { Decision::Review } else { Decision::Allow }
}

fn actions(policy: &Policy, assessment: &Assessment, categories: &[Category]) -> Vec<Action> {
    let has = |family: &str| categories.iter().any(|c| c.family() == family);
    let is = |id: &str| categories.iter().any(|c| c.as_str() == id);
    let is_crisis = assessment.message_tier == Tier::Crisis;
    let is_minor = assessment.age.band.is_minor();
    let own_tier = |family: &str| {
        let of_family = |f: &&Judged| {
            f.counts() && f.tier == Tier::Crisis && f.candidate.context.subject != lexicon::Subject::Other
        };
        assessment.findings.iter().filter(of_family).any(|f| f.refer && family == "self-harm")
    };
    let mut actions = Vec::new();
    if is_crisis
        && (is("medical/emergency") || is("self-harm/behavior") || own_tier("self-harm") && is("self-harm/plan"))
    {
        actions.push(Action::Emergency);
    }
    if is_crisis && (has("abuse") || has("violence")) && !actions.contains(&Action::Emergency) {
        actions.push(Action::Emergency);
    }
    if assessment.refer || has("self-harm") {
        actions.push(Action::AskDirectly);
    }
    if assessment.refer {
        actions.push(Action::Refer);
    }
    let needs_safeguarding = is("abuse/child")
        || is("abuse/elder")
        || is("exploitation/minor")
        || is("sexual/minors")
        || (is_minor && (has("abuse") || is_crisis));
    if policy.response.safeguarding_review && needs_safeguarding {
        actions.push(Action::SafeguardingReview);
    }
    if policy.response.pause_payment_advice && is("exploitation/financial") {
        actions.push(Action::PausePaymentAdvice);
    }
    if assessment.tier >= Tier::Concern {
        if policy.response.suggest_guardian && is_minor && !assessment.has_abuse_at_home {
            actions.push(Action::SuggestGuardian);
        }
        if policy.response.suggest_trusted_contact && !assessment.has_abuse_at_home {
            actions.push(Action::SuggestTrustedContact);
        }
        actions.push(Action::Support);
    }
    if actions.is_empty() {
        actions.push(Action::Continue);
    }
    actions
}

fn status(facts: &Facts) -> Status {
    let mut reasons = Vec::new();
    if facts.is_text_cut {
        reasons.push(Reason::TextCut);
    }
    if facts.is_findings_cut {
        reasons.push(Reason::FindingsCut);
    }
    if facts.language.is_unknown {
        reasons.push(Reason::LanguageUnknown);
    } else if !facts.language.is_covered {
        reasons.push(Reason::LanguageNotCovered);
    }
    let state = if reasons.is_empty() { State::Ok } else { State::Partial };
    Status { state, reasons }
}

fn coverage(language: &LanguageReading, turn: &Turn<'_>) -> Coverage {
    let told = Some(language.tag.as_str()).filter(|t| !t.is_empty());
    let tag = told.or(turn.language.filter(|_| language.is_covered)).unwrap_or("und");
    let rules = Some("rules").filter(|_| language.is_covered);
    let compact = Some("compact").filter(|_| is_modelled(&language.tag));
    Coverage { language: tag.to_owned(), detectors: rules.into_iter().chain(compact).map(str::to_owned).collect() }
}
