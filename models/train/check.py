"""Takes models/written; says how many rows of each kind there are, and fails on openings and texts that repeat.

    python models/train/check.py
"""

import collections
import json
import pathlib
import re
import sys

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "written"
OPENING = 0.005  # largest share of rows that may begin with the same four words
ALIKE = 0.6  # largest share of common three-word runs, numbers and names masked


def said(row):
    return row.get("text") or " ".join(t["text"] for t in row["turns"])


def words(text):
    # Numbers and names do not make a text another one.
    text = re.sub(r"(?<=[a-z,] )[A-Z][a-z]+", "_", text)
    return re.findall(r"[\w']+", re.sub(r"\d+", "0", text.lower().replace("’", "'")))


def main():
    rows = [json.loads(line) for path in sorted(FOLDER.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    openings = collections.Counter(" ".join(words(said(r))[:4]) for r in rows)
    runs = [frozenset(zip(w, w[1:], w[2:])) for w in (words(said(r)) for r in rows)]
    holders = collections.defaultdict(list)
    for index, run in enumerate(runs):
        for one in run:
            holders[one].append(index)
    pairs = collections.Counter()
    for index, run in enumerate(runs):
        # A run that many share tells nothing; texts that are alike share rare ones as well.
        near = collections.Counter(j for one in run if len(holders[one]) <= 50 for j in holders[one] if j > index)
        for j, _ in near.most_common(5):
            share = len(run & runs[j]) / max(len(run | runs[j]), 1)
            if share > ALIKE:
                pairs[rows[index]["id"], rows[j]["id"]] = share
    tiers = collections.Counter(r["tier"] for r in rows)
    categories = collections.Counter(c for r in rows for c in r["categories"])
    near = collections.Counter(c for r in rows for c in r["near"])
    lengths = sorted(len(words(said(r))) for r in rows)
    print(f"{len(rows)} rows, {sum('turns' in r for r in rows)} dialogues; tiers {dict(sorted(tiers.items()))}")
    print(f"words: median {lengths[len(lengths) // 2]}, one in ten above {lengths[len(lengths) * 9 // 10]}")
    for name in sorted(set(categories) | set(near)):
        print(f"  {name:<32} {categories[name]:5} rows, {near[name]:5} look-alikes")
    opening, count = openings.most_common(1)[0]
    print(f"commonest opening: {count} rows ({count / len(rows):.2%}, at most {OPENING:.1%})")
    print(f"{len(pairs)} pairs share more than {ALIKE:.0%} of their three-word runs: {sorted(pairs)[:20]}")
    return 1 if pairs or count > OPENING * len(rows) else 0


if __name__ == "__main__":
    sys.exit(main())
