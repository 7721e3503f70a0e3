"""Takes a trained compact model; gives its integer form as bytes, and the scores that this form must give.

The layout is the one that core/compact/src/model.rs reads, little-endian: magic, version, names of the heads, hashes and rows
of the words, buckets, width, word table (8 bits), first layer, second layer, dense layer, heads, sigmoid in thousandths.
"""

import math
import struct

import numpy as np
import torch

from compact import BUCKETS, DENSE, FIRST, SECOND, TOP
from labels import HEADS
from pieces import fnv, lower_ascii

UNIT = 255 / TOP  # activation steps per 1.0
SHIFT = 16
LOGIT = 256  # steps per 1.0


def eight(weights, axis=None):
    """Weights as 8-bit numbers and their scale, per row or for all."""
    most = np.abs(weights).max() if axis is None else np.abs(weights).max(axis=1)
    scale = np.maximum(most, 1e-6) / 127
    rows = weights / (scale if axis is None else scale[:, None])
    return np.clip(np.rint(rows), -127, 127).astype(np.int8), scale


@torch.no_grad()
def quantised(model):
    """All numbers of the integer form."""
    table = (model.words.weight @ model.spread.weight.T).numpy()
    most = np.quantile(np.abs(table), 0.9999)
    table_scale = most / 127
    form = {"table": np.clip(np.rint(table / table_scale), -127, 127).astype(np.int8)}
    form["first_multiplier"] = round(table_scale * UNIT * 2**SHIFT)
    form["first_biases"] = np.rint(model.first_bias.numpy() / table_scale).astype(np.int32)
    # Conv1d weights are (out, in, tap); the reader wants all inputs of one tap together.
    second = model.second.weight.numpy().transpose(0, 2, 1).reshape(SECOND, -1)
    for name, weights, bias, unit in (
        ("second", second, model.second.bias.numpy(), UNIT),
        ("dense", model.dense.weight.numpy(), model.dense.bias.numpy(), UNIT),
        ("heads", model.heads.weight.numpy(), model.heads.bias.numpy(), LOGIT),
    ):
        numbers, scale = eight(weights, 1)
        multipliers = np.rint(scale / UNIT * unit * 2**SHIFT).astype(np.int64)
        biases = np.rint(bias * unit * 2**SHIFT).astype(np.int64)
        form[name] = (numbers, multipliers, biases)
    return form


def to_bytes(vocabulary, form, bars):
    words = sorted((fnv(lower_ascii(w.encode("utf-8"))), i + 1) for i, w in enumerate(vocabulary.words))
    names = "\n".join(HEADS).encode()
    out = [b"STCM", struct.pack("<H", 1), struct.pack("<I", len(names)), names, struct.pack("<I", len(words))]
    out += [np.array([h for h, _ in words], "<u4").tobytes(), np.array([r for _, r in words], "<u2").tobytes()]
    out += [struct.pack("<II", BUCKETS, FIRST), form["table"].tobytes()]
    out += [struct.pack("<i", form["first_multiplier"]), form["first_biases"].astype("<i4").tobytes()]
    for name in ("second", "dense", "heads"):
        numbers, multipliers, biases = form[name]
        out += [struct.pack("<I", len(numbers)), numbers.tobytes(), multipliers.astype("<i4").tobytes(), biases.astype("<i8").tobytes()]
    steps = (np.arange(4096) - 2048) / LOGIT
    out.append(np.rint(1000 / (1 + np.exp(-steps))).astype("<u2").tobytes())
    out.append(np.array(bars, "<u2").reshape(4, len(HEADS)).tobytes())
    return b"".join(out)


def scores(form, vocabulary, rows):
    """Logits in 256ths of the integer form, computed here: the engine must give the same."""
    table = form["table"].astype(np.int64)
    out = np.zeros((len(rows), len(HEADS)), np.int64)
    for at, row in enumerate(rows):
        ids = np.array(vocabulary.text(row["pieces"]))
        parts = (table[ids] * (ids > 0)[:, :, None]).sum(1)
        before, own, after = parts[:, :FIRST], parts[:, FIRST : 2 * FIRST], parts[:, 2 * FIRST :]
        sums = own + form["first_biases"]
        sums[:-1] += before[1:]
        sums[1:] += after[:-1]
        first = cut(sums * form["first_multiplier"])
        numbers, multipliers, biases = form["second"]
        padded = np.pad(first, ((2, 2), (0, 0)))
        window = np.concatenate([padded[:-4], padded[2:-2], padded[4:]], 1)
        second = cut((window @ numbers.T.astype(np.int64)) * multipliers + biases)
        logits = None
        start, count = 0, len(ids)
        while True:
            end = min(start + 256, count)
            pooled = np.concatenate([first[start:end].max(0), second[start:end].max(0)])
            numbers, multipliers, biases = form["dense"]
            hidden = cut((numbers.astype(np.int64) @ pooled) * multipliers + biases)
            numbers, multipliers, biases = form["heads"]
            one = ((numbers.astype(np.int64) @ hidden) * multipliers + biases) >> SHIFT
            logits = one if logits is None else np.maximum(logits, one)
            if end >= count:
                break
            start += 192
        out[at] = logits
    return out


def cut(scaled):
    return np.clip((scaled + (1 << (SHIFT - 1))) >> SHIFT, 0, 255)


assert DENSE and math
