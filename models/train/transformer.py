"""Takes rows with targets and a pretrained encoder; gives the encoder with heads, fine-tuned.

Heads are pooled per token window: mean and largest value of the last layer over the text. Resumable: `state` holds the
weights after each pass.
"""

import math
import pathlib
import random
import time

import numpy as np
import torch
from torch import nn

from compact import loss_of
from labels import HEADS
from vocabulary import encoder

LONGEST = 96


class Transformer(nn.Module):
    def __init__(self, layers=None):
        super().__init__()
        self.tokenizer, self.encoder = encoder()
        if layers:
            self.encoder.encoder.layer = self.encoder.encoder.layer[:layers]
        self.encoder.pooler = None
        width = self.encoder.config.hidden_size
        self.heads = nn.Linear(2 * width, len(HEADS))

    def forward(self, batch):
        hidden = self.encoder(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * mask).sum(1) / mask.sum(1)
        most = (hidden + (mask - 1) * 1e4).amax(1)
        return self.heads(torch.cat([mean, most], 1))


def token_batches(model, rows, size, rng=None, most_tokens=None):
    """Batches of like length. `most_tokens` caps the padded size of a batch."""
    coded = model.tokenizer([r["text"] for r in rows], truncation=True, max_length=LONGEST)
    lengths = [len(i) for i in coded["input_ids"]]
    order = sorted(range(len(rows)), key=lambda i: (lengths[i] // 4, rng.random() if rng else 0))
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    if rng:
        rng.shuffle(groups)
    for group in groups:
        part = {k: [coded[k][i] for i in group] for k in coded}
        yield group, dict(model.tokenizer.pad(part, return_tensors="pt"))


def train(rows, epochs=2, size=16, rate=8e-5, seed=5, layers=None, state=None, log=print):
    torch.manual_seed(seed)
    rng = random.Random(seed)
    model = Transformer(layers)
    head = list(model.heads.parameters())
    body = [p for n, p in model.named_parameters() if not n.startswith("heads")]
    optimizer = torch.optim.AdamW([{"params": body, "lr": rate}, {"params": head, "lr": rate * 10}], weight_decay=0.01)
    total = epochs * math.ceil(len(rows) / size)
    step, first = 0, 0
    if state and pathlib.Path(state).exists():
        saved = torch.load(state)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        step, first = saved["step"], saved["epoch"]
    begun = time.time()
    ones = torch.ones(len(HEADS))
    for epoch in range(first, epochs):
        model.train()
        mean = None
        for group, batch in token_batches(model, rows, size, rng):
            target = torch.tensor([rows[i]["target"] for i in group])
            weight = torch.tensor([rows[i]["weight"] for i in group])
            share = step / total
            for part, base in zip(optimizer.param_groups, (rate, rate * 10)):
                part["lr"] = base * min(1, share * 15) * (1 - share)
            loss = loss_of(model(batch), target, weight, ones) * len(HEADS)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            step += 1
            mean = loss.item() if mean is None else 0.99 * mean + 0.01 * loss.item()
            if step % 200 == 0:
                log(f"step {step} of {total}: loss {mean:.3f}, {time.time() - begun:.0f} s")
        if state:
            saved = {"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step, "epoch": epoch + 1}
            torch.save(saved, state)
    return model.eval()


@torch.no_grad()
def scores(model, rows, size=32):
    out = np.zeros((len(rows), len(HEADS)), dtype=np.float32)
    for group, batch in token_batches(model, rows, size):
        out[group] = model(batch).numpy()
    return out
