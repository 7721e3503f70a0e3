//! Takes a policy once and turns many times; gives verdicts. The door of the house.

use safeturn_lexicon::Table;

use crate::assess::{assess, hash_id};
use crate::conversation::Conversation;
use crate::detect::{Phrases, Reader, Target};
use crate::error::{Error, ErrorKind};
use crate::explain::{Explanation, explain};
use crate::kinds::Tier;
use crate::policy::{Policy, Sensitivity};
use crate::respond::{Facts, respond, shadow};
use crate::turn::{Role, Turn};
use crate::verdict::{Shadow, Verdict};

/// The table that `build.rs` compiled from `data/`.
const TABLE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/table.bin"));

/// Checks turns. Built once, shared by threads, immutable. Cost of building: a few milliseconds, about 3 MB.
#[derive(Debug)]
pub struct Guard {
    reader: Reader,
    policy: Policy,
    phrases: Phrases,
    shadow: Option<(Policy, Phrases)>,
    data_hash: u64,
}

/// Versions of what decides.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Info {
    /// Version of the code.
    pub version: String,
    /// Hash of the compiled rules.
    pub data_hash: String,
    /// Hash of the compact model.
    pub compact_hash: String,
    /// Number of rules.
    pub rules: usize,
    /// Ids of all categories.
    pub categories: Vec<String>,
    /// Languages with rules.
    pub languages: Vec<String>,
    /// Name of the policy.
    pub policy: String,
    /// Hash of the policy.
    pub policy_hash: String,
    /// Schema of conversation snapshots.
    pub snapshot_schema: u16,
}

impl Guard {
    /// A guard with the default policy, profile `companion`.
    ///
    /// # Errors
    /// `internal` when the compiled rules cannot be read.
    pub fn new() -> Result<Self, Error> {
        Self::with_policy(Policy::default())
    }

    /// A guard with a policy.
    ///
    /// # Errors
    /// `policy_invalid` and `policy_below_floor` as the policy deserves, `internal` when the compiled rules cannot be read.
    pub fn with_policy(policy: Policy) -> Result<Self, Error> {
        Self::with_table_bytes(policy, TABLE)
    }

    /// A guard with rules compiled elsewhere; for tests and measurements of this project.
    ///
    /// # Errors
    /// As [`Guard::with_policy`].
    #[doc(hidden)]
    pub fn with_table_bytes(policy: Policy, bytes: &[u8]) -> Result<Self, Error> {
        let table = Table::load(bytes).map_err(|e| Error::new(ErrorKind::Internal, e.to_string()))?;
        let data_hash = hash_of(bytes);
        let reader = Reader::new(table)?;
        let phrases = build_phrases(&reader, &policy)?;
        let shadow = match policy.shadow.as_deref() {
            Some(other) => Some((other.clone(), build_phrases(&reader, other)?)),
            None => None,
        };
        Ok(Self { reader, policy, phrases, shadow, data_hash })
    }

    /// Checks one turn and carries the conversation on. Never panics, never blocks; time linear in the text.
    pub fn check(&self, conversation: &mut Conversation, turn: &Turn<'_>) -> Verdict {
        let is_repeated = turn.id.is_some_and(|id| conversation.has_seen(hash_id(id)));
        let (text, is_text_cut) = self.within_limit(turn.text);
        let reading = match turn.role {
            Role::User | Role::Assistant => self.reader.read(text, turn.role, self.policy.sensitivity, &self.phrases),
            Role::System | Role::Developer | Role::Tool => crate::detect::Reading::default(),
        };
        let facts = Facts {
            language: reading.language.clone(),
            is_text_cut,
            is_findings_cut: reading.is_findings_cut,
            text_bytes: text.len(),
        };
        let facts = if turn.role == Role::User { facts } else { Facts::none(text.len()) };
        let (assessment, change) = assess(&self.reader, &self.policy, conversation, turn, reading);
        let shadow = self.check_shadow(conversation, turn, text);
        let verdict = respond(&self.reader, &self.policy, turn, &assessment, facts, shadow);
        if !is_repeated {
            conversation.apply(change);
        }
        verdict
    }

