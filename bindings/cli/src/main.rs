//! Takes arguments; gives the engine's answers on a terminal or as JSON lines. Holds no rule of its own.

mod arguments;
mod bulk;
mod chat;
mod demo;
mod fit;
mod lines;
mod show;
mod tokens;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use safeturn::{Conversation, Guard, Policy, Profile, Turn};

use crate::arguments::{Arguments, Command, PolicyCommand};

/// Exit status when something was checked but not everything could be.
const PARTLY: u8 = 1;
/// Exit status when nothing could be done.
const FAILED: u8 = 2;

/// What stops a command. Never holds checked text.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A clear message for the person at the terminal.
    Message(String),
    /// The reader of our output went away: nothing to say.
    ClosedPipe,
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe { Self::ClosedPipe } else { Self::Message(error.to_string()) }
    }
}

impl From<safeturn::Error> for Stop {
    fn from(error: safeturn::Error) -> Self {
        Self::Message(format!("{error} ({})", error.code()))
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments) {
        Ok(code) => code,
        Err(Stop::ClosedPipe) => ExitCode::SUCCESS,
        Err(Stop::Message(message)) => {
            let _ = writeln!(io::stderr(), "safeturn: {message}");
            ExitCode::from(FAILED)
        }
    }
}

fn run(arguments: Arguments) -> Result<ExitCode, Stop> {
    let policy = arguments.policy.as_deref();
    match arguments.command {
        Command::Demo { pause_ms } => demo::run(&guard(policy)?, pause_ms)?,
        Command::Chat => chat::run(&guard(policy)?)?,
        Command::Check { jsonl: true, text, json: _ } => return check_lines(policy, &text),
        Command::Check { jsonl: false, text, json } => check(&guard(policy)?, &text, json)?,
        Command::Explain { text, json } => explain(&guard(policy)?, &text, json)?,
        Command::Fit(arguments) => fit::run(&guard(policy)?, arguments)?,
        Command::Tokens { model, json, text } => tokens::run(&model, &text, json)?,
        Command::Info => {
            let info =
                serde_json::to_string_pretty(&guard(policy)?.info()).map_err(|e| Stop::Message(e.to_string()))?;
            writeln!(io::stdout(), "{info}")?;
        }
        Command::Policy { command: PolicyCommand::Check { file } } => {
            let path = file.display().to_string();
            let checked = Guard::with_policy(read_policy(&file)?)?;
            writeln!(
                io::stdout(),
                "{path}: policy `{}` is valid, hash {}",
                checked.policy().name,
                checked.policy().version_hash()
            )?;
        }
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Arguments::command(), "safeturn", &mut io::stdout());
        }
        Command::Man => clap_mangen::Man::new(Arguments::command()).render(&mut io::stdout())?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A guard for `--policy`: the name of a profile, or a file.
fn guard(policy: Option<&str>) -> Result<Guard, Stop> {
    Ok(Guard::with_policy(find_policy(policy)?)?)
}

pub(crate) fn find_policy(policy: Option<&str>) -> Result<Policy, Stop> {
    match policy {
        None => Ok(Policy::default()),
        Some(name) => match Profile::ALL.into_iter().find(|p| p.as_str() == name) {
            Some(profile) => Ok(Policy::profile(profile)),
            None => read_policy(Path::new(name)),
        },
    }
}

fn read_policy(file: &Path) -> Result<Policy, Stop> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(|e| {
        let names: Vec<&str> = Profile::ALL.iter().map(|p| p.as_str()).collect();
        Stop::Message(format!(
            "cannot read policy `{name}`: {e}; expected a TOML or JSON file, or one of {}",
            names.join(", ")
        ))
    })?;
    let is_json = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("json"));
    Ok(if is_json { Policy::from_json(&text, &name)? } else { Policy::from_toml(&text, &name)? })
}

fn check(guard: &Guard, texts: &[String], json: bool) -> Result<(), Stop> {
    let texts = if texts.is_empty() { vec![lines::read_all(io::stdin())?] } else { texts.to_vec() };
    let mut out = anstream::stdout();
    for text in &texts {
        let verdict = guard.check(&mut Conversation::new(), &Turn::user(text));
        if json {
            writeln!(out, "{}", verdict.to_json())?;
        } else {
            show::verdict(&mut out, text, &verdict)?;
        }
    }
    Ok(())
}

fn check_lines(policy: Option<&str>, files: &[String]) -> Result<ExitCode, Stop> {
    let outcome = bulk::run(find_policy(policy)?, files)?;
    Ok(if outcome.errors == 0 { ExitCode::SUCCESS } else { ExitCode::from(PARTLY) })
}

fn explain(guard: &Guard, texts: &[String], json: bool) -> Result<(), Stop> {
    let texts = if texts.is_empty() { vec![lines::read_all(io::stdin())?] } else { texts.to_vec() };
    let mut out = anstream::stdout();
    for text in &texts {
        let explanation = guard.explain(text);
        if json {
            let line = serde_json::to_string(&explanation).map_err(|e| Stop::Message(e.to_string()))?;
            writeln!(out, "{line}")?;
        } else {
            show::explanation(&mut out, text, &explanation)?;
        }
    }
    Ok(())
}
