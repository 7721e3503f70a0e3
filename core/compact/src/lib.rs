//! Takes a folded view of a text; gives scores for what rules cannot list.
//!
//! A small network over words, in integer arithmetic from the first table to the last, so that every platform gives the
//! same bits. `pieces` reads the text, `model` scores it. Nothing here knows tiers or policies.

mod model;
mod pieces;
mod read;

pub use model::{Model, Scores, Scratch};
pub use pieces::{MAX_PIECES, Piece, each_piece, edges};
pub use read::ReadError;
