//! Takes pieces; gives a score for every head: word tables, one convolution, two dense layers, all in integers.
//!
//! INVARIANT: weights are 8 bits, activations 0..=255, and no sum has more than a few hundred terms, so 32-bit sums cannot
//! overflow; they are written as wrapping sums because those become vector instructions.

use safeturn_text::hash_word;

use crate::pieces::{each_piece, edges};
use crate::read::{ReadError, Reader};

/// Pieces pooled together; a longer text is scored by windows, and the highest score of each head counts.
const WINDOW: usize = 256;
/// Pieces from the start of one window to the start of the next.
const STRIDE: usize = 192;
/// Channels of the first layer, of the second, of the dense layer. Fixed, so that the loops over them become straight code.
const FIRST: usize = 48;
const SECOND: usize = 64;
const DENSE: usize = 96;
/// Distance between the words that the second layer reads together.
const DILATION: usize = 2;
/// Words that the second layer reads together.
const TAPS: usize = 3;
/// Thousandths for each 256th of a logit from -8 to 8.
const SIGMOID_ENTRIES: usize = 4096;
/// Levels that the model holds bars for.
const LEVELS: usize = 4;
/// Fraction bits of the multipliers.
const SHIFT: u32 = 16;

/// Weights of one layer: a row of `N` inputs for each output, and what brings a sum back to the scale of activations.
#[derive(Debug)]
struct Layer<const N: usize> {
    rows: Vec<Row<N>>,
}

#[derive(Debug)]
struct Row<const N: usize> {
    weights: [i16; N],
    multiplier: i32,
    bias: i64,
}

/// The compact classifier. Immutable, shared by threads.
#[derive(Debug)]
pub struct Model {
    names: Vec<String>,
    /// Hashes of the known words, ascending, with the row of each.
    hashes: Vec<u32>,
    rows: Vec<u16>,
    buckets: u32,
    /// Three vectors a row.
    table: Vec<[i8; FIRST]>,
    first_multiplier: i32,
    first_biases: [i32; FIRST],
    second: Layer<{ TAPS * FIRST }>,
    dense: Layer<{ FIRST + SECOND }>,
    heads: Layer<DENSE>,
    sigmoid: Vec<u16>,
    /// Thousandths that each head must reach, for each of [`LEVELS`] sensitivities, one after the other.
    bars: Vec<u16>,
}

/// Buffers of one running score; holds numbers only and is overwritten by the next.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Rows of each piece: one for a known word, four for an unknown one.
    rows: Vec<[u16; 4]>,
    spans: Vec<(u32, u32, u32)>,
    first: Vec<[i16; FIRST]>,
    second: Vec<[i16; SECOND]>,
}

/// What the model says of a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scores {
    /// Thousandths for each head, in the order of [`Model::names`].
    pub heads: Vec<u16>,
}

impl Model {
    /// Reads a model. Cost: O(size); keeps about the size of the bytes.
    ///
    /// # Errors
    /// [`ReadError`] when the bytes are no model of this format.
    pub fn load(bytes: &[u8]) -> Result<Self, ReadError> {
        let mut reader = Reader::new(bytes)?;
        let names = reader.names()?;
        let count = reader.size()?;
        let hashes = reader.list(count, Reader::unsigned)?;
        let rows = reader.list(count, Reader::short)?;
        let buckets = reader.unsigned()?;
        let width = reader.size()?;
        let size = (1 + count + buckets as usize).checked_mul(3).ok_or(ReadError::Corrupt)?;
        let table = reader.list(size, |r| r.array(Reader::byte))?;
        let first_multiplier = reader.signed()?;
        let first_biases = reader.array(Reader::signed)?;
        let second = layer(&mut reader)?;
        let dense = layer(&mut reader)?;
        let heads = layer(&mut reader)?;
        let sigmoid = reader.list(SIGMOID_ENTRIES, Reader::short)?;
        let bars = reader.list(LEVELS * names.len(), Reader::short)?;
        let has_sizes = width == FIRST && second.rows.len() == SECOND && dense.rows.len() == DENSE;
        let is_sound = has_sizes && heads.rows.len() == names.len() && hashes.is_sorted() && reader.is_done();
        if !is_sound || usize::from(rows.iter().copied().max().unwrap_or(0)) > count {
            return Err(ReadError::Corrupt);
        }
        Ok(Self {
            names,
            hashes,
            rows,
            buckets,
            table,
            first_multiplier,
            first_biases,
            second,
            dense,
            heads,
            sigmoid,
            bars,
        })
    }

