//! Takes a message in the JSON shape of chat APIs; gives what counting and fitting need of it.
//!
//! Keys that no rule here reads are passed over; results name messages by index, so that a host keeps its own objects.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::turn::Role;

/// One message of a chat request. Holds text; `Debug` shows none of it.
///
/// Tools in the form of `tool_calls` and `tool_call_id`, or of `tool_use` and `tool_result` parts; not the older
/// `function_call`. Keys that are not named here are not kept.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// What is said; `null` or left out when an assistant only calls tools.
    #[serde(default, deserialize_with = "null_is_default")]
    pub content: Content,
    /// Name of the speaker or tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Tools that an assistant calls.
    #[serde(default, deserialize_with = "null_is_default", skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// The call that a tool message answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// The host's id of the message, for `pinned`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

/// Text, or a list of parts.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// Plain text.
    Text(String),
    /// Text, images, tool uses and their results.
    Parts(Vec<Part>),
}

/// One part of a content list.
#[derive(Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Part {
    /// `text`, `image_url`, `tool_use`, `tool_result` …
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Text of a text part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Id of a `tool_use`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Tool of a `tool_use`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Arguments of a `tool_use`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Value>,
    /// The `tool_use` that a `tool_result` answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_use_id: Option<String>,
    /// Content of a `tool_result`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Content>,
}

/// A call of a tool.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ToolCall {
    /// The id that the result repeats.
    #[serde(default)]
    pub id: String,
    /// `function`, as a rule.
    #[serde(rename = "type", default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// What is called.
    #[serde(default)]
    pub function: FunctionCall,
}

/// Name and arguments of a called function.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FunctionCall {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its arguments, as the JSON text that the model wrote.
    #[serde(default)]
    pub arguments: String,
}

impl Message {
    /// A message of plain text.
    #[must_use]
    pub fn new(role: Role, text: impl Into<String>) -> Self {
        Self { role, content: Content::Text(text.into()), ..Self::default() }
    }

    /// A list of messages from a JSON array.
    ///
    /// # Errors
    /// `input_invalid` when it is no such array; the message names the index of the first wrong element, never its text.
    pub fn list_from_json(text: &str) -> Result<Vec<Self>, Error> {
        let invalid = |message: String| Error::new(ErrorKind::InputInvalid, message);
        let values: Vec<Value> = serde_json::from_str(text)
            .map_err(|e| invalid(format!("line {}: expected a JSON array of messages", e.line())))?;
        let read = |(index, value)| {
            serde_json::from_value(value).map_err(|_| {
                invalid(format!(
                    "message {index}: expected `role` (system, developer, user, assistant, tool) and `content` (text or parts)"
                ))
            })
        };
        values.into_iter().enumerate().map(read).collect()
    }

    /// All text of the message that is said: plain content, or its text parts joined by line ends. Allocates for parts only.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        match &self.content {
            Content::Text(text) => text.into(),
            Content::Parts(parts) => {
                parts.iter().filter_map(|p| p.text.as_deref()).collect::<Vec<_>>().join("\n").into()
            }
        }
    }

    /// Ids of the tool calls it makes.
    pub(super) fn calls(&self) -> impl Iterator<Item = &str> {
        let used = self.parts().iter().filter(|p| p.kind == "tool_use").map(|p| p.id.as_deref().unwrap_or_default());
        self.tool_calls.iter().map(|c| c.id.as_str()).chain(used)
    }

    /// Ids of the tool calls it answers.
    pub(super) fn answers(&self) -> impl Iterator<Item = &str> {
        let of_tool = (self.role == Role::Tool).then(|| self.tool_call_id.as_deref().unwrap_or_default());
        let results = self.parts().iter().filter(|p| p.kind == "tool_result");
        of_tool.into_iter().chain(results.map(|p| p.tool_use_id.as_deref().unwrap_or_default()))
    }

    /// A person's words, not only results of tools in a message that bears the user's role.
    pub(super) fn is_spoken_by_user(&self) -> bool {
        let is_result = |p: &Part| p.kind == "tool_result";
        self.role == Role::User && (self.parts().is_empty() || !self.parts().iter().all(is_result))
    }

    pub(super) fn parts(&self) -> &[Part] {
        match &self.content {
            Content::Text(_) => &[],
            Content::Parts(parts) => parts,
        }
    }
}

impl Default for Content {
    fn default() -> Self {
        Self::Text(String::new())
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("role", &self.role)
            .field("content", &self.content)
            .field("tool_calls", &self.tool_calls.len())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Parts(parts) => write!(f, "Parts({})", parts.len()),
        }
    }
}

impl fmt::Debug for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Part").field("text_bytes", &self.text.as_ref().map_or(0, String::len)).finish_non_exhaustive()
    }
}

impl fmt::Debug for ToolCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToolCall").field("function", &self.function).finish_non_exhaustive()
    }
}

impl fmt::Debug for FunctionCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FunctionCall({} bytes of arguments)", self.arguments.len())
    }
}

fn null_is_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::Message;

    #[test]
    fn debug_shows_no_text() {
        let json = r#"[{"role":"user","name":"zebra","content":"zebra"},{"role":"user","content":[{"type":"zebra","text":"zebra",
            "content":"zebra"}],"tool_calls":[{"id":"zebra","function":{"name":"zebra","arguments":"zebra"}}]}]"#;
        let messages = Message::list_from_json(json).unwrap();
        assert!(!format!("{messages:?}").contains("zebra"));
    }

    #[test]
    fn an_error_names_the_index_and_no_text() {
        let error = Message::list_from_json(r#"[{"role":"user"},{"role":"zebra"}]"#).unwrap_err();
        assert_eq!(error.code(), "input_invalid");
        assert!(error.to_string().starts_with("message 1:") && !error.to_string().contains("zebra"));
    }
}
