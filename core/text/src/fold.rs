//! Takes a message; gives its plain view and the map from every position of it to the original.
//!
//! INVARIANT: each folded character comes from exactly one original character, so every span of the plain view maps to
//! character boundaries of the original. Folding is idempotent and works one character at a time: no reordering, no
//! composition, hence linear time and bounded growth (a character yields at most 18, Unicode's longest compatibility form).
//! The case of ASCII letters is left alone, so that plain ASCII is borrowed as it is; the reader of tokens ignores it.

use std::borrow::Cow;

use unicode_normalization::char::decompose_compatible;

/// The plain view of a message.
#[derive(Debug, Clone)]
pub struct Folded<'a> {
    text: Cow<'a, str>,
    map: Vec<Segment>,
    original_len: usize,
}

/// From `folded` on, each byte stands for the original byte at the same distance from `original`, up to `linear` bytes;
/// after that everything stands for the one character that ends at `original_end`.
#[derive(Debug, Clone, Copy)]
struct Segment {
    folded: u32,
    original: u32,
    original_end: u32,
    is_linear: bool,
}

impl<'a> Folded<'a> {
    /// The text to match on. ASCII letters keep their case.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True when the original was borrowed unchanged.
    #[must_use]
    pub fn is_borrowed(&self) -> bool {
        matches!(self.text, Cow::Borrowed(_))
    }

    /// Byte range of the original that the folded byte range `start..end` stands for. Cost: O(log n) in changed places.
    #[must_use]
    pub fn original_span(&self, start: usize, end: usize) -> (usize, usize) {
        let from = self.locate(start, Edge::Start);
        let to = if end <= start { from } else { self.locate(end, Edge::End) };
        (from, to.max(from))
    }

