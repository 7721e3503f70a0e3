//! Takes a candidate in its context; gives its tier and whether a referral is due, by the table of SPEC section 1.

use safeturn_lexicon::{Category, Framing, Rule, Subject, Table, Time};

use super::Judged;
use crate::detect::Candidate;
use crate::kinds::Tier;
use crate::policy::Policy;

/// The tier of one candidate.
pub(super) fn judge(table: &Table, policy: &Policy, candidate: &Candidate, is_minor: bool) -> Judged {
    let mut candidate = candidate.clone();
    let Some(category) = table.categories.get(usize::from(candidate.category)) else {
        return judge_custom(policy, candidate);
    };
    let rule = candidate.rule.and_then(|r| table.rule(r));
    let tier = tier_of(&candidate, category, rule, is_minor);
    let is_own = candidate.context.subject != Subject::Other;
    let is_past = candidate.context.time == Time::Past;
    let refer = rule.and_then(|r| r.refer).or(candidate.opinion.map(|o| o.refers)).unwrap_or(category.refer)
        && is_own
        && (!is_past || policy.refer.past_self_harm);
    let is_floor = refer || tier == Tier::Crisis;
    if candidate.is_allowed && !is_floor {
        candidate.context.is_suppressed = true;
    }
    let (tier, is_review) = overridden(policy, &category.id, tier, &mut candidate);
    Judged { candidate, tier, refer, is_review }
}

fn tier_of(candidate: &Candidate, category: &Category, rule: Option<&Rule>, is_minor: bool) -> Tier {
    let context = &candidate.context;
    if candidate.opinion.is_some() {
        return tier_of_opinion(candidate, category, is_minor);
    }
    let base = rule.and_then(|r| r.tier).unwrap_or(category.tier);
    let is_now = context.time == Time::Now;
    let is_other = context.subject == Subject::Other && !category.is_about_other;
    // A rule that sets its own tier says that the wording is weaker or stronger than the category: only what the rule
    // itself allows moves it further.
    let sets_tier = rule.is_some_and(|r| r.tier.is_some());
    let mut tier = base;
    if is_other {
        tier = rule.and_then(|r| r.other_tier).unwrap_or(category.other_tier.min(base));
        if is_now && (!sets_tier || base == 3) && rule.is_none_or(|r| r.other_tier.is_none()) {
            tier = tier.max(category.other_now_tier);
        }
    } else if is_now {
        let raised = if sets_tier { base } else { category.now_tier.max(base) };
        tier = tier.max(rule.and_then(|r| r.now_tier).unwrap_or(raised));
    }
    let is_abuse = category.id.starts_with("abuse/");
    let concerns_minor = if is_other { context.names_minor && is_abuse } else { is_minor };
    if concerns_minor && context.time != Time::Past {
        let is_raising = category.minor_tier > category.tier || is_abuse && base >= 2;
        let raised = if is_raising { category.minor_tier } else { tier };
        tier = tier.max(rule.and_then(|r| r.minor_tier).unwrap_or(raised));
    }
    if context.time == Time::Past {
        tier = tier.min(rule.and_then(|r| r.past_tier).unwrap_or(category.past_tier));
    }
    if context.is_raised && context.time != Time::Past {
        tier = 3;
    }
    if context.is_hidden && context.framing != Framing::Literal {
        tier = tier.min(category.hidden_tier);
    }
    Tier::from_number(tier)
}

/// A model has read the whole text, subject and time included: only the speaker's age, which it may not know, is added.
fn tier_of_opinion(candidate: &Candidate, category: &Category, is_minor: bool) -> Tier {
    let context = &candidate.context;
    // A model tells a wish to be dead, which stays 2, from a thought of suicide less well than rules do.
    let is_alone = candidate.opinion.is_some_and(|o| o.is_alone);
    let is_own_now = is_alone && context.subject != Subject::Other && context.time != Time::Past;
    let raised = if is_minor && is_own_now && category.minor_tier > category.tier { category.minor_tier } else { 1 };
    Tier::from_number(candidate.base_tier.max(raised))
}

fn judge_custom(policy: &Policy, candidate: Candidate) -> Judged {
    let refer = candidate.custom.and_then(|i| policy.custom.get(usize::from(i))).is_some_and(|c| c.refer);
    let tier = Tier::from_number(candidate.base_tier);
    Judged { candidate, tier, refer, is_review: false }
}

fn overridden(policy: &Policy, id: &str, tier: Tier, candidate: &mut Candidate) -> (Tier, bool) {
    let Some(own) = policy.category.get(id) else { return (tier, false) };
    if own.min_confidence.is_some_and(|c| f64::from(candidate.confidence) < c * 1000.0) {
        candidate.context.is_suppressed = true;
    }
    let low = own.min_tier.map_or(Tier::Normal, Tier::from_number);
    let high = own.max_tier.map_or(Tier::Crisis, Tier::from_number);
    (tier.max(low).min(high.max(low)), own.review.unwrap_or(false))
}
