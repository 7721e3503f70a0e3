"""Takes models/written and the public sets; gives models/compact.bin and its card. One command:

    python models/train/main.py --data ../shared/data [--work DIR] [--passes N]

Steps: the transformer is fine-tuned on all labelled rows; it scores rows that nobody labelled; the compact model learns from
labels and scores together; bars are set on a slice that neither was trained on. Seeds are fixed. What was done is found
again in the working folder, so that a stopped run goes on (scores of texts are kept there as numbers, texts are not).
"""

import argparse
import hashlib
import json
import os
import pathlib
import random
import time

os.environ.setdefault("HF_HUB_OFFLINE", "1")

import numpy as np
import torch

import compact
import data
import export
import transformer
import vocabulary
from labels import CATEGORIES, HEADS, INDEX, unlabelled
from pieces import pieces

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Rows of these sets carry no label that all heads could learn from; the transformer scores them for the compact model.
UNLABELLED = {"offmychest_sentences": 9000, "goemotions": 9000, "edos": 2500, "counsel_questions": 800, "davidson": 2500}
HELD = 8  # one written row in so many is never trained on
# Alarms allowed when bars are set, for highest recall, balanced, highest precision: of written look-alikes, and per 1,000 of
# ordinary texts.
CONCERN = [(0.08, 1.0), (0.025, 0.3), (0.008, 0.1)]
CRISIS = [(0.03, 0.15), (0.006, 0.05), (0.002, 0.0)]
REFER = [0.05, 0.015, 0.006]
PRECISION = [0.4, 0.55, 0.8]
SUPPORT = 0.08  # share of rows that deserve concern below the bar of support


def is_held(row):
    """By a hash of the text, so that the slice stays when rows are added."""
    return int(hashlib.sha256(row["text"].encode()).hexdigest(), 16) % HELD == 0


def unlabelled_rows(folder, chance):
    rows = []
    for name, most in UNLABELLED.items():
        texts = [r["text"] for r in data.lines(pathlib.Path(folder) / "train" / f"{name}.jsonl") if 0 < len(r["text"]) < 700]
        chance.shuffle(texts)
        rows += [{"text": t, "target": unlabelled(), "weight": 0.5, "source": "unlabelled"} for t in texts[:most]]
    return rows


def parted(rows, chance):
    """New texts out of written ones: single sentences, and two texts one after the other. The transformer labels them."""
    new = []
    for row in rows:
        sentences = [s.strip() for s in row["text"].replace("!", ".").replace("?", "?.").split(".") if len(s.split()) > 3]
        if len(sentences) > 1:
            new += [s for s in sentences if chance.random() < 0.7]
        if chance.random() < 0.25:
            new.append(row["text"] + " " + chance.choice(rows)["text"])
    return [{"text": t, "target": unlabelled(), "weight": 0.7, "source": "parted"} for t in new]


def ordinary_rows(folder, used, most=24000):
    """Tier-1 texts of train sets that were not trained on."""
    rows = []
    for name in ("clinc", "banking77", "nlu_home", "persona_conversations"):
        for row in data.lines(pathlib.Path(folder) / "train" / f"{name}.jsonl"):
            turns = row.get("turns") or [row | {"role": "user"}]
            rows += [{"text": t["text"]} for t in turns if t["role"] == "user" and t["text"] not in used]
    random.Random(1).shuffle(rows)
    return rows[:most]


def bar_for(scores, allowed):
    """Lowest score, in thousandths, that at most this share of `scores` reaches."""
    ranked = np.sort(scores)[::-1]
    at = int(len(ranked) * allowed)
    return int(ranked[at]) + 1 if at < len(ranked) else 1


def bars(held_scores, held, ordinary_scores):
    """For each sensitivity the bar of each head, in thousandths."""
    target = np.array([r["target"] for r in held])
    out = []
    for level in range(3):
        row = [500] * len(HEADS)
        for name, rule in (("concern", CONCERN), ("crisis", CRISIS)):
            i = INDEX[name]
            share, ordinary = rule[level]
            row[i] = max(bar_for(held_scores[target[:, i] == 0, i], share), bar_for(ordinary_scores[:, i], ordinary / 1000))
        row[INDEX["refer"]] = bar_for(held_scores[target[:, INDEX["refer"]] == 0, INDEX["refer"]], REFER[level])
        for name in CATEGORIES:
            i = INDEX[name]
            is_known = target[:, i] >= 0
            row[i] = precise(held_scores[is_known, i], target[is_known, i], PRECISION[level])
        out.append([min(max(b, 20), 1000) for b in row])
    # Below this the model holds a text for harmless: few that are not lie there.
    concern = held_scores[target[:, INDEX["concern"]] == 1, INDEX["concern"]]
    out.append([int(np.quantile(concern, SUPPORT))] * len(HEADS))
    return out


def precise(scores, target, wanted):
    """Lowest bar above which so large a share is right."""
    order = np.argsort(-scores)
    right = np.cumsum(target[order])
    share = right / np.arange(1, len(order) + 1)
    good = np.nonzero((share >= wanted) & (right >= 3))[0]
    return int(scores[order[good[-1]]]) if len(good) else 500


