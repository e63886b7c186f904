"""Bad input is named, by key or by file and line, and nothing is cut silently."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.config import Config, ConfigError, load_config, parse_config
from training.data import DataError, hash_file, read_groups
from training.rows import Rows, load_rows, plan_batches
from training.tests.make_examples import write_examples
from training.tokenizer import WordEncoder, sample_texts, train_tokenizer

LINE = {"prompt": "SCHEMA a ( b ) QUESTION how many ?", "completion": "from a", "schemaLength": 15, "group": "g"}


def write_lines(path: Path, *lines: object) -> Path:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def encode_rows(config: Config, folder: Path) -> tuple[Rows, WordEncoder]:
    model = folder / "tokenizer.model"
    if not model.exists():
        train_tokenizer(sample_texts(config.data.train, 100, 1), model, config.tokenizer)
    encoder = WordEncoder(model)
    return load_rows(config.data.train, encoder, hash_file(model), config.data), encoder


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("{not json", "not JSON"),
        ("[1]", "not a JSON object"),
        ({**LINE, "completion": None}, '"completion" is missing'),
        ({**LINE, "schemaLength": 3}, "does not end at a word"),
        ({**LINE, "schemaLength": 400}, "does not end at a word"),
        ({**LINE, "completion": "  "}, "is empty"),
        ({**LINE, "prompt": "SCHEMA z ( b ) QUESTION how many ?"}, "does not share the schema"),
    ],
)
def test_a_broken_line_is_named_by_file_and_number(tmp_path: Path, broken: object, says: str) -> None:
    file = write_lines(tmp_path / "bad.jsonl", LINE, broken)
    with pytest.raises(DataError, match=says) as error:
        list(read_groups(file))
    assert f"{file}:2" in str(error.value)


def test_an_empty_or_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no example"):
        list(read_groups(write_lines(tmp_path / "empty.jsonl", "", " ")))
    with pytest.raises(DataError, match="cannot read"):
        list(read_groups(tmp_path / "none.jsonl"))


def test_an_example_longer_than_the_context_is_an_error_and_not_cut(small_config: Config, tmp_path: Path) -> None:
    encode_rows(small_config, tmp_path)
    long = {**LINE, "completion": "word " * 300}
    small_config.data.train = [str(write_lines(tmp_path / "long.jsonl", LINE, long))]
    with pytest.raises(DataError, match=r"long\.jsonl:2: \d+ tokens do not fit data\.max_length 256"):
        encode_rows(small_config, tmp_path)


def test_rows_hold_every_example_and_split_where_they_pass_the_limits(small_config: Config, tmp_path: Path) -> None:
    small_config.data.questions_per_row = 2
    rows, encoder = encode_rows(small_config, tmp_path)
    segments = np.diff(rows.segment_start)
    examples = [example for group in read_groups(small_config.data.train[0]) for example in group]
    assert segments.max() == 2
    assert segments.sum() == len(rows.rest_length) == len(examples)
    first = rows.tokens[: rows.schema_length[0] + rows.rest_length[0] + rows.completion_length[0]].tolist()
    text = f"{examples[0].schema} {examples[0].rest} {examples[0].completion}"
    assert first == [1, *encoder.processor.encode(text), 2]


def test_tokenised_rows_are_cached_until_a_file_changes(small_config: Config, tmp_path: Path) -> None:
    first, _ = encode_rows(small_config, tmp_path)
    cache = Path(small_config.data.cache_dir)
    again, _ = encode_rows(small_config, tmp_path)
    assert len(list(cache.iterdir())) == 1
    np.testing.assert_array_equal(first.tokens, again.tokens)
    write_examples(tmp_path / "train.jsonl", groups=41, seed=9)
    changed, _ = encode_rows(small_config, tmp_path)
    assert len(list(cache.iterdir())) == 2 and len(changed) == 41


def test_batches_cover_an_epoch_once_within_the_budget(small_config: Config, tmp_path: Path) -> None:
    rows, _ = encode_rows(small_config, tmp_path)
    plan = plan_batches(rows, 600, seed=5)
    assert sorted(np.concatenate(plan).tolist()) == list(range(len(rows)))
    assert all(len(numbers) == 1 or len(numbers) * rows.lengths[numbers].max() <= 600 for numbers in plan)
    assert [batch.tolist() for batch in plan] != [batch.tolist() for batch in plan_batches(rows, 600, seed=6)]


def test_words_encode_alone_as_they_do_together(small_config: Config, tmp_path: Path) -> None:
    _, encoder = encode_rows(small_config, tmp_path)
    text = "SCHEMA naïve_täble ( 日本 number ) QUESTION total over 12345.67 € in \"x\" ?"
    encoder.check(text)
    assert encoder.processor.decode(encoder.encode(text)) == text
    assert encoder.processor.pad_id() == -1 and encoder.processor.eos_id() == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"trian": {}}, "unknown key trian"),
        ({"train": {"max_stepz": 1}}, "unknown key train.max_stepz"),
        ({"train": {"max_steps": "many"}}, "train.max_steps must be int"),
        ({"optimizer": {"learning_rate": "1e-3"}}, "write 1.0e-3"),
        ({"train": {}}, "nothing ends the run"),
        ({"data": {}}, "names no file"),
        ({"model": {"heads": 3}}, "must divide"),
        ({"model": {"feed_forward_size": 48}}, "multiples of 32"),
        ({"optimizer": {"kind": "sgd"}}, "optimizer.kind"),
        ({"model": {"max_positions": 8}}, "larger than model.max_positions"),
    ],
)
def test_a_wrong_configuration_is_named_by_its_key(change: dict[str, object], says: str) -> None:
    good = {"data": {"train": ["a.jsonl"]}, "train": {"max_steps": 1}}
    parse_config(good)
    with pytest.raises(ConfigError, match=says):
        parse_config({**good, **change})


def test_the_shipped_configurations_are_valid() -> None:
    for file in (Path(__file__).parent.parent / "configs").glob("*.yaml"):
        load_config(file)
