//! Takes a tree; gives a policy, or the first mistake in the order of the file, with its line.
//!
//! Says what key has what type. What a value may be is said in [`limits`](super::limits).

use crate::error::{Error, ErrorKind};

use super::limits::{self, FLAGS, NUMBERS, invalid, key};
use super::tree::{self, Entry, Node, Value};
use super::{
    AgeRules, CategoryRules, ConversationRules, CustomCategory, InputRules, Policy, Profile, ReferRules, ResponseRules,
    Sensitivity,
};

/// Keys of a policy; those of the tables among them are in `limits`.
const KEYS: [&str; 12] = [
    "name",
    "extends",
    "sensitivity",
    "input",
    "conversation",
    "refer",
    "age",
    "response",
    "category",
    "allow",
    "custom",
    "shadow",
];

/// Reads a whole file.
pub(super) fn read(root: &Node, file: &str) -> Result<Policy, Error> {
    Reader { file, prefix: "" }.policy("policy", root, Profile::Companion)
}

/// The policy of a profile, out of its file.
pub(super) fn profile(profile: Profile) -> Policy {
    let mut policy = blank(profile);
    // INVARIANT: the files of profiles are compiled in and tested, so this cannot fail; if it did, `blank` is a valid
    // policy with every floor held.
    let file = profile.as_str();
    if let Ok(root) = tree::from_toml(profile.source(), file) {
        let reader = Reader { file, prefix: "" };
        let read = reader.table("policy", &root).and_then(|entries| reader.fill(&mut policy, entries));
        return read.map_or_else(|_| blank(profile), |()| policy);
    }
    policy
}

/// Values to start a profile's file from, which sets all of them: those of the profile `companion`.
fn blank(profile: Profile) -> Policy {
    Policy {
        name: profile.as_str().to_owned(),
        extends: profile,
        sensitivity: Sensitivity::Balanced,
        input: InputRules { max_text_bytes: 1_048_576 },
        conversation: ConversationRules {
            crisis_turns: 6,
            crisis_minutes: 30,
            session_idle_minutes: 720,
            adding_up_constructs: 3,
            adding_up_turns: 20,
            adding_up_minutes: 120,
        },
        refer: ReferRules { past_self_harm: true },
        age: AgeRules { senior_from: 65 },
        response: ResponseRules {
            review_from_tier: 3,
            suggest_guardian: false,
            suggest_trusted_contact: true,
            safeguarding_review: true,
            pause_payment_advice: true,
        },
        category: std::collections::BTreeMap::new(),
        allow: Vec::new(),
        custom: Vec::new(),
        shadow: None,
    }
}

/// Where we are: the file, and whether inside the shadow.
struct Reader<'a> {
    file: &'a str,
    prefix: &'static str,
}

