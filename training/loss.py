"""Cross-entropy of the labelled positions, some at a time: the logits of all of them never exist together.

A chunk's logits are computed again in the backward pass (torch.utils.checkpoint), so that memory holds one chunk of
[chunk, vocab] in fp32 whatever the batch.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.checkpoint import checkpoint

from training.packing import round_up


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
    return F.cross_entropy(_logits(hidden, head), labels, reduction="none")


def _logits(hidden: Tensor, head: Tensor) -> Tensor:
    """fp32. On a CPU of a padded number of positions while they are made: packing.STRIDE says why."""
    count = len(hidden)
    missing = 0 if hidden.is_cuda else round_up(count) - count
    return F.linear(F.pad(hidden, (0, 0, 0, missing)) if missing else hidden, head)[:count].float()


@torch.no_grad()
def judge_completions(hidden: Tensor, head: Tensor, labels: Tensor, chunk: int) -> tuple[Tensor, Tensor]:
    """Losses [n], and whether each label has the highest logit [n]."""
    losses, right = [], []
    for at in range(0, len(labels), chunk):
        logits = _logits(hidden[at : at + chunk], head)
        wanted = labels[at : at + chunk]
        losses.append(F.cross_entropy(logits, wanted, reduction="none"))
        right.append(logits.argmax(-1) == wanted)
    return torch.cat(losses), torch.cat(right)
