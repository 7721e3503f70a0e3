//! The command line as a person and a pipe use it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

fn safeturn(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_safeturn"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let bytes = input.to_vec();
    let writer = std::thread::spawn(move || {
        // A command that reads nothing closes its end.
        let _ = stdin.write_all(&bytes);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

fn lines(output: &Output) -> Vec<serde_json::Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|l| serde_json::from_str(l).unwrap()).collect()
}

#[test]
fn json_lines_are_answered_in_order() {
    let mut input = String::new();
    for i in 0..5000 {
        let text = if i % 7 == 0 { "i want to die" } else { "what is the capital of peru" };
        input.push_str(&format!("{{\"id\":{i},\"text\":\"{text}\"}}\n"));
    }
    let output = safeturn(&["check", "--jsonl"], input.as_bytes());
    assert!(output.status.success());
    let answers = lines(&output);
    assert_eq!(answers.len(), 5000);
    for (i, answer) in answers.iter().enumerate() {
        assert_eq!(answer["id"], i);
        assert_eq!(answer["verdict"]["message_tier"], if i % 7 == 0 { 3 } else { 1 });
    }
}

#[test]
fn conversations_give_a_verdict_for_each_turn() {
    let line = r#"{"id":"c","clock":"2026-03-01T18:00:00Z","locale":"en-US","policy":"school","turns":[{"role":"user","text":"i want to die","at_s":0},{"role":"assistant","text":"i am here","at_s":5},{"role":"user","text":"ok","at_s":60}]}"#;
    let answers = lines(&safeturn(&["check", "--jsonl"], line.as_bytes()));
    let verdicts = answers[0]["verdicts"].as_array().unwrap();
    assert_eq!(verdicts.len(), 3);
    assert_eq!(
        (&verdicts[0]["tier"], &verdicts[1]["message_tier"], &verdicts[2]["tier"]),
        (&3.into(), &1.into(), &3.into())
    );
}

#[test]
fn a_bad_line_is_an_error_and_the_run_goes_on() {
    let input = b"{\"id\":\"a\",\"text\":\"hi\"}\nnot json secretword\n{\"id\":\"b\",\"text\":7}\n\xff\xfe\n{\"id\":\"c\"}\n{\"text\":\"half \\ud83d pair\"}\n{\"id\":\"p\",\"text\":\"x\",\"policy\":\"nosuch\"}\n{\"id\":\"t\",\"text\":\"x\",\"clock\":\"noon\"}\n";
    let output = safeturn(&["check", "--jsonl"], input);
    assert_eq!(output.status.code(), Some(1));
    let answers = lines(&output);
    let codes: Vec<&str> = answers.iter().map(|a| a["error"]["code"].as_str().unwrap_or("none")).collect();
    assert_eq!(
        codes,
        [
            "none",
            "input_invalid",
            "input_invalid",
            "input_invalid",
            "input_invalid",
            "none",
            "policy_invalid",
            "clock_invalid"
        ]
    );
    assert_eq!((&answers[1]["line"], &answers[2]["id"]), (&2.into(), &"b".into()));
    assert!(!String::from_utf8_lossy(&output.stdout).contains("secretword"));
}

#[test]
fn missing_files_and_folders_are_named() {
    for (file, words) in [("no-such-file.jsonl", "no-such-file.jsonl"), (".", "it is a folder")] {
        let output = safeturn(&["check", "--jsonl", file], b"");
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(words));
    }
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let line = b"{\"id\":1,\"text\":\"hello there my friend\"}\n".repeat(20_000);
    let mut child = Command::new(env!("CARGO_BIN_EXE_safeturn"))
        .args(["check", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let _ = stdin.write_all(&line);
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    assert!(output.stderr.is_empty());
}

#[test]
fn check_explain_info_and_demo_answer() {
    let json = safeturn(&["check", "--json", "i want to kill myself tonight"], b"");
    assert_eq!(lines(&json)[0]["tier"], 3);
    let from_input = safeturn(&["check", "--json"], b"what a nice day\n");
    assert_eq!(lines(&from_input)[0]["tier"], 1);
    let explained = safeturn(&["explain", "--json", "i don't want to die"], b"");
    let steps = lines(&explained)[0]["steps"].clone();
    assert!(steps.as_array().unwrap().iter().any(|s| s["counts"] == false && s["because"][0] == "denied"));
    let info: serde_json::Value = serde_json::from_slice(&safeturn(&["info"], b"").stdout).unwrap();
    assert!(info["rules"].as_u64().unwrap() > 100);
    let demo = String::from_utf8(safeturn(&["demo"], b"").stdout).unwrap();
    assert!(demo.contains("tier 3 crisis") && demo.contains("tier 1 normal"));
}

#[test]
fn tokens_are_counted_and_labelled() {
    let exact = lines(&safeturn(&["tokens", "--json", "--model", "gpt-4", "Hello, world!", "-"], b"Hello, world!\n"));
    assert_eq!((&exact[0]["tokens"], &exact[0]["encoding"]), (&4.into(), &"cl100k_base".into()));
    assert_eq!((&exact[0]["exact"], &exact[1]["tokens"]), (&true.into(), &4.into()));
    let estimate = lines(&safeturn(&["tokens", "--json", "--model", "a-closed-model", "Hello, world!"], b""));
    assert_eq!(estimate[0]["exact"], false);
    assert!(estimate[0]["lowest_public"].as_u64() <= estimate[0]["highest_public"].as_u64());
    let text = String::from_utf8(safeturn(&["tokens", "Hello, world!"], b"").stdout).unwrap();
    assert_eq!(text, "4 tokens (o200k_base, exact)\n");
}

#[test]
fn chat_carries_the_conversation_on() {
    let output = safeturn(&["chat"], b"i want to die\nok\n/new\nok\n/quit\n");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("tier 3 crisis (this message 1)"));
    assert!(text.contains("new session; earlier peak 3"));
}

#[test]
fn policy_files_are_checked_with_file_and_line() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (good, bad, low) = (folder.join("good.toml"), folder.join("bad.toml"), folder.join("low.toml"));
    std::fs::write(&good, "extends = \"school\"\n").unwrap();
    std::fs::write(&bad, "[age]\nsenior_form = 65\n").unwrap();
    std::fs::write(&low, "allow = [\"i want to die\"]\n").unwrap();
    assert!(safeturn(&["policy", "check", good.to_str().unwrap()], b"").status.success());
    let wrong = safeturn(&["policy", "check", bad.to_str().unwrap()], b"");
    assert_eq!(wrong.status.code(), Some(2));
    let message = String::from_utf8(wrong.stderr).unwrap();
    assert!(
        message.contains("bad.toml:2") && message.contains("senior_form") && message.contains("policy_invalid"),
        "{message}"
    );
    let floor = safeturn(&["policy", "check", low.to_str().unwrap()], b"");
    assert!(String::from_utf8(floor.stderr).unwrap().contains("policy_below_floor"));
}

