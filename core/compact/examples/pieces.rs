//! Takes texts on standard input, each ended by a zero byte; gives the pieces of each, one text a line.
//!
//! For training: pieces are parted by U+001F, the readings of one piece by U+001E. Nothing is stored.
#![allow(missing_docs, reason = "an example")]

use std::io::{self, BufRead, BufWriter, Write};

use safeturn_compact::each_piece;
use safeturn_text::{fold, from_bytes};

fn main() -> io::Result<()> {
    let mut input = io::stdin().lock();
    let mut output = BufWriter::new(io::stdout().lock());
    let mut text = Vec::new();
    let mut line = Vec::new();
    while input.read_until(0, &mut text)? > 0 {
        if text.last() == Some(&0) {
            text.pop();
        }
        line.clear();
        each_piece(fold(&from_bytes(&text)).text(), |piece| {
            if !line.is_empty() {
                line.push(0x1f);
            }
            for (index, reading) in piece.readings().enumerate() {
                if index > 0 {
                    line.push(0x1e);
                }
                line.extend(reading.iter().map(|b| if *b < 0x20 { b' ' } else { *b }));
            }
        });
        line.push(b'\n');
        output.write_all(&line)?;
        text.clear();
    }
    output.flush()
}
