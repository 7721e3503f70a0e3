//! Takes keys; gives the slots they are kept in. Compiled into the crate and into `build.rs`, so that both agree.
//!
//! Tables are read in place from static bytes. Those that are read for every word hash perfectly: keys fall into small buckets,
//! and a bucket's seed, found by the build, sends each of its keys to a slot of its own. So a look-up reads one seed and one slot,
//! and compares once; what is absent costs no more than what is there (hash, displace, and compress: Belazzougui and others, 2009).

/// Bits of a rank. INVARIANT: both vocabularies have fewer than 2^18 tokens.
pub(crate) const RANK_BITS: u32 = 18;
/// No token, no rank.
pub(crate) const NONE: u32 = u32::MAX;

/// Words of at most this many bytes are kept in the table of short words: one `u64`, little-endian, zero-padded.
pub(crate) const SHORT: usize = 8;
/// Words of at most this many bytes are kept in the table of middle words: two such numbers.
pub(crate) const MIDDLE: usize = 16;

/// An odd constant with well-spread bits: 2^64 divided by the golden ratio (Knuth, volume 3, 6.4).
const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;

/// Where to begin looking in a table of `slots` slots.
#[inline(always)]
pub(crate) fn slot(hash: u64, slots: usize) -> usize {
    (((hash >> 32) * slots as u64) >> 32) as usize
}

/// Where the key of this hash lies in a table of `slots` slots, when its bucket has this seed.
#[inline(always)]
pub(crate) fn seeded_slot(hash: u64, seed: u8, slots: usize) -> usize {
    slot((hash ^ u64::from(seed).wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(SPREAD), slots)
}

#[inline(always)]
pub(crate) fn hash_short(key: u64) -> u64 {
    // The product's high half depends on all bits of the key; without the fold the last letters would weigh too much.
    (key ^ (key >> 29)).wrapping_mul(SPREAD)
}

#[inline(always)]
pub(crate) fn hash_middle(low: u64, high: u64) -> u64 {
    let mixed = low.wrapping_mul(SPREAD) ^ high;
    (mixed ^ (mixed >> 32)).wrapping_mul(SPREAD)
}

pub(crate) fn hash_long(bytes: &[u8]) -> u64 {
    bytes.chunks(8).fold(bytes.len() as u64, |hash, chunk| {
        let part = chunk.iter().rev().fold(0_u64, |part, byte| part << 8 | u64::from(*byte));
        hash_middle(hash, part)
    })
}

/// Two neighbours as one number.
#[inline(always)]
pub(crate) fn pair_key(left: u32, right: u32) -> u64 {
    u64::from(left) << RANK_BITS | u64::from(right)
}

/// Where the lengths of the tokens that begin with these four bytes are kept.
#[inline(always)]
pub(crate) fn beginning(bytes: [u8; 4]) -> usize {
    (u64::from(u32::from_le_bytes(bytes)).wrapping_mul(SPREAD) >> (64 - BEGINNING_BITS)) as usize
}

pub(crate) const BEGINNING_BITS: u32 = 17;
/// Lengths of 4 to 16 bytes have a bit each, from the lowest but one; the lowest stands for three bytes, which are always tried.
pub(crate) const FIRST_LENGTH: usize = 3;
