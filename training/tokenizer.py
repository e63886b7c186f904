"""The SentencePiece BPE tokenizer: trained on the run's own examples, one word at a time in use.

Examples are words separated by single spaces. No piece spans a space, so a text's tokens are the concatenation of its
words' tokens; `WordEncoder` rests on that (and checks it), and it is why a schema may be encoded once for many questions.
"""

from __future__ import annotations

import argparse
import io
import random
from collections.abc import Iterable, Iterator
from pathlib import Path

import sentencepiece

from training.config import TokenizerConfig, load_config
from training.data import read_groups

UNKNOWN_ID, BEGIN_ID, END_ID = 0, 1, 2


def train_tokenizer(texts: Iterable[str], target: Path, config: TokenizerConfig, seed: int = 1) -> None:
    """Train on `texts` and write `target` (tokenizer.model). Padding has no id: it must never be the end token."""
    model = io.BytesIO()
    sentencepiece.set_random_generator_seed(seed)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts),
        model_writer=model,
        model_type="bpe",
        vocab_size=config.vocab_size,
        character_coverage=config.character_coverage,
        byte_fallback=True,
        split_digits=True,
        split_by_whitespace=True,
        normalization_rule_name="identity",
        add_dummy_prefix=True,
        remove_extra_whitespaces=False,
        max_sentence_length=1_000_000,
        hard_vocab_limit=False,
        unk_id=UNKNOWN_ID,
        bos_id=BEGIN_ID,
        eos_id=END_ID,
        pad_id=-1,
        num_threads=2,
        minloglevel=1,
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(model.getvalue())


def sample_texts(files: list[str], groups: int, seed: int) -> Iterator[str]:
    """Texts of a random sample of groups: each schema once, each question and completion on its own."""
    choice = random.Random(seed)
    chosen: list[list[str]] = []
    seen = 0
    for file in files:
        for group in read_groups(file):
            seen += 1
            # Reservoir sampling: one pass, any file size, every group equally likely.
            slot = seen - 1 if seen <= groups else choice.randrange(seen)
            if slot >= groups:
                continue
            texts = [group[0].schema, *(f"{example.rest} {example.completion}" for example in group)]
            if slot == len(chosen):
                chosen.append(texts)
            else:
                chosen[slot] = texts
    for texts in chosen:
        yield from texts


class WordEncoder:
    """Encodes space-separated words, each word once."""

    def __init__(self, model_file: str | Path) -> None:
        self.processor = sentencepiece.SentencePieceProcessor(model_file=str(model_file))
        self._ids: dict[str, list[int]] = {}

    @property
    def vocab_size(self) -> int:
        return self.processor.get_piece_size()

    def encode(self, text: str) -> list[int]:
        """Ids of `text`, without begin or end marks."""
        ids = self._ids
        result: list[int] = []
        for word in text.split(" "):
            found = ids.get(word)
            if found is None:
                found = ids[word] = self.processor.encode(word)
            result += found
        return result

    def check(self, text: str) -> None:
        """Raise ValueError where encoding by words differs from encoding the text as a whole."""
        if self.encode(text) != self.processor.encode(text):
            raise ValueError(f"the tokenizer joins words of {text[:200]!r}; it must be trained with split_by_whitespace")


def main() -> None:
    parser = argparse.ArgumentParser(description="Train the tokenizer alone.")
    parser.add_argument("--config", required=True)
    parser.add_argument("--out", required=True, type=Path)
    arguments = parser.parse_args()
    config = load_config(arguments.config)
    texts = sample_texts(config.data.train, config.tokenizer.sample_groups, config.seed)
    train_tokenizer(texts, arguments.out, config.tokenizer, config.seed)


if __name__ == "__main__":
    main()
