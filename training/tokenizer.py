"""From an example's text to token ids: the base model's own tokenizer, or a SentencePiece model trained on the run's data.

Both give the tokens that the app gives the model when it asks: BOS once, the prompt, the completion, the end token. A prompt
is always tokenised on its own, as it is when a question is asked.
"""

from __future__ import annotations

import hashlib
import io
import random
import shutil
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import sentencepiece

from training.config import Config, ConfigError, TokenizerConfig
from training.data import DataError, Example, hash_file, read_examples

UNKNOWN_ID, BEGIN_ID, END_ID = 0, 1, 2  # of a tokenizer trained here


class Tokenizer(Protocol):
    begin_id: int | None
    end_id: int
    vocab_size: int
    fingerprint: str  # changes when the ids may

    def encode(self, examples: Sequence[Example]) -> list[tuple[list[int], int]]:
        """For each example its ids (BOS … end token) and how many of them are the prompt's. Raises DataError."""

    def encode_prompt(self, prompt: str) -> list[int]:
        """BOS and the prompt, as at inference."""

    def decode(self, ids: Sequence[int]) -> str:
        """The text of `ids`, without special tokens."""


def make_tokenizer(config: Config, run_dir: Path | None) -> Tokenizer:
    """The tokenizer of a run: the base model's, or the run's tokenizer.model, which is made where it is missing.

    run_dir: None keeps a trained tokenizer in the cache folder, under what it was made from (the doctor makes no run)."""
    if config.method == "scratch":
        return WordTokenizer(prepare_tokenizer_file(config, run_dir or _cache_folder(config)))
    return HfTokenizer(config.base.path, config.base.revision)


def _cache_folder(config: Config) -> Path:
    parts = [repr(config.tokenizer), str(config.seed), *map(hash_file, config.data.train)]
    return Path(config.data.cache_dir) / "tokenizers" / hashlib.sha256(" ".join(parts).encode()).hexdigest()[:24]


class HfTokenizer:
    """A transformers tokenizer, from a folder or the hub."""

    def __init__(self, path: str, revision: str | None = None) -> None:
        from transformers import AutoTokenizer

        if path.startswith((".", "/", "~")) and not Path(path).is_dir():
            raise ConfigError(f"base.path {path}: there is no such folder; give a model's folder or its hub id")
        try:
            self.inner: Any = AutoTokenizer.from_pretrained(path, revision=revision)
        except Exception as error:  # transformers raises what its parts raise
            reason = str(error).strip().splitlines()
            raise ConfigError(
                f"base.path {path}: no tokenizer could be loaded ({reason[0] if reason else error})"
            ) from error
        if self.inner.eos_token_id is None:
            raise ConfigError(
                f"base.path {path}: its tokenizer has no end-of-sequence token, so a model could not learn to stop"
            )
        self.begin_id: int | None = self.inner.bos_token_id
        self.end_id: int = self.inner.eos_token_id
        self.vocab_size = len(self.inner)
        self.fingerprint = _fingerprint(path, self.inner)
        self._adds_end = self.inner(["a"])["input_ids"][0][-1] == self.end_id

    def encode_prompt(self, prompt: str) -> list[int]:
        return self._strip_end(self.inner([prompt])["input_ids"][0])

    def encode(self, examples: Sequence[Example]) -> list[tuple[list[int], int]]:
        prompts = self.inner([example.prompt for example in examples])["input_ids"]
        wholes = self.inner([example.prompt + self._without_end(example.completion) for example in examples])[
            "input_ids"
        ]
        return [self._join(*parts) for parts in zip(examples, prompts, wholes, strict=True)]

    def decode(self, ids: Sequence[int]) -> str:
        return self.inner.decode(ids, skip_special_tokens=True)

    def _join(self, example: Example, prompt: list[int], whole: list[int]) -> tuple[list[int], int]:
        prompt, whole = self._strip_end(prompt), self._strip_end(whole)
        if whole[: len(prompt)] != prompt or len(whole) == len(prompt):
            raise DataError(
                f"{example.where}: the prompt's last and the completion's first characters make one token, "
                "which a model asked with the prompt alone never sees; begin the completion with a space or a new line"
            )
        if self.begin_id is not None and self.begin_id in whole[1:]:
            raise DataError(
                f"{example.where}: a beginning-of-sequence token inside; the tokenizer adds its own: remove it"
            )
        if self.end_id in whole:
            raise DataError(f"{example.where}: an end-of-sequence token inside; only a completion may end with one")
        return [*whole, self.end_id], len(prompt)

    def _without_end(self, completion: str) -> str:
        """The completion's own spelling of the end token stands for the one that is added as an id."""
        return completion.removesuffix(self.inner.eos_token)

    def _strip_end(self, ids: list[int]) -> list[int]:
        """Without the end token that some tokenizers put behind every text."""
        return ids[:-1] if self._adds_end else list(ids)