    /// Names of the heads.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Thousandths that each head must reach: 0 for highest recall, 1 balanced, 2 for highest precision;
    /// 3 is where it begins to see any reason at all.
    #[must_use]
    pub fn bars(&self, level: usize) -> &[u16] {
        let count = self.names.len();
        self.bars.get(level * count..(level + 1) * count).unwrap_or_default()
    }

    /// Scores a folded view. Cost: linear, a few microseconds for a hundred bytes; no allocation once `scratch` has grown.
    #[must_use]
    pub fn score(&self, folded: &str, scratch: &mut Scratch) -> Scores {
        self.read(folded, scratch);
        self.convolve(scratch);
        let count = scratch.rows.len();
        let mut logits = vec![i64::MIN; self.names.len()];
        let mut start = 0;
        loop {
            let end = (start + WINDOW).min(count);
            for (most, logit) in logits.iter_mut().zip(self.logits(scratch, start, end)) {
                *most = logit.max(*most);
            }
            if end >= count {
                break;
            }
            start += STRIDE;
        }
        Scores { heads: logits.into_iter().map(|l| self.thousandths(l)).collect() }
    }

    /// The sentence of the text last scored for which a head is highest: first byte and byte after the last, of the folded
    /// view. Cost: as scoring, once more.
    #[must_use]
    pub fn strongest_unit(&self, scratch: &Scratch, head: usize) -> Option<(usize, usize)> {
        let mut best: Option<(i64, usize, usize)> = None;
        let mut start = 0;
        while let Some((unit, _, _)) = scratch.spans.get(start).copied() {
            let rest = scratch.spans.get(start..).unwrap_or_default();
            let end = start + rest.iter().take_while(|s| s.0 == unit).count();
            let logit = self.logits(scratch, start, end).get(head).copied().unwrap_or(i64::MIN);
            if best.is_none_or(|b| logit > b.0) {
                best = Some((logit, start, end));
            }
            start = end;
        }
        let (_, start, end) = best?;
        let words = scratch.spans.get(start..end)?;
        let words = || words.iter().filter(|s| s.2 > s.1);
        Some((words().next()?.1 as usize, words().next_back()?.2 as usize))
    }

    fn read(&self, folded: &str, scratch: &mut Scratch) {
        scratch.rows.clear();
        scratch.spans.clear();
        let words = u32::try_from(self.hashes.len()).unwrap_or(0) + 1;
        each_piece(folded, |piece| {
            let known = piece.readings().find_map(|r| {
                let at = self.hashes.binary_search(&hash_word(r)).ok()?;
                self.rows.get(at).copied()
            });
            let rows = match (known, piece.readings().next()) {
                (Some(row), _) => [row, 0, 0, 0],
                (None, Some(word)) => {
                    edges(word).map(|e| u16::try_from(words + e.checked_rem(self.buckets).unwrap_or(0)).unwrap_or(0))
                }
                (None, None) => [0; 4],
            };
            scratch.rows.push(rows);
            scratch.spans.push((piece.unit, piece.start, piece.end));
        });
        if scratch.rows.is_empty() {
            scratch.rows.push([0; 4]);
            scratch.spans.push((0, 0, 0));
        }
    }

