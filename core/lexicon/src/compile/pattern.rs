//! Takes the text of a pattern; gives its tree, and the steps of the table.
//!
//! ```text
//! word          the word, in any spelling that folds to it      <class>   a word list by name
//! begin*        any word beginning so (four letters or more)    a|b|<c>   one of them (outside brackets)
//! verb+         the word and its regular English forms (kick+: kick, kicks, kicked, kicking, kickin)
//! x?            may be left out                                 (a|b c)   `a` or `b c`: inside brackets every bar parts sequences
//! ..            up to three words between, no comma             ..5       up to five
//! ~             up to three words, commas too                   ~5        up to five
//! !x            one word that is not x                          ^ $       start, end of the sentence part
//! @             the candidate (context rules only)             %         the candidate, not entered at a subject word
//! ```

use std::collections::{BTreeMap, BTreeSet};

use safeturn_text::{Tokenizer, Unit, fold};

use super::Mistake;
use super::source::Sources;
use crate::rule::Language;
use crate::table::{Op, class};

/// A word as the vocabulary knows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    Exact(String),
    Prefix(String),
}

pub(super) type Set = BTreeSet<Key>;

/// A pattern as a tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    Token(Class),
    Special(u16),
    Not(Set),
    NotSpecial(u16),
    Gap { most: u8, is_crossing: bool },
    Optional(Box<Node>),
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    Start,
    End,
    Candidate { skips_subject: bool },
}

impl Node {
    pub(super) fn has_candidate(&self) -> bool {
        match self {
            Self::Candidate { .. } => true,
            Self::Optional(inner) => inner.has_candidate(),
            Self::Sequence(list) | Self::Either(list) => list.iter().any(Self::has_candidate),
            _ => false,
        }
    }
}

/// A class: single words and phrases of several.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Class {
    pub words: Set,
    pub phrases: BTreeSet<Vec<Key>>,
}

impl Class {
    fn of_words(words: impl IntoIterator<Item = Key>) -> Self {
        Self { words: words.into_iter().collect(), phrases: BTreeSet::new() }
    }

    fn add(&mut self, other: Self) {
        self.words.extend(other.words);
        self.phrases.extend(other.phrases);
    }

    fn is_in(&self, negations: &Set) -> bool {
        let holds_one = |phrase: &Vec<Key>| phrase.iter().any(|k| negations.contains(k));
        !(self.words.is_empty() && self.phrases.is_empty())
            && self.words.is_subset(negations)
            && self.phrases.iter().all(holds_one)
    }
}

/// All named classes, with references resolved.
pub(super) struct Classes {
    named: BTreeMap<(Option<Language>, String), Class>,
}

/// Spellings without an apostrophe that are words of their own.
const AMBIGUOUS: [&str; 12] =
    ["were", "ill", "hell", "shell", "well", "wed", "id", "shed", "whore", "wont_", "hed_", "lets_"];

/// The vocabulary key of one folded token.
fn key_of(token: &str) -> Key {
    let lower = token.to_ascii_lowercase();
    let bare: String = lower.chars().filter(|c| *c != '\'').collect();
    if bare != lower && !AMBIGUOUS.contains(&bare.as_str()) { Key::Exact(bare) } else { Key::Exact(lower) }
}

/// The tokens that a written word or phrase becomes.
pub(super) fn keys(text: &str) -> Vec<Key> {
    if let Some(beginning) = text.strip_suffix('*').filter(|b| !b.contains(' ')) {
        return vec![Key::Prefix(fold(beginning).text().to_ascii_lowercase())];
    }
    let folded = fold(text);
    let mut tokenizer = Tokenizer::new(folded.text());
    let mut unit = Unit::default();
    let mut found = Vec::new();
    while tokenizer.next_unit(&mut unit) {
        for token in &unit.tokens {
            let part = folded.text().get(token.start as usize..token.end as usize).unwrap_or_default();
            // "1st", "17f": a number and its unit, as the reader of texts splits them.
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, unit) = part.split_at_checked(digits).unwrap_or((part, ""));
            let is_unit = (1..=3).contains(&unit.len()) && unit.bytes().all(|b| b.is_ascii_alphabetic());
            if digits > 0 && is_unit {
                found.extend([key_of(number), key_of(unit)]);
            } else {
                found.push(key_of(part));
            }
        }
    }
    found
}