def _fingerprint(path: str, inner: Any) -> str:
    """Hashes of a folder's tokenizer files; a hub tokenizer's name and commit."""
    folder = Path(path)
    files = sorted(
        file for pattern in ("tokenizer*", "special_tokens*") for file in folder.glob(pattern) if file.is_file()
    )
    if files:
        return " ".join(hash_file(file) for file in files)
    return f"{path} {inner.init_kwargs.get('_commit_hash')} {len(inner)}"


class WordTokenizer:
    """The SentencePiece BPE tokenizer of a model from scratch: texts are words separated by single spaces.

    No piece spans a space, so a text's tokens are those of its words, each word encoded once."""

    begin_id, end_id = BEGIN_ID, END_ID

    def __init__(self, model_file: str | Path) -> None:
        try:
            self.processor = sentencepiece.SentencePieceProcessor(model_file=str(model_file))
        except (OSError, RuntimeError) as error:
            raise ConfigError(f"{model_file} is no SentencePiece model") from error
        self.vocab_size: int = self.processor.get_piece_size()
        self.fingerprint = hash_file(model_file)
        self._ids: dict[str, list[int]] = {}
        self._checked = 0

    def encode_prompt(self, prompt: str) -> list[int]:
        return [BEGIN_ID, *self.encode_words(prompt)]

    def encode(self, examples: Sequence[Example]) -> list[tuple[list[int], int]]:
        return [self._encode_one(example) for example in examples]

    def decode(self, ids: Sequence[int]) -> str:
        return self.processor.decode(list(ids))

    def encode_words(self, text: str) -> list[int]:
        """Ids of a text's words, without begin or end marks."""
        known = self._ids
        result: list[int] = []
        for word in text.split():
            found = known.get(word)
            if found is None:
                found = known[word] = self.processor.encode(word)
            result += found
        return result

    def _encode_one(self, example: Example) -> tuple[list[int], int]:
        prompt, completion = self.encode_words(example.prompt), self.encode_words(example.completion)
        if self._checked < 200:  # a tokenizer that joins words would be wrong for every line
            self._checked += 1
            text = " ".join(f"{example.prompt} {example.completion}".split())
            if [*prompt, *completion] != self.processor.encode(text):
                raise ConfigError(
                    f"{example.where}: the tokenizer joins words; it must be trained with split_by_whitespace"
                )
        return [BEGIN_ID, *prompt, *completion, END_ID], len(prompt) + 1


def prepare_tokenizer_file(config: Config, folder: Path) -> Path:
    """folder/tokenizer.model: the one that is there (a resumed run), else the configured file, else a new one."""
    target = folder / "tokenizer.model"
    if target.exists():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    if config.tokenizer.file:
        try:
            shutil.copyfile(config.tokenizer.file, target)
        except OSError as error:
            raise ConfigError(f"tokenizer.file {config.tokenizer.file}: {error.strerror}") from error
    else:
        started = time.monotonic()
        texts = sample_texts(config.data.train, config.tokenizer.sample_examples, config.seed)
        train_tokenizer([*repeat_words(config.tokenizer.whole_words), *texts], target, config.tokenizer, config.seed)
        print(f"trained the tokenizer in {time.monotonic() - started:.1f} s", file=sys.stderr)
    return target


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
    partial = target.with_name(f".{target.name}.partial")
    partial.write_bytes(model.getvalue())
    partial.replace(target)


WHOLE_WORD_COUNT = 5_000  # occurrences that outvote all but the commonest words of a sample


def repeat_words(file: str | None) -> list[str]:
    """Texts that hold each word of `file` so often that BPE merges it into one piece."""
    if file is None:
        return []
    try:
        words = Path(file).read_text(encoding="utf-8").split()
    except OSError as error:
        raise ConfigError(f"tokenizer.whole_words {file}: {error.strerror}") from error
    return [" ".join(words)] * WHOLE_WORD_COUNT


def sample_texts(files: list[str], count: int, seed: int) -> Iterator[str]:
    """Texts of a random sample of examples; what a prompt shares with the one before it in its file is left out.

    A schema that stands before each of its questions would otherwise outvote all other words."""
    choice = random.Random(seed)
    chosen: list[str] = []
    seen = 0
    for file in files:
        before = ""
        for example in read_examples(file):
            seen += 1
            text = _words_after(before, example.prompt) + " " + example.completion
            before = example.prompt
            # Reservoir sampling: one pass, any file size, every example equally likely.
            slot = seen - 1 if seen <= count else choice.randrange(seen)
            if slot == len(chosen):
                chosen.append(text)
            elif slot < count:
                chosen[slot] = text
    for text in chosen:
        yield " ".join(text.split())


def _words_after(before: str, text: str) -> str:
    old, new = before.split(), text.split()
    shared = next(
        (at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new))
    )
    return " ".join(new[shared:])
