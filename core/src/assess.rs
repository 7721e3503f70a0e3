//! Takes a reading and the conversation so far; gives the assessment of the turn and the change it asks for.

mod age;
mod tiers;

use safeturn_lexicon::{Subject as RuleSubject, Table};

use crate::conversation::{AgeState, Change, Conversation, Pending};
use crate::detect::{Answer, Candidate, Reader, Reading};
use crate::kinds::{Mode, Tier};
use crate::policy::Policy;
use crate::turn::{Role, Turn};

/// Constructs that add up to a crisis over several turns.
const ADDING_UP: [&str; 14] = [
    "passive-wish",
    "ideation",
    "method",
    "intent",
    "plan",
    "behavior",
    "nssi",
    "hopelessness",
    "burden",
    "entrapment",
    "no-reason",
    "goodbye",
    "giving-away",
    "distress",
];

/// A finding with its tier.
#[derive(Debug, Clone)]
pub(crate) struct Judged {
    pub candidate: Candidate,
    pub tier: Tier,
    pub refer: bool,
    pub is_review: bool,
}

impl Judged {
    pub(crate) fn counts(&self) -> bool {
        !self.candidate.context.is_suppressed && !self.candidate.context.is_denied
    }
}

/// What a turn means in its conversation.
#[derive(Debug, Clone)]
pub(crate) struct Assessment {
    pub message_tier: Tier,
    pub tier: Tier,
    pub peak_tier: Tier,
    pub prior_peak_tier: Tier,
    pub refer: bool,
    pub mode: Mode,
    pub age: AgeState,
    pub findings: Vec<Judged>,
    /// Inherited from the assistant's question.
    pub inherited: Option<Pending>,
    pub has_abuse_at_home: bool,
    pub wants_review: bool,
}

/// Assesses one turn.
pub(crate) fn assess(
    reader: &Reader,
    policy: &Policy,
    conversation: &Conversation,
    turn: &Turn<'_>,
    reading: Reading,
) -> (Assessment, Change) {
    let at = turn.at.or(conversation.last_at());
    let starts_session = match (conversation.last_at(), at) {
        (Some(last), Some(now)) => now.seconds_since(last) >= i64::from(policy.conversation.session_idle_minutes) * 60,
        _ => false,
    };
    let mut base = conversation.clone();
    if starts_session {
        base.end_session();
    }
    if turn.role == Role::User {
        assess_user(reader, policy, &base, turn, reading, at, starts_session)
    } else {
        assess_other(&reader.table, &base, turn, &reading, at, starts_session)
    }
}

/// Assistant, system and tool turns never raise anything; the assistant's question is kept for a short answer.
fn assess_other(
    table: &Table,
    base: &Conversation,
    turn: &Turn<'_>,
    reading: &Reading,
    at: Option<crate::clock::Timestamp>,
    starts_session: bool,
) -> (Assessment, Change) {
    let question = reading.question.filter(|_| turn.role == Role::Assistant);
    let pending = question.and_then(|index| {
        let rule = table.rule(index)?;
        let category = table.categories.get(usize::from(rule.category?))?;
        let construct = rule.construct.and_then(|c| table.constructs.get(usize::from(c)));
        Some(Pending {
            category: category.id.clone(),
            rule: rule.id.clone(),
            tier: Tier::from_number(rule.tier.unwrap_or(category.tier)),
            construct: construct.unwrap_or(&category.construct).clone(),
        })
    });
    let assessment = Assessment {
        message_tier: Tier::Normal,
        tier: base.tier(),
        peak_tier: base.peak_tier(),
        prior_peak_tier: base.prior_peak_tier(),
        refer: false,
        mode: if base.tier() == Tier::Crisis { Mode::Urgency } else { base.mode() },
        age: base.age_state(),
        findings: Vec::new(),
        inherited: None,
        has_abuse_at_home: base.has_abuse_at_home(),
        wants_review: false,
    };
    let change = Change {
        is_user: false,
        id_hash: turn.id.map(hash_id),
        at,
        starts_session,
        tier: base.tier(),
        is_crisis: false,
        age: base.age_state(),
        mode: None,
        pending,
        signs: Vec::new(),
        abuse_at_home: false,
        refers: false,
    };
    (assessment, change)
}