/// A regular English verb or noun in its forms. Irregular ones are listed by hand.
fn inflected(base: &str) -> Vec<String> {
    let base = fold(base).text().to_ascii_lowercase();
    let letters: Vec<char> = base.chars().collect();
    let is_vowel = |c: char| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u');
    let mut forms = vec![base.clone()];
    let mut add = |stem: &str, endings: &[&str]| forms.extend(endings.iter().map(|e| format!("{stem}{e}")));
    match letters.as_slice() {
        [stem @ .., 'i', 'e'] => {
            let stem: String = stem.iter().collect();
            add(&base, &["s", "d"]);
            add(&stem, &["ying", "yin"]);
        }
        [stem @ .., 'e'] => {
            let stem: String = stem.iter().collect();
            add(&base, &["s", "d"]);
            add(&stem, &["ing", "in"]);
        }
        [stem @ .., before, 'y'] if !is_vowel(*before) => {
            let stem: String = stem.iter().chain([before]).collect();
            add(&stem, &["ies", "ied"]);
            add(&base, &["ing", "in"]);
        }
        [stem @ .., vowel, last]
            if is_vowel(*vowel)
                && !is_vowel(*last)
                && !matches!(last, 'w' | 'x' | 'y')
                && !stem.last().copied().is_some_and(is_vowel)
                && stem.iter().filter(|c| is_vowel(**c)).count() == 0 =>
        {
            add(&base, &["s"]);
            add(&format!("{base}{last}"), &["ed", "ing", "in"]);
        }
        [.., 's' | 'x' | 'z'] | [.., 'c' | 's', 'h'] => add(&base, &["es", "ed", "ing", "in"]),
        _ => add(&base, &["s", "ed", "ing", "in"]),
    }
    forms
}

impl Classes {
    pub(super) fn new(sources: &Sources, mistakes: &mut Vec<Mistake>) -> Self {
        let mut classes = Self { named: BTreeMap::new() };
        for key in sources.classes.keys() {
            let mut path = Vec::new();
            let resolved = resolve(key, sources, &mut path, mistakes);
            classes.named.insert(key.clone(), resolved);
        }
        classes
    }

    fn get(&self, language: Language, name: &str) -> Option<&Class> {
        self.named.get(&(Some(language), name.to_owned())).or_else(|| self.named.get(&(None, name.to_owned())))
    }

    /// Words of that class name in all languages together.
    pub(super) fn named_any(&self, name: &str) -> Set {
        self.named.iter().filter(|((_, n), _)| n == name).flat_map(|(_, c)| c.words.iter().cloned()).collect()
    }

    /// Does the pattern require a word of negation?
    pub(super) fn has_negation(&self, node: &Node, language: Language) -> bool {
        let Some(not) = self.get(language, "not") else { return false };
        match node {
            Node::Token(class) => class.is_in(&not.words),
            Node::Sequence(list) => list.iter().any(|n| self.has_negation(n, language)),
            Node::Either(list) => list.iter().all(|n| self.has_negation(n, language)),
            _ => false,
        }
    }
}

