"""Takes texts; gives the pieces that the compact model reads, from the same code that reads them in use."""

import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def pieces(texts):
    """For each text a list of pieces, each a list of readings. The texts pass through a pipe, never through a file."""
    command = ["cargo", "run", "--release", "--quiet", "-p", "safeturn-compact", "--example", "pieces"]
    data = b"\0".join(t.replace("\0", " ").encode("utf-8", "replace") for t in texts) + b"\0"
    out = subprocess.run(command, cwd=ROOT, input=data, stdout=subprocess.PIPE, check=True).stdout.decode("utf-8", "replace")
    rows = [[p.split("\x1e") for p in line.split("\x1f")] if line else [] for line in out.split("\n")[:-1]]
    if len(rows) != len(texts):
        raise RuntimeError(f"{len(texts)} texts gave {len(rows)} rows of pieces")
    return rows


def fnv(data):
    value = 0x811C9DC5
    for byte in data:
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    return value


def lower_ascii(data):
    return bytes(b + 32 if 65 <= b <= 90 else b for b in data)


def edges(word):
    """As `edges` in core/compact/src/pieces.rs."""
    data = word.encode("utf-8")
    parts = [(1, data[:3]), (2, data[:5]), (3, data[-3:]), (4, data[-4:])]
    return [((fnv(lower_ascii(p)) ^ (k * 0x9E3779B1 & 0xFFFFFFFF)) * 0x85EBCA6B) & 0xFFFFFFFF for k, p in parts]
