"""Each way to waste a run is planted once, and the doctor has to find it; a sound run passes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from training.config import Config, TokenizerConfig, parse_config
from training.doctor import Diagnosis, diagnose
from training.doctor import cost as cost_module
from training.doctor import labels as labels_module
from training.doctor import machine as machine_module
from training.doctor.__main__ import main
from training.doctor.check import Check
from training.doctor.labels import check_labels
from training.doctor.measured import find_measured_mfu
from training.doctor.plan import measure_work
from training.doctor.reading import find_question, read_role
from training.doctor.text import render
from training.doctor.tokens import to_examples, tokenise_lines
from training.packing import collate, plan_epoch
from training.tokenizer import make_tokenizer, train_tokenizer
from training.tokenizer_folder import write_tokenizer_folder

SHAPE = {
    "model_type": "mistral",
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 160,
    "max_position_embeddings": 1024,
}
MISTRAL_7B = {
    **SHAPE,
    "hidden_size": 4096,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "intermediate_size": 14336,
}
NOUNS = ["singer", "concert", "stadium", "album", "driver", "race", "player", "team", "lake", "river"]
QUESTIONS = ["How many {} are there?", "List all {}.", "Which {} are old?", "Name the first {}.", "Count the {} twice!"]


def make_line(database: str, noun: str, question: str, number: int) -> dict[str, Any]:
    schema = f"CREATE TABLE {noun} (\n  {noun}_id integer PRIMARY KEY,\n  name text,\n  {database}_note text\n);"
    prompt = f"[INST] Write one PostgreSQL query that answers the question.\n\n{schema}\n\nQuestion: {question} [/INST]"
    completion = f" SELECT count(*) FROM {noun} WHERE {noun}_id > {number}</s>"
    return {"id": f"train_spider:{number}", "dbId": database, "prompt": prompt, "completion": completion}


def make_lines(prefix: str, offset: int = 0) -> list[dict[str, Any]]:
    """50 examples on 10 schemas; `prefix` keeps the databases and questions of two roles apart."""
    return [
        make_line(f"{prefix}_{noun}", noun, question.format(f"{prefix} {noun}s"), offset + 5 * at + number)
        for at, noun in enumerate(NOUNS)
        for number, question in enumerate(QUESTIONS)
    ]


def write_lines(file: Path, lines: list[dict[str, Any]]) -> None:
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


@pytest.fixture(autouse=True)
def measure_briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """The CPU's speed is measured for half a second a diagnosis; these make many."""
    measure = machine_module.measure_cpu
    monkeypatch.setattr(machine_module, "measure_cpu", lambda: measure(0.01))


@pytest.fixture(scope="module")
def tokenizer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tokenizer") / "tokenizer.model"
    texts = [f"{line['prompt']} {line['completion']}" for line in make_lines("home") + make_lines("away")]
    train_tokenizer(texts, file, TokenizerConfig(vocab_size=420))
    return file


@pytest.fixture
def folder(tmp_path: Path, tokenizer_file: Path) -> Path:
    """Everything that a sound LoRA run needs."""
    write_lines(tmp_path / "train.jsonl", make_lines("home"))
    write_lines(tmp_path / "val.jsonl", make_lines("away", 100))
    base = tmp_path / "base"
    write_tokenizer_folder(tokenizer_file, base)
    (base / "config.json").write_text(json.dumps({**SHAPE, "vocab_size": 512}))
    save_file({"model.norm.weight": torch.ones(64)}, base / "model.safetensors")
    return tmp_path


def make_values(folder: Path, **data: Any) -> dict[str, Any]:
    return {
        "name": "test",
        "run_dir": str(folder / "run"),
        "method": "lora",
        "data": {
            "train": [str(folder / "train.jsonl")],
            "validation": str(folder / "val.jsonl"),
            "cache_dir": str(folder / "cache"),
            "max_length": 400,
            "pack_length": 800,
            **data,
        },
        "base": {"path": str(folder / "base")},
        "train": {"epochs": 8},
    }


def make_config(folder: Path, **data: Any) -> Config:
    return parse_config(make_values(folder, **data))


def find(found: Diagnosis, name: str) -> Check:
    return next(check for check in found.checks if check.id == name)


