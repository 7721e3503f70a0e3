//! Takes one JSON line; gives one JSON line with its verdicts. Errors name the line and the fault, never the text.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use safeturn::{AgeBand, Conversation, Guard, Policy, Profile, Role, Timestamp, Turn, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::Stop;

/// Policies of lines that are kept ready at the same time.
const MAX_POLICIES: usize = 32;

#[derive(Deserialize)]
struct Line<'l> {
    id: Option<Value>,
    #[serde(borrow)]
    text: Option<Cow<'l, str>>,
    turns: Option<Vec<LineTurn<'l>>>,
    clock: Option<Cow<'l, str>>,
    locale: Option<Cow<'l, str>>,
    #[serde(borrow)]
    policy: Option<&'l RawValue>,
}

#[derive(Deserialize)]
struct LineTurn<'l> {
    #[serde(default)]
    role: Role,
    #[serde(borrow)]
    text: Cow<'l, str>,
    at_s: Option<f64>,
    id: Option<Cow<'l, str>>,
    #[serde(default)]
    age_signal: AgeBand,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<&'a Verdict>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdicts: Option<&'a [Verdict]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Fault>,
}

/// Why a line has no verdict.
#[derive(Serialize)]
struct Fault {
    code: &'static str,
    message: String,
}

/// Guards by policy: the one of the command line, and those that lines ask for.
pub(crate) struct Guards {
    own: Guard,
    others: Mutex<HashMap<String, Result<Arc<Guard>, String>>>,
}

impl Guards {
    pub(crate) fn new(policy: Policy) -> Result<Self, Stop> {
        Ok(Self { own: Guard::with_policy(policy)?, others: Mutex::new(HashMap::new()) })
    }

    fn of_line(&self, policy: &str) -> Result<Arc<Guard>, Fault> {
        let mut others = self.others.lock().unwrap_or_else(PoisonError::into_inner);
        if others.len() >= MAX_POLICIES && !others.contains_key(policy) {
            others.clear();
        }
        let built = others.entry(policy.to_owned()).or_insert_with(|| build(policy).map(Arc::new));
        built.clone().map_err(|message| Fault { code: "policy_invalid", message })
    }
}

/// A policy in a line: the name of a profile, or a policy as an object.
fn build(policy: &str) -> Result<Guard, String> {
    let named = serde_json::from_str::<String>(policy);
    let policy = match named {
        Ok(name) => match Profile::ALL.into_iter().find(|p| p.as_str() == name) {
            Some(profile) => Policy::profile(profile),
            None => return Err("`policy` is not the name of a profile".to_owned()),
        },
        Err(_) => Policy::from_json(policy, "policy").map_err(|e| e.to_string())?,
    };
    Guard::with_policy(policy).map_err(|e| e.to_string())
}

/// Checks one line and appends the answer with a line end; false when it was an error.
pub(crate) fn answer(guards: &Guards, number: usize, bytes: &[u8], out: &mut Vec<u8>) -> bool {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(e) => {
            let message = format!("the line is not UTF-8: byte {}", e.valid_up_to() + 1);
            return fail(out, None, number, Fault { code: "input_invalid", message });
        }
    };
    let repaired;
    let line: Line<'_> = match serde_json::from_str(text) {
        Ok(line) => line,
        Err(first) => {
            repaired = replace_lone_surrogates(text);
            match repaired.as_deref().map(serde_json::from_str) {
                Some(Ok(line)) => line,
                _ => return fail(out, id_of(text).as_ref(), number, fault(&first)),
            }
        }
    };
    let id = line.id.clone();
    match verdicts(guards, &line) {
        Ok(verdicts) => {
            let single = if line.turns.is_none() { verdicts.first() } else { None };
            let answer = Answer {
                id: id.as_ref(),
                line: id.is_none().then_some(number),
                verdict: single,
                verdicts: if single.is_none() { Some(&verdicts) } else { None },
                error: None,
            };
            write(out, &answer);
            true
        }
        Err(fault) => fail(out, id.as_ref(), number, fault),
    }
}