fn assess_user(
    reader: &Reader,
    policy: &Policy,
    base: &Conversation,
    turn: &Turn<'_>,
    reading: Reading,
    at: Option<crate::clock::Timestamp>,
    starts_session: bool,
) -> (Assessment, Change) {
    let table = &reader.table;
    let age = age::merge(base.age_state(), &reading, turn, policy, base.user_turns() + 1);
    let is_minor = age.band.is_minor();
    let findings: Vec<Judged> = reading.candidates.iter().map(|c| tiers::judge(table, policy, c, is_minor)).collect();
    let inherited = inherit(base, &reading, &findings);
    let counted = || findings.iter().filter(|f| f.counts());
    let mut message_tier = counted().map(|f| f.tier).max().unwrap_or(Tier::Normal);
    let mut refer = counted().any(|f| f.refer);
    if let Some(pending) = &inherited {
        message_tier = message_tier.max(pending.tier);
        refer |= pending.category.starts_with("self-harm/");
    }
    let signs = signs(table, &reading, &findings, inherited.as_ref());
    let adds_up = adds_up(policy, base, &signs, at);
    let held = held_tier(policy, base, at);
    let is_crisis = message_tier == Tier::Crisis || adds_up;
    let tier = if is_crisis { Tier::Crisis } else { message_tier.max(held) };
    let abuse_at_home = counted().any(|f| is_abuse_at_home(table, f));
    let mode = mode(tier, &reading, age);
    let assessment = Assessment {
        message_tier,
        tier,
        peak_tier: base.peak_tier().max(tier),
        prior_peak_tier: base.prior_peak_tier(),
        refer,
        mode,
        age,
        wants_review: counted().any(|f| f.is_review),
        findings,
        inherited,
        has_abuse_at_home: abuse_at_home || base.has_abuse_at_home(),
    };
    let change = Change {
        is_user: true,
        id_hash: turn.id.map(hash_id),
        at,
        starts_session,
        tier,
        is_crisis,
        age,
        mode: Some(mode),
        pending: None,
        signs,
        abuse_at_home,
        refers: refer,
    };
    (assessment, change)
}

/// A short yes takes over the assistant's question, unless the message says something itself.
fn inherit(base: &Conversation, reading: &Reading, findings: &[Judged]) -> Option<Pending> {
    let pending = base.pending()?;
    let is_yes = reading.answer == Some(Answer::Yes);
    let says_itself = findings.iter().any(|f| f.counts() && f.tier >= pending.tier);
    (is_yes && !says_itself).then(|| pending.clone())
}

fn signs(table: &Table, reading: &Reading, findings: &[Judged], inherited: Option<&Pending>) -> Vec<String> {
    let own = findings.iter().filter(|f| f.counts() && f.candidate.context.subject != RuleSubject::Other);
    let found = own.filter_map(|f| f.candidate.rule.and_then(|r| table.rule(r)).and_then(|r| r.construct));
    let mut names: Vec<String> = found
        .chain(reading.signs.iter().copied())
        .filter_map(|c| table.constructs.get(usize::from(c)).cloned())
        .chain(inherited.map(|p| p.construct.clone()))
        .filter(|n| ADDING_UP.contains(&n.as_str()))
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Three distinct signs within the window, over more than one turn.
fn adds_up(policy: &Policy, base: &Conversation, now: &[String], at: Option<crate::clock::Timestamp>) -> bool {
    if now.is_empty() {
        return false;
    }
    let this_turn = base.user_turns() + 1;
    let window = i64::from(policy.conversation.adding_up_minutes) * 60;
    let earlier = base.signs().iter().filter(|s| {
        let is_near = this_turn - s.turn < u64::from(policy.conversation.adding_up_turns);
        let is_recent = match (s.at, at) {
            (Some(then), Some(now)) => now.seconds_since(then) <= window,
            _ => true,
        };
        is_near && is_recent && !now.contains(&s.construct)
    });
    let count = earlier.count();
    count > 0 && count + now.len() >= usize::from(policy.conversation.adding_up_constructs)
}

/// What the conversation holds of earlier turns: 3 until the window has passed, then 2; never back to 1 within a session.
fn held_tier(policy: &Policy, base: &Conversation, at: Option<crate::clock::Timestamp>) -> Tier {
    let (turn, since) = base.crisis();
    let Some(turn) = turn else { return base.tier().min(Tier::Concern) };
    let turns_passed = base.user_turns() + 1 - turn > u64::from(policy.conversation.crisis_turns);
    let minutes = i64::from(policy.conversation.crisis_minutes) * 60;
    let time_passed = match (since, at) {
        (Some(then), Some(now)) => now.seconds_since(then) > minutes,
        // Without times only the turns can tell.
        _ => true,
    };
    if turns_passed && time_passed { Tier::Concern } else { Tier::Crisis }
}

fn is_abuse_at_home(table: &Table, finding: &Judged) -> bool {
    let category = table.categories.get(usize::from(finding.candidate.category)).map_or("", |c| c.id.as_str());
    matches!(category, "abuse/child" | "abuse/domestic" | "abuse/sexual" | "abuse/elder")
}

fn mode(tier: Tier, reading: &Reading, age: AgeState) -> Mode {
    if tier == Tier::Crisis {
        return Mode::Urgency;
    }
    if reading.is_greeting_only {
        return Mode::Greeting;
    }
    match age.band {
        crate::kinds::AgeBand::Child => Mode::MirrorLearning,
        crate::kinds::AgeBand::Unknown | crate::kinds::AgeBand::Minor if reading.childlike > 0 => Mode::MirrorLearning,
        _ => Mode::Educational,
    }
}

/// FNV-1a, 64 bit, of a message id.
pub(crate) fn hash_id(id: &str) -> u64 {
    id.bytes().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3))
}
