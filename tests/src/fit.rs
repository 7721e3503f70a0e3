//! Takes a fit case (messages, marks, options); gives what does not hold. Tokens are words, so that every language counts alike.

use std::collections::BTreeMap;

use safeturn::{Error, Fit, FitOptions, InsertKind, Mark, Message, TokenCounter, fit};
use serde::Deserialize;

/// Counts words between white space.
#[derive(Debug, Clone, Copy, Default)]
pub struct WordCounter;

impl TokenCounter for WordCounter {
    fn count(&self, text: &str) -> usize {
        text.split_ascii_whitespace().count()
    }

    fn name(&self) -> &'static str {
        "words"
    }
}

/// One written case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitCase {
    /// Unique id.
    pub id: String,
    /// What the host sends.
    pub messages: Vec<Message>,
    /// Marks by index.
    #[serde(default)]
    pub marks: BTreeMap<usize, Mark>,
    /// How to fit.
    pub options: FitOptions,
    /// What must hold.
    pub expect: FitExpect,
    /// The one reason.
    pub why: String,
}

/// What a fit must be; what is left out may be anything.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "the README of the cases explains them")]
pub struct FitExpect {
    pub kept: Option<Vec<usize>>,
    pub kept_reasons: Option<BTreeMap<usize, String>>,
    pub dropped_reasons: Option<BTreeMap<usize, String>>,
    pub notes: Option<Vec<String>>,
    pub note_texts: Option<Vec<String>>,
    pub replaces: Option<BTreeMap<String, Vec<usize>>>,
    pub summary: Option<bool>,
    pub positions: Option<Vec<usize>>,
    pub cut: Option<BTreeMap<usize, u64>>,
    pub output: Option<Vec<String>>,
    pub tokens_used: Option<u64>,
    pub tokens_free: Option<u64>,
    pub error: Option<String>,
    pub error_names: Option<Vec<String>>,
}

impl FitCase {
    /// What does not hold; empty when all does.
    #[must_use]
    pub fn check(&self) -> Vec<String> {
        let marks: Vec<Option<Mark>> = (0..self.messages.len()).map(|i| self.marks.get(&i).cloned()).collect();
        match fit(&self.messages, &marks, &self.options, &WordCounter) {
            Ok(fit) => self.check_fit(&fit),
            Err(error) => self.check_error(&error),
        }
    }

    fn check_error(&self, error: &Error) -> Vec<String> {
        let mut failures = Vec::new();
        if self.expect.error.as_deref() != Some(error.code()) {
            failures.push(format!("unexpected error {} ({error})", error.code()));
        }
        let message = error.to_string();
        for name in self.expect.error_names.iter().flatten().filter(|n| !message.contains(n.as_str())) {
            failures.push(format!("the error does not name `{name}`: {message}"));
        }
        failures
    }

    fn check_fit(&self, fit: &Fit) -> Vec<String> {
        let expect = &self.expect;
        let mut failures = Vec::new();
        let name = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let notes: Vec<_> = fit.inserted.iter().filter(|i| i.kind == InsertKind::Note).collect();
        let kept: Vec<usize> = fit.kept.iter().map(|k| k.index).collect();
        let kept_reasons = fit.kept.iter().map(|k| (k.index, name(serde_json::json!(k.reason))));
        let dropped_reasons = fit.dropped.iter().map(|d| (d.index, name(serde_json::json!(d.reason))));
        let output = fit.render(&self.messages, &WordCounter).unwrap_or_default();
        let families: Vec<String> = notes.iter().filter_map(|n| n.family.clone()).collect();
        let replaces = notes.iter().map(|n| (n.family.clone().unwrap_or_default(), n.replaces.clone())).collect();
        compare(&mut failures, "error", expect.error.as_ref(), &String::new());
        compare(&mut failures, "kept", expect.kept.as_ref(), &kept);
        compare(&mut failures, "kept_reasons", expect.kept_reasons.as_ref(), &kept_reasons.collect());
        compare(&mut failures, "dropped_reasons", expect.dropped_reasons.as_ref(), &dropped_reasons.collect());
        compare(&mut failures, "notes", expect.notes.as_ref(), &families);
        let texts = notes.iter().map(|n| n.text.clone()).collect();
        compare(&mut failures, "note_texts", expect.note_texts.as_ref(), &texts);
        compare(&mut failures, "replaces", expect.replaces.as_ref(), &replaces);
        let has_summary = fit.inserted.iter().any(|i| i.kind == InsertKind::Summary);
        compare(&mut failures, "summary", expect.summary.as_ref(), &has_summary);
        let positions = fit.inserted.iter().map(|i| i.position).collect();
        compare(&mut failures, "positions", expect.positions.as_ref(), &positions);
        let cut = fit.kept.iter().filter_map(|k| k.cut.map(|c| (k.index, c.tokens))).collect();
        compare(&mut failures, "cut", expect.cut.as_ref(), &cut);
        let texts = output.iter().map(|m| m.text().into_owned()).collect();
        compare(&mut failures, "output", expect.output.as_ref(), &texts);
        compare(&mut failures, "tokens_used", expect.tokens_used.as_ref(), &fit.tokens_used);
        compare(&mut failures, "tokens_free", expect.tokens_free.as_ref(), &fit.tokens_free);
        if fit.kept.len() + fit.dropped.len() != self.messages.len() {
            failures.push("a message is neither kept nor dropped, or both".to_owned());
        }
        failures
    }
}

fn compare<T: PartialEq + std::fmt::Debug>(failures: &mut Vec<String>, key: &str, expected: Option<&T>, found: &T) {
    if let Some(expected) = expected.filter(|e| *e != found) {
        failures.push(format!("{key}: expected {expected:?}, found {found:?}"));
    }
}