    /// Checks one message without a conversation.
    #[must_use]
    pub fn check_text(&self, text: &str) -> Verdict {
        self.check(&mut Conversation::new(), &Turn::user(text))
    }

    /// Every rule that matched a message, and what became of it. Slower than a check; holds spans, no text.
    #[must_use]
    pub fn explain(&self, text: &str) -> Explanation {
        let (text, _) = self.within_limit(text);
        let reading = self.reader.read(text, Role::User, self.policy.sensitivity, &self.phrases);
        explain(&self.reader, &self.policy, reading)
    }

    /// Versions of code, data and policy.
    #[must_use]
    pub fn info(&self) -> Info {
        let table = &self.reader.table;
        Info {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_hash: format!("{:016x}", self.data_hash),
            compact_hash: format!("{:016x}", hash_of(crate::detect::MODEL)),
            rules: table.rules.len(),
            categories: table.categories.iter().map(|c| c.id.clone()).collect(),
            languages: ["en", "es", "fr", "de", "pt"].map(str::to_owned).to_vec(),
            policy: self.policy.name.clone(),
            policy_hash: self.policy.version_hash(),
            snapshot_schema: crate::conversation::SNAPSHOT_SCHEMA,
        }
    }

    /// The policy in force.
    #[must_use]
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    fn check_shadow(&self, conversation: &Conversation, turn: &Turn<'_>, text: &str) -> Option<Shadow> {
        let (policy, phrases) = self.shadow.as_ref().filter(|_| turn.role == Role::User)?;
        let reading = self.reader.read(text, Role::User, policy.sensitivity, phrases);
        let (assessment, _) = assess(&self.reader, policy, conversation, turn, reading);
        Some(shadow(&self.reader, policy, &assessment))
    }

    /// The part of the text that the policy's limit leaves, cut at a character border.
    fn within_limit<'t>(&self, text: &'t str) -> (&'t str, bool) {
        let limit = self.policy.input.max_text_bytes;
        if text.len() <= limit {
            return (text, false);
        }
        let end = (0..=limit).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        (text.get(..end).unwrap_or_default(), true)
    }
}

impl Facts {
    fn none(text_bytes: usize) -> Self {
        let language = crate::detect::LanguageReading { is_covered: true, ..Default::default() };
        Self { language, is_text_cut: false, is_findings_cut: false, text_bytes }
    }
}

/// Checks the policy against the rules, and makes its phrases ready.
fn build_phrases(reader: &Reader, policy: &Policy) -> Result<Phrases, Error> {
    policy.validate()?;
    let known: Vec<&str> = reader.table.categories.iter().map(|c| c.id.as_str()).collect();
    policy.check_categories(&known)?;
    check_allowed(reader, policy)?;
    let mut phrases: Vec<(String, Target)> = policy.allow.iter().map(|p| (p.clone(), Target::Allow)).collect();
    for (index, custom) in policy.custom.iter().enumerate() {
        let index = u16::try_from(index).unwrap_or(u16::MAX);
        phrases.extend(custom.terms.iter().map(|t| (t.clone(), Target::Custom { index, tier: custom.tier })));
    }
    Phrases::new(&phrases).ok_or_else(|| {
        Error::new(ErrorKind::PolicyInvalid, "the phrases of `allow` and `custom` are too many or too long")
    })
}

/// An allowed phrase must not itself be something that the specification guards.
fn check_allowed(reader: &Reader, policy: &Policy) -> Result<(), Error> {
    let none = Phrases::default();
    for (index, phrase) in policy.allow.iter().enumerate() {
        let reading = reader.read(phrase, Role::Assistant, Sensitivity::Balanced, &none);
        let (assessment, _) = assess(reader, &Policy::default(), &Conversation::new(), &Turn::user(phrase), reading);
        if assessment.refer || assessment.message_tier == Tier::Crisis {
            let message = format!("`allow` entry {} is itself a finding that no policy may switch off", index + 1);
            return Err(Error::new(ErrorKind::PolicyBelowFloor, message));
        }
    }
    Ok(())
}

/// FNV-1a, 64 bits: says which data gave an answer. Not for security.
fn hash_of(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |h, b| (h ^ u64::from(*b)).wrapping_mul(0x0100_0000_01B3))
}
