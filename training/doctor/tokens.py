"""What the tokenizer makes of the examples: lengths, beginnings, boundaries, special tokens in the text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from training.config import DataConfig
from training.data import DataError
from training.doctor.check import FAILURE, OK, WARNING, Check, count, name_some, share
from training.doctor.reading import END_SPELLINGS, Line, Lines
from training.examples import Examples, find_clusters
from training.tokenizer import Tokenizer

BLOCK = 1000  # examples tokenised at once
MAX_SKIPPED_SHARE = 0.05  # leaving out more than that is a mistake of the configuration rather than a few odd lines
_SPECIAL = re.compile(r"<s>|</s>|<unk>|<pad>|<\|[a-z_]+\|>|<bos>|<eos>")


@dataclass
class Tokenised:
    """The lines of one role that the tokenizer takes, with their ids, prompt first."""

    lines: list[Line] = field(default_factory=list)
    ids: list[np.ndarray] = field(default_factory=list)
    prompt_length: list[int] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # the tokenizer's objections, each with file:line

    @property
    def lengths(self) -> np.ndarray:
        return np.asarray([len(ids) for ids in self.ids], dtype=np.int64)


def tokenise_lines(lines: Lines, tokenizer: Tokenizer) -> Tokenised:
    """Every line on its own terms: one that the tokenizer refuses does not hide the next."""
    result = Tokenised()
    for start in range(0, len(lines.good), BLOCK):
        block = lines.good[start : start + BLOCK]
        try:
            encoded: list[Any] = list(tokenizer.encode([line.example for line in block]))
        except DataError:
            encoded = [_encode_one(line, tokenizer, result.refused) for line in block]
        for line, item in zip(block, encoded, strict=True):
            if item is not None:
                result.lines.append(line)
                result.ids.append(np.asarray(item[0], dtype=np.int32))
                result.prompt_length.append(item[1])
    return result


def _encode_one(line: Line, tokenizer: Tokenizer, refused: list[str]) -> tuple[list[int], int] | None:
    try:
        return tokenizer.encode([line.example])[0]
    except DataError as error:
        refused.append(str(error))
        return None


def to_examples(tokenised: Tokenised, config: DataConfig) -> Examples | None:
    """The examples that a run would train on: those that fit. None when none does."""
    fitting = [number for number, ids in enumerate(tokenised.ids) if len(ids) <= config.max_length]
    if not fitting:
        return None
    ids = [tokenised.ids[number] for number in fitting]
    prompt_length = [tokenised.prompt_length[number] for number in fitting]
    cluster, prefix_length = find_clusters([part[:length] for part, length in zip(ids, prompt_length, strict=True)])
    return Examples(
        tokens=np.concatenate(ids),
        start=np.concatenate([[0], np.cumsum([len(part) for part in ids])]).astype(np.int64),
        prompt_length=np.asarray(prompt_length, dtype=np.int32),
        cluster=cluster,
        prefix_length=prefix_length,
        skipped=np.asarray([len(tokenised.ids) - len(fitting)]),
    )


def measure(tokenised: Tokenised) -> dict[str, Any]:
    """Token statistics of one role."""
    total, prompt = tokenised.lengths, np.asarray(tokenised.prompt_length, dtype=np.int64)
    parts = {"prompt": prompt, "completion": total - prompt, "total": total}
    return {"examples": len(total), "tokens": int(total.sum()), **{name: _spread(part) for name, part in parts.items()}}


def _spread(values: np.ndarray) -> dict[str, int]:
    if not len(values):
        return {"p50": 0, "p95": 0, "p99": 0, "max": 0}
    middle, high, higher = np.percentile(values, [50, 95, 99], method="higher")
    return {"p50": int(middle), "p95": int(high), "p99": int(higher), "max": int(values.max())}


def check_tokens(
    role: str, tokenised: Tokenised, tokenizer: Tokenizer, config: DataConfig, context: int | None
) -> list[Check]:
    """Boundaries, beginnings, special tokens and lengths of one role; the role is part of the ids.

    context: tokens that the base model reads at most; None where it has no such limit."""
    return [
        _check_boundary(role, tokenised),
        _check_begin(role, tokenised, tokenizer),
        _check_special(role, tokenised, tokenizer),
        _check_length(role, tokenised, config, context),
    ]


def _check_boundary(role: str, tokenised: Tokenised) -> Check:
    title, name = f"Boundary of prompt and completion ({role})", f"data.{role}.boundary"
    if tokenised.refused:
        detail = (
            f"{count(len(tokenised.refused), 'example')} cannot be trained on as asked: {name_some(tokenised.refused)}"
        )
        return Check(name, FAILURE, title, detail, "Correct these lines; the run would stop at the first.")
    return Check(name, OK, title, "the prompt has the same tokens alone and before its completion, in every example")


def _check_begin(role: str, tokenised: Tokenised, tokenizer: Tokenizer) -> Check:
    title, name, begin = f"Beginning ({role})", f"data.{role}.begin_token", tokenizer.begin_id
    if begin is None:
        return Check(name, OK, title, "the tokenizer has no beginning-of-sequence token")
    wrong = []
    for line, ids in zip(tokenised.lines, tokenised.ids, strict=True):
        found = int((ids == begin).sum())
        spelled = re.match(r"\s*(<s>|<\|begin_of_text\|>|<bos>)", line.example.prompt)
        if found != 1 or ids[0] != begin or spelled:
            wrong.append(f"{line.example.where}: {found + bool(spelled and found < 2)}")
    if wrong:
        detail = f"{count(len(wrong), 'example')} without exactly one beginning-of-sequence token: {name_some(wrong)}"
        hint = "Remove the token's spelling from the prompts: the tokenizer adds its own."
        return Check(name, FAILURE, title, detail, hint)
    return Check(name, OK, title, f"one beginning-of-sequence token (id {begin}) in every example, at its start")


def _check_special(role: str, tokenised: Tokenised, tokenizer: Tokenizer) -> Check:
    """Spellings of special tokens inside texts; a completion may end with the tokenizer's own end token."""
    title, name = f"Special tokens in the text ({role})", f"data.{role}.special_tokens"
    inside, learnt = [], []
    for line, ids, length in zip(tokenised.lines, tokenised.ids, tokenised.prompt_length, strict=True):
        found = set(_SPECIAL.findall(line.example.prompt))
        # The end token's own spelling is taken away by the tokenizer; another one's stays and is learnt as text.
        ending = next((end for end in END_SPELLINGS if line.example.completion.rstrip().endswith(end)), None)
        if ending and tokenizer.decode(ids[length:-1].tolist()).rstrip().endswith(ending):
            learnt.append(f"{line.example.where} ({ending})")
        elif ending:
            found |= set(_SPECIAL.findall(line.example.completion.rstrip().removesuffix(ending)))
        else:
            found |= set(_SPECIAL.findall(line.example.completion))
        if found:
            inside.append(f"{line.example.where} ({', '.join(sorted(found))})")
    if learnt:
        detail = f"{count(len(learnt), 'completion')} with another tokenizer's end token: {name_some(learnt)}"
        return Check(
            name,
            FAILURE,
            title,
            detail,
            "The model would learn to write it. Remove it; the end token is added as an id.",
        )
    if inside:
        detail = f"{count(len(inside), 'example')} with a special token's spelling: {name_some(inside)}"
        return Check(name, WARNING, title, detail, "Remove it from the text unless the model must see it.")
    return Check(name, OK, title, "none but end tokens at the end of completions")


