//! Takes a size; gives texts of that many bytes: plain, full of emoji, hostile.

pub mod tokens;

/// Everyday sentences, among them a few that rules look at and let pass.
const PLAIN: &str = "Hi, I was wondering if you could help me plan a birthday dinner for twelve people next Saturday. \
Two of them do not eat meat, and my brother says the heat is killing him, so nothing too heavy please. \
I want to make the dessert myself, maybe something with lemon. Last time the cake took me three hours and I was so tired! \
What should I buy today, and what can wait until Friday? We also need a playlist, my mom would love some old songs. ";

/// As people write to friends.
const EMOJI: &str = "omg 😂😂 that’s soooo funny 🤣 i can’t even… 💀 see you tonight 🎉🎂 it’s gonna be great 😍 bring the dog 🐶🐶 pls 🙏 ";

/// Anchors of many rules, no punctuation, odd letters.
const HOSTILE: &str = "i want to d1e kill my friend hurt pills tonight myself he hit me never don't gun she s u i c i d e аnd k1lll \
took all die hate blood pain help cut bridge alone dead said ";

/// Which text.
#[derive(Debug, Clone, Copy)]
pub enum Sort {
    /// Everyday sentences with punctuation.
    Plain,
    /// Emoji and curly apostrophes.
    Emoji,
    /// Many anchors, disguised letters.
    Hostile,
    /// Everyday words without any punctuation.
    Unpunctuated,
}

/// A text of about `bytes` bytes (at most three less).
#[must_use]
pub fn text(sort: Sort, bytes: usize) -> String {
    let unpunctuated: String;
    let seed = match sort {
        Sort::Plain => PLAIN,
        Sort::Emoji => EMOJI,
        Sort::Hostile => HOSTILE,
        Sort::Unpunctuated => {
            unpunctuated = PLAIN.chars().filter(|c| !c.is_ascii_punctuation()).collect();
            &unpunctuated
        }
    };
    let mut out = seed.repeat(bytes / seed.len() + 1);
    let mut end = bytes;
    while !out.is_char_boundary(end) {
        end -= 1;
    }
    out.truncate(end);
    out
}