def change_line(file: Path, number: int, **values: str) -> None:
    lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    lines[number - 1].update(values)
    write_lines(file, lines)


def test_a_sound_run_has_no_failure_and_every_number(folder: Path) -> None:
    found = diagnose(make_config(folder))
    assert [check for check in found.checks if check.status == "failure"] == []
    assert found.status == "warning"  # there is no GPU, or it is not this test's
    assert len({check.id for check in found.checks}) == len(found.checks)
    assert found.statistics["train"]["examples"] == 50
    total = found.statistics["train"]["total"]
    assert 0 < total["p50"] <= total["p95"] <= total["p99"] <= total["max"] <= 400
    assert found.statistics["sharing"]["saved_by_sharing"] > 0.3
    assert found.estimate["trainable_parameters"] == 2 * 16 * (128 + 2 * 96 + 128 + 3 * 224)
    assert found.estimate["memory_bytes"]["total"] > 0 and found.estimate["steps"] >= 8


def test_the_command_prints_json_for_the_app(folder: Path) -> None:
    (folder / "config.yaml").write_text(json.dumps(make_values(folder)))
    command = [sys.executable, "-m", "training.doctor", "--config", str(folder / "config.yaml"), "--json"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert set(printed) == {"status", "checks", "statistics", "estimate", "mask"}
    assert all(set(check) == {"id", "status", "title", "detail", "hint"} for check in printed["checks"])


def test_an_unusable_configuration_is_exit_code_2_and_one_sentence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "config.yaml").write_text(json.dumps({**make_values(folder), "leaning_rate": 1}))
    assert main(["--config", str(folder / "config.yaml")]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and "unknown key leaning_rate" in captured.err


def test_a_failure_is_exit_code_1_and_says_what_to_do(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "val.jsonl").unlink()
    (folder / "config.yaml").write_text(json.dumps(make_values(folder)))
    assert main(["--config", str(folder / "config.yaml")]) == 1
    printed = capsys.readouterr().out
    assert f"FAILURE  Example files: cannot read {folder / 'val.jsonl'}"[:60] in printed
    assert "→ Correct data.train and data.validation" in printed and "Do not start this run yet." in printed


def test_every_bad_line_is_counted_and_the_first_are_named(folder: Path) -> None:
    file = folder / "train.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    bad = [
        b"{no\n",
        b"[1]\n",
        b'{"prompt": "x"}\n',
        b'{"prompt": "\xff", "completion": "y"}\n',
        b'{"prompt": 1, "completion": "y"}\n',
    ]
    file.write_bytes(b"".join([*lines[:3], *bad, b'{"prompt": "", "completion": "y"}\n', *lines[3:]]))
    check = find(diagnose(make_config(folder)), "data.lines")
    assert check.status == "failure"
    assert check.detail.startswith("6 lines") and check.detail.endswith("and 1 more")
    assert f"{file}:4: not JSON" in check.detail and f"{file}:7: not UTF-8" in check.detail


def test_a_completion_without_text_is_found(folder: Path) -> None:
    change_line(folder / "train.jsonl", 9, completion=" </s>")
    check = find(diagnose(make_config(folder)), "data.empty_completions")
    assert check.status == "failure" and "train.jsonl:9" in check.detail


@pytest.mark.parametrize(("skipped", "status"), [(1, "warning"), (10, "failure")])
def test_examples_longer_than_max_length(folder: Path, skipped: int, status: str) -> None:
    for number in range(1, skipped + 1):
        change_line(folder / "train.jsonl", number, completion=" SELECT " + f"{number}, 2, 3, " * 100 + "4</s>")
    error = find(diagnose(make_config(folder)), "data.train.length")
    assert error.status == "failure" and f"train_spider:0 ({folder / 'train.jsonl'}:1) (" in error.detail
    skip = find(diagnose(make_config(folder, too_long="skip")), "data.train.length")
    assert skip.status == status and f"({2 * skipped}.0 %)" in skip.detail


def test_the_length_that_would_keep_them_all(folder: Path) -> None:
    change_line(folder / "train.jsonl", 1, completion=" SELECT " + "1, 2, 3, " * 100 + "4</s>")
    check = find(diagnose(make_config(folder, too_long="skip")), "data.train.length")
    longest = check.detail.split("train.jsonl:1) (")[1].split()[0]
    assert check.hint == f"data.max_length {longest} would keep them all."