#[test]
fn completions_and_manual_page_are_printed() {
    assert!(safeturn(&["completions", "bash"], b"").stdout.len() > 500);
    assert!(String::from_utf8(safeturn(&["man"], b"").stdout).unwrap().contains(".TH safeturn"));
}

#[test]
fn a_history_is_fitted_with_its_crisis_turn() {
    let mut messages = vec![serde_json::json!({"role": "developer", "content": "Be warm.", "own_key": 1})];
    for i in 0..200 {
        let text = if i == 20 { "i want to kill myself tonight".to_owned() } else { format!("what is {i} plus {i}") };
        messages.push(serde_json::json!({"role": "user", "content": text}));
        messages.push(serde_json::json!({"role": "assistant", "content": "that is easy to find out"}));
    }
    let input = serde_json::json!({ "messages": messages }).to_string();
    let output = safeturn(&["fit", "--max-tokens", "200", "--start-on", "user"], input.as_bytes());
    assert!(output.status.success());
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let kept: Vec<u64> = answer["kept"].as_array().unwrap().iter().map(|k| k["index"].as_u64().unwrap()).collect();
    assert_eq!(kept[..2], [0, 41]);
    assert!(answer["tokens_used"].as_u64().unwrap() <= 200 && kept.contains(&399));
    assert_eq!(answer["messages"][0], messages[0]);
    assert_eq!(answer["messages"].as_array().unwrap().len(), kept.len());
    assert_eq!(answer["counter"], "o200k_base");
}

#[test]
fn a_fit_that_cannot_be_says_why_and_shows_no_text() {
    let input = br#"[{"role":"user","content":"zebra zebra zebra zebra zebra zebra"}]"#;
    for (arguments, input, expected) in [
        (vec!["fit", "--max-tokens", "9"], input.as_slice(), "last user turn"),
        (vec!["fit", "--max-tokens", "9"], br#"[{"role":"zebra"}]"#.as_slice(), "message 0"),
        (vec!["fit", "--max-tokens", "9"], br#"{"zebra":1}"#.as_slice(), "array of messages"),
    ] {
        let output = safeturn(&arguments, input);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(error.contains(expected) && !error.contains("zebra"), "{error}");
        assert!(output.stdout.is_empty());
    }
}