impl Reader<'_> {
    fn policy(&self, path: &str, node: &Node, default: Profile) -> Result<Policy, Error> {
        let entries = self.table(path, node)?;
        let mut policy = Policy::profile(self.extends(entries)?.unwrap_or(default));
        self.fill(&mut policy, entries)?;
        Ok(policy)
    }

    fn extends(&self, entries: &[Entry]) -> Result<Option<Profile>, Error> {
        let Some(entry) = entries.iter().find(|entry| entry.key == "extends") else { return Ok(None) };
        let path = self.path("extends");
        let name = self.text(&path, &entry.node)?;
        let names = Profile::ALL.map(|profile| format!("`{}`", profile.as_str())).join(", ");
        let unknown = |_| invalid(&path, &format!("one of {names}"), "another name");
        Profile::parse(name).map(Some).map_err(unknown).map_err(self.at(entry.node.line))
    }

    fn sensitivity(&self, path: &str, node: &Node) -> Result<Sensitivity, Error> {
        let name = self.text(path, node)?;
        let found = Sensitivity::ALL.into_iter().find(|s| s.as_str() == name);
        let names = Sensitivity::ALL.map(|s| format!("`{}`", s.as_str())).join(", ");
        found.ok_or_else(|| invalid(path, &format!("one of {names}"), "another name")).map_err(self.at(node.line))
    }

    fn fill(&self, policy: &mut Policy, entries: &[Entry]) -> Result<(), Error> {
        for Entry { key: name, line, node } in entries {
            let path = self.path(&key(name));
            match name.as_str() {
                "extends" => {} // read first: the other values come on top of it
                "name" => policy.name = self.text(&path, node)?.to_owned(),
                "sensitivity" => policy.sensitivity = self.sensitivity(&path, node)?,
                "input" | "conversation" | "refer" | "age" | "response" => self.section(policy, name, node)?,
                "category" => self.categories(policy, &path, node)?,
                "allow" => policy.allow = self.phrases(&path, node)?,
                "custom" => {
                    policy.custom = self.custom(&path, node)?;
                    limits::check_custom(&path, &policy.custom).map_err(self.at(*line))?;
                }
                "shadow" if !self.prefix.is_empty() => return Err(self.at(*line)(limits::nested_shadow(&path))),
                "shadow" => {
                    let reader = Reader { file: self.file, prefix: "shadow." };
                    policy.shadow = Some(Box::new(reader.policy(&path, node, policy.extends)?));
                }
                _ => return Err(self.unknown(&path, &KEYS, *line)),
            }
        }
        Ok(())
    }

    /// A table whose keys are all in `NUMBERS` and `FLAGS`.
    fn section(&self, policy: &mut Policy, section: &str, node: &Node) -> Result<(), Error> {
        for Entry { key: name, line, node } in self.table(&self.path(section), node)? {
            let local = format!("{section}.{}", key(name));
            let path = self.path(&local);
            if let Some(number) = NUMBERS.iter().find(|number| number.path == local) {
                let found = self.integer(&path, &number.expected(), node)?;
                let n = number.check(&path, found).map_err(self.at(node.line))?;
                (number.set)(policy, n);
            } else if let Some(flag) = FLAGS.iter().find(|flag| flag.path == local) {
                (flag.set)(policy, self.flag(&path, node)?);
            } else {
                let paths = NUMBERS.iter().map(|number| number.path).chain(FLAGS.iter().map(|flag| flag.path));
                let keys: Vec<_> = paths.filter_map(|path| path.strip_prefix(section)?.strip_prefix('.')).collect();
                return Err(self.unknown(&path, &keys, *line));
            }
        }
        Ok(())
    }

    fn categories(&self, policy: &mut Policy, path: &str, node: &Node) -> Result<(), Error> {
        for Entry { key: id, node, .. } in self.table(path, node)? {
            let rules = self.category(&format!("{path}.{}", key(id)), id, node)?;
            policy.category.insert(id.clone(), rules);
        }
        Ok(())
    }

    fn category(&self, path: &str, id: &str, node: &Node) -> Result<CategoryRules, Error> {
        let mut rules = CategoryRules::default();
        for Entry { key: name, line, node } in self.table(path, node)? {
            let inner = format!("{path}.{}", key(name));
            match name.as_str() {
                "max_tier" => rules.max_tier = Some(self.tier(&inner, node)?),
                "min_tier" => rules.min_tier = Some(self.tier(&inner, node)?),
                "min_confidence" => rules.min_confidence = Some(self.number(&inner, "a number from 0 to 1", node)?),
                "review" => rules.review = Some(self.flag(&inner, node)?),
                _ => {
                    return Err(self.unknown(&inner, &["max_tier", "min_tier", "min_confidence", "review"], *line));
                }
            }
            // After every key, so that the line is that of the key that made it wrong.
            limits::check_category(path, id, &rules).map_err(self.at(node.line))?;
        }
        Ok(rules)
    }

    fn custom(&self, path: &str, node: &Node) -> Result<Vec<CustomCategory>, Error> {
        let items = self.list(path, "a list of tables", node)?;
        items.iter().enumerate().map(|(i, item)| self.custom_category(&format!("{path}[{i}]"), item)).collect()
    }

    fn custom_category(&self, path: &str, node: &Node) -> Result<CustomCategory, Error> {
        let (mut id, mut tier, mut refer, mut terms) = (None, None, false, None);
        for Entry { key: name, line, node } in self.table(path, node)? {
            let inner = format!("{path}.{}", key(name));
            match name.as_str() {
                "id" => {
                    let text = self.text(&inner, node)?;
                    limits::check_id(&inner, text).map_err(self.at(node.line))?;
                    id = Some(text.to_owned());
                }
                "tier" => tier = Some(self.tier(&inner, node)?),
                "refer" => refer = self.flag(&inner, node)?,
                "terms" => {
                    let phrases = self.phrases(&inner, node)?;
                    limits::check_terms(&inner, &phrases).map_err(self.at(node.line))?;
                    terms = Some(phrases);
                }
                _ => return Err(self.unknown(&inner, &["id", "tier", "refer", "terms"], *line)),
            }
        }
        let missing = |name: &str| self.at(node.line)(invalid(&format!("{path}.{name}"), "a value", "no such key"));
        Ok(CustomCategory {
            id: id.ok_or_else(|| missing("id"))?,
            tier: tier.ok_or_else(|| missing("tier"))?,
            refer,
            terms: terms.ok_or_else(|| missing("terms"))?,
        })
    }

    fn phrases(&self, path: &str, node: &Node) -> Result<Vec<String>, Error> {
        let mut phrases = Vec::new();
        for (i, item) in self.list(path, "a list of strings", node)?.iter().enumerate() {
            let inner = format!("{path}[{i}]");
            let phrase = self.text(&inner, item)?;
            limits::check_phrase(&inner, phrase).map_err(self.at(item.line))?;
            phrases.push(phrase.to_owned());
        }
        limits::check_phrases(path, &phrases).map_err(self.at(node.line))?;
        Ok(phrases)
    }

    fn tier(&self, path: &str, node: &Node) -> Result<u8, Error> {
        let found = self.integer(path, "an integer from 1 to 3", node)?;
        limits::check_tier(path, found).map_err(self.at(node.line))
    }

    /// The entries of a table. JSON lets a key stand twice and the last one win; a policy does not.
    fn table<'n>(&self, path: &str, node: &'n Node) -> Result<&'n [Entry], Error> {
        let Value::Table(entries) = &node.value else { return Err(self.wrong(path, "a table", node)) };
        let mut seen = std::collections::BTreeSet::new();
        match entries.iter().find(|entry| !seen.insert(&entry.key)) {
            Some(again) => {
                Err(self.at(again.line)(invalid(path, "each key once", &format!("{} again", key(&again.key)))))
            }
            None => Ok(entries),
        }
    }

    fn list<'n>(&self, path: &str, expected: &str, node: &'n Node) -> Result<&'n [Node], Error> {
        if let Value::List(items) = &node.value { Ok(items) } else { Err(self.wrong(path, expected, node)) }
    }

    fn text<'n>(&self, path: &str, node: &'n Node) -> Result<&'n str, Error> {
        if let Value::Text(text) = &node.value { Ok(text) } else { Err(self.wrong(path, "a string", node)) }
    }

    fn integer(&self, path: &str, expected: &str, node: &Node) -> Result<i64, Error> {
        if let Value::Integer(n) = node.value { Ok(n) } else { Err(self.wrong(path, expected, node)) }
    }

    fn number(&self, path: &str, expected: &str, node: &Node) -> Result<f64, Error> {
        match node.value {
            Value::Number(n) => Ok(n),
            Value::Integer(n) => Ok(n as f64),
            _ => Err(self.wrong(path, expected, node)),
        }
    }

    fn flag(&self, path: &str, node: &Node) -> Result<bool, Error> {
        if let Value::Flag(flag) = node.value { Ok(flag) } else { Err(self.wrong(path, "`true` or `false`", node)) }
    }

    fn path(&self, local: &str) -> String {
        format!("{}{local}", self.prefix)
    }

    fn wrong(&self, path: &str, expected: &str, node: &Node) -> Error {
        self.at(node.line)(invalid(path, expected, &node.found()))
    }

    fn unknown(&self, path: &str, keys: &[&str], line: usize) -> Error {
        let keys = keys.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let what = format!("`{path}`: expected one of {keys}, found an unknown key");
        self.at(line)(Error::new(ErrorKind::PolicyInvalid, what))
    }

    fn at(&self, line: usize) -> impl Fn(Error) -> Error {
        move |e| e.at(self.file, Some(line))
    }
}
