//! Takes files of JSON lines; gives answers in input order, checked on all cores, in bounded memory.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use indicatif::{ProgressBar, ProgressStyle};
use safeturn::Policy;

use crate::Stop;
use crate::lines::{Guards, answer};

/// Bytes of input that one worker takes at a time.
const CHUNK_BYTES: usize = 64 * 1024;

/// How a run went.
pub(crate) struct Outcome {
    /// Lines without a verdict.
    pub errors: usize,
}

/// A piece of input: whole lines, the number of the first, where to send the answers.
struct Chunk {
    bytes: Vec<u8>,
    first_line: usize,
    reply: SyncSender<Answers>,
}

struct Answers {
    bytes: Vec<u8>,
    errors: usize,
    read: u64,
}

/// Checks all lines of the files; of standard input when there are none.
pub(crate) fn run(policy: Policy, files: &[String]) -> Result<Outcome, Stop> {
    let guards = Guards::new(policy)?;
    let files: Vec<&str> = if files.is_empty() { vec!["-"] } else { files.iter().map(String::as_str).collect() };
    // Every file is opened before the first is read, so that a wrong name is told at once.
    let mut inputs: Vec<(Box<dyn BufRead + Send>, u64)> = Vec::new();
    for file in files {
        inputs.push(open(file)?);
    }
    let total = inputs.iter().map(|i| i.1).sum();
    let bar = progress(total);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (to_workers, work) = sync_channel::<Chunk>(workers * 2);
    let (to_writer, replies) = sync_channel::<Receiver<Answers>>(workers * 4);
    let work = Mutex::new(work);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| serve(&guards, &work));
        }
        let reader = scope.spawn(move || feed(inputs, &to_workers, &to_writer));
        let written = write_answers(&replies, &bar);
        // When the output is gone the reader must not wait for a place.
        drop(replies);
        let fed = reader.join().unwrap_or(Ok(()));
        let outcome = written?;
        fed?;
        Ok(outcome)
    })
}

fn open(file: &str) -> Result<(Box<dyn BufRead + Send>, u64), Stop> {
    if file == "-" {
        return Ok((Box::new(BufReader::new(io::stdin())), 0));
    }
    let opened = File::open(file).map_err(|e| Stop::Message(format!("cannot read `{file}`: {e}")))?;
    let meta = opened.metadata().map_err(|e| Stop::Message(format!("cannot read `{file}`: {e}")))?;
    if meta.is_dir() {
        return Err(Stop::Message(format!("cannot read `{file}`: it is a folder, expected a file of JSON lines")));
    }
    Ok((Box::new(BufReader::with_capacity(CHUNK_BYTES, opened)), meta.len()))
}

fn progress(total: u64) -> ProgressBar {
    if total == 0 || !io::stderr().is_terminal() || io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(total);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {bytes}/{total_bytes} {eta}") {
        bar.set_style(style);
    }
    bar
}

/// Cuts the input into chunks of whole lines.
fn feed(
    inputs: Vec<(Box<dyn BufRead + Send>, u64)>,
    to_workers: &SyncSender<Chunk>,
    to_writer: &SyncSender<Receiver<Answers>>,
) -> Result<(), Stop> {
    let mut line = 1;
    for (mut input, _) in inputs {
        loop {
            let mut bytes = Vec::with_capacity(CHUNK_BYTES + 1024);
            let mut lines = 0;
            while bytes.len() < CHUNK_BYTES {
                if input.read_until(b'\n', &mut bytes)? == 0 {
                    break;
                }
                lines += 1;
                if bytes.last() != Some(&b'\n') {
                    bytes.push(b'\n');
                }
            }
            if lines == 0 {
                break;
            }
            let (reply, answers) = sync_channel(1);
            if to_writer.send(answers).is_err() || to_workers.send(Chunk { bytes, first_line: line, reply }).is_err() {
                return Ok(());
            }
            line += lines;
        }
    }
    Ok(())
}

fn serve(guards: &Guards, work: &Mutex<Receiver<Chunk>>) {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(chunk) = next else { return };
        let mut bytes = Vec::with_capacity(chunk.bytes.len() * 8);
        let mut errors = 0;
        for (offset, line) in chunk.bytes.split(|b| *b == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            errors += usize::from(!answer(guards, chunk.first_line + offset, line, &mut bytes));
        }
        let read = u64::try_from(chunk.bytes.len()).unwrap_or(0);
        let _ = chunk.reply.send(Answers { bytes, errors, read });
    }
}

fn write_answers(replies: &Receiver<Receiver<Answers>>, bar: &ProgressBar) -> Result<Outcome, Stop> {
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let mut errors = 0;
    while let Ok(reply) = replies.recv() {
        let Ok(answers) = reply.recv() else { continue };
        out.write_all(&answers.bytes)?;
        // Someone may be waiting for each answer: pass it on when nothing more is ready.
        if answers.bytes.len() < CHUNK_BYTES {
            out.flush()?;
        }
        errors += answers.errors;
        bar.inc(answers.read);
    }
    out.flush()?;
    bar.finish_and_clear();
    Ok(Outcome { errors })
}
