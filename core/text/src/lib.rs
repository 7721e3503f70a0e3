//! Takes a message as `&str`; gives a folded view with an exact map back, and its tokens by sentence.
//!
//! Two views exist. The *plain* view ([`fold`]) is built for every text: compatibility forms, accents, apostrophes and
//! invisible characters are evened out, digits stay digits. The *skeleton* view ([`skeletons`]) is built for single
//! tokens only, when they are unknown and odd: look-alike letters, digits used as letters, stretched letters.
//! Nothing here knows what a word means.

mod confusables;
mod fold;
mod skeleton;
mod token;

pub use fold::{Folded, fold};
pub use skeleton::{Skeletons, skeletons};
pub use token::{Kind, MAX_UNIT_TOKENS, Marks, OVERLAP, Terminator, Token, Tokenizer, Unit, hash_word};

/// Longest token, in bytes, that is looked up as a word; a longer one is noise by rule.
pub const MAX_WORD_BYTES: usize = 48;

/// Text from bytes of unknown origin: anything that is not UTF-8 becomes U+FFFD.
///
/// Unpaired surrogates from hosts that use WTF-8 (JavaScript, Java, Windows) arrive as three bytes each and are replaced
/// like any other invalid sequence, so that no finding can span them. Borrowed when the bytes are valid.
#[must_use]
pub fn from_bytes(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}

/// Text from UTF-16 code units: each unpaired surrogate becomes one U+FFFD.
#[must_use]
pub fn from_utf16(units: &[u16]) -> String {
    String::from_utf16_lossy(units)
}
