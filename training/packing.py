"""The order of training: examples → rows → packs → steps, and the tensors of some packs.

A row is one prefix (a schema) and the questions asked of it: `[prefix][rest completion end][rest completion end]...`. The
questions of a row do not see one another: each sees the prefix and itself only, at the positions that it would have alone, so
a row's loss and gradients are those of its examples one by one, while the prefix is computed once. A pack is several rows one
behind the other, up to `pack_length` tokens; rows do not see one another either. Nothing is padded but the end of a pack.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
import torch

from training.config import DataConfig
from training.examples import Examples

IGNORED = -100  # label of a position that is not learnt
# Lengths on a CPU are multiples of this: for each shape of a product oneDNN makes code and keeps it, 0.2 to 0.5 MB a shape,
# up to 1,024 of them; with every length as it comes a run's memory grows for hundreds of steps, and each new shape costs time.
STRIDE = 64
WINDOW = 1024  # rows that are packed together: large enough to fill packs, small enough to stay in random order

Row = np.ndarray  # numbers of examples of one cluster
Pack = list[Row]


@dataclass
class Batch:
    """Some packs in one line of T tokens. The tensors are [1, T] int64 where nothing else is said."""

    tokens: torch.Tensor
    positions: torch.Tensor
    documents: torch.Tensor  # number of the row; every padding token is a document of its own, below 0
    segments: torch.Tensor  # 0 prefix (or the whole of a row of one example), 1.. the row's questions
    labels: torch.Tensor  # the next token of the same segment, or IGNORED
    examples: torch.Tensor  # number of the example within the batch where a completion is learnt, else -1
    places: torch.Tensor  # [n], the positions that have a label: known beforehand, so that the GPU need not be asked
    wanted: torch.Tensor  # [n], their labels
    of_completion: torch.Tensor  # [n] bool, whether a completion's
    row_lengths: list[int]
    row_examples: list[int]  # examples in each row

    @property
    def token_count(self) -> int:
        """Tokens without padding."""
        return sum(self.row_lengths)

    @property
    def learnt(self) -> int:
        """Labels of completions."""
        return int((self.examples >= 0).sum())

    def to(self, device: torch.device) -> Batch:
        """The same on `device`; from pinned memory the copies run beside the computation."""
        moved = {item.name: getattr(self, item.name) for item in fields(self)}
        return replace(self, **{k: v.to(device, non_blocking=True) for k, v in moved.items() if torch.is_tensor(v)})

    def pin(self) -> Batch:
        moved = {item.name: getattr(self, item.name) for item in fields(self)}
        return replace(self, **{name: value.pin_memory() for name, value in moved.items() if torch.is_tensor(value)})


def row_length(examples: Examples, row: Row) -> int:
    """Tokens of a row: its prefix once, and the rest of each example."""
    lengths = examples.lengths[row]
    if len(row) == 1:
        return int(lengths[0])
    prefix = int(examples.prefix_length[examples.cluster[row[0]]])
    return prefix + int((lengths - prefix).sum())


def make_rows(
    examples: Examples, config: DataConfig, generator: np.random.Generator | None, numbers: np.ndarray | None = None
) -> list[Row]:
    """Every example (or those of `numbers`) in one row; a generator mixes which questions of a cluster meet."""
    numbers = np.arange(len(examples)) if numbers is None else numbers
    if generator is not None:
        generator.shuffle(numbers)
    order = numbers[np.argsort(examples.cluster[numbers], kind="stable")]
    borders = np.flatnonzero(np.diff(examples.cluster[order])) + 1
    rows: list[Row] = []
    for members in np.split(order, borders):
        count = -(-len(members) // config.questions_per_row)
        for part in np.array_split(members, count):
            rows += _split_long(examples, part, config.pack_length)
    return rows


def _split_long(examples: Examples, row: Row, limit: int) -> list[Row]:
    """Halve a row until each part fits."""
    if len(row) == 1 or row_length(examples, row) <= limit:
        return [row]
    half = len(row) // 2
    return [*_split_long(examples, row[:half], limit), *_split_long(examples, row[half:], limit)]


def pack_rows(rows: list[Row], lengths: np.ndarray, limit: int) -> list[Pack]:
    """Best fit decreasing: the longest row first, each into the fullest pack that still holds it."""
    free: list[tuple[int, int]] = []  # free tokens and number of each pack, sorted
    packs: list[Pack] = []
    for number in np.argsort(-lengths, kind="stable"):
        length = int(lengths[number])
        place = bisect.bisect_left(free, (length, -1))
        if place < len(free):
            space, pack = free.pop(place)
        else:
            space, pack = limit, len(packs)
            packs.append([])
        packs[pack].append(rows[number])
        bisect.insort(free, (space - length, pack))
    return packs


def plan_epoch(examples: Examples, config: DataConfig, seed: int, epoch: int) -> list[Pack]:
    """The packs of one epoch in their order; the same for the same seed and epoch."""
    generator = np.random.default_rng([seed, epoch])
    rows = make_rows(examples, config, generator)
    order = generator.permutation(len(rows))
    lengths = np.asarray([row_length(examples, row) for row in rows])
    packs: list[Pack] = []
    for start in range(0, len(order), WINDOW):
        part = order[start : start + WINDOW]
        packs += pack_rows([rows[number] for number in part], lengths[part], config.pack_length)
    return [packs[number] for number in generator.permutation(len(packs))]


def plan_evaluation(examples: Examples, config: DataConfig, count: int | None = None) -> list[Pack]:
    """Packs of `count` examples, evenly spaced, or of all, for a forward pass alone; rows of like length together."""
    chosen = np.arange(len(examples))
    if count is not None and count < len(examples):
        chosen = np.linspace(0, len(examples) - 1, count).astype(np.int64)
    rows = make_rows(examples, config, None, chosen)
    lengths = [row_length(examples, row) for row in rows]
    packs: list[Pack] = []
    space = 0
    for number in np.argsort(lengths, kind="stable"):
        if lengths[number] > space:
            packs.append([])
            space = config.pack_length
        packs[-1].append(rows[number])
        space -= lengths[number]
    return packs


@dataclass(frozen=True)
class PackingSummary:
    """What one epoch computes, in tokens."""

    examples: int
    tokens: int  # without padding, shared prefixes once
    prompt_tokens: int  # each example's own
    completion_tokens: int
    question_tokens: int  # prompt tokens that have a label where the prompt is learnt too
    packs: int
    pack_length: int
    mean_attended: float  # keys that a token sees, itself included

    @property
    def shared_tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens - self.tokens

    @property
    def padding_share(self) -> float:
        return 1 - self.tokens / (self.packs * self.pack_length)

    def counts(self) -> dict[str, float]:
        """The part of it that run_started and the manifest hold."""
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "shared_tokens": self.shared_tokens,
            "packs": self.packs,
            "padding_share": self.padding_share,
        }


def summarize(examples: Examples, packs: list[Pack], pack_length: int) -> PackingSummary:
    tokens = attended = 0
    for row in (row for pack in packs for row in pack):
        lengths = examples.lengths[row].astype(np.int64)
        prefix = int(examples.prefix_length[examples.cluster[row[0]]]) if len(row) > 1 else 0
        tokens += prefix + int((lengths - prefix).sum())
        # A token at position p sees p + 1 keys.
        attended += prefix * (prefix + 1) // 2 + int((lengths * (lengths + 1) // 2 - prefix * (prefix + 1) // 2).sum())
    prompts = int(examples.prompt_length.sum())
    completions = int(examples.lengths.sum()) - prompts
    questions = prompts - int(examples.prefix_length[examples.cluster].sum()) - len(examples)
    return PackingSummary(
        len(examples), tokens, prompts, completions, questions, len(packs), pack_length, attended / tokens
    )


def iterate_packs(
    examples: Examples, config: DataConfig, seed: int, epoch: int = 0, place: int = 0
) -> Iterator[tuple[int, int, Pack, int]]:
    """Endless `(epoch, place in the epoch, pack, packs of the epoch)`, from a given place on."""
    while True:
        packs = plan_epoch(examples, config, seed, epoch)
        for number in range(place, len(packs)):
            yield epoch, number, packs[number], len(packs)
        epoch, place = epoch + 1, 0


def round_up(length: int) -> int:
    """The next multiple of STRIDE tokens."""
    return -(-length // STRIDE) * STRIDE


def collate_for(
    device: torch.device, examples: Examples, packs: list[Pack], pack_length: int, learn_prompt: bool = False
) -> Batch:
    """`collate`, padded to one of few lengths: on CUDA all batches have that of full packs, on a CPU a multiple of STRIDE."""
    if device.type == "cuda":
        return collate(examples, packs, learn_prompt, len(packs) * pack_length)
    total = sum(row_length(examples, row) for pack in packs for row in pack)
    return collate(examples, packs, learn_prompt, round_up(total))


def collate(examples: Examples, packs: list[Pack], learn_prompt: bool = False, pad_to: int | None = None) -> Batch:
    """The tensors of some packs. With `learn_prompt` a question's own tokens have labels too, but no example."""
    rows = [row for pack in packs for row in pack]
    lengths = [row_length(examples, row) for row in rows]
    total = max(sum(lengths), pad_to or 0)
    arrays = {name: np.zeros(total, dtype=np.int64) for name in ("tokens", "positions", "segments")}
    labels = np.full(total, IGNORED, dtype=np.int64)
    owners = np.full(total, -1, dtype=np.int64)
    documents = -1 - np.arange(total)
    at, example = 0, 0
    for number, (row, length) in enumerate(zip(rows, lengths, strict=True)):
        documents[at : at + length] = number
        window = slice(at, at + length)
        parts = {name: array[window] for name, array in arrays.items()}
        example = _fill_row(examples, row, parts, labels[window], owners[window], learn_prompt, example)
        at += length
    tensors = {name: torch.from_numpy(array)[None] for name, array in arrays.items()}
    places = np.flatnonzero(labels != IGNORED)
    return Batch(
        **tensors,
        documents=torch.from_numpy(documents)[None],
        labels=torch.from_numpy(labels)[None],
        examples=torch.from_numpy(owners)[None],
        places=torch.from_numpy(places),
        wanted=torch.from_numpy(labels[places]),
        of_completion=torch.from_numpy(owners[places] >= 0),
        row_lengths=lengths,
        row_examples=[len(row) for row in rows],
    )


