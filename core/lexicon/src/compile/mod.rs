//! Takes a folder of TOML data; gives a [`Table`], or every mistake in the data with its file and line.
//!
//! Runs when the engine is built, never on a user's machine. See CONTRIBUTING for the pattern language.

mod check;
mod pattern;
mod source;
mod vocabulary;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use crate::table::{FORMAT_VERSION, NO_GATE, Pattern, Role, Table, class};

/// One mistake in the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// File, relative to the data folder.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What is wrong and what was expected.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// Compiles the data folder: `categories.toml`, `languages.toml`, `fuzzy.toml`, `ordinary/*.txt`, `lexicons/<lang>/*.toml`.
///
/// # Errors
/// All mistakes found, in file order.
pub fn compile(data: &Path) -> Result<Table, Vec<Mistake>> {
    compile_sources(source::read(data)?)
}

/// Compiles the data folder with more rules in it: each is a language, a file name and its TOML. For measuring growth.
///
/// # Errors
/// All mistakes found, in file order.
pub fn compile_with(data: &Path, more: &[(crate::Language, &str, &str)]) -> Result<Table, Vec<Mistake>> {
    let mut sources = source::read(data)?;
    for (language, name, text) in more {
        sources.add(*language, name, text)?;
    }
    compile_sources(sources)
}

fn compile_sources(sources: source::Sources) -> Result<Table, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let mut table = Table::default();
    table.version = FORMAT_VERSION;
    table.categories.clone_from(&sources.categories);
    table.constructs.clone_from(&sources.constructs);
    table.languages = sources.languages.iter().map(|l| l.0.clone()).collect();

    let classes = pattern::Classes::new(&sources, &mut mistakes);
    let mut parsed = Vec::new();
    for raw in &sources.rules {
        let rule = u16::try_from(table.rules.len()).unwrap_or(u16::MAX);
        table.rules.push(source::to_rule(raw, &sources, &mut mistakes));
        for (texts, role) in [(&raw.matches, Role::Match), (&raw.not, Role::Veto)] {
            for (line, text) in texts {
                match pattern::parse(text, raw.language, &classes) {
                    Ok(node) => parsed.push(Parsed { rule, role, line: *line, node }),
                    Err(message) => mistakes.push(Mistake { file: raw.file.clone(), line: *line, message }),
                }
            }
        }
    }
    let mut words = vocabulary::Vocabulary::new(&sources);
    for p in &parsed {
        words.add_node(&p.node);
    }
    let mut interner = pattern::Interner::default();
    for name in class::ENGINE {
        let set = classes.named_any(name);
        words.add_set(&set);
        table.engine_classes.push(interner.words(&set));
    }
    let mut seen = BTreeMap::new();
    for p in &parsed {
        let start = table.ops.len();
        pattern::emit(&p.node, &mut table.ops, &mut interner);
        let steps = table.ops.get(start..).unwrap_or_default().to_vec();
        let Some(rule) = table.rules.get(usize::from(p.rule)) else { continue };
        let is_negated = rule.is_negated || classes.has_negation(&p.node, rule.language);
        let (file, line) = (sources.rules.get(usize::from(p.rule)).map_or("", |r| r.file.as_str()), p.line);
        let key = (format!("{steps:?}"), format!("{:?}{:?}{:?}{:?}", rule.kind, rule.category, p.role, rule.language));
        let own = if p.role == Role::Veto { p.rule } else { u16::MAX };
        if let Some((at, line_before)) = seen.insert((key, own), (file.to_owned(), line)) {
            mistakes.push(Mistake {
                file: file.to_owned(),
                line,
                message: format!("the pattern is the same as the one at {at}:{line_before} after folding"),
            });
        }
        table.patterns.push(Pattern {
            rule: p.rule,
            role: p.role,
            has_candidate: p.node.has_candidate(),
            is_negated,
            gates: [NO_GATE; 3],
            start: to_u32(start),
            end: to_u32(table.ops.len()),
        });
    }
    let most = usize::from(u16::MAX);
    if table.patterns.len() > most || interner.len() > most || words.len() > most {
        mistakes.push(Mistake {
            file: String::new(),
            line: 0,
            message: "more than 65535 patterns, classes or words".into(),
        });
    }
    words.write(&mut table, &interner);
    table.index();
    check::anchors(&mut table, &parsed, &sources, &words, &mut mistakes);
    // Again, now that anchors and gates are known.
    table.index();
    check::examples(&table, &sources, &mut mistakes);
    if mistakes.is_empty() {
        Ok(table)
    } else {
        mistakes.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Err(mistakes)
    }
}

/// A pattern on its way into the table.
struct Parsed {
    rule: u16,
    role: Role,
    line: usize,
    node: pattern::Node,
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
