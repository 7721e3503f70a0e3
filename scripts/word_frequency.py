#!/usr/bin/env python3
"""Takes the folder of public text; prints how often the commoner English words stand in it, per million words.

Writes core/data/frequency/en.txt, from which the rule compiler learns which word of a pattern is rare:
    scripts/word_frequency.py ../shared/data > core/data/frequency/en.txt
Only counts leave the text, and only of words that occur 20 times a million or more.
"""
import collections
import json
import pathlib
import re
import sys

SETS = ["train/clinc", "train/goemotions", "train/offmychest_sentences", "train/counsel_questions", "train/persona_conversations"]
LEAST = 20


def texts(value):
    """All strings under the keys that hold text, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == "text" and isinstance(item, str):
                yield item
            elif isinstance(item, (list, dict)):
                yield from texts(item)


def main():
    root = pathlib.Path(sys.argv[1])
    shares = collections.Counter()
    for name in SETS:
        counts = collections.Counter()
        for line in (root / f"{name}.jsonl").open(encoding="utf-8"):
            for text in texts(json.loads(line)):
                counts.update(re.findall(r"[a-z]+(?:'[a-z]+)?", text.lower().replace("’", "'")))
        # Every set counts the same, however long it is.
        total = sum(counts.values()) or 1
        for word, count in counts.items():
            shares[word] += count * 1_000_000 / total / len(SETS)
    print("# Words per million in ordinary talk, mean of: " + ", ".join(SETS))
    print("# Printed by scripts/word_frequency.py; sources and licences in NOTICE.")
    for word, share in sorted(shares.items()):
        if share >= LEAST:
            print(word, round(share))


if __name__ == "__main__":
    main()