def _fill_row(
    examples: Examples,
    row: Row,
    parts: dict[str, np.ndarray],
    labels: np.ndarray,
    owners: np.ndarray,
    learn_prompt: bool,
    example: int,
) -> int:
    """Write one row into views of the batch's arrays; returns the number of the next example."""
    prefix = int(examples.prefix_length[examples.cluster[row[0]]])
    first = int(examples.start[row[0]])
    parts["tokens"][:prefix] = examples.tokens[first : first + prefix]
    parts["positions"][:prefix] = np.arange(prefix)
    at = prefix
    for segment, number in enumerate(row, start=1):
        start, stop = int(examples.start[number]) + prefix, int(examples.start[number + 1])
        end = at + stop - start
        parts["tokens"][at:end] = examples.tokens[start:stop]
        parts["positions"][at:end] = np.arange(prefix, prefix + stop - start)
        parts["segments"][at:end] = segment if len(row) > 1 else 0
        answer = at + int(examples.prompt_length[number]) - prefix
        if learn_prompt:
            labels[at : answer - 1] = parts["tokens"][at + 1 : answer]
        # The prompt's last token predicts the completion's first; the end token predicts nothing.
        labels[answer - 1 : end - 1] = parts["tokens"][answer:end]
        owners[answer - 1 : end - 1] = example
        example += 1
        at = end
    return example
