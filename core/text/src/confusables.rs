//! Takes a letter that looks like a Latin one; gives that Latin letter.
//!
//! Hand-picked from the pairs that Unicode Technical Standard 39 lists as confusable: Cyrillic, Greek, Armenian, Cherokee
//! and phonetic letters seen in disguised English words. Only used for tokens that mix scripts.

/// The ASCII letter that `c` passes for, if any.
pub(crate) fn latin_look_alike(c: char) -> Option<u8> {
    Some(match c {
        'а' | 'α' | 'ɑ' | 'ά' => b'a',
        'в' | 'β' | 'ь' => b'b',
        'с' | 'ϲ' | 'ς' | 'ᴄ' => b'c',
        'ԁ' | 'ɗ' | 'ᴅ' => b'd',
        'е' | 'ё' | 'ε' | 'є' | 'ɛ' | 'ᴇ' | 'э' => b'e',
        'ғ' | 'ƒ' => b'f',
        'ɡ' | 'ɢ' | 'ց' => b'g',
        'һ' | 'н' | 'ʜ' | 'հ' => b'h',
        'і' | 'ї' | 'ι' | 'ɩ' | 'ɪ' | 'ı' => b'i',
        'ј' | 'ϳ' => b'j',
        'к' | 'κ' | 'ᴋ' => b'k',
        'ӏ' | 'ʟ' | 'ⅼ' | 'ǀ' => b'l',
        'м' | 'ᴍ' => b'm',
        'п' | 'η' | 'ո' | 'ɴ' | 'и' => b'n',
        'о' | 'ο' | 'σ' | 'օ' | 'ᴏ' | 'ө' => b'o',
        'р' | 'ρ' | 'ᴘ' => b'p',
        'ԛ' => b'q',
        'г' | 'ʀ' | 'я' => b'r',
        'ѕ' | 'ꜱ' => b's',
        'т' | 'τ' | 'ᴛ' => b't',
        'υ' | 'ս' | 'ц' | 'μ' | 'ᴜ' => b'u',
        'ν' | 'ѵ' | 'ᴠ' => b'v',
        'ԝ' | 'ш' | 'ω' | 'ᴡ' => b'w',
        'х' | 'χ' => b'x',
        'у' | 'γ' | 'ү' | 'ʏ' => b'y',
        'ᴢ' => b'z',
        _ => return None,
    })
}
