"""Takes the written text and the public sets; gives rows with targets. Nothing is written to disk.

Mappings of the public sets (each head learns only from rows labelled for it):

| set | says | silent about |
|---|---|---|
| cssrs_posts | severity 0: not crisis; 1: refer, not crisis, self-harm; 2: concern, refer, self-harm; 3 and more: crisis, refer, self-harm | all else |
| clinc, banking77, nlu_home, persona (user turns) | nothing to act on: every head 0 | |
| goemotions, rows of calm or glad emotions only | nothing to act on | harassment, hate, sexual, framing |
| convabuse | harassment 1 when the mean vote is negative, 0 when positive | all else |
| edos | hate 1 when sexist, with threats also hate/threatening; 0 else | all else |
| hatemoji | hate 1 / 0 | all else |
| jailbreak_prompts, indirect_injections | injection 1 / 0 | all else |
| harmbench | concern; illicit when chemical, cyber or illegal | refer, framing |
"""

import json
import pathlib
import random

from labels import CATEGORIES, FAMILIES, FRAMINGS, put, targets, unlabelled

CALM = {"neutral", "admiration", "gratitude", "approval", "amusement", "joy", "love", "excitement", "optimism", "curiosity",
        "realization", "relief", "pride", "caring", "surprise"}


def lines(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


# Files of rows in other languages; the models are trained on, and speak up in, English only.
OTHER_LANGUAGES = {"de", "es", "fr", "pt"}


def written(folder, part):
    """Rows of models/written: `part` is "train" or "test"."""
    rows = []
    for path in sorted(pathlib.Path(folder).glob("*.jsonl")):
        if path.stem.startswith("test_") != (part == "test") or path.stem in OTHER_LANGUAGES:
            continue
        for row in lines(path):
            if "turns" in row:
                continue  # the models read single messages; what a short answer means is the conversation's business
            rows.append({"id": row["id"], "text": row["text"], "target": targets(row), "weight": 1.0, "source": "written",
                         "group": path.stem, "tier": row["tier"], "near": row.get("near", [])})
    return rows


def cases(root):
    """Open cases of the accuracy harness, written from the specification: they label what they expect."""
    rows = []
    for path in sorted(pathlib.Path(root).glob("tests/eval/open*/*.jsonl")):
        for case in lines(path):
            expect = case["expect"]
            low = max(expect.get("min_tier", 0), expect.get("message_tier", 0))
            high = min(expect.get("max_tier", 3), expect.get("message_tier", 3))
            if "text" not in case or "lang_" in path.stem or (low < 2 and high > 2 and "category" not in expect):
                continue
            is_ordinary = case["kind"] == "near_miss" and high == 1
            target = [0.0] * len(unlabelled()) if is_ordinary else unlabelled()
            for framing in FRAMINGS:
                put(target, "framing/" + framing, -1)
            for head in ("reliance", "minor", "other", "time/now", "time/soon", "time/past", "denied"):
                put(target, head, -1)
            if low >= 2 or high == 1:
                put(target, "concern", low >= 2)
            if low == 3 or high < 3:
                put(target, "crisis", low == 3)
            if "refer" in expect:
                put(target, "refer", expect["refer"])
            if "subject" in expect:
                put(target, "other", expect["subject"] == "other")
            if "category" in expect and expect["category"] in CATEGORIES:
                denied = bool(expect.get("denied"))
                put(target, "denied", denied)
                if not denied:
                    put(target, expect["category"], 1)
                    family = expect["category"].split("/")[0]
                    if family in FAMILIES:
                        put(target, "family/" + family, 1)
            gone = expect.get("no_category", "")
            for head in CATEGORIES:
                if gone and (head == gone or gone.endswith("/") and head.startswith(gone)):
                    put(target, head, 0)
            rows.append({"id": case["id"], "text": case["text"], "target": target, "weight": 1.0, "source": "written"})
    return rows


def ordinary(text, source, weight):
    target = [0.0] * len(unlabelled())
    return {"text": text, "target": target, "weight": weight, "source": source, "tier": 1}


def public(root, seed=7):
    root = pathlib.Path(root) / "train"
    chance = random.Random(seed)
    rows = []
    for row in lines(root / "cssrs_posts.jsonl"):
        severity, target = int(row["severity"]), unlabelled()
        if severity != 2:
            put(target, "crisis", severity >= 3)
        if severity >= 1:
            for name in ("concern", "refer", "family/self-harm"):
                put(target, name, 1)
        rows.append({"text": row["text"], "target": target, "weight": 1.0, "source": "cssrs"})
    for name, share in (("clinc", 0.5), ("banking77", 0.3), ("nlu_home", 0.4)):
        for row in lines(root / f"{name}.jsonl"):
            if chance.random() < share:
                rows.append(ordinary(row["text"], name, 0.5))
    for row in lines(root / "persona_conversations.jsonl"):
        for turn in row["turns"]:
            if turn["role"] == "user" and chance.random() < 0.4:
                rows.append(ordinary(turn["text"], "persona", 0.5))
    for row in lines(root / "goemotions.jsonl"):
        if set(row["emotions"]) <= CALM and chance.random() < 0.6:
            one = ordinary(row["text"], "goemotions", 0.5)
            for head in ["harassment", "harassment/threatening", "hate", "hate/threatening", "sexual", "family/harassment",
                         "family/hate", "family/sexual"] + ["framing/" + f for f in FRAMINGS]:
                put(one["target"], head, -1)
            rows.append(one)
    for row in lines(root / "convabuse.jsonl"):
        votes = row["votes"] if isinstance(row["votes"], list) else json.loads(row["votes"])
        mean = sum(votes) / max(len(votes), 1)
        if abs(mean) >= 0.5:
            rows.append(single(row["text"], "convabuse", {"harassment": mean < 0, "family/harassment": mean < 0}))
    for row in lines(root / "edos.jsonl"):
        is_sexist = str(row["sexist"]) == "True"
        said = {"hate": is_sexist, "family/hate": is_sexist}
        if str(row["category"]).startswith("1."):
            said["hate/threatening"] = 1
        if is_sexist or chance.random() < 0.5:
            rows.append(single(row["text"], "edos", said))
    for row in lines(root / "hatemoji.jsonl"):
        is_hateful = str(row["hateful"]) == "True"
        rows.append(single(row["text"], "hatemoji", {"hate": is_hateful, "family/hate": is_hateful}))
    for row in lines(root / "jailbreak_prompts.jsonl"):
        rows.append(single(row["text"], "jailbreak", {"injection": row["type"] == "jailbreak"}))
    for row in lines(root / "indirect_injections.jsonl"):
        rows.append(single(row["text"], "injections", {"injection": 1}))
    for row in lines(root / "harmbench.jsonl"):
        is_illicit = row["category"] in ("illegal", "chemical_biological", "cybercrime_intrusion")
        rows.append(single(row["text"], "harmbench", {"illicit": 1, "concern": 1} if is_illicit else {}))
    return rows


def single(text, source, said, weight=0.5):
    target = unlabelled()
    for head, value in said.items():
        put(target, head, value)
    return {"text": text, "target": target, "weight": weight, "source": source}


assert set(FAMILIES) <= {c.split("/")[0] for c in CATEGORIES}
