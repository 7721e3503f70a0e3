//! Takes written cases and public sets; gives recall and false alarms, and compares them with the recorded table.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use safeturn::{Conversation, Guard, Policy, Turn, Verdict};
use safeturn_tests::case::{Case, CaseKind, read_lines};
use safeturn_tests::data;
use safeturn_tests::report::Rate;

const USAGE: &str = "eval cases [--data DIR] [--show] [--group G] FILE…   written cases
eval sets  [--data DIR] [--only SET]                public sets in ../shared/data
eval alarms [--data DIR] [--tier N] SET…            tier-1 texts of a train set that were raised, for reading by eye
eval text  [--data DIR] TEXT…                       explains texts
eval all [--record]                                 everything, compared with tests/eval/baseline.json";

/// Tier-1 sets, and how many rows they are counted by.
const TIER_ONE: [&str; 7] = [
    "train/clinc",
    "dev/clinc",
    "train/banking77",
    "train/nlu_home",
    "dev/irc_technical",
    "train/persona_conversations",
    "train/goemotions",
];
/// Requirements.md, row 1: what the reviewed system used. The floor.
const SEVEN_KEYWORDS: [&str; 7] =
    ["suicide", "kill myself", "end my life", "want to die", "self harm", "hurt myself", "overdose"];

