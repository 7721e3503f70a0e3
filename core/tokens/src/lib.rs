//! Takes text, messages or a growing stream; gives how many tokens a model will read.
//!
//! Exact for the public encodings of OpenAI ([`Encoding`]) and, with the feature `hf`, for any `tokenizer.json`
//! of Hugging Face (`Pretrained`); a labelled estimate ([`Estimate`]) where a model's tokenizer is not public.
//! [`StreamCounter`] counts text while it is written, [`count_request`] a whole chat request.
//!
//! No network, no files, no start-up: the vocabularies are tables in the program's read-only data. No unsafe code.

#![cfg_attr(
    not(any(feature = "cl100k", feature = "o200k")),
    allow(unused, unreachable_code, reason = "without a vocabulary only estimates and `hf` count")
)]

mod class;
mod counter;
mod encoding;
mod estimate;
#[cfg(feature = "hf")]
mod hf;
mod layout;
mod merge;
mod model;
mod request;
mod split;
mod stream;
mod vocabulary;
mod walk;

pub use counter::TokenCounter;
pub use encoding::Encoding;
pub use estimate::{Estimate, Estimated};
#[cfg(feature = "hf")]
pub use hf::{Pretrained, PretrainedError};
pub use request::{Image, RequestCount, RequestMessage, count_message, count_request};
pub use stream::StreamCounter;
