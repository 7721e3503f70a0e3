//! Takes text, messages or a growing stream; gives how many tokens a model will read.
//!
//! Exact for the public encodings of OpenAI ([`Encoding`]) and, with the feature `hf`, for any `tokenizer.json`
//! of Hugging Face (`Pretrained`); a labelled estimate ([`Estimate`]) where a model's tokenizer is not public.

#[cfg(any(feature = "cl100k", feature = "o200k"))]
mod class;
mod counter;
mod encoding;
#[cfg(any(feature = "cl100k", feature = "o200k"))]
mod layout;
mod merge;
mod split;
mod vocabulary;

pub use counter::TokenCounter;
pub use encoding::Encoding;
