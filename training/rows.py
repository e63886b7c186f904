"""Tokenised rows: a schema once, then the questions asked of it, and the batches made of such rows.

A row is `[begin schema][rest completion end][rest completion end]...`. The questions of a row do not see one another:
`collate` gives each the schema and itself only, at the positions it would have alone, so a row's loss and gradients are
those of its examples one by one, while the schema is computed once.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.config import DataConfig
from training.data import DataError, Example, hash_file, read_groups
from training.tokenizer import BEGIN_ID, END_ID, WordEncoder

ROWS_FORMAT = 1  # raised when the meaning of a cached array changes
IGNORED = -100  # label of a position that is not learnt
CHECKED_ROWS = 200  # rows whose word-by-word encoding is compared with encoding whole texts


@dataclass
class Rows:
    """All rows of some files in flat arrays: `tokens[row_start[i]:row_start[i + 1]]` is row i."""

    tokens: np.ndarray
    row_start: np.ndarray
    schema_length: np.ndarray
    segment_start: np.ndarray  # row i has the segments segment_start[i]:segment_start[i + 1]
    rest_length: np.ndarray
    completion_length: np.ndarray  # the end mark included

    def __len__(self) -> int:
        return len(self.schema_length)

    @property
    def lengths(self) -> np.ndarray:
        return np.diff(self.row_start)


@dataclass
class Batch:
    tokens: torch.Tensor  # [rows, length]
    positions: torch.Tensor  # [rows, length]
    mask: torch.Tensor  # [rows, 1, length, length], True where a query may see a key
    labels: torch.Tensor  # [rows, length], the next token of the same segment, or IGNORED
    examples: torch.Tensor  # [rows, length], number of the example within the batch, -1 where no completion is learnt
    token_count: int  # without padding


class RowBuilder:
    """Collects rows and turns them into arrays."""

    def __init__(self, encoder: WordEncoder, config: DataConfig) -> None:
        self.encoder, self.config = encoder, config
        self.tokens: list[np.ndarray] = []
        self.lengths: list[int] = []
        self.schema_length: list[int] = []
        self.segments: list[int] = []
        self.rest_length: list[int] = []
        self.completion_length: list[int] = []

    def add_group(self, group: list[Example]) -> None:
        """Add the group as one row, or as several where it would pass the row limits."""
        encode, config = self.encoder.encode, self.config
        schema = [BEGIN_ID, *encode(group[0].schema)]
        if len(self.lengths) < CHECKED_ROWS:
            for example in group:
                self.encoder.check(f"{example.schema} {example.rest} {example.completion}")
        row, pairs = list(schema), []
        for example in group:
            rest, completion = encode(example.rest), [*encode(example.completion), END_ID]
            length = len(rest) + len(completion)
            if len(schema) + length > config.max_length:
                raise DataError(
                    f"{example.where}: {len(schema) + length} tokens do not fit data.max_length {config.max_length}"
                )
            if pairs and (len(row) + length > config.max_row_tokens or len(pairs) == config.questions_per_row):
                self._add_row(row, len(schema), pairs)
                row, pairs = list(schema), []
            row += rest
            row += completion
            pairs.append((len(rest), len(completion)))
        self._add_row(row, len(schema), pairs)

    def _add_row(self, row: list[int], schema_length: int, pairs: list[tuple[int, int]]) -> None:
        self.tokens.append(np.asarray(row, dtype=np.int32))
        self.lengths.append(len(row))
        self.schema_length.append(schema_length)
        self.segments.append(len(pairs))
        self.rest_length.extend(rest for rest, _ in pairs)
        self.completion_length.extend(completion for _, completion in pairs)

    def build(self) -> Rows:
        return Rows(
            tokens=np.concatenate(self.tokens),
            row_start=np.concatenate([[0], np.cumsum(self.lengths)]).astype(np.int64),
            schema_length=np.asarray(self.schema_length, dtype=np.int32),
            segment_start=np.concatenate([[0], np.cumsum(self.segments)]).astype(np.int64),
            rest_length=np.asarray(self.rest_length, dtype=np.int32),
            completion_length=np.asarray(self.completion_length, dtype=np.int32),
        )


def load_rows(files: list[str], encoder: WordEncoder, tokenizer_hash: str, config: DataConfig) -> Rows:
    """Tokenise `files`, or read them back from the cache, keyed by the hashes of all that they depend on."""
    limits = f"{ROWS_FORMAT} {tokenizer_hash} {config.max_length} {config.max_row_tokens} {config.questions_per_row}"
    try:
        key = hashlib.sha256(" ".join([limits, *map(hash_file, files)]).encode()).hexdigest()[:24]
    except OSError as error:
        raise DataError(f"cannot read {error.filename}: {error.strerror}") from error
    cached = Path(config.cache_dir) / f"rows-{key}.npz"
    if cached.exists():
        with np.load(cached) as arrays:
            return Rows(**arrays)
    builder = RowBuilder(encoder, config)
    for file in files:
        for group in read_groups(file):
            builder.add_group(group)
    rows = builder.build()
    cached.parent.mkdir(parents=True, exist_ok=True)
    partial = cached.with_suffix(".partial.npz")
    np.savez(partial, **vars(rows))
    partial.replace(cached)
    print(f"tokenised {len(rows.rest_length)} examples in {len(rows)} rows", file=sys.stderr)
    return rows


def plan_batches(rows: Rows, token_budget: int, seed: int | None) -> list[np.ndarray]:
    """Row numbers of each micro-batch of one epoch: rows of like length together, `rows * longest <= token_budget`.

    A seed shuffles rows, then batches; None keeps the order by length (validation)."""
    lengths = rows.lengths
    order = np.arange(len(rows))
    generator = np.random.default_rng(seed) if seed is not None else None
    if generator is not None:
        generator.shuffle(order)
    window = 2048 if generator is not None else len(rows)
    batches: list[np.ndarray] = []
    for start in range(0, len(order), window):
        part = order[start : start + window]
        part = part[np.argsort(lengths[part], kind="stable")]
        begin = 0
        for end in range(1, len(part) + 1):
            if end == len(part) or (end + 1 - begin) * lengths[part[end]] > token_budget:
                batches.append(part[begin:end])
                begin = end
    if generator is not None:
        batches = [batches[number] for number in generator.permutation(len(batches))]
    return batches


def collate(rows: Rows, numbers: np.ndarray, learn_prompt: bool = False) -> Batch:
    """The tensors of one micro-batch. With `learn_prompt` the question's tokens have labels too, but no example."""
    length = int(rows.lengths[numbers].max())
    shape = (len(numbers), length)
    tokens = np.zeros(shape, dtype=np.int64)
    positions = np.zeros(shape, dtype=np.int64)
    segments = np.full(shape, -1, dtype=np.int16)  # -1 padding, 0 schema, 1.. the questions
    labels = np.full(shape, IGNORED, dtype=np.int64)
    examples = np.full(shape, -1, dtype=np.int64)
    example = 0
    for line, number in enumerate(numbers):
        row = rows.tokens[rows.row_start[number] : rows.row_start[number + 1]]
        schema = int(rows.schema_length[number])
        tokens[line, : len(row)] = row
        positions[line, :schema] = np.arange(schema)
        segments[line, :schema] = 0
        at = schema
        for segment in range(rows.segment_start[number], rows.segment_start[number + 1]):
            rest, completion = int(rows.rest_length[segment]), int(rows.completion_length[segment])
            end = at + rest + completion
            positions[line, at:end] = np.arange(schema, schema + rest + completion)
            segments[line, at:end] = segment - rows.segment_start[number] + 1
            if learn_prompt:
                labels[line, at : at + rest - 1] = row[at + 1 : at + rest]
            # The last word of the prompt predicts the completion's first token; the end mark predicts nothing.
            labels[line, at + rest - 1 : end - 1] = row[at + rest : end]
            examples[line, at + rest - 1 : end - 1] = example
            example += 1
            at = end
    return Batch(
        tokens=torch.from_numpy(tokens),
        positions=torch.from_numpy(positions),
        mask=_make_mask(torch.from_numpy(segments)),
        labels=torch.from_numpy(labels),
        examples=torch.from_numpy(examples),
        token_count=int(rows.lengths[numbers].sum()),
    )


def _make_mask(segments: torch.Tensor) -> torch.Tensor:
    """True where key <= query, and the key is of the schema or of the query's own segment."""
    length = segments.shape[1]
    query, key = segments[:, :, None], segments[:, None, :]
    causal = torch.ones(length, length, dtype=torch.bool).tril()
    # A padded query sees padding (itself at least), so that no softmax runs over nothing.
    return ((((key == 0) & (query >= 0)) | (key == query)) & causal)[:, None]


def iterate_batches(
    rows: Rows, token_budget: int, seed: int, epoch: int = 0, batch: int = 0
) -> Iterator[tuple[int, int, np.ndarray]]:
    """Endless `(epoch, batch number, row numbers)`, from a given place on; the same for the same seed."""
    while True:
        plan = plan_batches(rows, token_budget, seed + epoch)
        for number in range(batch, len(plan)):
            yield epoch, number, plan[number]
        epoch, batch = epoch + 1, 0
