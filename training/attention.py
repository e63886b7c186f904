"""Attention over packed rows: a token sees what precedes it in its row, of the prefix and of its own question only.

Two ways with equal results: row by row (any device), and FlexAttention (Dong et al., 2024, arXiv:2412.05496), one kernel for
all rows that skips what the mask forbids (CUDA). transformers' models use them through the name that `register` gives.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from training.config import ConfigError
from training.packing import Batch, round_up

ATTENTION_NAME = "sqlcodegen_packed"


def choose_attention(wanted: str, device: torch.device) -> str:
    """ "sdpa" or "flex" for the option train.attention. Raises ConfigError where FlexAttention cannot train."""
    from torch.utils._triton import has_triton

    can_flex = device.type == "cuda" and has_triton()
    if wanted == "flex" and not can_flex:
        raise ConfigError("train.attention flex needs CUDA and Triton; write auto or sdpa")
    return "flex" if can_flex and wanted != "sdpa" else "sdpa"


class PackedMask:
    """What attention needs to know of a batch; made once, used by every layer."""

    def __init__(self, batch: Batch, kind: str) -> None:
        """kind: "sdpa" (row by row) or "flex"."""
        self.kind = kind
        self.row_lengths = batch.row_lengths
        self.block_mask: Any = None
        self.row_masks: list[Tensor | None] = []
        if kind == "flex":
            self.block_mask = make_block_mask(batch)
        else:
            self.row_masks = make_row_masks(batch)


def make_row_masks(batch: Batch) -> list[Tensor | None]:
    """For each row [length, length], True where a query may see a key; None for a row of one example (plain causal)."""
    masks: list[Tensor | None] = []
    at = 0
    for length, examples in zip(batch.row_lengths, batch.row_examples, strict=True):
        segments = batch.segments[0, at : at + length]
        at += length
        if examples == 1:
            masks.append(None)
            continue
        query, key = segments[:, None], segments[None, :]
        causal = torch.ones(length, length, dtype=torch.bool, device=segments.device).tril()
        masks.append(((key == 0) | (key == query)) & causal)
    return masks


def make_mask_function(batch: Batch) -> Any:
    """FlexAttention's form of the same rule."""
    documents, segments = batch.documents[0], batch.segments[0]

    def allowed(_batch: Tensor, _head: Tensor, query: Tensor, key: Tensor) -> Tensor:
        same_row = documents[query] == documents[key]
        visible = (segments[key] == 0) | (segments[key] == segments[query])
        return same_row & visible & (query >= key)

    return allowed


BLOCK = 128  # tokens; FlexAttention's own default


def make_block_mask(batch: Batch) -> Any:
    """Which blocks of 128 x 128 hold anything to compute, and which of them need no mask: create_block_mask's answer.

    That would try the mask on every pair of tokens. Here the ends of blocks decide, since rows, and segments within them, lie
    one behind the other: two blocks have at most one row in common, the earlier one's last."""
    from torch.nn.attention.flex_attention import BlockMask

    length = batch.tokens.shape[1]
    row, run, is_prefix = (_to_blocks(part) for part in _number_rows(batch))
    same_row = row[:, None, 0] == row[None, :, -1]  # [queries' block, keys' block]
    same_run = run[:, None, 0] == run[None, :, -1]
    of_last_row = row == row[:, -1:]
    seen = (same_row & (is_prefix & of_last_row).any(1)) | same_run
    one_row, one_run = row[:, 0] == row[:, -1], run[:, 0] == run[:, -1]
    whole = same_row & (one_row[:, None] & one_row) & (is_prefix.all(1) | (same_run & one_run[:, None] & one_run))
    number = torch.arange(len(row), device=row.device)
    earlier = number[:, None] > number[None, :]
    whole &= earlier
    partly = (seen & earlier & ~whole) | torch.eye(len(row), dtype=torch.bool, device=row.device)
    return BlockMask.from_kv_blocks(
        *_list_blocks(partly),
        *_list_blocks(whole),
        BLOCK_SIZE=BLOCK,
        mask_mod=make_mask_function(batch),
        seq_lengths=(length, length),
    )