fn resolve(
    key: &(Option<Language>, String),
    sources: &Sources,
    path: &mut Vec<String>,
    mistakes: &mut Vec<Mistake>,
) -> Class {
    let mut class = Class::default();
    let Some(source) = sources.classes.get(key) else { return class };
    if path.contains(&key.1) {
        let line = source.members.first().map_or(1, |m| m.0);
        let message = format!("class `{}` contains itself", key.1);
        mistakes.push(Mistake { file: source.file.clone(), line, message });
        return class;
    }
    path.push(key.1.clone());
    let mut seen = BTreeMap::new();
    for (line, member) in &source.members {
        let mut fail = |message: String| mistakes.push(Mistake { file: source.file.clone(), line: *line, message });
        if let Some(name) = member.strip_prefix('<').and_then(|m| m.strip_suffix('>')) {
            let own = (key.0, name.to_owned());
            let common = (None, name.to_owned());
            let target = if sources.classes.contains_key(&own) { own } else { common };
            if !sources.classes.contains_key(&target) {
                fail(format!("class `{}` refers to unknown class `{name}`", key.1));
                continue;
            }
            class.add(resolve(&target, sources, path, mistakes));
            continue;
        }
        if let Some(base) = member.strip_suffix('+').filter(|b| !b.contains(' ')) {
            class.words.extend(inflected(base).into_iter().map(|f| key_of(&f)));
            continue;
        }
        if member.contains(['<', '>', '|', '(', ')']) {
            fail(format!("`{member}` is a pattern; a class holds words, phrases and whole class names"));
            continue;
        }
        let member_keys = keys(member);
        if let Some(Key::Prefix(p)) = member_keys.first()
            && p.len() < 4
        {
            fail(format!("`{member}` is too short: a beginning has four letters or more"));
        }
        // Distinct spellings may share a key ("don't", "dont"); only the same text twice is a slip.
        if let Some(before) = seen.insert(member.clone(), *line) {
            fail(format!("`{member}` is already in class `{}`, line {before}", key.1));
        }
        match member_keys.as_slice() {
            [] => fail(format!("`{member}` holds no word")),
            [one] => {
                class.words.insert(one.clone());
            }
            _ => {
                class.phrases.insert(member_keys);
            }
        }
    }
    path.pop();
    class
}

/// Reads a pattern.
pub(super) fn parse(text: &str, language: Language, classes: &Classes) -> Result<Node, String> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0, depth: 0, language, classes };
    let node = parser.sequence()?;
    if parser.at < parser.chars.len() {
        return Err(format!("unexpected `{}` at column {}", parser.peek().unwrap_or(' '), parser.at + 1));
    }
    Ok(node)
}

