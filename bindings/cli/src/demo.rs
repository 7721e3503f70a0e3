//! Takes the shipped conversation; gives it turn by turn, with evidence underlined and the tier as it moves.

use std::io::Write;
use std::thread;
use std::time::Duration;

use anstyle::Style;
use safeturn::{Conversation, Guard, Role, Timestamp, Turn};
use serde::Deserialize;

use crate::{Stop, show};

const CONVERSATION: &str = include_str!("../data/demo.json");

#[derive(Deserialize)]
struct Demo {
    title: String,
    clock: String,
    turns: Vec<DemoTurn>,
}

#[derive(Deserialize)]
struct DemoTurn {
    role: Role,
    text: String,
    at_s: i64,
}

pub(crate) fn run(guard: &Guard, pause_ms: u64) -> Result<(), Stop> {
    let demo: Demo = serde_json::from_str(CONVERSATION).map_err(|e| Stop::Message(format!("demo.json: {e}")))?;
    let start = Timestamp::parse(&demo.clock)?;
    let mut out = anstream::stdout();
    let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
    writeln!(out, "{bold}{}{bold:#}\n", demo.title)?;
    let mut conversation = Conversation::new();
    for written in &demo.turns {
        let turn = Turn::new(written.role, &written.text).at(start.plus_seconds(written.at_s));
        let verdict = guard.check(&mut conversation, &turn);
        let minutes = written.at_s / 60;
        if written.role == Role::User {
            write!(out, "{dim}{minutes:>4} min{dim:#}  {bold}user{bold:#}  ")?;
            show::verdict(&mut out, &written.text, &verdict)?;
        } else {
            writeln!(out, "{dim}{minutes:>4} min  bot   {}{dim:#}", written.text)?;
        }
        writeln!(out)?;
        thread::sleep(Duration::from_millis(pause_ms));
    }
    writeln!(
        out,
        "State kept for the next turn: {} bytes, no text. Peak tier {}.",
        conversation.to_bytes().len(),
        conversation.peak_tier().number()
    )?;
    Ok(())
}
