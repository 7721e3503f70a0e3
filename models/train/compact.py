"""Takes rows with targets; gives the compact model: word tables, one convolution, two dense layers, all in small integers.

    text -> pieces -> table[word] (three vectors: for the word before, the word itself, the word after)
         -> first layer: sum of the three, cut to 0..2 -> second layer: window of three words, every second one
         -> the largest value of each channel over the text -> dense -> heads
"""

import math
import random
import struct

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from labels import HEADS, UNKNOWN
from pieces import edges, fnv, lower_ascii

WORD, FIRST, SECOND, DENSE = 64, 48, 64, 96
BUCKETS = 4096
LONGEST = 512
TOP = 2.0  # activations live in 0..TOP, stored as 0..255
MARKS = [",", '"', "?", "!", ".", "<link>", "<number>"]


class Vocabulary:
    """Words by number; 0 is padding, then words, then buckets of beginnings and endings."""

    def __init__(self, words):
        self.words = list(words)
        self.ids = {w: i + 1 for i, w in enumerate(self.words)}

    def __len__(self):
        return 1 + len(self.words) + BUCKETS

    def piece(self, readings):
        """Four numbers: a known word and three times nothing, or the four edges of an unknown one."""
        for reading in readings:
            if reading in self.ids:
                return (self.ids[reading], 0, 0, 0)
        start = 1 + len(self.words)
        return tuple(start + e % BUCKETS for e in edges(readings[0]))

    def text(self, pieces):
        return [self.piece(p) for p in pieces[:LONGEST]] or [(0, 0, 0, 0)]


class Compact(nn.Module):
    def __init__(self, size, start=None):
        super().__init__()
        self.words = nn.Embedding(size, WORD, padding_idx=0)
        with torch.no_grad():
            self.words.weight.mul_(0.1)
            if start is not None:
                self.words.weight[1 : 1 + len(start)] = start
            self.words.weight[0] = 0
        self.spread = nn.Linear(WORD, 3 * FIRST, bias=False)
        self.first_bias = nn.Parameter(torch.zeros(FIRST))
        self.second = nn.Conv1d(FIRST, SECOND, 3, dilation=2, padding=2)
        self.dense = nn.Linear(FIRST + SECOND, DENSE)
        self.heads = nn.Linear(DENSE, len(HEADS))

    def table(self):
        return self.spread(self.words.weight) 

    def forward(self, ids, dropout=0.0):
        """`ids` has the shape batch, length, 4."""
        mask = (ids[:, :, 0] > 0).unsqueeze(1)
        vectors = self.words(ids).sum(2)
        vectors = F.dropout(vectors, dropout, self.training)
        parts = self.spread(vectors).transpose(1, 2)
        before, own, after = parts.split(FIRST, 1)
        first = own + F.pad(before, (0, 1))[:, :, 1:] + F.pad(after, (1, 0))[:, :, :-1]
        first = (first + self.first_bias[None, :, None]).clamp(0, TOP) * mask
        second = self.second(first).clamp(0, TOP) * mask
        pooled = torch.cat([first.amax(2), second.amax(2)], 1)
        hidden = self.dense(F.dropout(pooled, dropout, self.training)).clamp(0, TOP)
        return self.heads(F.dropout(hidden, dropout / 2, self.training))


def batches(rows, size, rng=None):
    """Rows of like length together, so that little is padding."""
    order = sorted(range(len(rows)), key=lambda i: (len(rows[i]["ids"]), rng.random() if rng else 0))
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    if rng:
        rng.shuffle(groups)
    for group in groups:
        longest = max(len(rows[i]["ids"]) for i in group)
        ids = torch.zeros(len(group), longest, 4, dtype=torch.long)
        for at, i in enumerate(group):
            ids[at, : len(rows[i]["ids"])] = torch.tensor(rows[i]["ids"])
        yield group, ids


def loss_of(logits, target, weight, positive_weight):
    known = (target != UNKNOWN).float()
    loss = F.binary_cross_entropy_with_logits(logits, target.clamp(0, 1), reduction="none", pos_weight=positive_weight)
    return (loss * known * weight[:, None]).sum() / known.sum().clamp(min=1)


def noisy(pieces, rng, words):
    """Slips of the finger and of the eye: a piece left out, a letter lost or swapped, a word repeated."""
    out = []
    for piece in pieces:
        chance = rng.random()
        if chance < 0.03 and len(pieces) > 4:
            continue
        word = piece[0]
        if chance < 0.07 and len(word) > 3 and word.isalpha():
            at = rng.randrange(1, len(word) - 1)
            if rng.random() < 0.5:
                word = word[:at] + word[at + 1 :]
            else:
                word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
            out.append([word])
            continue
        if chance < 0.09 and word in MARKS:
            continue
        out.append(piece)
    return out


def train(rows, vocabulary, start, epochs=14, size=64, rate=2e-3, seed=11, soft=None, log=print):
    """`soft`: scores of a larger model for rows that have them, as targets of the same heads."""
    torch.manual_seed(seed)
    rng = random.Random(seed)
    model = Compact(len(vocabulary), start)
    slow = [model.words.weight]
    fast = [p for n, p in model.named_parameters() if n != "words.weight"]
    optimizer = torch.optim.AdamW([{"params": slow, "lr": rate * 0.5, "weight_decay": 0.02}, {"params": fast, "lr": rate, "weight_decay": 0.01}])
    positive_weight = torch.ones(len(HEADS))
    total = epochs * math.ceil(len(rows) / size)
    step = 0
    for epoch in range(epochs):
        model.train()
        for row in rows:
            row["ids"] = vocabulary.text(noisy(row["pieces"], rng, vocabulary))
        sum_loss = count = 0
        for group, ids in batches(rows, size, rng):
            target = torch.tensor([rows[i]["target"] for i in group])
            weight = torch.tensor([rows[i]["weight"] for i in group])
            share = step / total
            for part, base in zip(optimizer.param_groups, (rate * 0.5, rate)):
                part["lr"] = base * min(1, share * 20) * (1 - share)
            logits = model(ids, dropout=0.25)
            loss = loss_of(logits, target, weight, positive_weight) * len(HEADS)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            sum_loss += loss.item()
            count += 1
            step += 1
        log(f"epoch {epoch + 1}: loss {sum_loss / count:.3f}")
    for row in rows:
        row.pop("ids", None)
    return model.eval()


@torch.no_grad()
def scores(model, rows, vocabulary):
    for row in rows:
        row["ids"] = vocabulary.text(row["pieces"])
    out = np.zeros((len(rows), len(HEADS)), dtype=np.float32)
    for group, ids in batches(rows, 128):
        out[group] = model(ids).numpy()
    return out
