//! Takes UTF-8; gives the class of each character that the split patterns ask for.
//!
//! The classes are those of Unicode 16.0, as in `regex-syntax` 0.8, which `tiktoken` and `tiktoken-rs` match with.
//! `data/classes.bin` holds them in runs; a test compares every code point with `regex-syntax`.

/// `\p{L}`
pub(crate) const LETTER: u8 = 1;
/// `[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`
pub(crate) const UPPER: u8 = 2;
/// `[\p{Ll}\p{Lm}\p{Lo}\p{M}]`
pub(crate) const LOWER: u8 = 4;
/// `\p{N}`
pub(crate) const NUMBER: u8 = 8;
/// `\s`
pub(crate) const SPACE: u8 = 16;
/// `[\r\n]`
pub(crate) const BREAK: u8 = 32;
/// The first byte of a character that is not ASCII: its class stands in the large table.
const FOREIGN: u8 = 128;

/// By the numbers in `data/classes.bin`: other, Lu Lt, Ll, Lm Lo, M, N, space, line break.
const CLASSES: [u8; 8] =
    [0, LETTER | UPPER, LETTER | LOWER, LETTER | UPPER | LOWER, UPPER | LOWER, NUMBER, SPACE, SPACE | BREAK];

const ASCII: [u8; 256] = {
    let mut table = [FOREIGN; 256];
    let mut byte = 0;
    while byte < 128 {
        #[expect(clippy::indexing_slicing, reason = "the loop ends at 128; checked when compiled")]
        {
            table[byte] = match byte as u8 {
                b'A'..=b'Z' => LETTER | UPPER,
                b'a'..=b'z' => LETTER | LOWER,
                b'0'..=b'9' => NUMBER,
                b'\r' | b'\n' => SPACE | BREAK,
                b' ' | b'\t' | 0x0B | 0x0C => SPACE,
                _ => 0,
            };
        }
        byte += 1;
    }
    table
};

static INDEX: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/class_index.bin"));
static BLOCKS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/class_blocks.bin"));

/// The class of a character, and its length in bytes; past the end no class and length 0.
#[inline(always)]
pub(crate) fn class_at(text: &[u8], at: usize) -> (u8, usize) {
    let Some(first) = text.get(at) else { return (0, 0) };
    #[expect(clippy::indexing_slicing, reason = "256 classes for 256 bytes")]
    let class = ASCII[usize::from(*first)];
    if class == FOREIGN { foreign(text, at, *first) } else { (class, 1) }
}

/// The class of a character that is not ASCII.
fn foreign(text: &[u8], at: usize, first: u8) -> (u8, usize) {
    let next = |n: usize| text.get(at + n).map_or(0, |byte| u32::from(byte & 0x3F));
    let first = u32::from(first);
    let (code, length) = match first {
        0xF0.. => ((first & 7) << 18 | next(1) << 12 | next(2) << 6 | next(3), 4),
        0xE0.. => ((first & 15) << 12 | next(1) << 6 | next(2), 3),
        _ => ((first & 31) << 6 | next(1), 2),
    };
    let block = INDEX.get((code >> 8) as usize).copied().unwrap_or(0);
    let number = BLOCKS.get(usize::from(block) << 8 | (code & 0xFF) as usize).copied().unwrap_or(0);
    #[expect(clippy::indexing_slicing, reason = "eight classes, three bits")]
    let class = CLASSES[usize::from(number & 7)];
    (class, length)
}

#[cfg(test)]
mod tests {
    use super::{BREAK, LETTER, LOWER, NUMBER, SPACE, UPPER, class_at};

    #[test]
    fn every_code_point_has_the_class_that_regex_gives_it() {
        let mut expected = vec![0_u8; 0x11_0000];
        for (pattern, class) in [
            (r"\p{L}", LETTER),
            (r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", UPPER),
            (r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]", LOWER),
            (r"\p{N}", NUMBER),
            (r"\s", SPACE),
            (r"[\r\n]", BREAK),
        ] {
            let hir = regex_syntax::parse(pattern).unwrap();
            let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(ranges)) = hir.kind() else {
                panic!("`{pattern}` is not a class")
            };
            for range in ranges.iter() {
                expected[range.start() as usize..=range.end() as usize].iter_mut().for_each(|c| *c |= class);
            }
        }
        let mut compared = 0;
        for c in (0..=0x10_FFFF).filter_map(char::from_u32) {
            let mut buffer = [0; 4];
            let text = c.encode_utf8(&mut buffer).as_bytes();
            assert_eq!(class_at(text, 0), (expected[c as usize], text.len()), "U+{:04X}", c as u32);
            compared += 1;
        }
        assert_eq!(compared, 0x11_0000 - 0x800);
    }
}