@pytest.mark.parametrize("too_long", ["skip", "error"])
def test_no_length_is_advised_that_the_base_cannot_read(folder: Path, too_long: str) -> None:
    (folder / "base" / "config.json").write_text(
        json.dumps({**SHAPE, "vocab_size": 512, "max_position_embeddings": 512})
    )
    change_line(folder / "train.jsonl", 1, completion=" SELECT " + "1, 2, 3, " * 100 + "4</s>")
    hint = find(diagnose(make_config(folder, too_long=too_long)), "data.train.length").hint
    assert hint.startswith("No data.max_length would keep them: the base model reads at most 512 tokens.")


def test_a_length_is_advised_for_those_that_the_base_can_read(folder: Path) -> None:
    change_line(folder / "train.jsonl", 1, completion=" SELECT " + "1, 2, 3, " * 100 + "4</s>")
    change_line(folder / "train.jsonl", 2, completion=" SELECT " + "1, 2, 3, " * 200 + "4</s>")
    check = find(diagnose(make_config(folder, too_long="skip")), "data.train.length")
    longest = check.detail.split("train.jsonl:1) (")[1].split()[0]
    assert check.hint == (f"data.max_length {longest} would keep all but 1: the base model reads at most 1,024 tokens.")


def test_an_example_without_an_id_is_named_by_its_line(folder: Path) -> None:
    lines = [json.loads(line) for line in (folder / "train.jsonl").read_text(encoding="utf-8").splitlines()]
    del lines[2]["id"]
    write_lines(folder / "train.jsonl", lines)
    change_line(folder / "train.jsonl", 3, completion=" SELECT " + "1, 2, 3, " * 100 + "4</s>")
    assert "train.jsonl:3 (" in find(diagnose(make_config(folder)), "data.train.length").detail


def test_a_small_base_has_its_size_in_millions(folder: Path) -> None:
    assert "base: 0.2 million parameters" in find(diagnose(make_config(folder)), "base.files").detail


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        ({"prompt": "<s>[INST] one </s> two [/INST]"}, "data.train.boundary", "token inside"),
        ({"prompt": "<s>[INST] How many? [/INST]"}, "data.train.boundary", "beginning-of-sequence token inside"),
        ({"completion": " SELECT 1</s> SELECT 2</s>"}, "data.train.boundary", "end-of-sequence token inside"),
        ({"completion": " SELECT 1<|im_end|>"}, "data.train.special_tokens", "<|im_end|>"),
    ],
)
def test_special_tokens_in_the_text(folder: Path, change: dict[str, str], name: str, words: str) -> None:
    change_line(folder / "train.jsonl", 7, **change)
    check = find(diagnose(make_config(folder)), name)
    assert check.status == "failure" and "train.jsonl:7" in check.detail and words in check.detail


def test_a_spelled_beginning_before_the_tokenizers_own(folder: Path) -> None:
    """A tokenizer from scratch reads <s> as text, and so would learn it."""
    change_line(folder / "train.jsonl", 4, prompt="<s> [INST] How many? [/INST]")
    found = diagnose(make_scratch(folder))
    check = find(found, "data.train.begin_token")
    assert check.status == "failure" and "train.jsonl:4" in check.detail
    assert find(found, "data.train.special_tokens").status == "failure"  # its completions end with </s> as text


def make_scratch(folder: Path) -> Config:
    values = make_values(folder)
    del values["base"]
    model = {"hidden_size": 64, "layers": 2, "heads": 4, "kv_heads": 2, "feed_forward_size": 96, "max_positions": 400}
    return parse_config({**values, "method": "scratch", "model": model, "tokenizer": {"vocab_size": 400}})


def test_a_model_from_scratch_is_looked_at_with_a_tokenizer_of_its_data(folder: Path) -> None:
    for name in ("train.jsonl", "val.jsonl"):
        file = folder / name
        file.write_text(file.read_text().replace("</s>", ""))
    found = diagnose(make_scratch(folder))
    assert [check for check in found.checks if check.status == "failure"] == []
    assert found.estimate["parameters"] == found.estimate["trainable_parameters"] > 0
    assert not (folder / "run").exists()


