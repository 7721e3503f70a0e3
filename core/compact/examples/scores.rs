//! Takes a model file and texts on standard input, one a line; gives the scores of some heads, one text a line.
#![allow(missing_docs, reason = "an example")]

use std::io::{self, BufRead, Write};

use safeturn_compact::{Model, Scratch};
use safeturn_text::fold;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("which model?")?;
    let model = Model::load(&std::fs::read(path)?)?;
    let mut scratch = Scratch::default();
    let mut output = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let scores = model.score(fold(&line?).text(), &mut scratch);
        let shown = model.names().iter().zip(&scores.heads).take(7);
        let shown: Vec<String> = shown.map(|(name, score)| format!("{name} {score}")).collect();
        writeln!(output, "{}", shown.join("  "))?;
    }
    Ok(())
}
