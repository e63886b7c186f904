"""What the run would do: tokens of an epoch, what sharing and packing save, steps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from training.config import Config
from training.doctor.check import OK, WARNING, Check, share
from training.examples import Examples
from training.packing import Pack, Row, round_up, row_length, summarize


@dataclass(frozen=True)
class Work:
    """One epoch in tokens."""

    examples: int
    alone: int  # tokens of all examples, each by itself
    processed: int  # after sharing
    packs: int
    rows: int
    pack_length: int
    learnt: int  # positions with a label
    attended: float  # mean number of keys that a token sees
    scores: int  # of one attention head over the pack that has most: the rows' padded lengths, squared

    @property
    def padding_share(self) -> float:
        """Room at the ends of packs that holds no token."""
        return 1 - self.processed / (self.packs * self.pack_length)

    def to_json(self, max_length: int) -> dict[str, Any]:
        return {
            "tokens_alone": self.alone,
            "tokens_padded_to_max_length": self.examples * max_length,
            "tokens_processed": self.processed,
            "saved_by_sharing": round(1 - self.processed / self.alone, 4),
            "rows": self.rows,
            "packs": self.packs,
            "pack_length": self.pack_length,
            "padding_share": round(self.padding_share, 4),
        }


def measure_work(examples: Examples, packs: list[Pack], config: Config) -> Work:
    summary = summarize(examples, packs, config.data.pack_length)
    rows = [row for pack in packs for row in pack]
    questions = sum(_question_tokens(examples, row) for row in rows) if config.train.prompt_loss_weight > 0 else 0
    return Work(
        examples=len(examples),
        alone=int(examples.lengths.sum()),
        processed=summary.tokens,
        packs=len(packs),
        rows=len(rows),
        pack_length=config.data.pack_length,
        learnt=summary.completion_tokens + questions,
        attended=summary.mean_attended,
        scores=max(sum(round_up(row_length(examples, row)) ** 2 for row in pack) for pack in packs),
    )


def _question_tokens(examples: Examples, row: Row) -> int:
    """Labels on the parts of the prompts that a row does not share."""
    prefix = int(examples.prefix_length[examples.cluster[row[0]]])
    return int((examples.prompt_length[row] - prefix - 1).sum())


def check_sharing(work: Work, config: Config) -> Check:
    padded = work.examples * config.data.max_length
    detail = (
        f"{work.alone:,} tokens, {work.processed:,} with shared beginnings "
        f"({share(work.alone - work.processed, work.alone)} saved; "
        f"padded to max_length they would be {padded:,}); {work.packs:,} packs of {work.pack_length:,}, "
        f"{share(work.padding_share, 1)} of them empty"
    )
    # A single pack is not full where there is little to learn from, whatever its length.
    if work.padding_share > 0.2 and work.packs > 1:
        return Check(
            "plan.sharing", WARNING, "Sharing and packing", detail, "Raise data.pack_length: short packs fill badly."
        )
    return Check("plan.sharing", OK, "Sharing and packing", detail)


def count_steps(work: Work, config: Config) -> tuple[int, int | None]:
    """Optimiser steps of an epoch, and of the run; None where only the clock ends it."""
    train = config.train
    limits = [train.max_steps] if train.max_steps else []
    if train.epochs:
        steps = math.ceil(train.epochs * work.packs / train.packs_per_step)
        limits.append(max(steps, train.min_steps or 0))
    return math.ceil(work.packs / train.packs_per_step), min(limits) if limits else None


def check_steps(work: Work, config: Config) -> Check:
    an_epoch, steps = count_steps(work, config)
    ends = f"{steps:,} in the run" if steps else f"as many as {config.train.max_minutes:g} minutes allow"
    a_step = work.examples / an_epoch
    detail = f"{an_epoch:,} an epoch of about {a_step:.0f} examples each; {ends}"
    if steps and steps < 20:
        lower = "" if work.packs == 1 else "Lower train.packs_per_step, or "
        hint = f"{lower}raise train.epochs or train.min_steps: a few examples are then repeated."
        hint = hint[0].upper() + hint[1:]
        return Check(
            "plan.steps", WARNING, "Steps", f"{detail}: too few for a learning rate that rises and falls", hint
        )
    return Check("plan.steps", OK, "Steps", detail)
