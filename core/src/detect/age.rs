//! Takes the age rules' hits in a sentence; gives what the speaker claims about their own age.

use safeturn_lexicon::{AgeForm, Clause, Hit, Kind, Table, Word};
use safeturn_text::Kind as TokenKind;

/// Oldest age that is believed.
const OLDEST: u16 = 122;
/// Youngest age that can write at all.
const YOUNGEST: u16 = 3;

/// One statement about the speaker's age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AgeClaim {
    pub claim: Claim,
    /// Limited to locales with this prefix.
    pub locale: Option<String>,
}

/// What is claimed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    /// This age.
    Age(u16),
    /// This birth year.
    BirthYear(u16),
    /// Not yet this age.
    Under(u16),
    /// A grade or stage: lowest and highest age.
    Range(u8, u8),
    /// Context only: lowest and highest age.
    Context(u8, u8),
}

/// Appends the claims of one sentence. `ages` are hits of age rules; `all` holds the hits that take them back.
pub(super) fn read(table: &Table, clause: &Clause, ages: &[Hit], all: &[Hit], claims: &mut Vec<AgeClaim>) {
    if ages.is_empty() || claims.len() >= 16 {
        return;
    }
    let is_not_age = |hit: &&Hit| table.rule(hit.rule).is_some_and(|r| r.kind == Kind::NotAge);
    let taken: Vec<&Hit> = all.iter().filter(is_not_age).collect();
    for hit in ages {
        let Some(rule) = table.rule(hit.rule) else { continue };
        let Some(form) = rule.age_form else { continue };
        let words = clause.words.get(hit.start..hit.end).unwrap_or_default();
        let numbers = numbers(words);
        let Some(claim) = claim(form, rule.age, &numbers) else { continue };
        // What is not an age takes back the number it covers, or the whole claim when that has none.
        let is_covered = taken.iter().any(|t| match numbers.first() {
            Some((at, _)) => t.start <= hit.start + at && hit.start + at < t.end,
            None => t.start < hit.end && hit.start < t.end,
        });
        if !is_covered {
            claims.push(AgeClaim { claim, locale: rule.locale.clone() });
        }
    }
}

fn claim(form: AgeForm, range: Option<(u8, u8)>, numbers: &[(usize, u16)]) -> Option<Claim> {
    let first = numbers.first().map(|n| n.1);
    let believable = |age: u16| (YOUNGEST..=OLDEST).contains(&age).then_some(age);
    Some(match form {
        AgeForm::Number => Claim::Age(believable(first?)?),
        AgeForm::Next => Claim::Age(believable(first?.checked_sub(1)?)?),
        AgeForm::Under => Claim::Under(believable(first?)?),
        AgeForm::BirthYear => Claim::BirthYear(year(numbers)?),
        AgeForm::Shifted => {
            // "a year ago", "a couple of years ago" hold no number: the rule says how many.
            let years = numbers.get(1).map(|n| n.1).or(range.map(|r| u16::from(r.0)))?;
            Claim::Age(believable(first?.checked_add(years)?)?)
        }
        AgeForm::Range => Claim::Range(range?.0, range?.1),
        AgeForm::Decade => {
            let low = u8::try_from(first.or(range.map(|r| u16::from(r.0)))?).ok()?;
            Claim::Range(low, low.saturating_add(9))
        }
        AgeForm::Context => Claim::Context(range?.0, range?.1),
    })
}

/// The year among the numbers of a date: the first of four digits, else "nineteen eighty", "two thousand and nine", else the last.
fn year(numbers: &[(usize, u16)]) -> Option<u16> {
    if let Some((_, year)) = numbers.iter().find(|n| (1900..2100).contains(&n.1)) {
        return Some(*year);
    }
    let last = numbers.last()?.1;
    let century = numbers.len().checked_sub(2).and_then(|at| numbers.get(at)).map(|n| n.1);
    match century {
        Some(19) if last >= 13 => Some(1900 + last),
        Some(20) if (10..30).contains(&last) => Some(2000 + last),
        Some(2) if numbers.len() == 2 && last < 30 => Some(2000 + last),
        _ => Some(last),
    }
}

/// Numbers in a match, "twenty two" read as one: position of the first word, value.
fn numbers(words: &[Word]) -> Vec<(usize, u16)> {
    let mut found: Vec<(usize, u16)> = Vec::new();
    let mut tens: Option<usize> = None;
    for (at, word) in words.iter().enumerate() {
        let Some(value) = word.value else {
            tens = None;
            continue;
        };
        let is_spelled = word.kind == TokenKind::Word;
        if is_spelled && value < 10 && tens == at.checked_sub(1) && tens.is_some() {
            if let Some(last) = found.last_mut() {
                last.1 += value;
            }
            tens = None;
            continue;
        }
        if is_spelled && value < 2 {
            continue;
        }
        tens = (is_spelled && value >= 20 && value % 10 == 0).then_some(at);
        found.push((at, value));
    }
    found
}
