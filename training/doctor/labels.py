"""What is learnt: the labels of the very batches that a run makes, and one of them shown token by token."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from training.attention import make_row_masks
from training.config import Config
from training.doctor.check import FAILURE, OK, Check, count
from training.examples import Examples
from training.packing import IGNORED, Batch, Pack, collate
from training.tokenizer import Tokenizer

MASK_ROW = 3  # questions of the row that is shown, at most


def check_labels(examples: Examples, packs: list[Pack], tokenizer: Tokenizer) -> list[Check]:
    """Look at every label of one epoch."""
    without_end = without_all = outside = 0
    for pack in packs:
        batch = collate(examples, [pack])
        owners, labels = batch.examples[0].numpy(), batch.labels[0].numpy()
        numbers = np.concatenate(pack)
        # The last label of each example is that of its last position.
        places = np.flatnonzero(owners >= 0)
        last = places[np.searchsorted(owners[places], np.arange(len(numbers)), side="right") - 1]
        without_end += int((labels[last] != tokenizer.end_id).sum())
        learnt = np.bincount(owners[places], minlength=len(numbers))
        without_all += int((learnt != examples.lengths[numbers] - examples.prompt_length[numbers]).sum())
        outside += int(((labels != IGNORED) & (owners < 0)).sum())
    return [_end_check(without_end, len(examples), tokenizer), _mask_check(without_all, outside, len(examples))]


def _end_check(without: int, total: int, tokenizer: Tokenizer) -> Check:
    title, name = "End token is learnt", "labels.end_token"
    if without:
        detail = (
            f"{count(without, 'example')} of {total:,} whose last label is not the end token (id {tokenizer.end_id})"
        )
        return Check(
            name, FAILURE, title, detail, "The model would not learn to stop. Use the base model's own tokenizer."
        )
    detail = f"the last label of all {count(total, 'example')} is the end token (id {tokenizer.end_id})"
    padding = getattr(getattr(tokenizer, "inner", None), "pad_token_id", None)
    if padding == tokenizer.end_id:
        detail += "; the tokenizer pads with it too, which does no harm: padding is known by its place, not by its id"
    return Check(name, OK, title, detail)


def _mask_check(without: int, outside: int, total: int) -> Check:
    title, name = "Only completions are learnt", "labels.mask"
    if without or outside:
        detail = (
            f"{count(without, 'example')} with more or fewer labels than completion tokens, "
            f"{count(outside, 'label')} elsewhere"
        )
        return Check(name, FAILURE, title, detail, "This is a fault of the trainer: please report it with this output.")
    return Check(
        name, OK, title, f"in all {count(total, 'example')} each completion token has a label, and no prompt token has"
    )


def show_mask(
    examples: Examples, packs: list[Pack], tokenizer: Tokenizer, config: Config
) -> tuple[dict[str, Any], Check]:
    """One row as it is trained, and whether each of its questions sees only itself.

    A row whose questions share a beginning is preferred."""
    rows = [row for pack in packs for row in pack]
    row = next((row for row in rows if len(row) > 1), rows[0])[:MASK_ROW]
    batch = collate(examples, [[row]], learn_prompt=config.train.prompt_loss_weight > 0)
    tokens, labels, owners = (item[0].tolist() for item in (batch.tokens, batch.labels, batch.examples))
    shown = []
    for place, token in enumerate(tokens):
        is_learnt = place > 0 and labels[place - 1] != IGNORED
        weight = 1.0 if place and owners[place - 1] >= 0 else config.train.prompt_loss_weight
        shown.append(
            {
                "text": piece(tokenizer, token),
                "id": token,
                "position": int(batch.positions[0, place]),
                "segment": int(batch.segments[0, place]),
                "learnt": is_learnt,
                "weight": weight if is_learnt else 0.0,
            }
        )
    prefix = int(examples.prefix_length[examples.cluster[row[0]]]) if len(row) > 1 else 0
    mask = {"questions": len(row), "shared_tokens": prefix, "tokens": shown, "example": _first_example(shown)}
    return mask, _isolation_check(batch, len(row))


def _first_example(tokens: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The row's first question as it would stand alone, its text as it reads: `{text, id, learned}` each."""
    own = next((token["segment"] for token in tokens if token["segment"]), 0)
    return [
        {"text": readable(token["text"]), "id": token["id"], "learned": token["learnt"]}
        for token in tokens
        if token["segment"] in (0, own)
    ]


def readable(text: str) -> str:
    """A piece without its tokenizer's signs for spaces, ends of lines and single bytes."""
    byte = re.fullmatch(r"<0x([0-9A-F]{2})>", text)
    if byte and int(byte[1], 16) < 128:
        return chr(int(byte[1], 16))
    return text.replace("▁", " ").replace("Ġ", " ").replace("Ċ", "\n").replace("ĉ", "\t")


def _isolation_check(batch: Batch, questions: int) -> Check:
    """In a causal text the token at position p sees p + 1 tokens: so must a token inside a shared row."""
    mask = make_row_masks(batch)[0]
    seen = batch.positions[0] + 1 if mask is None else mask.sum(-1)
    wrong = int((seen != batch.positions[0] + 1).sum())
    title, name = "Questions do not see one another", "labels.isolation"
    if wrong:
        hint = "This is a fault of the trainer: please report it with this output."
        return Check(name, FAILURE, title, f"{count(wrong, 'token')} of the row shown see too much or too little", hint)
    shown = "the example shown" if questions == 1 else f"the {questions} questions of the row shown"
    return Check(name, OK, title, f"every token of {shown} sees what it would see alone")


def piece(tokenizer: Tokenizer, token: int) -> str:
    """A token as the tokenizer writes it, special ones included."""
    inner = getattr(tokenizer, "inner", None)
    if inner is not None:
        return str(inner.convert_ids_to_tokens(token))
    processor = getattr(tokenizer, "processor", None)
    return processor.id_to_piece(token) if processor is not None else tokenizer.decode([token])