def test_an_end_token_that_is_not_learnt_is_found(folder: Path) -> None:
    config = make_config(folder)
    tokenizer = make_tokenizer(config, None)
    lines = read_role("train", config.data.train)
    tokenised = tokenise_lines(lines, tokenizer)
    tokenised.ids[5] = tokenised.ids[5][:-1]
    examples = to_examples(tokenised, config.data)
    assert examples is not None
    end, mask = check_labels(examples, plan_epoch(examples, config.data, 1, 0), tokenizer)
    assert end.status == "failure" and end.detail.startswith("1 example of 50")
    assert mask.status == "ok"


def test_labels_outside_of_completions_are_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def learn_all(*arguments: Any, **_: Any) -> Any:
        return collate(*arguments, learn_prompt=True)

    monkeypatch.setattr(labels_module, "collate", learn_all)
    check = find(diagnose(make_config(folder)), "labels.mask")
    assert check.status == "failure"


def test_a_question_that_sees_its_neighbour_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        labels_module,
        "make_row_masks",
        lambda batch: [torch.ones(batch.row_lengths[0], batch.row_lengths[0]).tril().bool()],
    )
    assert find(diagnose(make_config(folder)), "labels.isolation").status == "failure"


def test_the_mask_is_the_completions_of_one_row(folder: Path) -> None:
    found = diagnose(make_config(folder))
    mask = found.mask
    assert mask["questions"] == 3 and mask["shared_tokens"] > 20
    for segment in (1, 2, 3):
        tokens = [token for token in mask["tokens"] if token["segment"] == segment]
        learnt = [token["learnt"] for token in tokens]
        first = learnt.index(True)
        assert not any(learnt[:first]) and all(learnt[first:])
        assert "".join(token["text"] for token in tokens[first:]).startswith("▁SELECT")
        assert tokens[-1] == {**tokens[-1], "text": "</s>", "id": 2, "weight": 1.0}
        assert [token["position"] for token in tokens] == list(
            range(mask["shared_tokens"], mask["shared_tokens"] + len(tokens))
        )
    assert not any(token["learnt"] for token in mask["tokens"] if token["segment"] == 0)
    text = render(found)
    assert "yes     '</s>'" in text and "tokens of the prompt, none learnt" in text


def test_the_keys_that_a_token_sees_are_counted_as_the_mask_has_them(folder: Path) -> None:
    from training.attention import make_row_masks

    config = make_config(folder)
    lines = read_role("train", config.data.train)
    examples = to_examples(tokenise_lines(lines, make_tokenizer(config, None)), config.data)
    assert examples is not None
    packs = plan_epoch(examples, config.data, 1, 0)
    work = measure_work(examples, packs, config)
    batch = collate(examples, packs)
    masks = zip(make_row_masks(batch), batch.row_lengths, strict=True)
    seen = sum(length * (length + 1) // 2 if mask is None else int(mask.sum()) for mask, length in masks)
    assert work.attended == pytest.approx(seen / batch.token_count)
    assert work.processed == batch.token_count and work.learnt == int((batch.labels >= 0).sum())
    config.train.prompt_loss_weight = 0.5
    batch = collate(examples, packs, learn_prompt=True)
    assert measure_work(examples, packs, config).learnt == int((batch.labels >= 0).sum())


def test_repeats_and_contradictions(folder: Path) -> None:
    lines = make_lines("home")
    write_lines(folder / "train.jsonl", [*lines, lines[0], {**lines[1], "completion": " SELECT 7</s>"}])
    check = find(diagnose(make_config(folder)), "data.train.duplicates")
    assert check.status == "warning" and "1 repeated example and 1 further answer" in check.detail
    file = folder / "train.jsonl"
    assert f"train_spider:0 ({file}:1) = train_spider:0 ({file}:51)" in check.detail


@pytest.mark.parametrize(
    ("train", "validation", "name", "status"),
    [
        ({"id": "dev:3"}, {}, "leaks.evaluation", "failure"),
        ({"split": "test"}, {}, "leaks.evaluation", "failure"),
        ({"dbId": "concert_singer"}, {}, "leaks.evaluation", "warning"),
        ({}, make_lines("home")[4], "leaks.prompts", "failure"),
        ({}, {"question": "count the HOME singers twice"}, "leaks.questions", "warning"),
        ({}, {"dbId": "home_lake"}, "leaks.databases", "warning"),
        ({}, {"split": "test"}, "leaks.test", "warning"),
    ],
)
def test_leaks(folder: Path, train: dict[str, str], validation: dict[str, str], name: str, status: str) -> None:
    sound = diagnose(make_config(folder))
    assert all(check.status == "ok" for check in sound.checks if check.id.startswith("leaks."))
    change_line(folder / "train.jsonl", 2, **train)
    change_line(folder / "val.jsonl", 2, **validation)
    check = find(diagnose(make_config(folder)), name)
    assert check.status == status and check.hint


def test_questions_are_found_in_both_of_the_apps_prompts() -> None:
    assert find_question("[INST] x\n\nQuestion: How many? [/INST]") == "How many?"
    assert find_question("SCHEMA a ( b text ) QUESTION how many ? LINKS a QUERY") == "how many ?"
    assert find_question("### Input: how many") is None


def write_index(base: Path) -> None:
    (base / "model.safetensors").rename(base / "model-1.safetensors")
    weights = {"model.norm.weight": "model-1.safetensors", "lm_head.weight": "model-2.safetensors"}
    (base / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weights}))


