//! Takes TOML, JSON or a profile's name; gives a [`Policy`]: what a host may choose, checked against what it may not.
//!
//! Much is open, in both directions. But no policy puts tier-3 self-harm, child abuse, a medical emergency or a referral
//! below SPEC.md: building one fails with `policy_below_floor`. A policy holds no rule of detection.

mod hash;
mod json;
mod limits;
mod profile;
mod read;
#[cfg(test)]
mod tests;
mod tree;

use std::collections::BTreeMap;

use crate::error::Error;

pub use profile::Profile;

/// What a host chooses. Plain data: clone it, change it, hand it to the guard, which checks it again.
///
/// Every field has a default from a [`Profile`]. Holds the host's phrases, never text of users.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Policy {
    /// Name for logs; by default the profile's.
    pub name: String,
    /// Profile that the values started from. Changing it here changes nothing else.
    pub extends: Profile,
    /// How readily the models speak up. Rules are not touched by it.
    pub sensitivity: Sensitivity,
    /// How much is read.
    pub input: InputRules,
    /// How long the conversation remembers.
    pub conversation: ConversationRules,
    /// When a referral is due.
    pub refer: ReferRules,
    /// Where age bands begin.
    pub age: AgeRules,
    /// What is suggested to the host.
    pub response: ResponseRules,
    /// Overrides by category id, for example `distress`.
    pub category: BTreeMap<String, CategoryRules>,
    /// Phrases whose spans are suppressed: at most 1000, of 1 to 80 characters each.
    pub allow: Vec<String>,
    /// The host's own categories: at most 1000 terms in all.
    pub custom: Vec<CustomCategory>,
    /// Policy to try out: evaluated, without effect. Has no shadow itself.
    pub shadow: Option<Box<Policy>>,
}

/// Where the bars of the models lie; measured in models/compact.md.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Sensitivity {
    /// More is found, more is found wrongly.
    HighRecall = 0,
    /// The default.
    #[default]
    Balanced = 1,
    /// Little is found wrongly, more is missed.
    HighPrecision = 2,
}

impl Sensitivity {
    /// All of them, the most sensitive first.
    pub const ALL: [Self; 3] = [Self::HighRecall, Self::Balanced, Self::HighPrecision];

    /// Its name in a policy file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HighRecall => "high_recall",
            Self::Balanced => "balanced",
            Self::HighPrecision => "high_precision",
        }
    }
}

/// How much of a message is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputRules {
    /// UTF-8 bytes of one message that are read, 256 to 16777216; the rest gives `partial`.
    pub max_text_bytes: usize,
}

/// How long the conversation remembers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ConversationRules {
    /// User turns that tier 3 lasts, 6 to 100.
    pub crisis_turns: u32,
    /// Minutes that tier 3 lasts, 30 to 1440; it ends when turns and minutes have both passed.
    pub crisis_minutes: u32,
    /// Minutes of silence that end a session, 30 to 10080.
    pub session_idle_minutes: u32,
    /// Different signs that together make tier 3, 2 or 3.
    pub adding_up_constructs: u8,
    /// User turns within which they add up, 20 to 200.
    pub adding_up_turns: u32,
    /// Minutes within which they add up, 120 to 1440.
    pub adding_up_minutes: u32,
}

/// When a referral is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReferRules {
    /// Self-harm that is clearly over gives a referral too.
    pub past_self_harm: bool,
}

/// Where age bands begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AgeRules {
    /// Years of age from which a speaker is a senior, 60 to 80.
    pub senior_from: u8,
}

/// What is suggested to the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseRules {
    /// Tier from which the decision is `review`: 2 or 3.
    pub review_from_tier: u8,
    /// Suggest to involve a guardian.
    pub suggest_guardian: bool,
    /// Suggest to involve a person the user trusts.
    pub suggest_trusted_contact: bool,
    /// Suggest that a trained person looks at possible danger to a child or a dependant adult.
    pub safeguarding_review: bool,
    /// Suggest to stop and check before money moves.
    pub pause_payment_advice: bool,
}

/// Overrides for one category; what is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[non_exhaustive]
pub struct CategoryRules {
    /// No higher tier than this, 1 to 3.
    pub max_tier: Option<u8>,
    /// No lower tier than this, 1 to 3 and at most `max_tier`.
    pub min_tier: Option<u8>,
    /// Findings with less confidence do not count, 0 to 1.
    pub min_confidence: Option<f64>,
    /// Whether a finding that counts makes the decision `review`, whatever the tier.
    pub review: Option<bool>,
}

/// A category of the host's own, found by its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CustomCategory {
    /// `custom/` and then lower-case letters, digits and hyphens.
    pub id: String,
    /// Tier of a finding, 1 to 3.
    pub tier: u8,
    /// A finding makes a referral due.
    pub refer: bool,
    /// Words or phrases, at least one, of 1 to 80 characters each.
    pub terms: Vec<String>,
}

impl CustomCategory {
    /// A category without referral; the guard checks it.
    #[must_use]
    pub fn new(id: impl Into<String>, tier: u8, terms: Vec<String>) -> Self {
        Self { id: id.into(), tier, refer: false, terms }
    }
}

impl Default for Policy {
    /// The profile `companion`.
    fn default() -> Self {
        Self::profile(Profile::Companion)
    }
}

impl Policy {
    /// The policy of a profile, unchanged.
    #[must_use]
    pub fn profile(profile: Profile) -> Self {
        read::profile(profile)
    }

    /// Reads TOML; `file_name` is for messages only, no file is opened.
    ///
    /// # Errors
    /// `policy_invalid` for wrong syntax, an unknown key, a wrong type or a value out of range;
    /// `policy_below_floor` for a value that SPEC.md does not leave to policy. Both with the line.
    pub fn from_toml(text: &str, file_name: &str) -> Result<Self, Error> {
        read::read(&tree::from_toml(text, file_name)?, file_name)
    }

    /// Reads JSON with the keys of the TOML form; `file_name` is for messages only, no file is opened.
    ///
    /// # Errors
    /// As for [`from_toml`](Self::from_toml).
    pub fn from_json(text: &str, file_name: &str) -> Result<Self, Error> {
        read::read(&json::from_json(text, file_name)?, file_name)
    }

    /// Checks a policy built in code as strictly as one that was read.
    ///
    /// # Errors
    /// `policy_invalid` and `policy_below_floor` as for [`from_toml`](Self::from_toml), naming the key, without a line.
    pub fn validate(&self) -> Result<(), Error> {
        limits::check(self)
    }

    /// Checks that overrides are for categories that exist: `known`, or one of the policy's own.
    ///
    /// # Errors
    /// `policy_invalid` with the nearest known id.
    pub fn check_categories(&self, known: &[&str]) -> Result<(), Error> {
        limits::check_categories(self, known)
    }

    /// Sixteen hexadecimal digits that are the same for equal policies, on every platform and in both formats.
    ///
    /// Says which policy gave an answer. Not for security: FNV-1a, 64 bits.
    #[must_use]
    pub fn version_hash(&self) -> String {
        hash::version(self)
    }
}
