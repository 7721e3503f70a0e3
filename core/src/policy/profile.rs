//! Takes a name; gives a [`Profile`] and the file that says what it stands for.

use crate::error::{Error, ErrorKind};

/// Ready-made choices for a kind of product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Profile {
    /// Chat companions and general assistants.
    Companion,
    /// Coaching and wellbeing programmes.
    Coaching,
    /// Schools and products for minors.
    School,
    /// Calls and chats with older people.
    ElderCare,
}

impl Profile {
    /// All profiles, for tables and tests.
    pub const ALL: [Self; 4] = [Self::Companion, Self::Coaching, Self::School, Self::ElderCare];

    /// Name in a policy file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Companion => "companion",
            Self::Coaching => "coaching",
            Self::School => "school",
            Self::ElderCare => "elder_care",
        }
    }

    /// The profile of that name.
    ///
    /// # Errors
    /// `policy_invalid` when there is none.
    pub fn parse(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|profile| profile.as_str() == name);
        found.ok_or_else(|| {
            let names = Self::ALL.map(|profile| format!("`{}`", profile.as_str())).join(", ");
            Error::new(ErrorKind::PolicyInvalid, format!("expected a profile, one of {names}"))
        })
    }

    /// The profile as a policy file that sets every key with a default.
    pub(super) const fn source(self) -> &'static str {
        match self {
            Self::Companion => include_str!("../../data/profiles/companion.toml"),
            Self::Coaching => include_str!("../../data/profiles/coaching.toml"),
            Self::School => include_str!("../../data/profiles/school.toml"),
            Self::ElderCare => include_str!("../../data/profiles/elder_care.toml"),
        }
    }
}
