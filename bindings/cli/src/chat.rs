//! Takes lines typed by a person; gives the verdict of each, in one conversation that lives as long as the command.

use std::io::{self, BufRead, IsTerminal, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use safeturn::{Conversation, Guard, Timestamp, Turn};

use crate::{Stop, show};

const HELP: &str = "Type messages as the user. /bot TEXT speaks as the assistant, /new starts a new session, /reset forgets everything, /quit ends.";

pub(crate) fn run(guard: &Guard) -> Result<(), Stop> {
    let mut out = anstream::stdout();
    let is_terminal = io::stdin().is_terminal();
    if is_terminal {
        writeln!(out, "{HELP}")?;
    }
    let mut conversation = Conversation::new();
    let mut input = io::stdin().lock();
    loop {
        if is_terminal {
            write!(out, "> ")?;
            out.flush()?;
        }
        let mut bytes = Vec::new();
        if input.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&bytes);
        let line = line.trim_end_matches(['\n', '\r']);
        match line.split_once(' ').unwrap_or((line, "")) {
            ("", "") => {}
            ("/quit", _) => return Ok(()),
            ("/help", _) => writeln!(out, "{HELP}")?,
            ("/new", _) => {
                conversation.end_session();
                writeln!(out, "  new session; earlier peak {}", conversation.prior_peak_tier().number())?;
            }
            ("/reset", _) => conversation = Conversation::new(),
            ("/bot", text) => {
                guard.check(&mut conversation, &Turn::assistant(text).at(now()));
            }
            _ => {
                let verdict = guard.check(&mut conversation, &Turn::user(line).at(now()));
                show::verdict(&mut out, line, &verdict)?;
            }
        }
    }
}

fn now() -> Timestamp {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    Timestamp::from_seconds(i64::try_from(seconds).unwrap_or(0))
}
