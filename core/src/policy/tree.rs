//! Takes TOML; gives a tree of values that know their line. JSON gives the same tree, so that one reader serves both.

use toml::de::{DeTable, DeValue};

use crate::error::{Error, ErrorKind};

/// A value and the line it begins in, from 1.
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) value: Value,
}

/// What a policy file can hold.
pub(super) enum Value {
    Flag(bool),
    Integer(i64),
    /// Also an integer that does not fit.
    Number(f64),
    Text(String),
    List(Vec<Node>),
    /// In the order of the file.
    Table(Vec<Entry>),
    /// Something no key takes; its name for messages.
    Other(&'static str),
}

/// A key, its line, and what it stands for.
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) line: usize,
    pub(super) node: Node,
}

impl Node {
    /// What was found, for messages. Texts stay out of them.
    pub(super) fn found(&self) -> String {
        match &self.value {
            Value::Flag(flag) => format!("`{flag}`"),
            Value::Integer(n) => format!("`{n}`"),
            Value::Number(n) => format!("`{n}`"),
            Value::Text(_) => "a string".to_owned(),
            Value::List(_) => "a list".to_owned(),
            Value::Table(_) => "a table".to_owned(),
            Value::Other(name) => (*name).to_owned(),
        }
    }
}

pub(super) fn from_toml(text: &str, file: &str) -> Result<Node, Error> {
    let lines = Lines::of(text);
    let table = DeTable::parse(text).map_err(|e| {
        let first = e.message().lines().next().unwrap_or_default();
        let line = e.span().map(|span| lines.at(span.start));
        Error::new(ErrorKind::PolicyInvalid, format!("expected valid TOML, found: {first}")).at(file, line)
    })?;
    Ok(Node { line: 1, value: entries(table.get_ref(), &lines) })
}

/// Depth is bounded by the parser.
fn entries(table: &DeTable<'_>, lines: &Lines) -> Value {
    let mut pairs: Vec<_> = table.iter().collect();
    pairs.sort_by_key(|(key, _)| key.span().start);
    let entry = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
        let name: &std::borrow::Cow<'_, str> = key.get_ref();
        Entry { key: name.to_string(), line: lines.at(key.span().start), node: node(value, lines) }
    };
    Value::Table(pairs.into_iter().map(entry).collect())
}

fn node(value: &toml::Spanned<DeValue<'_>>, lines: &Lines) -> Node {
    let line = lines.at(value.span().start);
    let value = match value.get_ref() {
        DeValue::Boolean(flag) => Value::Flag(*flag),
        DeValue::Integer(n) => match i64::from_str_radix(n.as_str(), n.radix()) {
            Ok(n) => Value::Integer(n),
            Err(_) => Value::Other("an integer out of reach"),
        },
        DeValue::Float(n) => n.as_str().parse().map_or(Value::Other("a number out of reach"), Value::Number),
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Array(items) => Value::List(items.iter().map(|item| node(item, lines)).collect()),
        DeValue::Table(table) => entries(table, lines),
        DeValue::Datetime(_) => Value::Other("a date or time"),
    };
    Node { line, value }
}

/// Where the lines of a text end.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at).collect())
    }

    /// Line of the byte at `offset`, from 1.
    fn at(&self, offset: usize) -> usize {
        self.0.partition_point(|end| *end < offset) + 1
    }
}