def cut_weights(base: Path) -> None:
    file = base / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-10])


def change_settings(**values: Any) -> Callable[[Path], None]:
    def change(base: Path) -> None:
        (base / "config.json").write_text(json.dumps({**SHAPE, "vocab_size": 512, **values}))

    return change


@pytest.mark.parametrize(
    ("damage", "name", "words"),
    [
        (lambda base: (base / "model.safetensors").unlink(), "base.files", "no *.safetensors"),
        (write_index, "base.files", "model-2.safetensors is missing"),
        (cut_weights, "base.files", "bytes instead of"),
        (lambda base: (base / "model.safetensors").write_bytes(b"<html>not found</html>"), "base.files", "cut short"),
        (lambda base: (base / "config.json").unlink(), "base.files", "cannot be read"),
        (lambda base: (base / "config.json").write_text("{"), "base.files", "not JSON"),
        (change_settings(hidden_size=None), "base.files", "hidden_size"),
        (change_settings(vocab_size=100), "base.fit", "the model's embeddings 100"),
        (change_settings(sliding_window=256), "base.fit", "attention window of 256"),
        (change_settings(max_position_embeddings=128), "base.fit", "context of 128"),
    ],
)
def test_a_base_model_that_is_incomplete_or_does_not_fit(
    folder: Path, damage: Callable[[Path], None], name: str, words: str
) -> None:
    damage(folder / "base")
    check = find(diagnose(make_config(folder)), name)
    assert check.status == "failure" and words in check.detail and check.hint


def test_a_base_without_a_tokenizer(folder: Path) -> None:
    for file in (folder / "base").glob("tokenizer*"):
        file.unlink()
    found = diagnose(make_config(folder))
    assert find(found, "base.tokenizer").status == "failure"
    assert found.mask == {} and find(found, "plan.disk").status == "ok"


def test_a_hub_that_does_not_answer_is_a_failure_within_seconds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub.constants

    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # the discard port: nothing listens
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    values = make_values(folder)
    values["base"]["path"] = "nobody/no-such-model"
    config = parse_config(values)
    from training.doctor.base import inspect_base
    from training.hub import prepare_hub

    prepare_hub(config)
    assert os.environ["HF_HUB_OFFLINE"] == "1"
    monkeypatch.setattr(
        huggingface_hub.constants, "HF_HUB_OFFLINE", True
    )  # read at import, which other tests may have done
    base, checks = inspect_base(config, None)
    assert base.shape is None
    assert checks[0].status == "failure" and "the hub does not answer" in checks[0].detail
    monkeypatch.delenv("HF_HUB_OFFLINE")


def make_mistral(folder: Path, method: str = "lora") -> Config:
    (folder / "base" / "config.json").write_text(json.dumps({**MISTRAL_7B, "vocab_size": 32000}))
    return parse_config(
        {**make_values(folder), "method": method, "base": {"path": str(folder / "base"), "random_weights": True}}
    )


