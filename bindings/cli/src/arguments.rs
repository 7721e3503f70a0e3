//! Takes the command line; gives its arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

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
    /// Fit a JSON array of chat messages into a token budget; crisis and age turns stay or leave a note
    Fit(FitArguments),
    /// Count tokens of texts, files or standard input
    Tokens {
        /// Model such as gpt-4o, or encoding (cl100k_base, o200k_base, o200k_harmony); any other model gets an estimate
        #[arg(long, default_value = "o200k_base", value_name = "MODEL")]
        model: String,
        /// Print as JSON lines
        #[arg(long)]
        json: bool,
        /// Texts; the name of a file is read, `-` or nothing is standard input
        #[arg(value_name = "TEXT|FILE|-")]
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

#[derive(Debug, Args)]
pub(crate) struct FitArguments {
    /// Tokens of the whole request, with room for the reply
    #[arg(long, value_name = "N")]
    pub max_tokens: u64,
    /// Model such as gpt-4o, or encoding, whose tokens are counted; for a model without a public tokenizer an estimate
    #[arg(long, default_value = "o200k_base", value_name = "MODEL")]
    pub model: String,
    /// Which messages stay first
    #[arg(long, value_enum, default_value_t)]
    pub strategy: StrategyName,
    /// Most messages in the output
    #[arg(long, value_name = "N")]
    pub max_messages: Option<u64>,
    /// Tokens left for the reply
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub reserve_tokens: u64,
    /// Roles that the output may start on, after the system prompt
    #[arg(long, value_enum, value_delimiter = ',', value_name = "ROLE")]
    pub start_on: Vec<RoleName>,
    /// Roles that the output may end on
    #[arg(long, value_enum, value_delimiter = ',', value_name = "ROLE")]
    pub end_on: Vec<RoleName>,
    /// Messages that must stay, by index from 0
    #[arg(long, value_delimiter = ',', value_name = "INDEX")]
    pub pin: Vec<usize>,
    /// Let the system prompt go like other messages
    #[arg(long)]
    pub no_include_system: bool,
    /// Let a message be cut
    #[arg(long)]
    pub allow_partial: bool,
    /// Let tool calls and their results be parted
    #[arg(long)]
    pub no_keep_tool_pairs: bool,
    /// Summary to put in when messages go
    #[arg(long, value_name = "TEXT")]
    pub summary: Option<String>,
    /// JSON array of messages, or an object with `messages`; standard input without it, or for `-`
    #[arg(value_name = "FILE")]
    pub file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum StrategyName {
    #[default]
    Last,
    First,
    MiddleOut,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(crate) enum RoleName {
    User,
    Assistant,
    Tool,
    System,
    Developer,
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Check a policy file: keys, types, ranges, floors
    Check {
        /// The file
        file: PathBuf,
    },
}
