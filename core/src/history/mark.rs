//! Takes a verdict; gives what fitting must know of its turn, without any text.

use serde::{Deserialize, Serialize};

use crate::kinds::{AgeBand, AgeSource, Subject, Tier};
use crate::verdict::Verdict;

/// What a turn disclosed, for [`History`](crate::History). Small, holds no text; JSON keys are the field names.
///
/// A turn of tier 3 or with `refer` must stay, and so must a turn that changes `age` from what the mark before it says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mark {
    /// Tier of the message alone.
    pub tier: Tier,
    /// A crisis referral was due for it.
    pub refer: bool,
    /// Families of categories (`self-harm`, `medical` …) that are about the speaker, or about nobody in particular.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub families: Vec<String>,
    /// Families that are only about someone else.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub about_others: Vec<String>,
    /// Age band that the speaker has disclosed up to and with this turn. The turn where it first stands, or changes, counts as
    /// the age disclosure; a band known from an earlier session makes the first turn of a history one.
    #[serde(skip_serializing_if = "is_unknown")]
    pub age: AgeBand,
    /// The host showed a referral after it. Only the host knows: a verdict asks for one, it cannot see it shown.
    pub referral_shown: bool,
}

impl Mark {
    /// The mark of a checked turn. `referral_shown` is false until the host sets it; O(findings).
    #[must_use]
    pub fn of(verdict: &Verdict) -> Self {
        let mut mark = Self { tier: verdict.message_tier, refer: verdict.refer, ..Self::default() };
        for category in &verdict.categories {
            let family = category.family();
            let mut findings =
                verdict.findings.iter().filter(|f| f.counts() && f.category.family() == family).peekable();
            let is_other = findings.peek().is_some() && findings.all(|f| f.subject == Subject::Other);
            let families = if is_other { &mut mark.about_others } else { &mut mark.families };
            if !families.iter().any(|f| f == family) {
                families.push(family.to_owned());
            }
        }
        if !matches!(verdict.age.source, AgeSource::None | AgeSource::Host) {
            mark.age = verdict.age.band;
        }
        mark
    }

    /// Tier 3 or a referral: the turn must stay, or leave a note.
    #[must_use]
    pub fn is_grave(&self) -> bool {
        self.tier == Tier::Crisis || self.refer
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
fn is_unknown(band: &AgeBand) -> bool {
    *band == AgeBand::Unknown
}
