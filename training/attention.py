"""Attention over packed rows: a token sees what precedes it in its row, of the prefix and of its own question only.

Two ways with equal results: row by row (any device), and FlexAttention (Dong et al., 2024, arXiv:2412.05496), one kernel for
all rows that skips what the mask forbids (CUDA). transformers' models use them through the name that `register` gives.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from training.packing import Batch

ATTENTION_NAME = "sqlcodegen_packed"


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


def make_block_mask(batch: Batch) -> Any:
    """The blocks of 128 × 128 that hold anything to compute."""
    from torch.nn.attention.flex_attention import create_block_mask

    length, device = batch.tokens.shape[1], batch.tokens.device
    return create_block_mask(make_mask_function(batch), None, None, length, length, device=device, _compile=device.type == "cuda")


_compiled_flex: Any = None


def attend(query: Tensor, key: Tensor, value: Tensor, mask: PackedMask) -> Tensor:
    """query [1, heads, T, size], key and value [1, kv_heads, T, size] → [1, T, heads, size]. Scores are scaled by size^-0.5."""
    if mask.kind == "flex":
        return _attend_flex(query, key, value, mask).transpose(1, 2)
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

    The query heads of one key head are stacked, so that keys and values are not copied for each."""
    _, heads, length, size = query.shape
    kv_heads = key.shape[1]
    shared = heads // kv_heads
    stacked = (query * size**-0.5).reshape(kv_heads, shared * length, size)
    scores = (stacked @ key[0].transpose(1, 2)).view(kv_heads, shared, length, length)
    if mask is None:
        mask = torch.ones(length, length, dtype=torch.bool, device=query.device).tril()
    weights = scores.masked_fill(~mask, float("-inf")).softmax(dim=-1).view(kv_heads, shared * length, length)
    mixed = (weights @ value[0]).view(1, heads, length, size)
    return mixed.transpose(1, 2)


def register() -> None:
    """Make this attention known to transformers as ATTENTION_NAME; its models pass `packed=PackedMask` through."""
    from transformers import AttentionInterface, AttentionMaskInterface

    AttentionInterface.register(ATTENTION_NAME, _attend_for_transformers)
    AttentionMaskInterface.register(ATTENTION_NAME, lambda *_, **__: None)


def _attend_for_transformers(
    module: Any, query: Tensor, key: Tensor, value: Tensor, attention_mask: Any, packed: PackedMask, **_: Any
) -> tuple[Tensor, None]:
    return attend(query, key, value, packed), None