def _check_length(role: str, tokenised: Tokenised, config: DataConfig, context: int | None) -> Check:
    title, name = f"Answers cut ({role})", f"data.{role}.length"
    long = [
        f"{line.example.where} ({len(ids)} tokens)"
        for line, ids in zip(tokenised.lines, tokenised.ids, strict=True)
        if len(ids) > config.max_length
    ]
    total = len(tokenised.ids)
    if not long:
        longest = int(tokenised.lengths.max()) if total else 0
        return Check(name, OK, title, f"none: the longest example has {longest:,} of {config.max_length:,} tokens")
    part = share(len(long), total)
    detail = (
        f"{count(len(long), 'example')} ({part}) longer than data.max_length {config.max_length}: {name_some(long)}"
    )
    raised = _advise_length(tokenised.lengths, config, context)
    if config.too_long == "error":
        return Check(name, FAILURE, title, detail, f"{raised} Else shorten them, or set data.too_long: skip.")
    is_many = len(long) > MAX_SKIPPED_SHARE * total
    return Check(name, FAILURE if is_many else WARNING, title, f"{detail}; left out, not cut", raised)


def _advise_length(lengths: np.ndarray, config: DataConfig, context: int | None) -> str:
    """The max_length that keeps as many as the base can read."""
    readable = lengths[lengths <= context] if context else lengths
    longest = int(readable.max(initial=0))
    beyond = len(lengths) - len(readable)
    if not beyond:
        return f"data.max_length {longest} would keep them all."
    limit = f"the base model reads at most {context:,} tokens"
    if longest <= config.max_length:
        return f"No data.max_length would keep them: {limit}."
    return f"data.max_length {longest} would keep all but {beyond:,}: {limit}."
