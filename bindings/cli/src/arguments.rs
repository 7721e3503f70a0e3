//! Takes the command line; gives its arguments.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

/// Embedded conversation safety: what was said, and what to do next.
///
/// Not a medical device, no diagnosis. Everything runs on this machine; nothing is sent or stored.
#[derive(Debug, Parser)]
#[command(name = "safeturn", version, max_term_width = 120)]
pub(crate) struct Arguments {
    /// Profile (companion, coaching, school, elder_care) or policy file (TOML or JSON)
    #[arg(long, global = true, value_name = "NAME|FILE")]
    pub policy: Option<String>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Replay a shipped conversation turn by turn
    Demo {
        /// Pause between turns, in milliseconds
        #[arg(long, default_value_t = 0, value_name = "MS")]
        pause_ms: u64,
    },
    /// Type messages and see each verdict
    Chat,
    /// Check messages given as arguments, on standard input, or as JSON lines
    Check {
        /// Read JSON lines {"id","text"} or {"id","turns":[…]} from FILE or standard input, write {"id","verdict"|"verdicts"}
        #[arg(long)]
        jsonl: bool,
        /// Print verdicts as JSON
        #[arg(long, conflicts_with = "jsonl")]
        json: bool,
        /// Messages; with --jsonl files (`-` is standard input)
        #[arg(value_name = "TEXT")]
        text: Vec<String>,
    },
    /// Show every rule that matched a message, and what became of it
    Explain {
        /// Print as JSON
        #[arg(long)]
        json: bool,
        /// Messages
        #[arg(value_name = "TEXT")]
        text: Vec<String>,
    },
    /// Print versions and hashes of code, rules and policy
    Info,
    /// Work with policies
    Policy {
        #[command(subcommand)]
        command: PolicyCommand,
    },
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    Man,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check a policy file: keys, types, ranges, floors
    Check {
        /// The file
        file: PathBuf,
    },
}
