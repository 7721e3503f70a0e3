//! Takes what went wrong while building; gives one opaque error with a kind, a stable code and a place.

use std::fmt;

/// What a caller can act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A policy cannot be read: unknown key, wrong type, bad range.
    PolicyInvalid,
    /// A policy would put a finding below what the specification guarantees.
    PolicyBelowFloor,
    /// Bytes are not a conversation snapshot, or a damaged one.
    SnapshotInvalid,
    /// A snapshot was written by a newer version.
    SnapshotTooNew,
    /// A time is not RFC 3339.
    ClockInvalid,
    /// A line or turn from outside has the wrong form.
    InputInvalid,
    /// What must stay in a history is larger than the budget.
    BudgetTooSmall,
    /// A fault of safeturn itself.
    Internal,
}

impl ErrorKind {
    /// All kinds, for tables and tests.
    pub const ALL: [Self; 8] = [
        Self::PolicyInvalid,
        Self::PolicyBelowFloor,
        Self::SnapshotInvalid,
        Self::SnapshotTooNew,
        Self::ClockInvalid,
        Self::InputInvalid,
        Self::BudgetTooSmall,
        Self::Internal,
    ];

    /// Stable name, the same in every language.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::PolicyInvalid => "policy_invalid",
            Self::PolicyBelowFloor => "policy_below_floor",
            Self::SnapshotInvalid => "snapshot_invalid",
            Self::SnapshotTooNew => "snapshot_too_new",
            Self::ClockInvalid => "clock_invalid",
            Self::InputInvalid => "input_invalid",
            Self::BudgetTooSmall => "budget_too_small",
            Self::Internal => "internal",
        }
    }
}

/// Building or loading failed. Never holds text of users.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    place: Option<Place>,
}

/// Where in a file an error is.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    file: String,
    line: Option<usize>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), place: None }
    }

    pub(crate) fn at(mut self, file: &str, line: Option<usize>) -> Self {
        self.place = Some(Place { file: file.to_owned(), line });
        self
    }

    /// What a caller can act on.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Stable name of the kind, the same in every language.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        self.kind.code()
    }

    /// File that the error is in, when there is one.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.place.as_ref().map(|p| p.file.as_str())
    }

    /// Line in that file, from 1.
    #[must_use]
    pub fn line(&self) -> Option<usize> {
        self.place.as_ref().and_then(|p| p.line)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(Place { file, line: Some(line) }) => write!(f, "{file}:{line}: {}", self.message),
            Some(Place { file, line: None }) => write!(f, "{file}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::ErrorKind;

    #[test]
    fn codes_are_distinct() {
        let codes: std::collections::BTreeSet<_> = ErrorKind::ALL.iter().map(|k| k.code()).collect();
        assert_eq!(codes.len(), ErrorKind::ALL.len());
    }
}
