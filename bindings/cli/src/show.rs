//! Takes verdicts and explanations; gives lines a person reads: evidence underlined, tier in colour.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use safeturn::{AgeBand, Explanation, Finding, Tier, Verdict};

pub(crate) fn tier_style(tier: Tier) -> Style {
    let colour = match tier {
        Tier::Normal => AnsiColor::Green,
        Tier::Concern => AnsiColor::Yellow,
        Tier::Crisis => AnsiColor::Red,
    };
    Style::new().bold().fg_color(Some(colour.into()))
}

pub(crate) fn tier_name(tier: Tier) -> &'static str {
    match tier {
        Tier::Normal => "1 normal",
        Tier::Concern => "2 concern",
        Tier::Crisis => "3 crisis",
    }
}

/// The name of a closed set's member, as in JSON.
fn name<T: serde::Serialize>(value: T) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}

/// The message with its evidence underlined; what does not count is dimmed.
pub(crate) fn text(out: &mut impl Write, text: &str, findings: &[Finding]) -> io::Result<()> {
    let mut at = 0;
    let mut spans: Vec<(usize, usize, bool)> =
        findings.iter().map(|f| (f.span.start, f.span.end, f.counts())).collect();
    spans.sort_by_key(|s| (s.0, !s.2));
    for (start, end, counts) in spans {
        if start < at {
            continue;
        }
        let (Some(before), Some(inside)) = (text.get(at..start), text.get(start..end)) else { continue };
        let style = if counts { Style::new().underline().bold() } else { Style::new().dimmed().italic() };
        write!(out, "{}{style}{}{style:#}", printable(before), printable(inside))?;
        at = end;
    }
    writeln!(out, "{}", printable(text.get(at..).unwrap_or_default()))
}

/// Text without control characters, which could move the cursor or recolour the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() && c != '\t' { ' ' } else { c }).collect()
}

/// One message and its verdict.
pub(crate) fn verdict(out: &mut impl Write, message: &str, verdict: &Verdict) -> io::Result<()> {
    text(out, message, &verdict.findings)?;
    summary(out, verdict)
}

/// The verdict in a few lines.
pub(crate) fn summary(out: &mut impl Write, v: &Verdict) -> io::Result<()> {
    let style = tier_style(v.tier);
    write!(out, "  {style}tier {}{style:#}", tier_name(v.tier))?;
    if v.message_tier != v.tier {
        write!(out, " (this message {})", v.message_tier.number())?;
    }
    if v.refer {
        write!(out, "  refer")?;
    }
    write!(out, "  mode {}", name(v.mode))?;
    if v.age.band != AgeBand::Unknown {
        write!(out, "  age {}{}", v.age.band.as_str(), if v.age.conflict { " (conflict)" } else { "" })?;
    }
    writeln!(out)?;
    for finding in &v.findings {
        writeln!(out, "  {}", line(finding))?;
    }
    let actions: Vec<String> = v.actions.iter().map(name).collect();
    writeln!(out, "  {}: {}", name(v.decision), actions.join(", "))?;
    if !v.status.reasons.is_empty() {
        let reasons: Vec<String> = v.status.reasons.iter().map(name).collect();
        writeln!(out, "  status {}: {} (language {})", name(v.status.state), reasons.join(", "), v.coverage.language)?;
    }
    Ok(())
}

fn line(f: &Finding) -> String {
    let mut notes = vec![format!("about {}", name(f.subject))];
    if name(f.time) != "unspecified" {
        notes.push(name(f.time));
    }
    if name(f.framing) != "literal" {
        notes.push(name(f.framing));
    }
    if f.denied {
        notes.push("denied".to_owned());
    }
    let mark = if f.counts() { "+" } else { "-" };
    format!("{mark} {} ({}) by {}", f.category, notes.join(", "), f.source)
}

/// Every rule that matched.
pub(crate) fn explanation(out: &mut impl Write, message: &str, explanation: &Explanation) -> io::Result<()> {
    let style = tier_style(explanation.message_tier);
    let refer = if explanation.refer { ", refer" } else { "" };
    writeln!(out, "{style}{}{style:#}{refer}", tier_name(explanation.message_tier))?;
    if explanation.steps.is_empty() {
        writeln!(out, "  no rule matched")?;
    }
    for step in &explanation.steps {
        let found = step.span.and_then(|s| message.get(s.start..s.end)).map(|t| format!(" “{}”", printable(t)));
        let category = step.category.as_deref().map(|c| format!(" {c}")).unwrap_or_default();
        let mark = if step.kind != "finding" {
            " "
        } else if step.counts {
            "+"
        } else {
            "-"
        };
        let tier = step.tier.map(|t| format!(" tier {}", t.number())).unwrap_or_default();
        writeln!(out, "{mark} {}{category}{tier}{}", step.kind, found.unwrap_or_default())?;
        writeln!(out, "    {}: {}", step.rule, step.why)?;
        if !step.because.is_empty() {
            writeln!(out, "    {}", step.because.join(", "))?;
        }
    }
    Ok(())
}
