"""Lines are read as they are, bad ones are named by file and number, and nothing is cut silently."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from training.config import Config, ConfigError
from training.data import DataError, read_examples
from training.evaluation import choose_examples
from training.examples import Examples, common_length, find_clusters, load_examples
from training.tests.make_examples import make_chat_examples, write_examples, write_lines
from training.tokenizer import HfTokenizer, WordTokenizer, make_tokenizer, sample_texts

LINE = {"prompt": "SCHEMA a ( b ) QUESTION how many ?", "completion": "from a"}


def write(path: Path, *lines: object) -> Path:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def load(config: Config, folder: Path) -> tuple[Examples, WordTokenizer]:
    tokenizer = make_tokenizer(config, folder)
    assert isinstance(tokenizer, WordTokenizer)
    return load_examples(config.data.train, tokenizer, config.data), tokenizer


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ("{not json", "not JSON"),
        ("[1]", "not a JSON object"),
        ({"prompt": "a"}, '"completion" is missing'),
        ({"messages": []}, r'"prompt" is missing or no text \(the line has "messages"\); a line is'),
        ("question,sql", "no CSV and no list"),
        ({**LINE, "completion": None}, '"completion" is missing or no text'),
        ({**LINE, "completion": "  "}, '"completion" is empty'),
        ({**LINE, "prompt": ""}, '"prompt" is empty'),
    ],
)
def test_a_broken_line_is_named_by_file_and_number(tmp_path: Path, broken: object, says: str) -> None:
    file = write(tmp_path / "bad.jsonl", LINE, "", broken)
    with pytest.raises(DataError, match=says) as error:
        list(read_examples(file))
    assert f"{file}:3" in str(error.value)


def test_bytes_that_are_no_utf8_are_named_by_their_line(tmp_path: Path) -> None:
    file = tmp_path / "latin.jsonl"
    file.write_bytes(json.dumps(LINE).encode() + b'\n{"prompt": "caf\xe9", "completion": "x"}\n')
    with pytest.raises(DataError, match=r"latin\.jsonl:2: not UTF-8 \(.* at byte 15 of the line\)"):
        list(read_examples(file))


def test_an_empty_or_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no example"):
        list(read_examples(write(tmp_path / "empty.jsonl", "", " ")))
    with pytest.raises(DataError, match="cannot read"):
        list(read_examples(tmp_path / "none.jsonl"))


def test_other_keys_are_carried_or_ignored(tmp_path: Path) -> None:
    file = write(tmp_path / "more.jsonl", {**LINE, "id": "train:7", "dbId": "pets", "hardness": "easy"})
    (example,) = read_examples(file)
    assert (example.id, example.db_id, example.prompt, example.completion) == ("train:7", "pets", *LINE.values())


def test_a_too_long_example_is_an_error_or_left_out_and_counted_but_never_cut(
    small_config: Config, tmp_path: Path
) -> None:
    long = {**LINE, "completion": "word " * 300}
    small_config.data.train = [str(write(tmp_path / "long.jsonl", LINE, long, LINE))]
    with pytest.raises(DataError, match=r"long\.jsonl:2: \d+ tokens do not fit data\.max_length 256"):
        load(small_config, tmp_path)
    small_config.data.too_long = "skip"
    examples, _ = load(small_config, tmp_path)
    assert len(examples) == 2 and examples.skipped[0] == 1
    small_config.data.train = [str(write(tmp_path / "all.jsonl", long))]
    with pytest.raises(DataError, match="no example fits"):
        load(small_config, tmp_path)


def test_every_example_is_bos_prompt_completion_and_one_end_token(small_config: Config, tmp_path: Path) -> None:
    examples, tokenizer = load(small_config, tmp_path)
    lines = list(read_examples(small_config.data.train[0]))
    assert len(examples) == len(lines)
    for number, line in enumerate(lines):
        ids = examples.tokens[examples.start[number] : examples.start[number + 1]].tolist()
        assert ids == [1, *tokenizer.processor.encode(f"{line.prompt} {line.completion}"), 2]
        assert examples.prompt(number).tolist() == tokenizer.encode_prompt(line.prompt)
        assert ids.count(1) == ids.count(2) == 1


def test_the_end_text_of_a_completion_is_the_one_end_token(lora_config: Config, tiny_base: Path) -> None:
    tokenizer = HfTokenizer(str(tiny_base))
    lines = list(read_examples(lora_config.data.train[0]))
    assert all(line.completion.endswith("</s>") for line in lines)
    for line, (ids, length) in zip(lines, tokenizer.encode(lines), strict=True):
        assert ids[0] == tokenizer.begin_id and ids[-1] == tokenizer.end_id == 2
        assert ids.count(tokenizer.begin_id) == ids.count(tokenizer.end_id) == 1
        assert ids[:length] == tokenizer.encode_prompt(line.prompt)
        assert tokenizer.decode(ids[length:]).strip() == line.completion.removesuffix("</s>").strip()


@pytest.mark.parametrize(
    ("prompt", "completion", "says"),
    [
        ("<s> [INST] how many [/INST]", " SELECT 1</s>", "beginning-of-sequence token inside"),
        ("[INST] how </s> many [/INST]", " SELECT 1</s>", "end-of-sequence token inside"),
        ("[INST] how many [/INST]", " SELECT 1</s></s>", "end-of-sequence token inside"),
        ("Question: SELECT co", "unt(*)</s>", "make one token"),
    ],
)
def test_special_tokens_and_joints_that_would_mislead_a_model_are_errors(
    tiny_base: Path, tmp_path: Path, prompt: str, completion: str, says: str
) -> None:
    file = write_lines(
        tmp_path / "odd.jsonl", [*make_chat_examples(1, 1, 1), {"prompt": prompt, "completion": completion}]
    )
    with pytest.raises(DataError, match=rf"odd\.jsonl:2: .*{says}"):
        HfTokenizer(str(tiny_base)).encode(list(read_examples(file)))


def test_a_base_without_tokenizer_or_end_token_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"base\.path .*no tokenizer could be loaded"):
        HfTokenizer(str(tmp_path))
    with pytest.raises(ConfigError, match="there is no such folder; give a model's folder or its hub id"):
        HfTokenizer(str(tmp_path / "nowhere"))


def test_tokenised_examples_are_cached_until_a_file_changes(small_config: Config, tmp_path: Path) -> None:
    first, _ = load(small_config, tmp_path)
    cache = Path(small_config.data.cache_dir)
    again, _ = load(small_config, tmp_path)
    assert len(list(cache.glob("examples-*.npz"))) == 1
    np.testing.assert_array_equal(first.tokens, again.tokens)
    write_examples(tmp_path / "train.jsonl", groups=41, seed=9)
    changed, _ = load(small_config, tmp_path)
    assert len(list(cache.glob("examples-*.npz"))) == 2 and len(changed) != len(first)


def test_a_damaged_cache_is_made_again(small_config: Config, tmp_path: Path) -> None:
    first, _ = load(small_config, tmp_path)
    (cached,) = Path(small_config.data.cache_dir).glob("examples-*.npz")
    cached.write_bytes(cached.read_bytes()[:500])
    again, _ = load(small_config, tmp_path)
    np.testing.assert_array_equal(first.tokens, again.tokens)


def test_prompts_that_begin_alike_are_clustered_whatever_their_order() -> None:
    schema, other = np.arange(100, 130), np.arange(300, 340)
    prompts = [
        np.concatenate([beginning, rest]) for beginning, rest in [(schema, [1, 2]), (other, [5]), (schema, [1, 9, 9])]
    ]
    cluster, prefix = find_clusters(prompts)
    assert cluster[0] == cluster[2] != cluster[1]
    assert prefix[cluster[0]] == 31  # the schema and the 1 that both questions begin with
    assert prefix[cluster[1]] == 40  # all but the last token of the only prompt
    assert common_length(prompts[0], prompts[2]) == 31


def test_equal_prompts_keep_their_last_token_outside_of_the_prefix() -> None:
    cluster, prefix = find_clusters([np.arange(9), np.arange(9), np.arange(9)])
    assert len(set(cluster.tolist())) == 1 and prefix.tolist() == [8]


def test_words_encode_alone_as_they_do_together(small_config: Config, tmp_path: Path) -> None:
    _, tokenizer = load(small_config, tmp_path)
    text = 'SCHEMA naïve_täble ( 日本 number ) QUESTION total over 12345.67 € in "x" ?'
    assert tokenizer.encode_words(text) == tokenizer.processor.encode(text)
    assert tokenizer.decode(tokenizer.encode_words(text)) == text
    assert tokenizer.processor.pad_id() == -1 and tokenizer.processor.eos_id() == 2


def test_the_tokenizer_sees_a_schema_once_and_not_before_each_question(small_config: Config) -> None:
    texts = list(sample_texts(small_config.data.train, 10_000, 1))
    lines = list(read_examples(small_config.data.train[0]))
    assert len(texts) == len(lines)
    schemas = len({line.prompt.split(" QUESTION ")[0] for line in lines})
    assert sum("number key" in text for text in texts) == schemas < len(lines)


def test_of_a_mix_only_what_names_a_database_is_predicted(tmp_path: Path) -> None:
    def choose(databases: list[str | None]) -> list[str | None]:
        file = tmp_path / "val.jsonl"
        lines = [{"id": str(n), "dbId": name, "prompt": "p", "completion": "c"} for n, name in enumerate(databases)]
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return [example.id for example in choose_examples(str(file), 2, executable=True)]

    assert choose(["farm", None, "farm", None]) == ["0", "2"]
    assert choose([None, None]) == ["0", "1"], "a file of others is predicted whole"
