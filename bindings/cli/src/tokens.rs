//! Takes texts, files or standard input; gives their number of tokens, and says whether it is exact or an estimate.

use std::io::{self, Write};
use std::path::Path;

use safeturn_tokens::{Encoding, Estimate, Estimated};
use serde::Serialize;

use crate::{Stop, lines};

/// One count as JSON.
#[derive(Serialize)]
struct Count<'a> {
    /// The file's name; nothing for a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    tokens: usize,
    encoding: &'a str,
    exact: bool,
    /// Of an estimate only: what public tokenizers were seen to say at least and at most. No bound for the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    lowest_public: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    highest_public: Option<usize>,
}

pub(crate) fn run(model: &str, texts: &[String], json: bool) -> Result<(), Stop> {
    let encoding = Encoding::from_name(model).or_else(|| Encoding::for_model(model));
    let input = ["-".to_owned()];
    let texts = if texts.is_empty() { &input } else { texts };
    let mut out = anstream::stdout();
    for argument in texts {
        let (file, text) = read(argument)?;
        let count = count(encoding, file, &text);
        if json {
            let line = serde_json::to_string(&count).map_err(|e| Stop::Message(e.to_string()))?;
            writeln!(out, "{line}")?;
        } else {
            writeln!(out, "{}", line(&count))?;
        }
    }
    Ok(())
}

/// What an argument stands for: a file's name and text, or the text itself. A file counts as it is, with its last line break.
fn read(argument: &str) -> Result<(Option<&str>, String), Stop> {
    if argument == "-" {
        return Ok((Some("-"), lines::read_all(io::stdin())?));
    }
    if !Path::new(argument).is_file() {
        return Ok((None, argument.to_owned()));
    }
    let bytes = std::fs::read(argument).map_err(|e| Stop::Message(format!("cannot read `{argument}`: {e}")))?;
    Ok((Some(argument), String::from_utf8_lossy(&bytes).into_owned()))
}

fn count<'a>(encoding: Option<Encoding>, file: Option<&'a str>, text: &str) -> Count<'a> {
    if let Some(encoding) = encoding {
        let tokens = encoding.count(text);
        return Count {
            file,
            tokens,
            encoding: encoding.as_str(),
            exact: true,
            lowest_public: None,
            highest_public: None,
        };
    }
    let Estimated { tokens, lowest_public, highest_public } = Estimate.of(text);
    Count {
        file,
        tokens,
        encoding: "estimate",
        exact: false,
        lowest_public: Some(lowest_public),
        highest_public: Some(highest_public),
    }
}

fn line(count: &Count<'_>) -> String {
    let label = match (count.lowest_public, count.highest_public) {
        (Some(low), Some(high)) => format!("estimate, its tokenizer is not public; public ones: {low} to {high}"),
        _ => format!("{}, exact", count.encoding),
    };
    let file = count.file.map(|file| format!("  {file}")).unwrap_or_default();
    format!("{} tokens ({label}){file}", count.tokens)
}
