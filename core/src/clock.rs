//! Takes RFC 3339 text or seconds; gives a moment. Nothing here reads a clock.

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind};

/// A moment, in whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment that many seconds after 1970 began (UTC).
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970 began (UTC).
    #[must_use]
    pub const fn seconds(self) -> i64 {
        self.0
    }

    /// Reads RFC 3339 with an offset, for example `2026-03-01T18:00:00Z`.
    ///
    /// # Errors
    /// `clock_invalid` when the text has another form.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let moment: jiff::Timestamp = text.parse().map_err(|_| {
            Error::new(ErrorKind::ClockInvalid, "expected a time of the form `2026-03-01T18:00:00Z` (RFC 3339)")
        })?;
        Ok(Self(moment.as_second()))
    }

    /// The moment that many seconds later.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Seconds from `earlier` to this moment; 0 when it is not earlier.
    #[must_use]
    pub const fn seconds_since(self, earlier: Self) -> i64 {
        let seconds = self.0.saturating_sub(earlier.0);
        if seconds < 0 { 0 } else { seconds }
    }

    /// Calendar year (UTC).
    pub(crate) fn year(self) -> Option<u16> {
        let moment = jiff::Timestamp::from_second(self.0).ok()?;
        u16::try_from(moment.to_zoned(TimeZone::UTC).year()).ok()
    }
}