def thousandths(logits):
    return np.rint(1000 / (1 + np.exp(-np.clip(logits, -2048, 2047) / export.LOGIT))).astype(int)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", required=True)
    parser.add_argument("--work", default="target/train")
    parser.add_argument("--passes", type=int, default=2)
    parser.add_argument("--epochs", type=int, default=16)
    parser.add_argument("--public", type=int, default=450, help="rows of each public set that the transformer is trained on")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    work = pathlib.Path(options.work)
    work.mkdir(parents=True, exist_ok=True)
    begun = time.time()
    say = lambda text: print(f"[{time.time() - begun:5.0f} s] {text}", flush=True)

    chance = random.Random(3)
    written = data.written(ROOT / "written", "train") + data.cases(ROOT.parent)
    held = [r for r in written if is_held(r)]
    own = [r for r in written if not is_held(r)]
    public = data.public(options.data)
    chance.shuffle(public)
    counts, labelled = {}, []
    for row in public:
        counts[row["source"]] = counts.get(row["source"], 0) + 1
        if counts[row["source"]] <= options.public or row["source"] == "cssrs":
            labelled.append(row)
    say(f"{len(own)} written rows to train on, {len(held)} held back, {len(labelled)} of {len(public)} public rows for the transformer")

    weights = work / "transformer.pt"
    if weights.exists():
        model = transformer.Transformer()
        model.load_state_dict(torch.load(weights))
        model.eval()
    else:
        model = transformer.train(own + labelled, epochs=options.passes, state=work / "state.pt", log=say)
        torch.save(model.state_dict(), weights)
    say("transformer: held-back rows")
    report(transformer.scores(model, held), held, say)

    rows = own + public[:16000] + unlabelled_rows(options.data, chance) + parted(own, chance)
    soft = work / "soft.npy"
    if soft.exists() and len(np.load(soft)) == len(rows):
        scores = np.load(soft)
    else:
        scores = transformer.scores(model, rows)
        np.save(soft, scores)
    for row, own_scores in zip(rows, 1 / (1 + np.exp(-scores))):
        hard = np.array(row["target"])
        share = 0.7 if row["source"] == "written" else 0.3
        row["target"] = list(np.where(hard >= 0, share * hard + (1 - share) * own_scores, own_scores).astype(float))
    say(f"{len(rows)} rows for the compact model")

    ordinary = ordinary_rows(options.data, {r["text"] for r in rows})
    for group in (rows, held, ordinary):
        for row, found in zip(group, pieces([r["text"] for r in group])):
            row["pieces"] = found
    words = vocabulary.build(rows)
    small = compact.train(rows, words, vocabulary.starts(words), epochs=options.epochs, log=say)
    say("compact: held-back rows")
    report(compact.scores(small, held, words), held, say)

    form = export.quantised(small)
    held_scores = thousandths(export.scores(form, words, held))
    ordinary_scores = thousandths(export.scores(form, words, ordinary))
    say("compact, integer form: held-back rows")
    report(held_scores, held, say)
    levels = bars(held_scores, held, ordinary_scores)
    for level, row in zip(("high_recall", "balanced", "high_precision", "support"), levels):
        told = {n: row[INDEX[n]] for n in ("concern", "crisis", "refer")}
        say(f"{level}: bars {told}; ordinary texts above: {(ordinary_scores[:, INDEX['concern']] >= told['concern']).mean() * 1000:.2f} per 1,000")
    out = export.to_bytes(words, form, levels)
    (ROOT / "compact.bin").write_bytes(out)
    (ROOT / "compact.json").write_text(json.dumps(reference(form, words), indent=1, ensure_ascii=False) + "\n")
    say(f"models/compact.bin: {len(out)} bytes, sha256 {hashlib.sha256(out).hexdigest()}")


def reference(form, words):
    """Scores that the engine must give for sentences written for this purpose."""
    texts = json.loads((ROOT / "train" / "reference.json").read_text())
    rows = [{"pieces": p} for p in pieces(texts)]
    scores = thousandths(export.scores(form, words, rows))
    return [{"text": t, "concern": int(s[INDEX["concern"]]), "crisis": int(s[INDEX["crisis"]]), "refer": int(s[INDEX["refer"]])}
            for t, s in zip(texts, scores)]


def report(scores, rows, say):
    target = np.array([r["target"] for r in rows])
    for name in ("concern", "crisis", "refer", "other", "denied", "injection"):
        is_known = target[:, INDEX[name]] >= 0
        s, t = scores[is_known, INDEX[name]], target[is_known, INDEX[name]]
        if t.sum() < 3:
            continue
        order = np.argsort(s, kind="stable")
        ranks = np.empty(len(s))
        ranks[order] = np.arange(1, len(s) + 1)
        n = t.sum()
        area = (ranks[t == 1].sum() - n * (n + 1) / 2) / (n * (len(s) - n))
        negative = np.sort(s[t == 0])[::-1]
        recalls = [(s[t == 1] > negative[int(len(negative) * share)]).mean() for share in (0.01, 0.05)]
        say(f"  {name}: {int(n)} of {len(s)}, area {area:.3f}, recall at 1 % alarms {recalls[0]:.3f}, at 5 % {recalls[1]:.3f}")


if __name__ == "__main__":
    main()
