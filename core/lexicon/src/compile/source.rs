//! Takes the data folder; gives its rules and lists with the line each came from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use toml::Spanned;

use super::Mistake;
use crate::rule::{AgeForm, Category, Kind, Language, Rule, Scope, Subject, Time};

/// Everything read from the data folder.
pub(super) struct Sources {
    pub categories: Vec<Category>,
    pub constructs: Vec<String>,
    /// Tag and function words, in the order of the bits.
    pub languages: Vec<(String, Vec<String>)>,
    pub fuzzy: Vec<String>,
    pub fuzzy_except: BTreeSet<String>,
    pub maskable: Vec<String>,
    /// Words per million of ordinary talk.
    pub frequencies: BTreeMap<String, u32>,
    /// File, line, sentence.
    pub ordinary: Vec<(String, usize, String)>,
    /// Name of a class by language; `None` is common to all.
    pub classes: BTreeMap<(Option<Language>, String), ClassSource>,
    pub numbers: BTreeMap<String, u16>,
    pub rules: Vec<RawRule>,
}

pub(super) struct ClassSource {
    pub file: String,
    pub members: Vec<(usize, String)>,
}

/// A rule as written.
pub(super) struct RawRule {
    pub file: String,
    pub line: usize,
    pub language: Language,
    pub stem: String,
    pub matches: Vec<(usize, String)>,
    pub not: Vec<(usize, String)>,
    pub yes: Vec<(usize, String)>,
    pub no: Vec<(usize, String)>,
    written: WrittenRule,
    file_category: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFile {
    category: Option<String>,
    #[serde(default)]
    class: BTreeMap<String, Spanned<Vec<Spanned<String>>>>,
    #[serde(default)]
    numbers: BTreeMap<String, u16>,
    #[serde(default)]
    rule: Vec<Spanned<WrittenRule>>,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
struct WrittenRule {
    id: String,
    #[serde(default = "finding")]
    kind: Kind,
    category: Option<String>,
    construct: Option<String>,
    tier: Option<u8>,
    past_tier: Option<u8>,
    minor_tier: Option<u8>,
    now_tier: Option<u8>,
    other_tier: Option<u8>,
    refer: Option<bool>,
    subject: Option<Subject>,
    time: Option<Time>,
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    of: Vec<String>,
    confidence: Option<f64>,
    #[serde(default)]
    negated: bool,
    #[serde(default)]
    undeniable: bool,
    #[serde(default)]
    never_excused: bool,
    #[serde(default)]
    hint: bool,
    age_form: Option<AgeForm>,
    age: Option<(u8, u8)>,
    locale: Option<String>,
    #[serde(default)]
    why: String,
    r#match: Vec<Spanned<String>>,
    #[serde(default)]
    not: Vec<Spanned<String>>,
    #[serde(default)]
    yes: Vec<Spanned<String>>,
    #[serde(default)]
    no: Vec<Spanned<String>>,
}

fn finding() -> Kind {
    Kind::Finding
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCategories {
    category: Vec<Spanned<WrittenCategory>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCategory {
    id: String,
    tier: u8,
    past_tier: Option<u8>,
    other_tier: Option<u8>,
    other_now_tier: Option<u8>,
    now_tier: Option<u8>,
    minor_tier: Option<u8>,
    hidden_tier: Option<u8>,
    #[serde(default)]
    refer: bool,
    #[serde(default)]
    about_other: bool,
    #[serde(default)]
    never_excused: bool,
    #[serde(default)]
    construct: String,
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLanguages {
    language: Vec<WrittenLanguage>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLanguage {
    tag: String,
    words: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFuzzy {
    misspelled: Vec<String>,
    except: Vec<String>,
    masked: Vec<String>,
}

fn mistake(file: &str, line: usize, message: impl Into<String>) -> Mistake {
    Mistake { file: file.to_owned(), line, message: message.into() }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|b| *b == b'\n').count() + 1
}

fn parse<T: for<'de> Deserialize<'de>>(file: &str, text: &str) -> Result<T, Vec<Mistake>> {
    toml::from_str(text).map_err(|e| {
        let line = e.span().map_or(1, |s| line_of(text, s.start));
        vec![mistake(file, line, e.message().replace('\n', " "))]
    })
}

fn read_file(data: &Path, name: &str) -> Result<String, Vec<Mistake>> {
    fs::read_to_string(data.join(name)).map_err(|e| vec![mistake(name, 0, e.to_string())])
}

pub(super) fn read(data: &Path) -> Result<Sources, Vec<Mistake>> {
    let text = read_file(data, "categories.toml")?;
    let written: WrittenCategories = parse("categories.toml", &text)?;
    let languages: WrittenLanguages = parse("languages.toml", &read_file(data, "languages.toml")?)?;
    let fuzzy: WrittenFuzzy = parse("fuzzy.toml", &read_file(data, "fuzzy.toml")?)?;
    let mut sources = Sources {
        categories: written.category.into_iter().map(|c| to_category(c.into_inner())).collect(),
        constructs: Vec::new(),
        languages: languages
            .language
            .into_iter()
            .map(|l| (l.tag, l.words.split_whitespace().map(str::to_owned).collect()))
            .collect(),
        fuzzy: fuzzy.misspelled,
        fuzzy_except: fuzzy.except.into_iter().collect(),
        maskable: fuzzy.masked,
        frequencies: BTreeMap::new(),
        ordinary: Vec::new(),
        classes: BTreeMap::new(),
        numbers: BTreeMap::new(),
        rules: Vec::new(),
    };
    for name in file_names(data, "frequency", "txt")? {
        let text = read_file(data, &name)?;
        for (index, line) in text.lines().enumerate().filter(|(_, l)| !l.starts_with('#')) {
            let entry = line.split_once(' ').and_then(|(word, share)| Some((word, share.parse::<u32>().ok()?)));
            let Some((word, share)) = entry else {
                return Err(vec![mistake(&name, index + 1, "expected a word and its share per million")]);
            };
            *sources.frequencies.entry(word.to_owned()).or_default() += share;
        }
    }
    for name in file_names(data, "ordinary", "txt")? {
        let text = read_file(data, &name)?;
        for (index, line) in text.lines().enumerate() {
            if !line.trim().is_empty() && !line.starts_with('#') {
                sources.ordinary.push((name.clone(), index + 1, line.to_owned()));
            }
        }
    }
    let folders = [
        ("common", None),
        ("en", Some(Language::En)),
        ("es", Some(Language::Es)),
        ("fr", Some(Language::Fr)),
        ("de", Some(Language::De)),
        ("pt", Some(Language::Pt)),
    ];
    let mut mistakes = Vec::new();
    for (folder, language) in folders {
        for name in file_names(data, &format!("lexicons/{folder}"), "toml")? {
            let text = read_file(data, &name)?;
            if let Err(more) = sources.add_text(language, &name, &text) {
                mistakes.extend(more);
            }
        }
    }
    let mut constructs: BTreeSet<String> = sources.categories.iter().map(|c| c.construct.clone()).collect();
    constructs.extend(sources.rules.iter().filter_map(|r| r.written.construct.clone()));
    constructs.remove("");
    sources.constructs = constructs.into_iter().collect();
    if mistakes.is_empty() { Ok(sources) } else { Err(mistakes) }
}

fn file_names(data: &Path, folder: &str, extension: &str) -> Result<Vec<String>, Vec<Mistake>> {
    let entries = match fs::read_dir(data.join(folder)) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(vec![mistake(folder, 0, e.to_string())]),
    };
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|n| n.rsplit_once('.').is_some_and(|(_, e)| e == extension))
        .map(|n| format!("{folder}/{n}"))
        .collect();
    names.sort();
    Ok(names)
}

impl Sources {
    /// Adds a file that is not in the data folder.
    pub(super) fn add(&mut self, language: Language, name: &str, text: &str) -> Result<(), Vec<Mistake>> {
        self.add_text(Some(language), name, text)
    }

    fn add_text(&mut self, language: Option<Language>, name: &str, text: &str) -> Result<(), Vec<Mistake>> {
        let file: WrittenFile = parse(name, text)?;
        let mut mistakes = Vec::new();
        let lines = |list: &[Spanned<String>]| -> Vec<(usize, String)> {
            list.iter().map(|s| (line_of(text, s.span().start), s.get_ref().clone())).collect()
        };
        for (class, members) in file.class {
            let line = line_of(text, members.span().start);
            let source = ClassSource { file: name.to_owned(), members: lines(members.get_ref()) };
            let key = (language, class.clone());
            if let Some(before) = self.classes.insert(key, source) {
                mistakes.push(mistake(name, line, format!("class `{class}` is already defined in {}", before.file)));
            }
        }
        self.numbers.extend(file.numbers);
        let stem = name.rsplit('/').next().unwrap_or(name).trim_end_matches(".toml").to_owned();
        for rule in file.rule {
            let line = line_of(text, rule.span().start);
            let written = rule.into_inner();
            self.rules.push(RawRule {
                file: name.to_owned(),
                line,
                language: language.unwrap_or(Language::En),
                stem: stem.clone(),
                matches: lines(&written.r#match),
                not: lines(&written.not),
                yes: lines(&written.yes),
                no: lines(&written.no),
                written,
                file_category: file.category.clone(),
            });
        }
        if mistakes.is_empty() { Ok(()) } else { Err(mistakes) }
    }
}

fn to_category(c: WrittenCategory) -> Category {
    let past_tier = c.past_tier.unwrap_or(c.tier);
    Category {
        past_tier,
        other_tier: c.other_tier.unwrap_or(c.tier.min(2)),
        other_now_tier: c.other_now_tier.unwrap_or(c.other_tier.unwrap_or(c.tier)),
        now_tier: c.now_tier.unwrap_or(c.tier),
        minor_tier: c.minor_tier.unwrap_or(c.tier),
        hidden_tier: c.hidden_tier.unwrap_or(c.tier.min(2)),
        refer: c.refer,
        is_about_other: c.about_other,
        is_never_excused: c.never_excused,
        construct: c.construct,
        tier: c.tier,
        id: c.id,
    }
}

/// The rule without its patterns; unknown names and bad ranges are mistakes.
pub(super) fn to_rule(raw: &RawRule, sources: &Sources, mistakes: &mut Vec<Mistake>) -> Rule {
    let w = &raw.written;
    let mut fail = |message: String| mistakes.push(mistake(&raw.file, raw.line, message));
    let language = format!("{:?}", raw.language).to_lowercase();
    let id = format!("{language}/{}/{}", raw.stem, w.id);
    if sources.rules.iter().any(|r| r.line < raw.line && r.file == raw.file && r.written.id == w.id) {
        fail(format!("rule `{}` is defined twice", w.id));
    }
    let find =
        |name: &String| sources.categories.iter().position(|c| &c.id == name).and_then(|i| u16::try_from(i).ok());
    let name = w.category.as_ref().or(raw.file_category.as_ref());
    let category = name.and_then(find);
    let needs_category = matches!(w.kind, Kind::Finding | Kind::Question);
    match name {
        Some(n) if category.is_none() => fail(format!("unknown category `{n}`")),
        None if needs_category => fail(format!("rule `{}` needs a category", w.id)),
        _ => {}
    }
    let mut of = Vec::new();
    for name in &w.of {
        let in_family = sources.categories.iter().enumerate().filter(|(_, c)| {
            c.id == *name || name.strip_suffix('/').is_some_and(|f| c.id.split('/').next() == Some(f))
        });
        let before = of.len();
        of.extend(in_family.filter_map(|(i, _)| u16::try_from(i).ok()));
        if of.len() == before {
            fail(format!("unknown category or family `{name}` in `of`; a family ends with a slash"));
        }
    }
    for tier in [w.tier, w.past_tier, w.minor_tier, w.now_tier, w.other_tier].into_iter().flatten() {
        if !(1..=3).contains(&tier) {
            fail(format!("tier `{tier}` is not 1, 2 or 3"));
        }
    }
    let confidence = w.confidence.unwrap_or(0.9);
    if !(0.0..=1.0).contains(&confidence) {
        fail(format!("confidence `{confidence}` is not from 0 to 1"));
    }
    if w.r#match.is_empty() {
        fail(format!("rule `{}` has no pattern", w.id));
    }
    let construct_name = w.construct.clone().or_else(|| {
        let c = category.and_then(|c| sources.categories.get(usize::from(c)))?;
        matches!(w.kind, Kind::Finding | Kind::Sign).then(|| c.construct.clone())
    });
    if w.kind == Kind::Sign && w.construct.is_none() {
        fail(format!("sign `{}` needs a construct", w.id));
    }
    if w.kind == Kind::Age && w.age_form.is_none() {
        fail(format!("age rule `{}` needs an age_form", w.id));
    }
    Rule {
        id,
        kind: w.kind,
        language: raw.language,
        category,
        construct: construct_name
            .and_then(|n| sources.constructs.iter().position(|c| *c == n))
            .and_then(|i| u16::try_from(i).ok()),
        tier: w.tier,
        past_tier: w.past_tier,
        minor_tier: w.minor_tier,
        now_tier: w.now_tier,
        other_tier: w.other_tier,
        refer: w.refer,
        subject: w.subject,
        time: w.time,
        scope: w.scope,
        of,
        confidence: thousandths(confidence),
        is_negated: w.negated,
        is_undeniable: w.undeniable,
        is_never_excused: w.never_excused,
        is_hint: w.hint,
        age_form: w.age_form,
        age: w.age,
        locale: w.locale.clone(),
        why: w.why.clone(),
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000 by the check above")]
fn thousandths(confidence: f64) -> u16 {
    (confidence.clamp(0.0, 1.0) * 1000.0).round() as u16
}
