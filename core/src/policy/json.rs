//! Takes JSON; gives the tree of [`tree`](super::tree), with lines.
//!
//! serde_json decides what is valid and reads every string and number; this file only walks the marks between them
//! and counts the lines, which serde_json does not keep.

use crate::error::{Error, ErrorKind};

use super::tree::{Entry, Node, Value};

pub(super) fn from_json(text: &str, file: &str) -> Result<Node, Error> {
    // Reading it whole also bounds the depth, and so the recursion below.
    serde_json::from_str::<serde_json::Value>(text).map_err(|e| {
        let place = format!(" at line {} column {}", e.line(), e.column());
        let what = e.to_string().replace(&place, "");
        let line = Some(e.line()).filter(|line| *line > 0);
        Error::new(ErrorKind::PolicyInvalid, format!("expected valid JSON, found: {what}")).at(file, line)
    })?;
    let mut walk = Walk { rest: text, line: 1 };
    // INVARIANT: the text is valid, so the walk finds a value.
    walk.node().ok_or_else(|| Error::new(ErrorKind::Internal, "cannot walk valid JSON").at(file, None))
}

/// Place in a text that is known to be valid JSON. `None` means that it was not.
struct Walk<'a> {
    rest: &'a str,
    line: usize,
}

impl<'a> Walk<'a> {
    fn node(&mut self) -> Option<Node> {
        self.skip_space();
        let line = self.line;
        let value = match self.rest.chars().next()? {
            '{' => Value::Table(self.items('{', '}', Self::entry)?),
            '[' => Value::List(self.items('[', ']', Self::node)?),
            '"' => Value::Text(self.string()?),
            _ => self.word()?,
        };
        Some(Node { line, value })
    }

    /// What stands between `open` and `close`, separated by commas.
    fn items<T>(&mut self, open: char, close: char, item: fn(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let mut items = Vec::new();
        self.mark(open)?;
        if self.mark(close).is_some() {
            return Some(items);
        }
        loop {
            items.push(item(self)?);
            if self.mark(',').is_none() {
                self.mark(close)?;
                return Some(items);
            }
        }
    }

    fn entry(&mut self) -> Option<Entry> {
        self.skip_space();
        let line = self.line;
        let key = self.string()?;
        self.mark(':')?;
        Some(Entry { key, line, node: self.node()? })
    }

    /// A string may hold an escaped quote, never a line break.
    fn string(&mut self) -> Option<String> {
        let mut escaped = true; // the opening quote does not end the string
        let end = self.rest.char_indices().find(|(_, c)| {
            let ends = *c == '"' && !escaped;
            escaped = *c == '\\' && !escaped;
            ends
        })?;
        serde_json::from_str(self.take(end.0 + 1)?).ok()
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> Option<Value> {
        let ends = |c: char| c.is_ascii_whitespace() || matches!(c, ',' | ']' | '}');
        let length = self.rest.find(ends).unwrap_or(self.rest.len());
        Some(match serde_json::from_str(self.take(length)?).ok()? {
            serde_json::Value::Bool(flag) => Value::Flag(flag),
            serde_json::Value::Number(n) => match n.as_i64() {
                Some(n) => Value::Integer(n),
                None => n.as_f64().map_or(Value::Other("a number out of reach"), Value::Number),
            },
            _ => Value::Other("null"),
        })
    }

    /// Passes over space and then `mark`, if it is there.
    fn mark(&mut self, mark: char) -> Option<()> {
        self.skip_space();
        self.rest = self.rest.strip_prefix(mark)?;
        Some(())
    }

    fn skip_space(&mut self) {
        let rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        let length = self.rest.len() - rest.len();
        self.line += self.rest.bytes().take(length).filter(|byte| *byte == b'\n').count();
        self.rest = rest;
    }

    fn take(&mut self, length: usize) -> Option<&'a str> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }
}
