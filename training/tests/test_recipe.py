"""The recipes through the real command: they learn what they are known to learn, and leave what the app reads."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import torch

from training.config import Config, load_config
from training.tests.event_check import check_events
from training.tests.make_examples import write_chat_examples, write_examples
from training.tests.processes import ROOT, of_kind, read_events, run_command
from training.tests.test_events import read_charts

# Measured with PyTorch 2.15 on one thread. Another order of sums moves them by far less than the tolerance; a wrong mask, rate
# or order of the data by more.
TOLERANCE = 0.02
SMOKE_LOSSES = {5: 5.3659, 10: 4.2631, 15: 3.4354, 20: 2.8981, 25: 2.5627, 30: 2.4045, 35: 2.2867, 40: 2.3276}
SMOKE_VALIDATION = {20: 2.8799, 40: 2.3235}
LORA_LOSSES = {1: 6.5314, 2: 6.4358, 5: 5.0921, 10: 4.2339, 20: 3.4474, 30: 3.3708, 40: 3.3203}
LORA_VALIDATION = {20: 3.5181, 40: 3.2296}


def losses_of(run_dir: str | Path, kind: str = "step", key: str = "loss") -> dict[int, float]:
    return {event["step"]: event[key] for event in of_kind(read_events(run_dir), kind)}


def check_run(config: Config) -> list[dict[str, Any]]:
    """What every finished run leaves; returns its events."""
    run_dir = Path(config.run_dir)
    events = read_events(run_dir)
    assert check_events(run_dir / "events.jsonl") == len(events)
    assert (events[0]["event"], events[-1]["event"], events[-1]["outcome"]) == (
        "run_started",
        "run_finished",
        "finished",
    )
    # The manifest is the last thing but the event that says so.
    assert (events[-2]["event"], events[-2]["artifact"]) == ("artifact", "manifest")
    manifest = json.loads((run_dir / "manifest.json").read_text())
    files = [
        path for path in run_dir.rglob("*") if path.is_file() and path.name not in ("manifest.json", "events.jsonl")
    ]
    times = [path.stat().st_mtime_ns for path in files if "tensorboard" not in path.parts]
    assert (run_dir / "manifest.json").stat().st_mtime_ns >= max(times)
    assert manifest["last_checkpoint"]["step"] == config.train.max_steps
    assert set(manifest["data_sha256"]) == {*config.data.train, config.data.validation}
    assert {"torch", "transformers", "peft"} <= set(manifest["software"])
    assert manifest["best_checkpoint"]["validation_loss"] == pytest.approx(
        min(losses_of(run_dir, "eval", "validation_loss").values()), abs=1e-7
    )
    assert read_charts(run_dir)["train/loss"] == pytest.approx(losses_of(run_dir), rel=1e-6)
    assert read_charts(run_dir)["validation/loss"] == pytest.approx(
        losses_of(run_dir, "eval", "validation_loss"), rel=1e-6
    )
    return events


def chosen(found: dict[int, float], expected: dict[int, float]) -> dict[int, float]:
    return {step: found[step] for step in expected}


def test_the_smoke_recipe(tmp_path: Path) -> None:
    write_examples(tmp_path / "train.jsonl", groups=300, seed=1)
    write_examples(tmp_path / "val.jsonl", groups=30, seed=2)
    config = load_config(ROOT / "training" / "configs" / "smoke_config.yaml")
    config.run_dir, config.data.cache_dir = str(tmp_path / "run"), str(tmp_path / "cache")
    config.data.train, config.data.validation = [str(tmp_path / "train.jsonl")], str(tmp_path / "val.jsonl")
    config.train.precision = "fp32"
    done = run_command(config)
    assert done.returncode == 0, done.stderr
    assert done.stdout == (tmp_path / "run" / "events.jsonl").read_text()
    events = check_run(config)
    found, validation = losses_of(config.run_dir), losses_of(config.run_dir, "eval", "validation_loss")
    assert chosen(found, SMOKE_LOSSES) == pytest.approx(SMOKE_LOSSES, rel=TOLERANCE)
    assert validation == pytest.approx(SMOKE_VALIDATION, rel=TOLERANCE)
    # At random it would be the vocabulary's logarithm.
    assert validation[40] < 0.5 * math.log(events[0]["vocab_size"])
    assert not (tmp_path / "run" / "adapter").exists()


def test_lora_on_a_base(lora_config: Config, tiny_base: Path, tmp_path: Path) -> None:
    write_chat_examples(tmp_path / "train.jsonl", groups=200, seed=1)
    config = lora_config
    config.adapter.dropout, config.adapter.rank, config.adapter.alpha = 0.0, 8, 16.0
    config.train.max_steps, config.train.packs_per_step = 40, 2
    config.train.evaluate_every_steps = config.train.checkpoint_every_steps = 20
    done = run_command(config)
    assert done.returncode == 0, done.stderr
    check_run(config)
    found, validation = losses_of(config.run_dir), losses_of(config.run_dir, "eval", "validation_loss")
    assert chosen(found, LORA_LOSSES) == pytest.approx(LORA_LOSSES, rel=TOLERANCE)
    assert validation == pytest.approx(LORA_VALIDATION, rel=TOLERANCE)
    assert validation[40] < 0.5 * found[1]
    manifest = json.loads((tmp_path / "run" / "manifest.json").read_text())
    measured = loss_by_peft(config, tiny_base, tmp_path / "run" / "adapter")
    assert measured == pytest.approx(manifest["best_checkpoint"]["validation_loss"], rel=1e-4)


def loss_by_peft(config: Config, base: Path, adapter: Path) -> float:
    """Mean loss a completion token, one example after the other, by transformers and PEFT and none of the trainer's code."""
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(base)
    model = PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), str(adapter)
    ).eval()
    total, count = 0.0, 0
    assert config.data.validation is not None
    for line in Path(config.data.validation).read_text().splitlines():
        example = json.loads(line)
        prompt = tokenizer(example["prompt"])["input_ids"]
        # The completion's own `</s>` is the end token.
        whole = tokenizer(example["prompt"] + example["completion"])["input_ids"]
        assert whole[: len(prompt)] == prompt and whole[-1] == tokenizer.eos_token_id
        labels = torch.tensor([[-100] * len(prompt) + whole[len(prompt) :]])
        with torch.no_grad():
            loss = model(input_ids=torch.tensor([whole]), labels=labels).loss
        total += float(loss) * (len(whole) - len(prompt))
        count += len(whole) - len(prompt)
    return total / count
