"""Runs of the real command on the device: two hundred LoRA steps with a kill in between, and a resumed run against a straight one.

Random weights, and text made by tests/make_examples.py, so that nothing has to be fetched.
"""

from __future__ import annotations

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import torch
import yaml
from safetensors.torch import load_file

from training.bench_shapes import SHAPES, write_base
from training.gpu_report import Report, Setting
from training.tests.make_examples import Line, make_chat_examples, write_chat_examples, write_lines
from training.tests.tiny_base import write_tiny_base

ROOT = Path(__file__).parent.parent
RECIPE = Path(__file__).with_name("configs") / "mistral_lora_config.yaml"
SCHEMA = Path(__file__).with_name("event_schema.json")
SCHEMAS_IN_A_PROMPT = 3  # of make_examples: with them a prompt has about as many tokens as one of the dataset
DETERMINISTIC = (
    "import sys, torch; torch.use_deterministic_algorithms(True, warn_only=True); "
    "from training.train import main; sys.exit(main(sys.argv[1:]))"
)


def lengthen(lines: list[Line]) -> list[Line]:
    """Prompts with the tables of the next schemas behind their own."""
    tables = {line["dbId"]: line["prompt"].split("\n\n")[1] for line in lines}
    names = list(tables)
    longer = []
    for line in lines:
        instruction, _, question = line["prompt"].split("\n\n")
        first = names.index(line["dbId"])
        shown = [tables[names[(first + offset) % len(names)]] for offset in range(SCHEMAS_IN_A_PROMPT)]
        longer.append({**line, "prompt": "\n\n".join([instruction, "\n".join(shown), question])})
    return longer