@pytest.mark.parametrize(
    ("method", "gib", "status"),
    [("lora", 8, "failure"), ("lora", 24, "ok"), ("qlora", 16, "ok"), ("qlora", 4, "failure"), ("full", 80, "failure")],
)
def test_memory_against_the_gpu_that_is_planned(folder: Path, method: str, gib: float, status: str) -> None:
    found = diagnose(make_mistral(folder, method), gpu_memory_gib=gib, gpu_name="NVIDIA A100")
    assert find(found, "plan.memory").status == status
    assert find(found, "plan.time").status == "ok" and found.estimate["seconds"]["slowest"] > 0


def test_an_unknown_gpu_has_no_time(folder: Path) -> None:
    found = diagnose(make_mistral(folder), gpu_memory_gib=80)
    assert find(found, "plan.time").status == "warning" and found.estimate["seconds"]["fastest"] is None


def test_time_rests_on_what_was_measured_on_that_gpu(folder: Path) -> None:
    config, results = make_mistral(folder), folder / "results"
    results.mkdir()
    report = {"device": "NVIDIA H200", "method": "lora", "compile": False, "mfu": 0.5}
    other = [
        {**report, "mfu": 0.9, "method": "qlora"},
        {**report, "mfu": 0.9, "compile": True},
        {**report, "mfu": None},
    ]
    (results / "2026-01-01-h200.json").write_text(json.dumps({"bench": [report, {**report, "mfu": 0.4}, *other]}))
    (results / "broken.json").write_text("{")
    mfu, source = find_measured_mfu("nvidia h200", config, False, results) or ((0.0, 0.0), "")
    assert mfu == (pytest.approx(0.34), 0.5) and source == "measured, 2026-01-01-h200.json"
    assert find_measured_mfu("NVIDIA A100", config, False, results) is None
    assert find_measured_mfu("NVIDIA H200", config, True, results) is None


def test_recomputing_activations_takes_time_and_counts_for_nothing_else(folder: Path) -> None:
    config = make_mistral(folder)
    times = []
    for checkpointing in (False, True):
        config.train.gradient_checkpointing = checkpointing
        times.append(diagnose(config, gpu_memory_gib=80, gpu_name="NVIDIA A100").estimate)
    assert times[1]["seconds"]["fastest"] / times[0]["seconds"]["fastest"] == pytest.approx(1.5, abs=0.02)
    assert times[1]["flops_per_token"] == times[0]["flops_per_token"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_7b_model_on_a_cpu_is_a_wasted_run(folder: Path) -> None:
    config = make_mistral(folder)
    config.train.epochs = 3000
    check = find(diagnose(config), "plan.time")
    assert check.status == "failure" and "days" in check.detail


def test_a_disk_that_is_too_small(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = make_mistral(folder)
    for free, status in ((10**9, "failure"), (10**10, "warning"), (10**12, "ok")):
        monkeypatch.setattr(cost_module, "free_disk", lambda _, free=free: free)
        assert find(diagnose(config, 24), "plan.disk").status == status


def test_missing_and_old_packages(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = {"peft": None, "numpy": "1.9"}
    real = machine_module.installed
    monkeypatch.setattr(
        machine_module, "installed", lambda name: versions.get(name, real(name)) if name in versions else real(name)
    )
    check = find(diagnose(make_config(folder)), "machine.packages")
    assert (
        check.status == "failure"
        and "peft is not installed" in check.detail
        and "numpy 1.9 is older than 2" in check.detail
    )


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")
def test_a_driver_that_pytorch_cannot_use(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_module, "query_driver", lambda: "NVIDIA A100, 470.1, 40960 MiB")
    assert find(diagnose(make_config(folder)), "machine.cuda").status == "failure"


def test_a_folder_that_holds_a_run(folder: Path) -> None:
    assert find(diagnose(make_config(folder)), "plan.run_dir").status == "ok"
    (folder / "run/checkpoints/step-000005").mkdir(parents=True)
    assert find(diagnose(make_config(folder)), "plan.run_dir").status == "warning"


def test_percentiles_are_lengths_that_occur(folder: Path) -> None:
    found = diagnose(make_config(folder))
    lengths = np.asarray(found.statistics["train"]["total"]["p95"])
    tokenised = tokenise_lines(
        read_role("train", [str(folder / "train.jsonl")]), make_tokenizer(make_config(folder), None)
    )
    assert int(lengths) in tokenised.lengths and found.statistics["train"]["tokens"] == tokenised.lengths.sum()
