//! Takes a JSON array of chat messages and a budget; gives what fits as JSON, with marks from the guard. The messages that
//! stay are those given, with every key; only a cut one has new content.

use std::io::{self, Write};
use std::path::Path;

use safeturn::{
    Conversation, Estimate, Fit, FitOptions, Guard, History, Mark, Message, Piece, Pin, Role, Strategy, TokenCounter,
    Turn,
};
use safeturn_tokens::Encoding;
use serde::Serialize;
use serde_json::{Value, json};

use crate::arguments::{FitArguments, RoleName, StrategyName};
use crate::{Stop, lines};

/// What is printed.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    fit: &'a Fit,
    messages: Vec<Value>,
}

pub(crate) fn run(guard: &Guard, arguments: FitArguments) -> Result<(), Stop> {
    let values = read(arguments.file.as_deref())?;
    let written = serde_json::to_string(&values).map_err(|e| Stop::Message(e.to_string()))?;
    let messages = Message::list_from_json(&written)?;
    let counter = counter(&arguments.model);
    let mut history = History::new(counter.as_ref());
    for (message, mark) in messages.iter().zip(marks(guard, &messages)) {
        history.push(message, Some(mark), counter.as_ref())?;
    }
    let fit = history.fit(&options(arguments), counter.as_ref())?;
    let answer = Answer { messages: output(&fit, &values, &messages, counter.as_ref())?, fit: &fit };
    let text = serde_json::to_string_pretty(&answer).map_err(|e| Stop::Message(e.to_string()))?;
    writeln!(io::stdout(), "{text}")?;
    Ok(())
}

/// The counter for a model or encoding: exact where the tokenizer is public, else an estimate, which the answer names.
fn counter(model: &str) -> Box<dyn TokenCounter> {
    match Encoding::from_name(model).or_else(|| Encoding::for_model(model)) {
        Some(encoding) => Box::new(encoding),
        None => Box::new(Estimate),
    }
}

/// Elements of the array, or of `messages` in an object. An error names the place, never the text.
fn read(file: Option<&Path>) -> Result<Vec<Value>, Stop> {
    let text = match file.filter(|f| *f != Path::new("-")) {
        Some(file) => std::fs::read_to_string(file)
            .map_err(|e| Stop::Message(format!("cannot read `{}`: {e}", file.display())))?,
        None => lines::read_all(io::stdin())?,
    };
    let expected = "expected a JSON array of messages, or an object with `messages`";
    let value: Value = serde_json::from_str(&text)
        .map_err(|e| Stop::Message(format!("line {}, column {}: {expected}", e.line(), e.column())))?;
    let list = match value {
        Value::Object(mut object) => object.remove("messages").unwrap_or_default(),
        other => other,
    };
    match list {
        Value::Array(values) => Ok(values),
        _ => Err(Stop::Message(expected.to_owned())),
    }
}

fn marks(guard: &Guard, messages: &[Message]) -> Vec<Mark> {
    let mut conversation = Conversation::new();
    let mut mark =
        |message: &Message| Mark::of(&guard.check(&mut conversation, &Turn::new(message.role, &message.text())));
    messages.iter().map(&mut mark).collect()
}

fn options(arguments: FitArguments) -> FitOptions {
    let roles = |names: Vec<RoleName>| names.into_iter().map(role).collect();
    FitOptions {
        max_tokens: arguments.max_tokens,
        reserve_tokens: arguments.reserve_tokens,
        max_messages: arguments.max_messages,
        strategy: match arguments.strategy {
            StrategyName::Last => Strategy::Last,
            StrategyName::First => Strategy::First,
            StrategyName::MiddleOut => Strategy::MiddleOut,
        },
        start_on: roles(arguments.start_on),
        end_on: roles(arguments.end_on),
        include_system: !arguments.no_include_system,
        allow_partial: arguments.allow_partial,
        pinned: arguments.pin.into_iter().map(Pin::Index).collect(),
        keep_tool_pairs: !arguments.no_keep_tool_pairs,
        summary: arguments.summary,
        ..FitOptions::default()
    }
}

fn role(name: RoleName) -> Role {
    match name {
        RoleName::User => Role::User,
        RoleName::Assistant => Role::Assistant,
        RoleName::Tool => Role::Tool,
        RoleName::System => Role::System,
        RoleName::Developer => Role::Developer,
    }
}

/// The messages to send: the host's own objects where they stay whole.
fn output(fit: &Fit, values: &[Value], messages: &[Message], counter: &dyn TokenCounter) -> Result<Vec<Value>, Stop> {
    let rendered = fit.render(messages, counter)?;
    let value = |(piece, message): (Piece<'_>, &Message)| match piece {
        Piece::Inserted(inserted) => json!({"role": "system", "content": inserted.text}),
        Piece::Kept(kept) => {
            let mut value = values.get(kept.index).cloned().unwrap_or_default();
            if let Some(content) = value.get_mut("content").filter(|_| kept.cut.is_some()) {
                *content = Value::String(message.text().into_owned());
            }
            value
        }
    };
    Ok(fit.pieces().zip(&rendered).map(value).collect())
}
