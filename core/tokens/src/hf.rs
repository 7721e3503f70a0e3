//! Takes a `tokenizer.json` of Hugging Face; gives exact counts by the crate `tokenizers`.
//!
//! Slower than [`Encoding`](crate::Encoding): it runs the tokenizer as published, with its own normaliser and pattern.

use tokenizers::Tokenizer;

use crate::counter::TokenCounter;

/// A tokenizer that was read from a `tokenizer.json`.
///
/// Counts are those of `encode(text, add_special_tokens = false)`, without the truncation and padding that a file may ask for.
/// Unlike [`Encoding`](crate::Encoding), text written like one of the file's special tokens counts as that token: so do the libraries
/// that load these files. Holds the whole vocabulary in memory (tens of megabytes for large ones); shared by threads.
#[derive(Debug)]
pub struct Pretrained {
    name: String,
    tokenizer: Tokenizer,
}

/// A `tokenizer.json` that could not be read.
#[derive(Debug)]
pub struct PretrainedError {
    cause: tokenizers::Error,
}

impl PretrainedError {
    /// `tokenizer_invalid`, in every language.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "tokenizer_invalid"
    }
}

impl std::fmt::Display for PretrainedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "expected the content of a `tokenizer.json`: {}", self.cause)
    }
}

impl std::error::Error for PretrainedError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(self.cause.as_ref())
    }
}

impl Pretrained {
    /// Reads the content of a `tokenizer.json`; `name` is what [`TokenCounter::name`] will say. Costs tens to hundreds of milliseconds.
    ///
    /// # Errors
    ///
    /// [`PretrainedError`] when the content is no tokenizer.
    pub fn from_json(name: &str, json: &[u8]) -> Result<Self, PretrainedError> {
        let mut tokenizer = Tokenizer::from_bytes(json).map_err(|cause| PretrainedError { cause })?;
        tokenizer.with_padding(None);
        tokenizer.with_truncation(None).map_err(|cause| PretrainedError { cause })?;
        Ok(Self { name: name.to_owned(), tokenizer })
    }
}

impl TokenCounter for Pretrained {
    /// A text that the tokenizer refuses (a word model without an unknown token) counts as one token a byte: no budget is overrun by it.
    fn count(&self, text: &str) -> usize {
        self.tokenizer.encode_fast(text, false).map_or(text.len(), |encoding| encoding.len())
    }

    fn name(&self) -> &str {
        &self.name
    }
}
