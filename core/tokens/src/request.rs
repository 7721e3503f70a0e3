//! Takes a whole chat request; gives what it will cost, with what is exact and what is estimated kept apart.
//!
//! Messages follow the published recipe (OpenAI cookbook, "How to count tokens with tiktoken"): three tokens around each
//! message, one for a name, three that prime the reply. What servers add for tools and images is not public as text: both are estimates.

use crate::counter::TokenCounter;

/// Around each message: `<|start|>role<|message|>…<|end|>`, of which the role is counted as text.
const PER_MESSAGE: usize = 3;
const PER_NAME: usize = 1;
/// `<|start|>assistant<|message|>`, once a request.
const REPLY: usize = 3;
/// A call of a tool: one token to set its name off (`tiktoken-rs`, `FUNCTION_CALL_OVERHEAD`).
const PER_TOOL_CALL: usize = 1;
/// A tool's definition: 7 tokens to begin, and 12 once to end the list (cookbook, the row of gpt-4o).
const PER_TOOL: usize = 7;
const TOOLS_END: usize = 12;
/// An image: 85 tokens, and in high detail 170 for each square of 512 pixels (OpenAI's guide to vision, gpt-4o).
const IMAGE: usize = 85;
const IMAGE_SQUARE: usize = 170;

/// One message as it is sent.
#[derive(Debug, Clone, Copy, Default)]
pub struct RequestMessage<'a> {
    /// `system`, `user`, `assistant`, `tool` …
    pub role: &'a str,
    /// The text.
    pub content: &'a str,
    /// The field `name`, where it is sent.
    pub name: Option<&'a str>,
    /// Calls of tools that the message carries: name and arguments (JSON text).
    pub tool_calls: &'a [(&'a str, &'a str)],
    /// Images that the message carries.
    pub images: &'a [Image],
}

/// An image in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Image {
    /// Sent in low detail.
    Low,
    /// Sent in high detail.
    High {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
}

/// What a request costs, in tokens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestCount {
    /// Messages by the published recipe: as exact as the counter is.
    pub messages: usize,
    /// Tool calls and definitions: an estimate.
    pub tools_estimate: usize,
    /// Images: an estimate.
    pub images_estimate: usize,
}

impl RequestCount {
    /// Everything together.
    #[must_use]
    pub fn total(self) -> usize {
        self.messages + self.tools_estimate + self.images_estimate
    }

    /// Nothing in it was estimated by the recipe; whether the counter itself is exact, its name says.
    #[must_use]
    pub fn is_exact(self) -> bool {
        self.tools_estimate == 0 && self.images_estimate == 0
    }
}

/// The tokens of one message in a request, without the three that prime the reply.
///
/// O(n) in its text; allocates nothing of its own.
#[must_use]
pub fn count_message(counter: &dyn TokenCounter, message: &RequestMessage<'_>) -> RequestCount {
    let name = message.name.map_or(0, |name| counter.count(name) + PER_NAME);
    let calls = message.tool_calls.iter();
    RequestCount {
        messages: PER_MESSAGE + counter.count(message.role) + counter.count(message.content) + name,
        tools_estimate: calls.map(|(tool, with)| counter.count(tool) + counter.count(with) + PER_TOOL_CALL).sum(),
        images_estimate: message.images.iter().map(|image| image_tokens(*image)).sum(),
    }
}

/// The tokens of a whole request: messages, the definitions of `tools` (JSON text each), and what primes the reply.
///
/// # Examples
///
/// ```
/// # #[cfg(feature = "o200k")] {
/// use safeturn_tokens::{Encoding, RequestMessage, count_request};
///
/// let hello = RequestMessage { role: "user", content: "Hello!", ..Default::default() };
/// // "user" 1, "Hello!" 2, around the message 3, the reply 3.
/// assert_eq!(count_request(&Encoding::O200kBase, &[hello], &[]).total(), 9);
/// # }
/// ```
#[must_use]
pub fn count_request(counter: &dyn TokenCounter, messages: &[RequestMessage<'_>], tools: &[&str]) -> RequestCount {
    let mut total = RequestCount { messages: REPLY, ..RequestCount::default() };
    for message in messages {
        let RequestCount { messages, tools_estimate, images_estimate } = count_message(counter, message);
        total.messages += messages;
        total.tools_estimate += tools_estimate;
        total.images_estimate += images_estimate;
    }
    if !tools.is_empty() {
        total.tools_estimate += TOOLS_END + tools.iter().map(|tool| PER_TOOL + counter.count(tool)).sum::<usize>();
    }
    total
}

/// The longer side is brought down to 2,048 pixels, then the shorter to 768; begun squares count.
fn image_tokens(image: Image) -> usize {
    let Image::High { width, height } = image else { return IMAGE };
    let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
    let fitted = (2048.0 / width.max(height)).min(1.0);
    let scale = fitted * (768.0 / (width.min(height) * fitted)).min(1.0);
    let squares = |side: f64| (side * scale / 512.0).ceil().max(1.0) as usize;
    IMAGE + IMAGE_SQUARE * squares(width) * squares(height)
}

#[cfg(test)]
mod tests {
    use super::{Image, image_tokens};

    #[test]
    fn images_cost_what_the_published_examples_say() {
        assert_eq!(image_tokens(Image::Low), 85);
        assert_eq!(image_tokens(Image::High { width: 1024, height: 1024 }), 765);
        assert_eq!(image_tokens(Image::High { width: 2048, height: 4096 }), 1105);
    }
}
