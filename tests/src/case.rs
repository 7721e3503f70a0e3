//! Takes a case (a text or turns, and what its verdict must be); gives what does not hold.

use std::path::Path;

use safeturn::{Conversation, Guard, Role, Timestamp, Turn, Verdict};
use serde::Deserialize;

/// One written case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Unique id.
    pub id: String,
    /// Category or rule that it belongs to.
    pub group: String,
    /// Positive, or a near miss beside it.
    pub kind: CaseKind,
    /// One message …
    pub text: Option<String>,
    /// … or several.
    #[serde(default)]
    pub turns: Vec<CaseTurn>,
    /// Start of the clock; `at_s` counts from it.
    pub clock: Option<String>,
    /// BCP 47 tag.
    pub locale: Option<String>,
    /// Turn whose verdict is meant; the last by default.
    pub expect_at: Option<usize>,
    /// What must hold.
    pub expect: Expect,
    /// Which sentence of SPEC decides.
    pub why: String,
}

/// Positive, or a near miss beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseKind {
    /// Must be found.
    Positive,
    /// Must not be found.
    NearMiss,
}

/// A turn of a case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseTurn {
    /// Who speaks.
    pub role: Role,
    /// What is said.
    pub text: String,
    /// Seconds after the clock.
    #[serde(default)]
    pub at_s: i64,
    /// Message id.
    pub id: Option<String>,
}

/// What a verdict must be; what is left out may be anything.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the names are those of the verdict")]
pub struct Expect {
    pub category: Option<String>,
    pub no_category: Option<String>,
    pub message_tier: Option<u8>,
    pub min_tier: Option<u8>,
    pub max_tier: Option<u8>,
    pub tier: Option<u8>,
    pub refer: Option<bool>,
    pub subject: Option<String>,
    pub denied: Option<bool>,
    pub band: Option<String>,
    pub coppa: Option<bool>,
    pub conflict: Option<bool>,
    pub mode: Option<String>,
    pub prior_peak_tier: Option<u8>,
    pub peak_tier: Option<u8>,
}

/// Reads cases, one JSON object a line.
///
/// # Errors
/// A message with file and line.
pub fn read_lines(path: &Path) -> Result<Vec<Case>, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty());
    lines
        .map(|(i, line)| serde_json::from_str(line).map_err(|e| format!("{}:{}: {e}", path.display(), i + 1)))
        .collect()
}

impl Case {
    /// The verdict that the case is about.
    ///
    /// # Errors
    /// A message when the case itself is wrong.
    pub fn run(&self, guard: &Guard) -> Result<Verdict, String> {
        let start = self.clock.as_deref().map(Timestamp::parse).transpose().map_err(|e| format!("{}: {e}", self.id))?;
        let single = self.text.iter().map(|t| CaseTurn { role: Role::User, text: t.clone(), at_s: 0, id: None });
        let turns: Vec<CaseTurn> = single.chain(self.turns.iter().cloned()).collect();
        let wanted = self.expect_at.unwrap_or(turns.len().saturating_sub(1));
        let start = start.or_else(|| (turns.len() > 1).then(|| Timestamp::from_seconds(1_772_388_000)));
        let mut conversation = Conversation::new();
        let mut verdicts = Vec::new();
        for written in &turns {
            let mut turn = Turn::new(written.role, &written.text);
            if let Some(start) = start {
                turn = turn.at(start.plus_seconds(written.at_s));
            }
            if let Some(tag) = &self.locale {
                turn = turn.locale(tag);
            }
            if let Some(id) = &written.id {
                turn = turn.id(id);
            }
            verdicts.push(guard.check(&mut conversation, &turn));
        }
        verdicts.into_iter().nth(wanted).ok_or_else(|| format!("{}: no turn {wanted}", self.id))
    }

    /// What does not hold; empty when the case passes.
    ///
    /// # Errors
    /// A message when the case itself is wrong.
    pub fn check(&self, guard: &Guard) -> Result<Vec<String>, String> {
        Ok(self.expect.failures(&self.run(guard)?))
    }
}

impl Expect {
    /// What the verdict does not meet.
    #[must_use]
    pub fn failures(&self, v: &Verdict) -> Vec<String> {
        let mut failed = Vec::new();
        let tier = v.message_tier.number();
        let matches = |id: &str, wanted: &str| id == wanted || wanted.ends_with('/') && id.starts_with(wanted);
        if let Some(wanted) = &self.category {
            let is_there = if self.denied == Some(true) {
                v.findings.iter().any(|f| matches(f.category.as_str(), wanted) && f.denied)
            } else {
                v.categories.iter().any(|c| matches(c.as_str(), wanted))
            };
            if !is_there {
                let found: Vec<&str> = v.categories.iter().map(safeturn::Category::as_str).collect();
                failed.push(format!("category {wanted}, found {found:?}"));
            }
        }
        if let Some(banned) = &self.no_category {
            let is_family = |id: &str| !banned.contains('/') && id.starts_with(&format!("{banned}/"));
            if v.categories.iter().any(|c| matches(c.as_str(), banned) || is_family(c.as_str())) {
                failed.push(format!("no {banned}"));
            }
        }
        let mut number = |name: &str, wanted: Option<u8>, holds: &dyn Fn(u8) -> bool, found: u8| {
            if let Some(w) = wanted.filter(|w| !holds(*w)) {
                failed.push(format!("{name} {w}, found {found}"));
            }
        };
        number("message_tier", self.message_tier, &|w| w == tier, tier);
        number("min_tier", self.min_tier, &|w| tier >= w, tier);
        number("max_tier", self.max_tier, &|w| tier <= w, tier);
        number("tier", self.tier, &|w| v.tier.number() == w, v.tier.number());
        number("peak_tier", self.peak_tier, &|w| v.peak_tier.number() == w, v.peak_tier.number());
        number(
            "prior_peak_tier",
            self.prior_peak_tier,
            &|w| v.prior_peak_tier.number() == w,
            v.prior_peak_tier.number(),
        );
        let mut same = |name: &str, wanted: Option<String>, found: String| {
            if let Some(w) = wanted.filter(|w| *w != found) {
                failed.push(format!("{name} {w}, found {found}"));
            }
        };
        same("refer", self.refer.map(|b| b.to_string()), v.refer.to_string());
        same("band", self.band.clone(), v.age.band.as_str().to_owned());
        same("coppa", self.coppa.map(|b| b.to_string()), v.age.coppa.to_string());
        same("conflict", self.conflict.map(|b| b.to_string()), v.age.conflict.to_string());
        let mode = serde_json::to_value(v.mode).ok().and_then(|m| m.as_str().map(str::to_owned)).unwrap_or_default();
        same("mode", self.mode.clone(), mode);
        if let Some(wanted) = &self.subject {
            let of_category =
                |f: &&safeturn::Finding| self.category.as_ref().is_none_or(|c| matches(f.category.as_str(), c));
            let name = |f: &safeturn::Finding| match f.subject {
                safeturn::Subject::Own => "self",
                safeturn::Subject::Other => "other",
                safeturn::Subject::Unknown => "unknown",
            };
            if !v.findings.iter().filter(of_category).any(|f| name(f) == wanted) {
                failed.push(format!("subject {wanted}"));
            }
        }
        failed
    }
}
