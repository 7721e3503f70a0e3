//! Takes nothing; gives the types in which categories and rules are written down.

use serde::{Deserialize, Serialize};

/// What a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Finds a category.
    Finding,
    /// A weak sign: counts only towards adding up over a conversation.
    Sign,
    /// A figure of speech: suppresses findings that overlap its span.
    Figurative,
    /// Cancels a figure of speech nearby ("I mean it").
    Sincere,
    /// Denies the candidate `@`.
    Denied,
    /// Looks like a denial of `@` and is none ("can't stop thinking of @").
    NotDenied,
    /// The candidate `@` is about someone else.
    Other,
    /// The candidate `@` is about the speaker after all.
    Own,
    /// The candidate `@` lies in the past.
    Past,
    /// Recent enough to count as now ("last week").
    Recent,
    /// The candidate is happening now or within hours.
    Now,
    /// The candidate lies ahead ("tomorrow").
    Soon,
    /// Invented text: stories, lyrics, role-play, games.
    Fiction,
    /// Somebody's words are repeated.
    Quoted,
    /// Study, news, prevention, clinical or technical talk.
    Educational,
    /// "What if", "would you rather".
    Hypothetical,
    /// The speaker steps out of a story ("like me").
    Drift,
    /// Raises findings of the families in `of` to tier 3.
    Raise,
    /// An age of the speaker.
    Age,
    /// Looks like an age of the speaker and is none.
    NotAge,
    /// A correction, joke or claimed typo about an age.
    AgeDoubt,
    /// A word of greeting, thanks or farewell.
    Greeting,
    /// The way a child of five to twelve writes or asks.
    Childlike,
    /// A question of the assistant that a short answer inherits.
    Question,
    /// A short affirmative answer.
    Yes,
    /// A short negative answer.
    No,
}

impl Kind {
    /// Means something only in a short text, or in what an assistant asks.
    #[must_use]
    pub const fn is_opener(self) -> bool {
        matches!(self, Self::Greeting | Self::Question | Self::Yes | Self::No)
    }
}

/// Where a rule without `@` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The part of the sentence between two weak breaks that holds the match.
    Clause,
    /// The sentence that holds the match.
    #[default]
    Sentence,
    /// The sentence of the match and the next one.
    Next,
    /// Everything after the match.
    After,
    /// The whole text.
    Text,
}

/// Whose safety a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// The speaker.
    #[serde(rename = "self")]
    Own,
    /// Someone else.
    Other,
    /// Not said.
    Unknown,
}

/// When a finding holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Time {
    /// Happening, or within hours.
    Now,
    /// Ahead.
    Soon,
    /// Over.
    Past,
    /// Not said; counts as now.
    Unspecified,
}

/// How a finding is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Framing {
    /// As said.
    Literal,
    /// A figure of speech.
    Figurative,
    /// Part of a story, song, game or role.
    Fiction,
    /// Someone's words.
    Quoted,
    /// Study, news, prevention, technical talk.
    Educational,
    /// A supposition.
    Hypothetical,
}

/// How an age is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AgeForm {
    /// The number in the match is the age.
    Number,
    /// The number is the age that the next birthday brings ("15 tomorrow").
    Next,
    /// The number is one more than the age at most, without a date: under that age ("not 18 yet", "under 18").
    Under,
    /// The number is a birth year of four digits, or two after an apostrophe.
    BirthYear,
    /// The match says how many years ago (first number) the speaker had which age (second number).
    Shifted,
    /// The rule's `age` range holds (grades, school stages, "in my seventies").
    Range,
    /// A decade ("in my seventies"): the number word's value and nine years more.
    Decade,
    /// Context only.
    Context,
}

/// A language with rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names say it")]
pub enum Language {
    En,
    Es,
    Fr,
    De,
    Pt,
}

/// A category of findings and what it means for the tier; see SPEC, table of section 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Slash form, for example `self-harm/intent`.
    pub id: String,
    /// Tier of a literal, current finding about the speaker.
    pub tier: u8,
    /// Tier when it is clearly over.
    pub past_tier: u8,
    /// Tier when it is about someone else.
    pub other_tier: u8,
    /// Tier when it is about someone else and now.
    pub other_now_tier: u8,
    /// Tier when it is happening now or within hours.
    pub now_tier: u8,
    /// Tier when the speaker is a minor.
    pub minor_tier: u8,
    /// Tier inside fiction, quotation, study or news, when a first-person speaker may hide behind it.
    pub hidden_tier: u8,
    /// A referral is due.
    pub refer: bool,
    /// The person at risk is someone else by nature (threats).
    pub is_about_other: bool,
    /// Fiction, quotation and study do not clear it.
    pub is_never_excused: bool,
    /// Default construct for adding up; empty for none.
    pub construct: String,
}

/// A rule without its patterns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// `language/file/name`.
    pub id: String,
    /// What it is for.
    pub kind: Kind,
    /// Language it was written in.
    pub language: Language,
    /// Index into the table's categories, for findings, signs and questions.
    pub category: Option<u16>,
    /// Index into the table's constructs.
    pub construct: Option<u16>,
    /// Tier instead of the category's.
    pub tier: Option<u8>,
    /// Tier in the past instead of the category's.
    pub past_tier: Option<u8>,
    /// Tier for a minor instead of the category's.
    pub minor_tier: Option<u8>,
    /// Tier when now instead of the category's.
    pub now_tier: Option<u8>,
    /// Tier when about someone else instead of the category's.
    pub other_tier: Option<u8>,
    /// Referral instead of the category's.
    pub refer: Option<bool>,
    /// Fixed subject.
    pub subject: Option<Subject>,
    /// Fixed time.
    pub time: Option<Time>,
    /// Where it holds, for rules without `@`.
    pub scope: Scope,
    /// Categories it applies to, as a set of category indices; all when empty.
    pub of: Vec<u16>,
    /// Confidence of a finding, in thousandths.
    pub confidence: u16,
    /// All its patterns hold their own negation ("don't want to live").
    pub is_negated: bool,
    /// Denial cannot clear it ("not that I would tell anyone, but …").
    pub is_undeniable: bool,
    /// Fiction, quotation and study do not clear it.
    pub is_never_excused: bool,
    /// Too weak alone: counts only where the compact model agrees that something is wrong.
    pub is_hint: bool,
    /// How an age is said.
    pub age_form: Option<AgeForm>,
    /// Lowest and highest age.
    pub age: Option<(u8, u8)>,
    /// Locale prefix (`en-GB`) that the rule is limited to.
    pub locale: Option<String>,
    /// Why it exists.
    pub why: String,
}
