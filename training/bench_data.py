"""The real dataset's lengths without its text: `python -m training.bench_data FILE` measures them into bench_lengths.npz.

How fast a trainer is depends on how long its examples are and which of them begin alike, and on nothing else in them. So the
lengths of the dataset's train split in Mistral-7B's own tokens are kept beside the code (some tens of KB), and a machine that
has neither the dataset nor a tokenizer trains on random ids of these lengths.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from training.config import DataConfig
from training.data import DataError
from training.examples import Examples, tokenise
from training.mistral_tokenizer import VocabularyError, write_mistral_folder
from training.tokenizer import HfTokenizer

LENGTHS_FILE = Path(__file__).with_name("bench_lengths.npz")
FIRST_ID = 3  # after the unknown, begin and end tokens


def write_lengths(train_file: str, target: Path = LENGTHS_FILE) -> Examples:
    """Store the lengths of `train_file` in Mistral's tokens; returns what was measured. Raises DataError, VocabularyError."""
    with tempfile.TemporaryDirectory() as folder:
        write_mistral_folder(Path(folder))
        examples = tokenise([train_file], HfTokenizer(folder), DataConfig(max_length=2048))
    np.savez_compressed(
        target,
        prompt=examples.prompt_length.astype(np.uint16),
        completion=(examples.lengths - examples.prompt_length).astype(np.uint16),
        cluster=examples.cluster.astype(np.uint16),
        prefix=examples.prefix_length.astype(np.uint16),
    )
    return examples


def make_bench_examples(vocab_size: int, divide_by: int = 1, seed: int = 1, count: int | None = None) -> Examples:
    """Examples of random ids with the stored lengths and the stored sharing of prefixes; the first `count`, or all.

    divide_by: every length is divided by it, for machines and models that only rehearse."""
    with np.load(LENGTHS_FILE) as stored:
        lengths = {name: stored[name].astype(np.int64) for name in stored.files}
    cluster = lengths["cluster"][:count]
    prefix = np.maximum(lengths["prefix"] // divide_by, 1)
    # A prompt's last token stays outside of the prefix, as examples.find_clusters has it.
    prompt = np.maximum(lengths["prompt"][:count] // divide_by, prefix[cluster] + 1)
    completion = np.maximum(lengths["completion"][:count] // divide_by, 2)
    start = np.concatenate([[0], np.cumsum(prompt + completion)])
    generator = np.random.default_rng(seed)
    tokens = generator.integers(FIRST_ID, vocab_size, start[-1], dtype=np.int32)
    beginnings = [generator.integers(FIRST_ID, vocab_size, length, dtype=np.int32) for length in prefix]
    for at, number in zip(start[:-1], cluster, strict=True):
        tokens[at : at + prefix[number]] = beginnings[number]
    return Examples(
        tokens=tokens,
        start=start,
        prompt_length=prompt.astype(np.int32),
        cluster=cluster.astype(np.int32),
        prefix_length=prefix.astype(np.int32),
        skipped=np.asarray([0]),
    )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.bench_data", description=__doc__.splitlines()[0])
    parser.add_argument("file", help="lines {prompt, completion}: data/processed/train_postgres.jsonl")
    options = parser.parse_args(arguments)
    try:
        examples = write_lengths(options.file)
    except (DataError, VocabularyError) as error:
        print(error, file=sys.stderr)
        return 2
    lengths = examples.lengths
    print(
        f"{len(examples)} examples, {lengths.mean():.0f} tokens on average, {lengths.max()} at most, "
        f"{len(examples.prefix_length)} clusters: {LENGTHS_FILE} ({LENGTHS_FILE.stat().st_size} bytes)"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
