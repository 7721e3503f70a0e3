//! Takes nothing; gives the closed sets of the answer: tiers, decisions, actions, modes, age bands, states.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How urgent a message or conversation is. In JSON: 1, 2, 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Tier {
    /// Nothing to act on.
    #[default]
    Normal,
    /// Distress or risk that deserves care, a referral or a human look.
    Concern,
    /// Someone may come to serious harm soon, or the law expects an immediate answer.
    Crisis,
}

impl Tier {
    /// 1, 2 or 3.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Normal => 1,
            Self::Concern => 2,
            Self::Crisis => 3,
        }
    }

    pub(crate) const fn from_number(n: u8) -> Self {
        match n {
            0 | 1 => Self::Normal,
            2 => Self::Concern,
            _ => Self::Crisis,
        }
    }
}

impl From<Tier> for u8 {
    fn from(tier: Tier) -> Self {
        tier.number()
    }
}

impl TryFrom<u8> for Tier {
    type Error = &'static str;
    fn try_from(n: u8) -> Result<Self, Self::Error> {
        if (1..=3).contains(&n) { Ok(Self::from_number(n)) } else { Err("a tier is 1, 2 or 3") }
    }
}

/// What to do with the input. `Block` is never given to a person in crisis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// Pass it on.
    #[default]
    Allow,
    /// Pass it on, and let a person look.
    Review,
    /// Do not pass it on.
    Block,
}

/// One thing for the host to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Call emergency services now.
    Emergency,
    /// Ask directly about thoughts of suicide.
    AskDirectly,
    /// Show the crisis referral.
    Refer,
    /// A trained person should look at a possible danger to a child or a dependant adult.
    SafeguardingReview,
    /// Stop and check before money moves.
    PausePaymentAdvice,
    /// Offer to involve a person the user trusts.
    SuggestTrustedContact,
    /// Offer to involve a guardian; left out when abuse at home is flagged.
    SuggestGuardian,
    /// Answer with warmth.
    Support,
    /// Slow the sender down.
    RateLimit,
    /// Say that this is a machine.
    Disclose,
    /// Nothing special.
    Continue,
}

/// How the model should speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Tier 3.
    Urgency,
    /// The turn only greets, thanks or says goodbye.
    Greeting,
    /// A child, or someone who writes as one.
    MirrorLearning,
    /// Everyone else.
    #[default]
    Educational,
}

/// Age band by self-disclosure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub enum AgeBand {
    /// Nothing said.
    #[default]
    #[serde(rename = "unknown")]
    Unknown,
    /// Under 13.
    #[serde(rename = "child")]
    Child,
    /// 13 to 15.
    #[serde(rename = "teen_13_15")]
    Teen13To15,
    /// 16 or 17.
    #[serde(rename = "teen_16_17")]
    Teen16To17,
    /// Under 18, band open.
    #[serde(rename = "minor")]
    Minor,
    /// 18 to 64.
    #[serde(rename = "adult")]
    Adult,
    /// 65 and over.
    #[serde(rename = "senior")]
    Senior,
}

impl AgeBand {
    /// Under 18.
    #[must_use]
    pub const fn is_minor(self) -> bool {
        matches!(self, Self::Child | Self::Teen13To15 | Self::Teen16To17 | Self::Minor)
    }

    pub(crate) const fn of_age(age: u16) -> Self {
        match age {
            0..=12 => Self::Child,
            13..=15 => Self::Teen13To15,
            16..=17 => Self::Teen16To17,
            18..=64 => Self::Adult,
            _ => Self::Senior,
        }
    }

    /// Name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Child => "child",
            Self::Teen13To15 => "teen_13_15",
            Self::Teen16To17 => "teen_16_17",
            Self::Minor => "minor",
            Self::Adult => "adult",
            Self::Senior => "senior",
        }
    }
}

/// What an age band rests on, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgeSource {
    /// Nothing.
    #[default]
    None,
    /// A number.
    Explicit,
    /// A birth year and the clock.
    BirthYear,
    /// A grade or school stage.
    Grade,
    /// Words of context.
    Context,
    /// The host's signal.
    Host,
}

/// Whose safety a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Subject {
    /// The speaker.
    #[serde(rename = "self")]
    Own,
    /// Someone else.
    #[serde(rename = "other")]
    Other,
    /// Not said.
    #[serde(rename = "unknown")]
    Unknown,
}

/// How a finding is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// As said.
    Literal,
    /// A figure of speech.
    Figurative,
    /// Story, song, game or role.
    Fiction,
    /// Someone's words.
    Quoted,
    /// Study, news, prevention, technical talk.
    Educational,
    /// A supposition.
    Hypothetical,
}

/// When a finding holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// Happening, or within hours.
    Now,
    /// Ahead.
    Soon,
    /// Over.
    Past,
    /// Not said; counts as now.
    Unspecified,
}

/// Can this answer be relied on?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Every detector that is switched on read the whole text.
    #[default]
    Ok,
    /// The text was cut, or is in a language that a detector does not cover.
    Partial,
    /// A model or runtime is missing, corrupt or failing its self-test.
    Degraded,
}

/// Why a state is not `ok`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The text is longer than the policy's limit; the part before it was read.
    TextCut,
    /// More findings than are kept; the highest tiers stayed.
    FindingsCut,
    /// The language is not covered.
    LanguageNotCovered,
    /// The language could not be told.
    LanguageUnknown,
}

/// Id of a category in slash form, for example `self-harm/intent`. A set that grows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Category(String);

impl Category {
    pub(crate) fn new(id: &str) -> Self {
        Self(id.to_owned())
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the slash.
    #[must_use]
    pub fn family(&self) -> &str {
        self.0.split('/').next().unwrap_or(&self.0)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
