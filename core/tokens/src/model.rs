//! Takes a model's name; gives the encoding that counts for it.
//!
//! The list is that of `tiktoken/model.py` (openai/tiktoken 0.14.0), as `tiktoken-rs` 0.12 mirrors it, without the
//! encodings of retired models (p50k, r50k, gpt2). Names that it does not list get no guess.

use crate::encoding::Encoding;

/// Which encoding, also when it was not compiled in.
#[derive(Clone, Copy)]
enum Named {
    Cl100k,
    O200k,
    Harmony,
}

const NAMES: &[(&str, Named)] = &[
    ("o1", Named::O200k),
    ("o3", Named::O200k),
    ("o4-mini", Named::O200k),
    ("gpt-5", Named::O200k),
    ("gpt-4.1", Named::O200k),
    ("gpt-4o", Named::O200k),
    ("gpt-4", Named::Cl100k),
    ("gpt-3.5-turbo", Named::Cl100k),
    ("gpt-3.5", Named::Cl100k),
    ("gpt-35-turbo", Named::Cl100k),
    ("davinci-002", Named::Cl100k),
    ("babbage-002", Named::Cl100k),
    ("text-embedding-ada-002", Named::Cl100k),
    ("text-embedding-3-small", Named::Cl100k),
    ("text-embedding-3-large", Named::Cl100k),
];

const BEGINNINGS: &[(&str, Named)] = &[
    ("o1-", Named::O200k),
    ("o3-", Named::O200k),
    ("o4-mini-", Named::O200k),
    ("gpt-5", Named::O200k),
    ("gpt-4.5-", Named::O200k),
    ("gpt-4.1-", Named::O200k),
    ("chatgpt-4o-", Named::O200k),
    ("gpt-4o-", Named::O200k),
    ("gpt-4-", Named::Cl100k),
    ("gpt-3.5-turbo-", Named::Cl100k),
    ("gpt-35-turbo-", Named::Cl100k),
    ("gpt-oss-", Named::Harmony),
    // Not in model.py; `tiktoken-rs` adds it.
    ("codex-mini", Named::O200k),
];

impl Encoding {
    /// The encoding of a model such as `gpt-4o` or `ft:gpt-4o:org::id`, where the model is listed and the encoding compiled in.
    ///
    /// The list is `tiktoken`'s own. `None` means: count with an [`Estimate`](crate::Estimate), and say so.
    ///
    /// # Examples
    ///
    /// ```
    /// use safeturn_tokens::Encoding;
    ///
    /// # #[cfg(feature = "o200k")]
    /// assert_eq!(Encoding::for_model("gpt-4o-mini"), Some(Encoding::O200kBase));
    /// assert_eq!(Encoding::for_model("a-closed-model"), None);
    /// ```
    #[must_use]
    pub fn for_model(model: &str) -> Option<Self> {
        if let Some(tuned) = model.strip_prefix("ft:") {
            return Self::for_model(tuned.split(':').next().unwrap_or(tuned));
        }
        let listed = NAMES.iter().find(|(name, _)| *name == model);
        let (_, named) = listed.or_else(|| BEGINNINGS.iter().find(|(beginning, _)| model.starts_with(beginning)))?;
        Self::from_name(match named {
            Named::Cl100k => "cl100k_base",
            Named::O200k => "o200k_base",
            Named::Harmony => "o200k_harmony",
        })
    }
}
