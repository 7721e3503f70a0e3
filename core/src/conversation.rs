//! Takes the changes that assessments ask for; gives the small state of one conversation, which the host stores.
//!
//! INVARIANT: holds no text and at most 4 KiB serialised, however long the conversation. `apply` is the only mutator that a
//! check uses; the same turns with the same times give the same state.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::error::{Error, ErrorKind};
use crate::kinds::{AgeBand, AgeSource, Mode, Tier};
use crate::verdict::Age;

/// Version of the snapshot; older ones load, newer ones are refused.
pub const SNAPSHOT_SCHEMA: u16 = 1;
/// First bytes of the binary snapshot.
const MAGIC: [u8; 4] = *b"stc1";
/// Message ids remembered to make retries safe.
const MAX_IDS: usize = 16;
/// Constructs remembered; there are fewer than that.
const MAX_SIGNS: usize = 32;
/// Longest construct or category name in a snapshot.
const MAX_NAME: usize = 64;

/// State of one person's conversation with one bot. Cheap to clone; `Debug` and snapshots hold no text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    schema: u16,
    /// Turns of all roles, of all sessions.
    turns: u64,
    /// User turns of all sessions.
    user_turns: u64,
    tier: Tier,
    peak_tier: Tier,
    prior_peak_tier: Tier,
    /// User turn and moment of the last tier 3.
    crisis_turn: Option<u64>,
    crisis_at: Option<Timestamp>,
    last_at: Option<Timestamp>,
    age: AgeState,
    mode: Mode,
    /// Category that the assistant just asked about, and the tier of a yes.
    pending: Option<Pending>,
    /// Latest occurrence of each kind of sign.
    signs: Vec<Sign>,
    /// Hashes of the last message ids.
    ids: Vec<u64>,
    /// Findings of family violence: guardian steps stay suppressed.
    abuse_at_home: bool,
    referrals: u32,
}

/// What is known of the age, and since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgeState {
    pub band: AgeBand,
    pub coppa: bool,
    pub conflict: bool,
    pub source: AgeSource,
    /// User turn of the last statement.
    pub turn: u64,
}

/// A question waiting for a short answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pending {
    pub category: String,
    pub rule: String,
    pub tier: Tier,
    pub construct: String,
}

/// A kind of sign and when it was last seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sign {
    pub construct: String,
    pub turn: u64,
    pub at: Option<Timestamp>,
}

/// What one turn changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub is_user: bool,
    pub id_hash: Option<u64>,
    pub at: Option<Timestamp>,
    pub starts_session: bool,
    pub tier: Tier,
    pub is_crisis: bool,
    pub age: AgeState,
    pub mode: Option<Mode>,
    pub pending: Option<Pending>,
    pub signs: Vec<String>,
    pub abuse_at_home: bool,
    pub refers: bool,
}

impl Default for Conversation {
    fn default() -> Self {
        Self::new()
    }
}

impl Conversation {
    /// A conversation that has not begun.
    #[must_use]
    pub fn new() -> Self {
        Self {
            schema: SNAPSHOT_SCHEMA,
            turns: 0,
            user_turns: 0,
            tier: Tier::Normal,
            peak_tier: Tier::Normal,
            prior_peak_tier: Tier::Normal,
            crisis_turn: None,
            crisis_at: None,
            last_at: None,
            age: AgeState::default(),
            mode: Mode::Educational,
            pending: None,
            signs: Vec::new(),
            ids: Vec::new(),
            abuse_at_home: false,
            referrals: 0,
        }
    }

    /// Tier as of the last turn. It decays only when the next turn is checked.
    #[must_use]
    pub const fn tier(&self) -> Tier {
        self.tier
    }

    /// Highest tier of this session.
    #[must_use]
    pub const fn peak_tier(&self) -> Tier {
        self.peak_tier
    }

    /// Highest tier of earlier sessions.
    #[must_use]
    pub const fn prior_peak_tier(&self) -> Tier {
        self.prior_peak_tier
    }

    /// Turns of all roles so far.
    #[must_use]
    pub const fn turns(&self) -> u64 {
        self.turns
    }

    /// What is known of the speaker's age.
    #[must_use]
    pub const fn age(&self) -> Age {
        Age { band: self.age.band, coppa: self.age.coppa, conflict: self.age.conflict, source: self.age.source }
    }

    /// Mode of the last user turn.
    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// User turns for which a referral was due.
    #[must_use]
    pub const fn referrals(&self) -> u32 {
        self.referrals
    }

    /// Ends the session: the tier starts anew at 1 with the next turn, the peak is kept as `prior_peak_tier`.
    pub fn end_session(&mut self) {
        self.prior_peak_tier = self.prior_peak_tier.max(self.peak_tier);
        self.tier = Tier::Normal;
        self.peak_tier = Tier::Normal;
        self.crisis_turn = None;
        self.crisis_at = None;
        self.pending = None;
        self.signs.clear();
    }

    /// Lowers the tier after a person on the host's side has reviewed the conversation; the peak stays.
    pub fn resolve(&mut self, tier: Tier) {
        self.tier = self.tier.min(tier);
        self.crisis_turn = None;
        self.crisis_at = None;
        self.signs.clear();
    }