struct Parser<'c> {
    chars: Vec<char>,
    at: usize,
    /// Open brackets: inside them every bar parts sequences.
    depth: usize,
    language: Language,
    classes: &'c Classes,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while self.peek() == Some(' ') {
            self.at += 1;
        }
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut items = Vec::new();
        loop {
            self.skip_spaces();
            match self.peek() {
                None | Some('|' | ')') => break,
                _ => items.push(self.item()?),
            }
        }
        if items.is_empty() {
            return Err("expected a word, a class or a gap".into());
        }
        Ok(Node::Sequence(items))
    }

    fn item(&mut self) -> Result<Node, String> {
        let node = match self.peek() {
            Some('^') => self.take(Node::Start),
            Some('$') => self.take(Node::End),
            Some('@') => self.take(Node::Candidate { skips_subject: false }),
            Some('%') => self.take(Node::Candidate { skips_subject: true }),
            Some('~') => {
                self.at += 1;
                Node::Gap { most: self.count()?, is_crossing: true }
            }
            Some('.') => {
                self.at += 1;
                if self.peek() != Some('.') {
                    return Err("a gap is written `..` or `..5`".into());
                }
                self.at += 1;
                Node::Gap { most: self.count()?, is_crossing: false }
            }
            Some('(') => self.group()?,
            Some('!') => {
                self.at += 1;
                match self.alternatives()? {
                    Node::Token(class) if class.phrases.is_empty() => Node::Not(class.words),
                    Node::Special(s) => Node::NotSpecial(s),
                    _ => return Err("`!` takes single words only".into()),
                }
            }
            _ => self.alternatives()?,
        };
        if self.peek() == Some('?') {
            self.at += 1;
            return Ok(Node::Optional(Box::new(node)));
        }
        Ok(node)
    }

    fn take(&mut self, node: Node) -> Node {
        self.at += 1;
        node
    }

    fn count(&mut self) -> Result<u8, String> {
        let mut digits = String::new();
        while let Some(c) = self.peek().filter(char::is_ascii_digit) {
            digits.push(c);
            self.at += 1;
        }
        if digits.is_empty() {
            return Ok(3);
        }
        digits.parse().ok().filter(|n| *n <= 20).ok_or_else(|| format!("gap `{digits}` is larger than 20"))
    }

    fn group(&mut self) -> Result<Node, String> {
        self.at += 1;
        self.depth += 1;
        let mut branches = vec![self.sequence()?];
        while self.peek() == Some('|') {
            self.at += 1;
            branches.push(self.sequence()?);
        }
        if self.peek() != Some(')') {
            return Err("expected `)`".into());
        }
        self.at += 1;
        self.depth -= 1;
        Ok(merge(branches))
    }

    fn alternatives(&mut self) -> Result<Node, String> {
        let mut branches = Vec::new();
        loop {
            branches.push(self.atom()?);
            let joins = self.peek() == Some('|') && self.depth == 0;
            let is_word_next = joins && self.chars.get(self.at + 1).is_some_and(|c| !matches!(c, ' ' | '(' | ')'));
            if !is_word_next {
                break;
            }
            self.at += 1;
        }
        Ok(merge(branches))
    }

    fn atom(&mut self) -> Result<Node, String> {
        if self.peek() == Some('<') {
            return self.class_reference();
        }
        let mut word = String::new();
        while let Some(c) = self.peek().filter(|c| !matches!(c, ' ' | '|' | ')' | '(' | '?' | '<' | '>')) {
            word.push(c);
            self.at += 1;
        }
        if word.is_empty() {
            return Err(format!("unexpected `{}` at column {}", self.peek().unwrap_or(' '), self.at + 1));
        }
        if let Some(base) = word.strip_suffix('+') {
            return Ok(Node::Token(Class::of_words(inflected(base).into_iter().map(|f| key_of(&f)))));
        }
        let mut tokens = keys(&word);
        match tokens.as_slice() {
            [] => Err(format!("`{word}` holds no word")),
            [Key::Prefix(p)] if p.len() < 4 => {
                Err(format!("`{word}` is too short: a beginning has four letters or more"))
            }
            [_] => Ok(Node::Token(Class::of_words(tokens.drain(..)))),
            _ => Ok(Node::Sequence(tokens.into_iter().map(|k| Node::Token(Class::of_words([k]))).collect())),
        }
    }

    fn class_reference(&mut self) -> Result<Node, String> {
        self.at += 1;
        let mut name = String::new();
        while let Some(c) = self.peek().filter(|c| *c != '>') {
            name.push(c);
            self.at += 1;
        }
        self.at += 1;
        if let Some((_, special)) = class::NAMES.iter().find(|(n, _)| *n == name) {
            return Ok(Node::Special(*special));
        }
        let Some(found) = self.classes.get(self.language, &name) else {
            return Err(format!("unknown class `{name}`"));
        };
        Ok(Node::Token(found.clone()))
    }
}

/// Branches of a group; words and plain phrases among them become one class.
fn merge(branches: Vec<Node>) -> Node {
    let mut class = Class::default();
    let mut others = Vec::new();
    for branch in branches {
        match branch {
            Node::Token(own) => class.add(own),
            Node::Sequence(mut list) if list.len() == 1 => match list.remove(0) {
                Node::Token(own) => class.add(own),
                other => others.push(other),
            },
            Node::Sequence(list) => match phrase_of(&list) {
                Some(phrase) => {
                    class.phrases.insert(phrase);
                }
                None => others.push(Node::Sequence(list)),
            },
            other => others.push(other),
        }
    }
    if class != Class::default() {
        others.insert(0, Node::Token(class));
    }
    if others.len() == 1 { others.remove(0) } else { Node::Either(others) }
}

