//! Takes what the host knows of one message; gives a [`Turn`].

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::kinds::AgeBand;

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person.
    #[default]
    User,
    /// The model.
    Assistant,
    /// The host's instructions.
    System,
    /// The host's instructions, under the name that newer chat APIs give them; the same as `System`.
    Developer,
    /// A tool's result.
    Tool,
}

/// One message and what the host knows about it. `Debug` shows no text.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Turn<'t> {
    pub(crate) role: Role,
    pub(crate) text: &'t str,
    pub(crate) id: Option<&'t str>,
    pub(crate) at: Option<Timestamp>,
    pub(crate) language: Option<&'t str>,
    pub(crate) country: Option<&'t str>,
    pub(crate) age_signal: AgeBand,
}

impl<'t> Turn<'t> {
    /// A turn of any role.
    #[must_use]
    pub fn new(role: Role, text: &'t str) -> Self {
        Self { role, text, ..Self::default() }
    }

    /// A message of the person.
    #[must_use]
    pub fn user(text: &'t str) -> Self {
        Self::new(Role::User, text)
    }

    /// A reply of the model.
    #[must_use]
    pub fn assistant(text: &'t str) -> Self {
        Self::new(Role::Assistant, text)
    }

    /// When it was said. Without it the turn counts as said at the same moment as the one before, and birth years say nothing.
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = Some(at);
        self
    }

    /// The host's id for the message; a repeated id changes nothing, so retries are safe.
    #[must_use]
    pub fn id(mut self, id: &'t str) -> Self {
        self.id = Some(id);
        self
    }

    /// Language and country as a BCP 47 tag, for example `en-GB`. Grades mean different ages in different countries.
    #[must_use]
    pub fn locale(mut self, tag: &'t str) -> Self {
        let mut parts = tag.split(['-', '_']);
        self.language = parts.next().filter(|l| !l.is_empty());
        self.country = parts.next().filter(|c| c.len() == 2);
        self
    }

    /// Age range that an app store or the host's own records give; under 18 the lowest band wins.
    #[must_use]
    pub fn age_signal(mut self, band: AgeBand) -> Self {
        self.age_signal = band;
        self
    }
}

impl fmt::Debug for Turn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("role", &self.role)
            .field("text_bytes", &self.text.len())
            .field("at", &self.at)
            .field("country", &self.country)
            .finish_non_exhaustive()
    }
}