    fn locate(&self, at: usize, edge: Edge) -> usize {
        if self.map.is_empty() {
            return at.min(self.original_len);
        }
        // The end of a span belongs to the character before it.
        let probe = if edge == Edge::End { at.saturating_sub(1) } else { at };
        let index = self.map.partition_point(|s| s.folded as usize <= probe);
        let Some(segment) = index.checked_sub(1).and_then(|i| self.map.get(i)) else {
            return 0;
        };
        if segment.is_linear {
            let offset = segment.original as usize + (at - segment.folded as usize);
            return offset.min(segment.original_end as usize);
        }
        match edge {
            Edge::Start => segment.original as usize,
            Edge::End => segment.original_end as usize,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edge {
    Start,
    End,
}

/// Folds a message for matching.
///
/// Compatibility forms (full width, mathematical letters, ligatures) become their plain letters, Latin letters lose their
/// accents, curly apostrophes and quotes become straight, dashes become `-`, odd spaces become a space; zero-width, bidi
/// and variation characters and stray combining marks vanish. Other scripts stay as they are, in lower case. Plain ASCII is
/// borrowed. Cost: O(n); allocates the folded text and one 16-byte entry per change of stride when anything is not ASCII.
#[must_use]
pub fn fold(text: &str) -> Folded<'_> {
    if text.is_ascii() {
        return Folded { text: Cow::Borrowed(text), map: Vec::new(), original_len: text.len() };
    }
    let mut folder = Folder { out: String::with_capacity(text.len()), map: Vec::new() };
    for (at, c) in text.char_indices() {
        folder.push(at, c);
    }
    if folder.map.is_empty() {
        folder.map.push(Segment { folded: 0, original: 0, original_end: 0, is_linear: false });
    }
    Folded { text: Cow::Owned(folder.out), map: folder.map, original_len: text.len() }
}

struct Folder {
    out: String,
    map: Vec<Segment>,
}

impl Folder {
    fn push(&mut self, at: usize, c: char) {
        if c.is_ascii() {
            return self.push_linear(at, c);
        }
        if is_dropped(c) {
            return;
        }
        if let Some(plain) = punctuation(c) {
            return self.push_replaced(at, c, &[plain]);
        }
        let mut letters = [' '; 20];
        let mut count = 0;
        decompose_compatible(c, |d| {
            if let Some(slot) = letters.get_mut(count).filter(|_| !is_dropped(d)) {
                *slot = d;
                count += 1;
            }
        });
        let letters = letters.get(..count).unwrap_or_default();
        match letters.first() {
            // A letter with accents of another script (й, ガ) keeps them: only its case is evened out.
            Some(first) if !is_latin_base(*first) && !first.is_ascii() => self.push_lower(at, c),
            _ if letters == [c] => self.push_lower(at, c),
            // A spacing accent or similar whose form starts with a space: drop it.
            _ => {
                let mut plain = [' '; 24];
                let mut used = 0;
                for d in letters.iter().flat_map(|d| final_form(*d)) {
                    if let Some(slot) = plain.get_mut(used) {
                        *slot = d;
                        used += 1;
                    }
                }
                self.push_replaced(at, c, plain.get(..used).unwrap_or_default());
            }
        }
    }

    fn push_lower(&mut self, at: usize, c: char) {
        if let Some(special) = special_letter(c) {
            return self.push_replaced(at, c, special);
        }
        let mut lower = c.to_lowercase();
        match (lower.next(), lower.next()) {
            (Some(l), None) if l == c => self.push_linear(at, c),
            (Some(l), _) if !is_dropped(l) => {
                // The small letter may itself stand for another one ("Ɪ" is "ɪ" is "i").
                let plain = punctuation(l).unwrap_or(l);
                match special_letter(plain) {
                    Some(special) => self.push_replaced(at, c, special),
                    None => self.push_replaced(at, c, &[plain.to_ascii_lowercase()]),
                }
            }
            _ => {}
        }
    }

    fn push_linear(&mut self, at: usize, c: char) {
        let folded = self.out.len();
        let end = at + c.len_utf8();
        self.out.push(c);
        match self.map.last_mut() {
            Some(last)
                if last.is_linear
                    && last.original_end as usize == at
                    && (last.original as usize + folded - last.folded as usize) == at =>
            {
                last.original_end = to_u32(end);
            }
            _ => self.map.push(Segment {
                folded: to_u32(folded),
                original: to_u32(at),
                original_end: to_u32(end),
                is_linear: true,
            }),
        }
    }

    fn push_replaced(&mut self, at: usize, c: char, plain: &[char]) {
        if plain.is_empty() {
            return;
        }
        let folded = self.out.len();
        self.out.extend(plain);
        self.map.push(Segment {
            folded: to_u32(folded),
            original: to_u32(at),
            original_end: to_u32(at + c.len_utf8()),
            is_linear: false,
        });
    }
}

fn to_u32(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// What a letter out of a compatibility form becomes; nothing for characters that fold away.
fn final_form(c: char) -> impl Iterator<Item = char> {
    let mapped: &'static [char] = special_letter(c).unwrap_or_default();
    let alone = (mapped.is_empty() && !is_dropped(c)).then(|| {
        let plain = punctuation(c).unwrap_or(c);
        let mut lower = plain.to_lowercase();
        match (plain.is_ascii(), lower.next()) {
            (false, Some(l)) => l,
            _ => plain,
        }
    });
    mapped.iter().copied().chain(alone)
}

fn is_latin_base(c: char) -> bool {
    c.is_ascii_alphabetic() || special_letter(c).is_some()
}

/// Latin letters that Unicode does not decompose, as their usual ASCII spelling.
fn special_letter(c: char) -> Option<&'static [char]> {
    Some(match c {
        'ß' | 'ẞ' => &['s', 's'],
        'æ' | 'Æ' => &['a', 'e'],
        'œ' | 'Œ' => &['o', 'e'],
        'ø' | 'Ø' => &['o'],
        'đ' | 'Đ' | 'ð' | 'Ð' => &['d'],
        'ł' | 'Ł' => &['l'],
        'ı' => &['i'],
        'þ' | 'Þ' => &['t', 'h'],
        // Small capitals, as used for decoration.
        'ᴀ' => &['a'],
        'ʙ' => &['b'],
        'ᴄ' => &['c'],
        'ᴅ' => &['d'],
        'ᴇ' => &['e'],
        'ꜰ' => &['f'],
        'ɢ' => &['g'],
        'ʜ' => &['h'],
        'ɪ' => &['i'],
        'ᴊ' => &['j'],
        'ᴋ' => &['k'],
        'ʟ' => &['l'],
        'ᴍ' => &['m'],
        'ɴ' => &['n'],
        'ᴏ' => &['o'],
        'ᴘ' => &['p'],
        'ʀ' => &['r'],
        'ꜱ' => &['s'],
        'ᴛ' => &['t'],
        'ᴜ' => &['u'],
        'ᴠ' => &['v'],
        'ᴡ' => &['w'],
        'ʏ' => &['y'],
        'ᴢ' => &['z'],
        _ => return None,
    })
}

fn punctuation(c: char) -> Option<char> {
    Some(match c {
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}' | '\u{02BC}' | '\u{02B9}' | '\u{00B4}' | '\u{FF07}'
        | '\u{A78C}' | '\u{02BB}' => '\'',
        '\u{201C}' | '\u{201D}' | '\u{201E}' | '\u{201F}' | '\u{00AB}' | '\u{00BB}' | '\u{2033}' | '\u{2039}'
        | '\u{203A}' | '\u{300C}' | '\u{300D}' | '\u{FF02}' => '"',
        '\u{2010}'..='\u{2012}' => '-',
        '\u{2013}'..='\u{2015}' => ',',
        '\u{2026}' | '\u{3002}' | '\u{FF61}' | '\u{0964}' | '\u{06D4}' => '.',
        '\u{061F}' | '\u{00BF}' | '\u{203D}' => '?',
        '\u{00A1}' => '!',
        '\u{3001}' | '\u{060C}' => ',',
        '\u{00A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => ' ',
        '\u{2028}' | '\u{2029}' | '\u{0085}' => '\n',
        _ => return None,
    })
}

/// Characters that carry no letter of their own: soft hyphen, zero-width, bidi controls, variation selectors, tags, skin
/// tones, generic combining marks. Vowel signs of other scripts are letters and stay.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
        | '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE00}'..='\u{FE0F}' | '\u{FE20}'..='\u{FE2F}' | '\u{1F3FB}'..='\u{1F3FF}'
        | '\u{E0000}'..='\u{E0FFF}')
}
