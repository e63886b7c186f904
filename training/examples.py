"""Tokenised examples in flat arrays, kept in a cache, and which of them begin alike.

Prompts of one database share its schema, and a schema is most of a prompt. Examples are put in order of their prompts' tokens;
neighbours that share at least half of the shorter prompt form a cluster, whose common beginning may be computed once for
several of them (packing.py). Nothing but the tokens decides: a line needs no annotation.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.config import DataConfig
from training.data import DataError, hash_file, read_examples
from training.tokenizer import Tokenizer

EXAMPLES_FORMAT = 1  # raised when the meaning of a cached array changes
BLOCK = 1000  # examples tokenised at once
MIN_SHARED = 0.5  # of the shorter prompt


@dataclass
class Examples:
    """`tokens[start[i]:start[i + 1]]` is example i: prompt_length[i] tokens of prompt, then completion and end token."""

    tokens: np.ndarray  # int32
    start: np.ndarray  # int64, one more than examples
    prompt_length: np.ndarray  # int32
    cluster: np.ndarray  # int32, number of the example's cluster
    prefix_length: (
        np.ndarray
    )  # int32, by cluster: tokens that all its prompts begin with, less than the shortest prompt
    skipped: np.ndarray  # int64, one number: examples left out as too long

    def __len__(self) -> int:
        return len(self.prompt_length)

    @property
    def lengths(self) -> np.ndarray:
        return np.diff(self.start)

    def prompt(self, number: int) -> np.ndarray:
        return self.tokens[self.start[number] : self.start[number] + self.prompt_length[number]]


def load_examples(files: list[str], tokenizer: Tokenizer, config: DataConfig) -> Examples:
    """Tokenise `files`, or read them back from the cache, keyed by the hashes of all that they depend on.

    Raises DataError for a bad line, and for an example longer than max_length unless too_long is "skip"."""
    parts = [
        str(EXAMPLES_FORMAT),
        tokenizer.fingerprint,
        str(config.max_length),
        config.too_long,
        *map(hash_file, files),
    ]
    key = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:24]
    cached = Path(config.cache_dir) / f"examples-{key}.npz"
    if cached.exists():
        try:
            with np.load(cached) as arrays:
                return Examples(**arrays)
        except (OSError, ValueError, TypeError, EOFError, KeyError, zipfile.BadZipFile) as error:
            print(f"{cached} is damaged ({error}): made again", file=sys.stderr)
    examples = tokenise(files, tokenizer, config)
    cached.parent.mkdir(parents=True, exist_ok=True)
    partial = cached.with_name(f".{cached.stem}.{os.getpid()}.partial.npz")  # another trainer may write the same
    np.savez(partial, **vars(examples))
    partial.replace(cached)
    return examples


def tokenise(files: list[str], tokenizer: Tokenizer, config: DataConfig) -> Examples:
    """Examples of the files, in their order."""
    tokens: list[np.ndarray] = []
    prompt_length: list[int] = []
    skipped = 0
    lines = itertools.chain.from_iterable(read_examples(file) for file in files)
    for block in iter(lambda: list(itertools.islice(lines, BLOCK)), []):
        for example, (ids, length) in zip(block, tokenizer.encode(block), strict=True):
            if len(ids) > config.max_length and config.too_long == "error":
                raise DataError(
                    f"{example.where}: {len(ids)} tokens do not fit data.max_length {config.max_length}; raise it, "
                    "shorten the prompt, or set data.too_long: skip (nothing is ever cut)"
                )
            if len(ids) > config.max_length:
                skipped += 1
                continue
            tokens.append(np.asarray(ids, dtype=np.int32))
            prompt_length.append(length)
    if not tokens:
        raise DataError(f"{', '.join(files)}: no example fits data.max_length {config.max_length}")
    cluster, prefix_length = find_clusters([ids[:length] for ids, length in zip(tokens, prompt_length, strict=True)])
    return Examples(
        tokens=np.concatenate(tokens),
        start=np.concatenate([[0], np.cumsum([len(ids) for ids in tokens])]).astype(np.int64),
        prompt_length=np.asarray(prompt_length, dtype=np.int32),
        cluster=cluster,
        prefix_length=prefix_length,
        skipped=np.asarray([skipped]),
    )


def find_clusters(prompts: list[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """For each prompt the number of its cluster, and for each cluster the length of its common beginning, in tokens."""
    # Big-endian bytes sort like the token sequences themselves.
    order = sorted(range(len(prompts)), key=lambda number: prompts[number].astype(">u4").tobytes())
    cluster = np.zeros(len(prompts), dtype=np.int32)
    prefixes: list[int] = []
    before = np.zeros(0, dtype=np.int32)
    for number in order:
        prompt = prompts[number]
        # A prompt's last token stays outside of the prefix: it predicts the completion's first.
        longest = len(prompt) - 1
        shared = common_length(before, prompt)
        if shared > MIN_SHARED * min(len(before), len(prompt)):
            prefixes[-1] = min(prefixes[-1], shared, longest)
        else:
            prefixes.append(longest)
        cluster[number] = len(prefixes) - 1
        before = prompt
    return cluster, np.asarray(prefixes, dtype=np.int32)


def common_length(first: np.ndarray, second: np.ndarray) -> int:
    """How many tokens both begin with."""
    length = min(len(first), len(second))
    different = np.flatnonzero(first[:length] != second[:length])
    return int(different[0]) if len(different) else length