/// The words of a sequence in which every step is one plain word.
fn phrase_of(list: &[Node]) -> Option<Vec<Key>> {
    let word = |node: &Node| match node {
        Node::Token(class) if class.phrases.is_empty() && class.words.len() == 1 => class.words.first().cloned(),
        _ => None,
    };
    list.iter().map(word).collect()
}

/// Numbers of word classes: equal ones share one.
#[derive(Default)]
pub(super) struct Interner {
    classes: BTreeMap<Class, u16>,
}

impl Interner {
    pub(super) fn class(&mut self, class: &Class) -> u16 {
        let next = u16::try_from(self.classes.len()).unwrap_or(u16::MAX).saturating_add(class::COUNT);
        *self.classes.entry(class.clone()).or_insert(next)
    }

    pub(super) fn words(&mut self, words: &Set) -> u16 {
        self.class(&Class::of_words(words.iter().cloned()))
    }

    pub(super) fn len(&self) -> usize {
        self.classes.len() + usize::from(class::COUNT)
    }

    pub(super) fn classes(&self) -> impl Iterator<Item = (&Class, u16)> {
        self.classes.iter().map(|(s, c)| (s, *c))
    }
}

/// Appends the steps of a pattern.
pub(super) fn emit(node: &Node, ops: &mut Vec<Op>, interner: &mut Interner) {
    let mut emitter = Emitter { ops, interner, is_free: true };
    emitter.node(node);
}

struct Emitter<'e> {
    ops: &'e mut Vec<Op>,
    interner: &'e mut Interner,
    /// The next token may stand after a weak break: at the start, after a crossing gap or a candidate.
    is_free: bool,
}

impl Emitter<'_> {
    fn node(&mut self, node: &Node) {
        let is_free = self.is_free;
        match node {
            Node::Token(class) => {
                let class = self.interner.class(class);
                self.step(Op::Token { class, is_free });
            }
            Node::Special(class) => self.step(Op::Token { class: *class, is_free }),
            Node::Not(set) => {
                let class = self.interner.words(set);
                self.step(Op::Not { class, is_free });
            }
            Node::NotSpecial(class) => self.step(Op::Not { class: *class, is_free }),
            Node::Gap { most, is_crossing } => {
                self.ops.push(Op::Gap { most: *most, is_crossing: *is_crossing });
                self.is_free = *is_crossing;
            }
            Node::Optional(inner) => {
                let at = self.ops.len();
                self.ops.push(Op::Optional { len: 0 });
                self.node(inner);
                let len = self.len_since(at);
                if let Some(op) = self.ops.get_mut(at) {
                    *op = Op::Optional { len };
                }
                self.is_free = is_free;
            }
            Node::Sequence(list) => list.iter().for_each(|n| self.node(n)),
            Node::Either(list) => self.either(list),
            Node::Start => self.ops.push(Op::Start),
            Node::End => self.ops.push(Op::End),
            Node::Candidate { skips_subject } => {
                self.ops.push(Op::Candidate { skips_subject: *skips_subject });
                self.is_free = false;
            }
        }
    }

    fn step(&mut self, op: Op) {
        self.ops.push(op);
        self.is_free = false;
    }

    fn either(&mut self, list: &[Node]) {
        let is_free = self.is_free;
        let head = self.ops.len();
        self.ops.push(Op::Either { count: 0, len: 0 });
        for branch in list {
            let at = self.ops.len();
            self.ops.push(Op::Branch { len: 0 });
            self.is_free = is_free;
            self.node(branch);
            let len = self.len_since(at);
            if let Some(op) = self.ops.get_mut(at) {
                *op = Op::Branch { len };
            }
        }
        let len = self.len_since(head);
        if let Some(op) = self.ops.get_mut(head) {
            *op = Op::Either { count: u8::try_from(list.len()).unwrap_or(u8::MAX), len };
        }
        self.is_free = false;
    }

    fn len_since(&self, at: usize) -> u16 {
        u16::try_from(self.ops.len() - at - 1).unwrap_or(u16::MAX)
    }
}