struct Arguments {
    data: Option<PathBuf>,
    shows: bool,
    records: bool,
    group: Option<String>,
    only: Option<String>,
    tier: u8,
    rest: Vec<String>,
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let mut arguments =
        Arguments { data: None, shows: false, records: false, group: None, only: None, tier: 3, rest: Vec::new() };
    while let Some(word) = words.next() {
        match word.as_str() {
            "--data" => arguments.data = words.next().map(PathBuf::from),
            "--show" => arguments.shows = true,
            "--record" => arguments.records = true,
            "--group" => arguments.group = words.next(),
            "--only" => arguments.only = words.next(),
            "--tier" => arguments.tier = words.next().and_then(|t| t.parse().ok()).unwrap_or(3),
            _ => arguments.rest.push(word),
        }
    }
    let guard = match build(arguments.data.as_deref()) {
        Ok(guard) => guard,
        Err(message) => {
            eprintln!("{message}");
            return ExitCode::FAILURE;
        }
    };
    let done = match command.as_str() {
        "cases" => cases(&guard, &arguments).map(|_| true),
        "sets" => sets(&guard, arguments.only.as_deref()).map(|_| true),
        "alarms" => alarms(&guard, &arguments).map(|()| true),
        "text" => explain(&guard, &arguments.rest).map(|()| true),
        "all" => all(&guard, arguments.records),
        _ => Err(USAGE.to_owned()),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn build(data: Option<&Path>) -> Result<Guard, String> {
    let Some(data) = data else { return Guard::new().map_err(|e| e.to_string()) };
    let table = safeturn_lexicon::compile::compile(data)
        .map_err(|m| m.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let bytes = table.to_bytes().map_err(|e| e.to_string())?;
    Guard::with_table_bytes(Policy::default(), &bytes).map_err(|e| e.to_string())
}

/// Recall of positives and alarms on near misses, by group.
#[derive(Default)]
struct Score {
    recall: Rate,
    alarms: Rate,
    /// Positives whose message tier is high enough, whatever the category.
    tiers: Rate,
}

fn cases(guard: &Guard, arguments: &Arguments) -> Result<BTreeMap<String, (Rate, Rate)>, String> {
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for file in &arguments.rest {
        for case in read_lines(Path::new(file))? {
            if arguments.group.as_ref().is_some_and(|g| !case.group.starts_with(g.as_str())) {
                continue;
            }
            score(guard, &case, arguments.shows, &mut scores)?;
        }
    }
    println!("{:<58} {:<30} {:<30} tier only", "group", "recall", "near-miss alarms");
    let (mut recall, mut alarms, mut tiers) = (Rate::default(), Rate::default(), Rate::default());
    for (group, s) in &scores {
        println!("{group:<58} {:<30} {:<30} {:.2}", s.recall.text(), s.alarms.text(), s.tiers.share());
        for (total, part) in [(&mut recall, s.recall), (&mut alarms, s.alarms), (&mut tiers, s.tiers)] {
            total.hits += part.hits;
            total.of += part.of;
        }
    }
    println!("{:<58} {:<30} {:<30} {:.2}", "all", recall.text(), alarms.text(), tiers.share());
    Ok(scores.into_iter().map(|(g, s)| (g, (s.recall, s.alarms))).collect())
}

fn score(guard: &Guard, case: &Case, shows: bool, scores: &mut BTreeMap<String, Score>) -> Result<(), String> {
    let verdict = case.run(guard)?;
    let failed = case.expect.failures(&verdict);
    let own = scores.entry(case.group.clone()).or_default();
    match case.kind {
        CaseKind::Positive => {
            own.recall.add(failed.is_empty());
            let wanted = case.expect.min_tier.or(case.expect.message_tier).unwrap_or(1);
            own.tiers.add(verdict.message_tier.number() >= wanted);
        }
        CaseKind::NearMiss => own.alarms.add(!failed.is_empty()),
    }
    if shows && !failed.is_empty() {
        let said = case.text.clone().unwrap_or_else(|| {
            case.turns.iter().map(|t| format!("{:?}@{}: {}", t.role, t.at_s, t.text)).collect::<Vec<_>>().join(" / ")
        });
        println!(
            "{:?} {} {}\n    {said}\n    -> {}   [{}]",
            case.kind,
            case.id,
            case.group,
            failed.join("; "),
            fired(&verdict)
        );
    }
    Ok(())
}

fn fired(verdict: &Verdict) -> String {
    let each = verdict.findings.iter().map(|f| {
        let mark = if f.suppressed {
            "-"
        } else if f.denied {
            "!"
        } else {
            "+"
        };
        format!("{mark}{} {:?}/{:?}/{:?}", f.source, f.subject, f.time, f.framing)
    });
    each.collect::<Vec<_>>().join(", ")
}

fn explain(guard: &Guard, texts: &[String]) -> Result<(), String> {
    for text in texts {
        let explanation = serde_json::to_string_pretty(&guard.explain(text)).map_err(|e| e.to_string())?;
        println!("{text}\n{explanation}\n{}", guard.check_text(text).to_json());
    }
    Ok(())
}

/// Rows by set: at tier 3, at tier 2 or more, in all.
fn sets(guard: &Guard, only: Option<&str>) -> Result<BTreeMap<String, (Rate, Rate)>, String> {
    let mut table = BTreeMap::new();
    let Some(folder) = data::folder() else {
        println!("skipped: ../shared/data is missing");
        return Ok(table);
    };
    for set in TIER_ONE.iter().filter(|s| only.is_none_or(|o| s.contains(o))) {
        let (mut three, mut two, mut floor) = (Rate::default(), Rate::default(), Rate::default());
        for row in data::rows(&folder, set)? {
            for text in data::texts(&row) {
                let tier = tier(guard, text);
                three.add(tier >= 3);
                two.add(tier >= 2);
                floor.add(has_keyword(text));
            }
        }
        println!(
            "{set:<32} tier 3: {:>3} ({:.2}/1000)   tier >= 2: {:>4} ({:.2}/1000)   seven keywords: {}   of {}",
            three.hits,
            three.share() * 1000.0,
            two.hits,
            two.share() * 1000.0,
            floor.hits,
            three.of
        );
        table.insert((*set).to_owned(), (three, two));
    }
    for set in ["train/cssrs_posts", "dev/cssrs_posts"].iter().filter(|s| only.is_none_or(|o| s.contains(o))) {
        severity(guard, &folder, set, &mut table)?;
    }
    Ok(table)
}

fn severity(guard: &Guard, folder: &Path, set: &str, table: &mut BTreeMap<String, (Rate, Rate)>) -> Result<(), String> {
    let mut by_severity: BTreeMap<u8, (Rate, Rate, Rate)> = BTreeMap::new();
    let (mut high, mut from_two, mut keywords) = (Rate::default(), Rate::default(), Rate::default());
    for row in data::rows(folder, set)? {
        let (Some(severity), Some(text)) = (row.severity, row.text.as_deref()) else { continue };
        let verdict = guard.check(&mut Conversation::new(), &Turn::user(text));
        let tier = verdict.message_tier.number();
        let own = by_severity.entry(severity).or_default();
        own.0.add(tier >= 3);
        own.1.add(tier >= 2);
        own.2.add(tier >= 2 && verdict.refer);
        if severity >= 3 {
            high.add(tier >= 3);
        }
        if severity >= 2 {
            from_two.add(tier >= 3);
            keywords.add(has_keyword(text));
        }
    }
    for (severity, (three, two, refer)) in &by_severity {
        println!(
            "{set} severity {severity}: tier 3 {:<28} tier >= 2 {:.3}   with refer {:.3}",
            three.text(),
            two.share(),
            refer.share()
        );
        table.insert(format!("{set} severity {severity}"), (*three, *refer));
    }
    println!("{set} severity >= 3: tier 3 {}", high.text());
    println!("{set} severity >= 2: tier 3 {}   seven keywords {:.3}", from_two.text(), keywords.share());
    table.insert(format!("{set} severity >= 3"), (high, high));
    table.insert(format!("{set} severity >= 2"), (from_two, from_two));
    Ok(())
}

fn tier(guard: &Guard, text: &str) -> u8 {
    guard.check(&mut Conversation::new(), &Turn::user(text)).message_tier.number()
}

fn has_keyword(text: &str) -> bool {
    let lower = text.to_lowercase();
    SEVEN_KEYWORDS.iter().any(|k| lower.contains(k))
}

/// Prints single texts to the terminal of the person who tunes the rules: train sets, and tier-1 text of dev only.
fn alarms(guard: &Guard, arguments: &Arguments) -> Result<(), String> {
    let Some(folder) = data::folder() else { return Err("../shared/data is missing".into()) };
    for set in &arguments.rest {
        if set.starts_with("dev/") && !TIER_ONE.contains(&set.as_str()) {
            return Err(format!("{set}: rows of dev are not read"));
        }
        for row in data::rows(&folder, set)? {
            for text in data::texts(&row) {
                let verdict = guard.check(&mut Conversation::new(), &Turn::user(text));
                if verdict.message_tier.number() >= arguments.tier {
                    let severity = row.severity.map_or(String::new(), |s| format!("severity {s} "));
                    println!("{} {severity}{text}\n    -> {}", verdict.message_tier.number(), fired(&verdict));
                }
            }
        }
    }
    Ok(())
}

/// Runs everything and compares with the recorded table; false when something became worse.
fn all(guard: &Guard, records: bool) -> Result<bool, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("eval");
    let mut files: Vec<String> = std::fs::read_dir(root.join("blind"))
        .map_err(|e| e.to_string())?
        .filter_map(Result::ok)
        .map(|f| f.path().display().to_string())
        .filter(|f| f.rsplit_once('.').is_some_and(|(_, e)| e == "jsonl"))
        .collect();
    files.sort();
    println!("Blind cases (tests/eval/blind)");
    let arguments = Arguments { data: None, shows: false, records, group: None, only: None, tier: 3, rest: files };
    let mut found: BTreeMap<String, (Rate, Rate)> = cases(guard, &arguments)?;
    println!("\nPublic sets");
    found.extend(sets(guard, None)?);
    let path = root.join("baseline.json");
    if records {
        let text = serde_json::to_string_pretty(&found).map_err(|e| e.to_string())?;
        std::fs::write(&path, text + "\n").map_err(|e| e.to_string())?;
        println!("recorded {}", path.display());
        return Ok(true);
    }
    let text = std::fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let recorded: BTreeMap<String, (Rate, Rate)> = serde_json::from_str(&text).map_err(|e| e.to_string())?;
    let mut is_fine = true;
    for (name, (first, second)) in &found {
        let Some((old_first, old_second)) = recorded.get(name) else { continue };
        let is_tier_one = TIER_ONE.contains(&name.as_str());
        let is_low = name.ends_with("severity 0") || name.ends_with("severity 1");
        // First: recall, or tier-3 share. Second: near-miss alarms, tier >= 2 share, or refer share.
        let first_worse = if is_tier_one || is_low { first.hits > old_first.hits } else { first.hits < old_first.hits };
        let is_case = !name.contains("train/") && !name.contains("dev/");
        let second_worse =
            if is_tier_one || is_case { second.hits > old_second.hits } else { second.hits < old_second.hits };
        if first_worse || second_worse {
            is_fine = false;
            println!(
                "worse than recorded: {name}: {} / {}, was {} / {}",
                first.text(),
                second.text(),
                old_first.text(),
                old_second.text()
            );
        }
    }
    println!("{}", if is_fine { "no figure is worse than recorded" } else { "regression: see above" });
    Ok(is_fine)
}
