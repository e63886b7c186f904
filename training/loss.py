"""Cross-entropy of the labelled positions, some at a time: the logits of all of them never exist together.

A chunk's logits are computed again in the backward pass (torch.utils.checkpoint), so that memory holds one chunk of
[chunk, vocab] in fp32 whatever the batch.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.checkpoint import checkpoint


def completion_losses(hidden: Tensor, head: Tensor, labels: Tensor, chunk: int) -> Tensor:
    """Loss of each position in nats, fp32 [n]; hidden [n, size], head [vocab, size], labels [n]."""
    if len(labels) <= chunk:
        return _chunk_losses(hidden, head, labels)
    parts = [
        checkpoint(_chunk_losses, hidden[at : at + chunk], head, labels[at : at + chunk], use_reentrant=False)
        for at in range(0, len(labels), chunk)
    ]
    return torch.cat(parts)


def _chunk_losses(hidden: Tensor, head: Tensor, labels: Tensor) -> Tensor:
    return F.cross_entropy(F.linear(hidden, head).float(), labels, reduction="none")


@torch.no_grad()
def judge_completions(hidden: Tensor, head: Tensor, labels: Tensor, chunk: int) -> tuple[Tensor, Tensor]:
    """Losses [n], and whether each label has the highest logit [n]."""
    losses, right = [], []
    for at in range(0, len(labels), chunk):
        logits = F.linear(hidden[at : at + chunk], head).float()
        wanted = labels[at : at + chunk]
        losses.append(F.cross_entropy(logits, wanted, reduction="none"))
        right.append(logits.argmax(-1) == wanted)
    return torch.cat(losses), torch.cat(right)