    fn convolve(&self, scratch: &mut Scratch) {
        scratch.first.clear();
        scratch.second.clear();
        for at in 0..scratch.rows.len() {
            let mut sums = self.first_biases;
            // What the word after says of this place, the word itself, the word before.
            let neighbours = [(at.checked_add(1), 0), (Some(at), 1), (at.checked_sub(1), 2)];
            for (place, part) in neighbours {
                let Some(rows) = place.and_then(|p| scratch.rows.get(p)) else { continue };
                for row in rows.iter().filter(|r| **r != 0) {
                    let Some(values) = self.table.get(usize::from(*row) * 3 + part) else { continue };
                    for (sum, value) in sums.iter_mut().zip(values) {
                        *sum = sum.wrapping_add(i32::from(*value));
                    }
                }
            }
            scratch.first.push(sums.map(|sum| activation(scaled(sum, self.first_multiplier, 0))));
        }
        let mut window = [0i16; TAPS * FIRST];
        for at in 0..scratch.rows.len() {
            let places = [at.checked_sub(DILATION), Some(at), at.checked_add(DILATION)];
            for (slot, place) in window.chunks_exact_mut(FIRST).zip(places) {
                slot.copy_from_slice(place.and_then(|p| scratch.first.get(p)).unwrap_or(&[0; FIRST]));
            }
            let mut second = [0i16; SECOND];
            for (to, row) in second.iter_mut().zip(&self.second.rows) {
                *to = activation(row.sum(&window));
            }
            scratch.second.push(second);
        }
    }

    /// Logits, in 256ths, of the pieces `start..end`.
    fn logits(&self, scratch: &Scratch, start: usize, end: usize) -> Vec<i64> {
        let mut pooled = [0i16; FIRST + SECOND];
        let (first, second) = pooled.split_at_mut(FIRST);
        for values in scratch.first.get(start..end).unwrap_or_default() {
            first.iter_mut().zip(values).for_each(|(most, value)| *most = (*most).max(*value));
        }
        for values in scratch.second.get(start..end).unwrap_or_default() {
            second.iter_mut().zip(values).for_each(|(most, value)| *most = (*most).max(*value));
        }
        let mut hidden = [0i16; DENSE];
        for (to, row) in hidden.iter_mut().zip(&self.dense.rows) {
            *to = activation(row.sum(&pooled));
        }
        self.heads.rows.iter().map(|row| row.sum(&hidden) >> SHIFT).collect()
    }

    fn thousandths(&self, logit: i64) -> u16 {
        let half = 2048;
        let at = (logit + half).clamp(0, 2 * half - 1);
        usize::try_from(at).ok().and_then(|at| self.sigmoid.get(at)).copied().unwrap_or(0)
    }
}

impl<const N: usize> Row<N> {
    /// The scaled sum, not yet cut.
    #[inline]
    fn sum(&self, inputs: &[i16; N]) -> i64 {
        let products = self.weights.iter().zip(inputs).map(|(a, b)| i32::from(*a).wrapping_mul(i32::from(*b)));
        scaled(products.fold(0, i32::wrapping_add), self.multiplier, self.bias)
    }
}

fn layer<const N: usize>(reader: &mut Reader<'_>) -> Result<Layer<N>, ReadError> {
    let outputs = reader.size()?;
    let weights: Vec<[i16; N]> = reader.list(outputs, |r| r.array(|r| r.byte().map(i16::from)))?;
    let multipliers = reader.list(outputs, Reader::signed)?;
    let biases = reader.list(outputs, Reader::long)?;
    let rows = weights.into_iter().zip(multipliers).zip(biases);
    Ok(Layer { rows: rows.map(|((weights, multiplier), bias)| Row { weights, multiplier, bias }).collect() })
}

/// A sum brought to the scale of the next layer. A 32-bit number times a 32-bit number fits; biases are far smaller.
#[inline]
fn scaled(sum: i32, multiplier: i32, bias: i64) -> i64 {
    i64::from(sum).wrapping_mul(i64::from(multiplier)).wrapping_add(bias)
}

/// A scaled sum as an activation: rounded, from 0 to 255.
#[inline]
fn activation(scaled: i64) -> i16 {
    let rounded = scaled.wrapping_add(1 << (SHIFT - 1)) >> SHIFT;
    i16::try_from(rounded.clamp(0, 255)).unwrap_or(0)
}