def write_recipe(folder: Path, setting: Setting, steps: int) -> Path:
    """The LoRA recipe itself, on a base with random weights, made-up examples and a number of steps."""
    write_tiny_base(folder / "base")
    (folder / "base" / "model.safetensors").unlink()
    shape = SHAPES["tiny" if setting.rehearse else "mistral-7b"]
    write_base(folder / "base", shape, max_position_embeddings=8192)
    lines = lengthen(
        make_chat_examples(60, seed=1, questions=8)
        if setting.rehearse
        else make_chat_examples(2000, seed=1, questions=16)
    )
    write_lines(folder / "train.jsonl", lines)
    write_lines(folder / "val.jsonl", lengthen(make_chat_examples(8, seed=2)))
    recipe = yaml.safe_load(RECIPE.read_text(encoding="utf-8"))
    recipe["run_dir"] = str(folder / "run")
    recipe["base"] = {"path": str(folder / "base"), "random_weights": True}
    recipe["data"] |= {
        "train": [str(folder / "train.jsonl")],
        "validation": str(folder / "val.jsonl"),
        "cache_dir": str(folder / "cache"),
    }
    recipe["train"] |= {
        "epochs": None,
        "max_steps": steps,
        "log_every_steps": max(1, steps // 50),
        "checkpoint_every_steps": max(2, steps // 8),
        "evaluate_every_steps": steps // 2,
        "early_stopping_evaluations": None,
    }
    if setting.rehearse:
        recipe["data"] |= {"max_length": 1024, "pack_length": 1024}
        recipe["train"]["compile"] = False
    return write_yaml(folder / "config.yaml", recipe)


def write_yaml(target: Path, values: dict[str, Any]) -> Path:
    target.write_text(yaml.safe_dump(values, sort_keys=False), encoding="utf-8")
    return target


class Run:
    """One process of the trainer; its log goes to a file beside the configuration."""

    def __init__(self, config: Path, resume: bool = False, deterministic: bool = False) -> None:
        start = ["-c", DETERMINISTIC] if deterministic else ["-m", "training.train"]
        command = [sys.executable, *start, "--config", str(config), *(["--resume"] if resume else [])]
        environment = {**os.environ, "CUBLAS_WORKSPACE_CONFIG": ":4096:8"} if deterministic else None
        self.log = config.with_name(f"{config.stem}-{'resumed' if resume else 'first'}.log")
        with open(self.log, "w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True, env=environment
            )
        self.started = time.perf_counter()

    def follow(self, until_step: int | None = None) -> list[dict[str, Any]]:
        """Its events to the end; or up to a step, at which it is killed. Raises RuntimeError where it fails."""
        events: list[dict[str, Any]] = []
        assert self.process.stdout is not None
        for line in self.process.stdout:
            events.append({**json.loads(line), "after_seconds": time.perf_counter() - self.started})
            if until_step is not None and events[-1]["event"] == "step" and events[-1]["step"] >= until_step:
                self.process.send_signal(signal.SIGKILL)
                break
        code = self.process.wait()
        if code != (0 if until_step is None else -signal.SIGKILL):
            tail = self.log.read_text(encoding="utf-8")[-1500:]
            raise RuntimeError(f"training.train ended with {code} {'before the kill' if until_step else ''}: {tail}")
        return events


def count_bad_events(events_file: Path) -> tuple[int, int]:
    """Lines of events.jsonl, and how many of them event_schema.json does not allow."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    lines = [json.loads(line) for line in events_file.read_text(encoding="utf-8").splitlines()]
    try:
        from jsonschema import Draft202012Validator
    except ImportError:  # the keys alone
        known = {name: (set(part["required"]), set(part["properties"])) for name, part in schema["$defs"].items()}
        return len(lines), sum(not known[line["event"]][0] <= set(line) <= known[line["event"]][1] for line in lines)
    validator = Draft202012Validator(schema)
    return len(lines), sum(not validator.is_valid(line) for line in lines)


def run_and_resume(report: Report, setting: Setting) -> None:
    """200 steps of the LoRA recipe, killed between 40 and 80 % and resumed to the end."""
    steps = 16 if setting.rehearse else 200
    with tempfile.TemporaryDirectory() as name:
        config = write_recipe(Path(name), setting, steps)
        kill_at = random.Random(setting.seed).randint(2 * steps // 5, 4 * steps // 5)
        report.figure("killed_after_step", kill_at)
        first = Run(config).follow(kill_at)
        _report_events(report, "first", first)
        rest = Run(config, resume=True).follow()
        _report_events(report, "resumed", rest)
        count, bad = count_bad_events(Path(name) / "run/events.jsonl")
        report.figure("events", count)
        report.check("events that the schema does not allow", bad, 0)
        last = rest[-1]
        report.check(
            "the resumed run finished at the last step", last["event"] == "run_finished" and last["step"] == steps
        )
        losses = [event["loss"] for event in [*first, *rest] if event["event"] == "step"]
        report.check("every loss is finite", None not in losses)
        if not setting.rehearse:  # sixteen steps teach a tiny model nothing
            report.check("the loss fell", statistics.mean(losses[-5:]) < statistics.mean(losses[:5]))
        report.check(
            "manifest.json and adapter/ are written",
            all((Path(name) / "run" / part).exists() for part in ("manifest.json", "adapter")),
        )


def _report_events(report: Report, name: str, events: list[dict[str, Any]]) -> None:
    steps = [event for event in events if event["event"] == "step"]
    started = next(event for event in events if event["event"] == "run_started")
    report.figure(
        name,
        {
            "from_step": started["step"],
            "to_step": steps[-1]["step"],
            "micro_batch_packs": started["micro_batch_packs"],
            "seconds_to_run_started": started["after_seconds"],
            "seconds_to_first_event": steps[0]["after_seconds"],
            "seconds": events[-1]["after_seconds"],
            "first_loss": steps[0]["loss"],
            "last_loss": steps[-1]["loss"],
            "tokens_per_second_median": statistics.median(event["tokens_per_second"] for event in steps),
            "mfu_median": statistics.median([event["mfu"] for event in steps if event["mfu"] is not None] or [0])
            or None,
            "gpu_memory_gib": max(event["gpu_memory_bytes"] or 0 for event in steps) / 2**30 or None,
            "checkpoint_seconds": [event["seconds"] for event in events if event["event"] == "checkpoint"],
            "validation_losses": [event["validation_loss"] for event in events if event["event"] == "eval"],
            "warnings": [event["message"] for event in events if event["event"] == "warning"],
        },
    )


def write_small_run(folder: Path, name: str, steps: int) -> Path:
    """LoRA with dropout on a tiny base, 20 steps, a checkpoint at each fifth."""
    values = {
        "name": name,
        "run_dir": str(folder / name),
        "method": "lora",
        "base": {"path": str(folder / "base")},
        "data": {
            "train": [str(folder / "train.jsonl")],
            "cache_dir": str(folder / f"{name}-cache"),
            "max_length": 512,
            "pack_length": 1024,
        },
        "adapter": {"rank": 4, "dropout": 0.1},
        "optimizer": {"learning_rate": 1e-2},
        "train": {
            "max_steps": steps,
            "packs_per_step": 2,
            "micro_batch_packs": 1,
            "log_every_steps": 1,
            "checkpoint_every_steps": 5,
        },
    }
    return write_yaml(folder / f"{name}.yaml", values)


def compare_resumed(folder: Path, steps: int, kill_at: int, deterministic: bool) -> float:
    """Largest difference between the adapters of a straight run and of one killed and resumed."""
    names = [f"{kind}{'-deterministic' if deterministic else ''}" for kind in ("straight", "killed")]
    straight, killed = (write_small_run(folder, name, steps) for name in names)
    beside = Run(straight, deterministic=deterministic)
    try:
        Run(killed, deterministic=deterministic).follow(kill_at)
        Run(killed, resume=True, deterministic=deterministic).follow()
        beside.follow()
    finally:
        beside.process.kill()
    ours, theirs = (
        load_file(folder / name / f"checkpoints/step-{steps:06d}/adapter/adapter_model.safetensors") for name in names
    )
    return max(float((ours[key] - theirs[key]).abs().max()) for key in ours)


def check_resume(report: Report, setting: Setting) -> None:
    """Killed (SIGKILL) at a random step and resumed, a run's weights are those of a straight run, bit by bit."""
    steps = 20
    kill_at = random.Random(setting.seed).randint(6, steps - 2)
    report.figure("killed_after_step", kill_at)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_tiny_base(folder / "base")
        write_chat_examples(folder / "train.jsonl", groups=40, seed=1)
        difference = compare_resumed(folder, steps, kill_at, deterministic=False)
        report.figure("largest_difference", difference)
        if difference > 0 and torch.cuda.is_available():
            report.figure(
                "largest_difference_deterministic", compare_resumed(folder, steps, kill_at, deterministic=True)
            )
            difference = report.figures["largest_difference_deterministic"]
        report.check("a resumed run's weights equal a straight run's: largest difference", difference, 0)