fn verdicts(guards: &Guards, line: &Line<'_>) -> Result<Vec<Verdict>, Fault> {
    let invalid = |message: &str| Fault { code: "input_invalid", message: message.to_owned() };
    let start = match line.clock.as_deref().map(Timestamp::parse) {
        Some(Ok(start)) => Some(start),
        Some(Err(e)) => return Err(Fault { code: e.code(), message: e.to_string() }),
        None => None,
    };
    let other = line.policy.map(|p| guards.of_line(p.get())).transpose()?;
    let guard = other.as_deref().unwrap_or(&guards.own);
    let mut conversation = Conversation::new();
    let mut check = |role: Role, text: &str, at_s: Option<f64>, id: Option<&str>, signal: AgeBand| {
        let mut turn = Turn::new(role, text).age_signal(signal);
        if let Some(tag) = line.locale.as_deref() {
            turn = turn.locale(tag);
        }
        if let Some(id) = id {
            turn = turn.id(id);
        }
        // Without a clock the seconds still tell how far apart turns are; years then say nothing.
        let base = start.or_else(|| at_s.map(|_| Timestamp::from_seconds(0)));
        if let Some(base) = base {
            turn = turn.at(base.plus_seconds(whole_seconds(at_s.unwrap_or(0.0))));
        }
        guard.check(&mut conversation, &turn)
    };
    match (&line.text, &line.turns) {
        (Some(_), Some(_)) => Err(invalid("expected `text` or `turns`, found both")),
        (None, None) => Err(invalid("expected `text` or `turns`, found neither")),
        (Some(text), None) => Ok(vec![check(Role::User, text, None, None, AgeBand::Unknown)]),
        (None, Some(turns)) => {
            Ok(turns.iter().map(|t| check(t.role, &t.text, t.at_s, t.id.as_deref(), t.age_signal)).collect())
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "`as` saturates; a clock needs whole seconds")]
fn whole_seconds(seconds: f64) -> i64 {
    seconds as i64
}

fn fail(out: &mut Vec<u8>, id: Option<&Value>, number: usize, fault: Fault) -> bool {
    let line = id.is_none().then_some(number);
    write(out, &Answer { id, line, verdict: None, verdicts: None, error: Some(fault) });
    false
}

fn write(out: &mut Vec<u8>, answer: &Answer<'_>) {
    // Writing to memory fails only when memory does.
    let _ = serde_json::to_writer(&mut *out, answer);
    out.push(b'\n');
}

/// What is wrong with a line, without a word of it: the parser's own messages quote what they found.
fn fault(error: &serde_json::Error) -> Fault {
    let message = match error.classify() {
        serde_json::error::Category::Data => {
            format!("column {}: expected an object with `text`, or with `turns` of `role` and `text`", error.column())
        }
        _ => format!("column {}: the line is not valid JSON", error.column()),
    };
    Fault { code: "input_invalid", message }
}

/// The id of a line that is JSON but of the wrong form.
fn id_of(text: &str) -> Option<Value> {
    serde_json::from_str::<Value>(text).ok()?.get("id").cloned()
}

/// Half of a surrogate pair cannot be text; it becomes U+FFFD, and the rest of the message is still read.
fn replace_lone_surrogates(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut replaced = false;
    while let Some(at) = rest.find("\\u") {
        let is_escaped = rest.bytes().take(at).rev().take_while(|b| *b == b'\\').count() % 2 == 1;
        let (head, tail) = rest.split_at_checked(at)?;
        out.push_str(head);
        let unit = if is_escaped { None } else { code_unit(tail) };
        let low = tail.get(6..).and_then(code_unit);
        let (piece, len) = match (unit, low) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => (tail.get(..12)?, 12),
            (Some(0xD800..=0xDFFF), _) => {
                replaced = true;
                ("\\ufffd", 6)
            }
            _ => ("\\u", 2),
        };
        out.push_str(piece);
        rest = tail.get(len..)?;
    }
    out.push_str(rest);
    replaced.then_some(out)
}

fn code_unit(text: &str) -> Option<u16> {
    u16::from_str_radix(text.strip_prefix("\\u")?.get(..4)?, 16).ok()
}

/// All of standard input as text; anything that is not UTF-8 is replaced.
pub(crate) fn read_all(mut from: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    Ok(text.trim_end_matches(['\n', '\r']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::replace_lone_surrogates;

    #[test]
    fn lone_surrogates_are_replaced_and_pairs_kept() {
        assert_eq!(replace_lone_surrogates(r#""a\ud83d b""#).as_deref(), Some(r#""a\ufffd b""#));
        assert_eq!(replace_lone_surrogates(r#""\ud83d\ude00""#), None);
        assert_eq!(replace_lone_surrogates(r#""\\ud83d""#), None);
    }
}