    /// JSON snapshot: at most 4 KiB, no text.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Numbers, names and lists of them: writing cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a JSON snapshot.
    ///
    /// # Errors
    /// `snapshot_too_new` for a snapshot of a later version, `snapshot_invalid` for anything else that is not one.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Version {
            schema: u16,
        }
        let version: Version =
            serde_json::from_str(text).map_err(|_| invalid("expected a JSON snapshot of a conversation"))?;
        check_schema(version.schema)?;
        let conversation: Self =
            serde_json::from_str(text).map_err(|_| invalid("the JSON snapshot is damaged or of another kind"))?;
        conversation.checked()
    }

    /// Binary snapshot: smaller than JSON, with a checksum.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(self.schema.to_le_bytes());
        let body = postcard::to_stdvec(self).unwrap_or_default();
        bytes.extend(checksum(&body).to_le_bytes());
        bytes.extend(body);
        bytes
    }

    /// Reads a binary snapshot.
    ///
    /// # Errors
    /// `snapshot_too_new` for a snapshot of a later version, `snapshot_invalid` for bytes that are damaged or foreign.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Error> {
        let foreign = || invalid("the bytes are not a conversation snapshot");
        let rest = bytes.strip_prefix(&MAGIC).ok_or_else(foreign)?;
        let (schema, rest) = rest.split_first_chunk::<2>().ok_or_else(foreign)?;
        check_schema(u16::from_le_bytes(*schema))?;
        let (sum, body) = rest.split_first_chunk::<4>().ok_or_else(foreign)?;
        if u32::from_le_bytes(*sum) != checksum(body) {
            return Err(invalid("the conversation snapshot is damaged: its checksum does not fit"));
        }
        let conversation: Self = postcard::from_bytes(body).map_err(|_| foreign())?;
        conversation.checked()
    }

    /// Refuses what no conversation could have written, so that a foreign snapshot cannot carry text or grow.
    fn checked(self) -> Result<Self, Error> {
        if self.is_sound() {
            Ok(self)
        } else {
            Err(invalid("the conversation snapshot holds values that no conversation has"))
        }
    }

    fn is_sound(&self) -> bool {
        let is_name_byte =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'/' | b':' | b'_');
        let is_name = |n: &&String| n.len() <= MAX_NAME && n.bytes().all(is_name_byte);
        let of_pending = self.pending.iter().flat_map(|p| [&p.category, &p.construct, &p.rule]);
        let mut names = self.signs.iter().map(|s| &s.construct).chain(of_pending);
        self.signs.len() <= MAX_SIGNS
            && self.ids.len() <= MAX_IDS
            && names.all(|n| is_name(&n))
            && self.tier <= self.peak_tier
            && self.user_turns <= self.turns
    }

    /// The only way a check changes a conversation.
    pub(crate) fn apply(&mut self, change: Change) {
        if change.starts_session {
            self.end_session();
        }
        self.turns = self.turns.saturating_add(1);
        if let Some(hash) = change.id_hash {
            if self.ids.len() >= MAX_IDS {
                self.ids.remove(0);
            }
            self.ids.push(hash);
        }
        self.last_at = change.at.or(self.last_at);
        if !change.is_user {
            self.pending = change.pending.or_else(|| self.pending.take());
            return;
        }
        self.user_turns = self.user_turns.saturating_add(1);
        self.tier = change.tier;
        self.peak_tier = self.peak_tier.max(change.tier);
        if change.is_crisis {
            self.crisis_turn = Some(self.user_turns);
            self.crisis_at = self.last_at;
        }
        self.age = change.age;
        self.mode = change.mode.unwrap_or(self.mode);
        self.pending = None;
        self.abuse_at_home |= change.abuse_at_home;
        self.referrals = self.referrals.saturating_add(u32::from(change.refers));
        for construct in change.signs {
            self.signs.retain(|s| s.construct != construct);
            if self.signs.len() >= MAX_SIGNS {
                self.signs.remove(0);
            }
            self.signs.push(Sign { construct, turn: self.user_turns, at: self.last_at });
        }
    }

    pub(crate) const fn user_turns(&self) -> u64 {
        self.user_turns
    }

    pub(crate) const fn crisis(&self) -> (Option<u64>, Option<Timestamp>) {
        (self.crisis_turn, self.crisis_at)
    }

    pub(crate) const fn last_at(&self) -> Option<Timestamp> {
        self.last_at
    }

    pub(crate) const fn age_state(&self) -> AgeState {
        self.age
    }

    pub(crate) const fn pending(&self) -> Option<&Pending> {
        self.pending.as_ref()
    }

    pub(crate) fn signs(&self) -> &[Sign] {
        &self.signs
    }

    pub(crate) fn has_seen(&self, id_hash: u64) -> bool {
        self.ids.contains(&id_hash)
    }

    pub(crate) const fn has_abuse_at_home(&self) -> bool {
        self.abuse_at_home
    }
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorKind::SnapshotInvalid, message)
}

fn check_schema(schema: u16) -> Result<(), Error> {
    if schema > SNAPSHOT_SCHEMA {
        let message = format!("the snapshot has schema {schema}, expected at most {SNAPSHOT_SCHEMA}: update safeturn");
        return Err(Error::new(ErrorKind::SnapshotTooNew, message));
    }
    if schema == 0 { Err(invalid("the snapshot has schema 0, expected 1")) } else { Ok(()) }
}

/// FNV-1a, 32 bit: finds damage, is no protection against forgery.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811C_9DC5, |h, b| (h ^ u32::from(*b)).wrapping_mul(0x0100_0193))
}