def _number_rows(batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    """For each token the number of its row and of its segment among all, neither ever falling, and whether it is of a prefix."""
    documents, segments = batch.documents[0], batch.segments[0]
    place = torch.arange(len(documents), device=documents.device)
    row = torch.where(documents >= 0, documents, len(batch.row_lengths) + place)  # padding: each token a row of its own
    begins = (row[1:] != row[:-1]) | (segments[1:] != segments[:-1])
    run = torch.cat([begins.new_zeros(1), begins]).cumsum(0)
    return row, run, segments == 0


def _to_blocks(values: Tensor) -> Tensor:
    """[T] → [blocks, 128], the last value repeated behind the end."""
    missing = -len(values) % BLOCK
    return torch.cat([values, values[-1:].expand(missing)]).view(-1, BLOCK)


def _list_blocks(chosen: Tensor) -> tuple[Tensor, Tensor]:
    """[blocks, blocks] → how many are chosen in each line, and their numbers first: int32 [1, 1, blocks] and [1, 1, blocks, blocks]."""
    order = chosen.int().argsort(dim=1, descending=True, stable=True)
    return chosen.sum(1, dtype=torch.int32)[None, None], order.int()[None, None]


_compiled_flex: Any = None


def attend(query: Tensor, key: Tensor, value: Tensor, mask: PackedMask) -> Tensor:
    """query [1, heads, T, size], key and value [1, kv_heads, T, size] → [1, T, heads, size]. Scores are scaled by size^-0.5."""
    if mask.kind == "flex":
        return _attend_flex(query, key, value, mask).transpose(1, 2)
    return _attend_rows(query, key, value, mask)


@torch.compiler.disable
def _attend_rows(query: Tensor, key: Tensor, value: Tensor, mask: PackedMask) -> Tensor:
    """Not traced by torch.compile: every batch has other rows, and each would be compiled anew until the compiler gives up."""
    attend_row = _attend_row_fused if query.is_cuda else _attend_row_plain
    mixed, at = [], 0
    for length, row_mask in zip(mask.row_lengths, mask.row_masks, strict=True):
        parts = (states[:, :, at : at + length] for states in (query, key, value))
        mixed.append(attend_row(*parts, row_mask))
        at += length
    padding = query.shape[2] - at
    if padding:
        mixed.append(query.new_zeros(1, padding, query.shape[1], query.shape[3]))
    return torch.cat(mixed, dim=1)


def _attend_flex(query: Tensor, key: Tensor, value: Tensor, mask: PackedMask) -> Tensor:
    from torch.nn.attention.flex_attention import flex_attention

    global _compiled_flex
    attention = flex_attention
    if not torch.compiler.is_compiling() and query.is_cuda:
        # Uncompiled, FlexAttention computes every score; inside a compiled layer it is compiled with it.
        if _compiled_flex is None:
            _compiled_flex = torch.compile(flex_attention)
        attention = _compiled_flex
    return attention(query, key, value, block_mask=mask.block_mask, enable_gqa=True)


def _attend_row_fused(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """One row by PyTorch's fused kernel (FlashAttention where there is no mask)."""
    mixed = F.scaled_dot_product_attention(query, key, value, attn_mask=mask, is_causal=mask is None, enable_gqa=True)
    return mixed.transpose(1, 2)


def _attend_row_plain(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """One row by plain products: at rows of some hundred tokens twice as fast as the fused kernel on a CPU in bf16.

    The query heads of one key head are stacked, so that keys and values are not copied for each. A row is padded to one of few
    lengths (packing.STRIDE says why); no query sees the padding, since it comes later."""
    _, heads, true_length, size = query.shape
    length = round_up(true_length)
    missing = length - true_length
    if missing:
        query, key, value = (F.pad(states, (0, 0, 0, missing)) for states in (query, key, value))
    kv_heads = key.shape[1]
    shared = heads // kv_heads
    stacked = (query * size**-0.5).reshape(kv_heads, shared * length, size)
    scores = (stacked @ key[0].transpose(1, 2)).view(kv_heads, shared, length, length)
    if mask is None:
        mask = torch.ones(length, length, dtype=torch.bool, device=query.device).tril()
    elif missing:
        mask = F.pad(
            F.pad(mask, (0, missing)), (0, 0, 0, missing), value=True
        )  # a query that sees nothing would be NaN
    weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1).view(kv_heads, shared * length, length)
    mixed = (weights @ value[0]).view(1, heads, length, size)
    return mixed[:, :, :true_length].transpose(1, 2)


def register() -> None:
    """Make this attention known to transformers as ATTENTION_NAME; its models pass `packed=PackedMask` through."""
    from transformers import AttentionInterface, AttentionMaskInterface

    AttentionInterface.register(ATTENTION_NAME, _attend_for_transformers)
    AttentionMaskInterface.register(ATTENTION_NAME, lambda *_, **__: None)


def _attend_for_transformers(
    module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Any, packed: PackedMask, **_: Any
) -> tuple[Tensor, None]:
    return attend(query, key, value, packed), None
