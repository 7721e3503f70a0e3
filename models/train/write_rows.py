"""Takes files of written rows in their short form; gives models/written/<name>.jsonl, checked.

Short form, one row a line: `TIER CATEGORIES SUBJECT FRAMING TIME FLAGS NEAR | text`, a dialogue as `u: … // a: … // u: …`.
    python models/train/write_rows.py NAME FILE…
"""

import json
import pathlib
import re
import sys

from labels import CATEGORIES, FRAMINGS, TIMES

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "written"


def row_of(name, number, line):
    head, bar, text = line.partition(" | ")
    tier, categories, subject, framing, time, flags, near = head.split()
    categories = [] if categories == "none" else categories.split(",")
    if not bar or tier not in "123" or subject not in ("self", "other", "none") or framing not in ["literal", *FRAMINGS]:
        raise ValueError("labels")
    if time not in [*TIMES, "unspecified"] or any(c not in CATEGORIES for c in categories):
        raise ValueError("labels")
    row = {"id": f"{name}-{number:04d}"}
    if re.match(r"[ua]: ", text) and " // " in text:
        turns = [t.strip() for t in text.split(" // ")]
        row["turns"] = [{"role": "user" if t[0] == "u" else "assistant", "text": t[3:].strip()} for t in turns]
    else:
        row["text"] = text.strip()
    row |= {"tier": int(tier), "refer": "r" in flags, "categories": categories, "subject": subject, "framing": framing,
            "time": time, "denied": "d" in flags, "minor": "m" in flags, "injection": "i" in flags,
            "near": [] if near == "-" else near.split(",")}
    return row


def main():
    name, seen, rows = sys.argv[1], set(), []
    for path in sys.argv[2:]:
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            if not line.strip():
                continue
            try:
                row = row_of(name, len(rows) + 1, line.rstrip("\n"))
            except (ValueError, IndexError) as error:
                print(f"{path}:{number}: {error}", file=sys.stderr)
                continue
            key = json.dumps(row.get("text") or row.get("turns"))
            if key not in seen:
                seen.add(key)
                rows.append(row)
    with open(FOLDER / f"{name}.jsonl", "w", encoding="utf-8") as file:
        file.writelines(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
    print(name, len(rows), {t: sum(r["tier"] == t for r in rows) for t in (1, 2, 3)})


if __name__ == "__main__":
    main()
