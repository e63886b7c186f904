"""Trainers as processes of their own, which tests kill, stop and starve; and what such runs leave.

Importing torch, transformers and peft takes ten times as long as a tiny run. So most processes here are forks of an interpreter
that has imported them (multiprocessing's fork server); `run_command` is the real command.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file

from training.checkpoint import list_checkpoints
from training.config import Config, save_config
from training.weights import weights_file

ROOT = Path(__file__).parent.parent.parent
PRELOADED = ["training.train", "peft", "transformers.models.mistral.modeling_mistral", "torch.utils.tensorboard"]
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload(PRELOADED)


def config_file(config: Config) -> Path:
    """The configuration beside its run_dir."""
    path = Path(f"{config.run_dir}.yaml")
    save_config(config, path)
    return path


def run_command(
    config: Config, *more: str, launcher: tuple[str, ...] = (), seconds: float = 180
) -> subprocess.CompletedProcess[str]:
    """`python [-m LAUNCHER …] -m training.train --config FILE …`, to its end."""
    command = [sys.executable, *launcher, "-m", "training.train", "--config", str(config_file(config)), *more]
    return subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, text=True, timeout=seconds)


def environment() -> dict[str, str]:
    return {**os.environ, "OMP_NUM_THREADS": "1"}


class TrainerProcess:
    """`main()` of the trainer in a forked process, with its output in files. step_seconds, save_seconds: a slow machine's."""

    def __init__(self, config: Config, *more: str, step_seconds: float = 0.0, save_seconds: float = 0.0) -> None:
        self.run_dir = Path(config.run_dir)
        self.output, self.errors = Path(f"{config.run_dir}.stdout"), Path(f"{config.run_dir}.stderr")
        for left in (self.output, self.errors):  # of an earlier process
            left.unlink(missing_ok=True)
        arguments = ["--config", str(config_file(config)), *more]
        self.process = CONTEXT.Process(
            target=_train, args=(arguments, str(self.output), str(self.errors), step_seconds, save_seconds)
        )
        self.process.start()

    def wait_until(self, is_reached: Callable[[], bool], seconds: float = 60.0) -> None:
        """Return as soon as it is so; an error where the process ends before."""
        end = time.monotonic() + seconds
        while not is_reached():
            assert self.process.is_alive(), f"ended before, with {self.process.exitcode}: {self.said()}"
            assert time.monotonic() < end, "took too long"
            time.sleep(0.002)

    def said(self) -> str:
        """Its standard error so far."""
        return self.errors.read_text() if self.errors.exists() else ""

    def printed(self) -> str:
        """Its standard output so far."""
        return self.output.read_text() if self.output.exists() else ""

    def wait_for_step(self, step: int) -> None:
        self.wait_until(lambda: last_step(self.output) >= step)

    def send(self, number: int) -> None:
        assert self.process.pid is not None
        os.kill(self.process.pid, number)

    def kill(self) -> None:
        self.send(signal.SIGKILL)
        assert self.join() == -signal.SIGKILL

    def join(self, seconds: float = 60.0) -> int | None:
        """The exit code; below 0 for a signal."""
        self.process.join(seconds)
        if self.process.is_alive():
            self.process.kill()
            raise AssertionError(f"still running after {seconds} s")
        return self.process.exitcode


def _train(arguments: list[str], output: str, errors: str, step_seconds: float, save_seconds: float) -> None:
    from training import checkpoint, train

    for path, number in ((output, 1), (errors, 2)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    torch.set_num_threads(1)
    step, flush = train.Trainer.train_step, checkpoint._flush

    def slow_step(*values: Any) -> Any:
        time.sleep(step_seconds)
        return step(*values)

    def slow_flush(folder: Path) -> None:  # between the writing of a checkpoint's files and its renaming
        time.sleep(save_seconds)
        flush(folder)

    train.Trainer.train_step, checkpoint._flush = slow_step, slow_flush  # type: ignore[method-assign]
    sys.exit(train.main(arguments))


def train_to_end(config: Config, *more: str) -> TrainerProcess:
    process = TrainerProcess(config, *more)
    assert process.join() == 0, process.said()
    return process


def last_step(output: Path) -> int:
    """Step of the last step event in a trainer's output."""
    lines = output.read_text().splitlines(keepends=True) if output.exists() else []
    steps = [json.loads(line)["step"] for line in lines if line.endswith("\n") and '"event": "step"' in line]
    return steps[-1] if steps else 0


def read_events(run_dir: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (Path(run_dir) / "events.jsonl").read_text().splitlines()]


def of_kind(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["event"] == kind]


def checkpoint_names(config: Config) -> list[str]:
    return [path.name for path in list_checkpoints(Path(config.run_dir) / "checkpoints")]


def newest_checkpoint(config: Config) -> Path:
    return list_checkpoints(Path(config.run_dir) / "checkpoints")[-1]


def tensors_of(config: Config) -> dict[str, torch.Tensor]:
    """Weights, and all tensors of the optimisers, in the newest checkpoint."""
    folder = newest_checkpoint(config)
    found = dict(load_file(weights_file(config, folder)))
    training = torch.load(folder / "training.pt", weights_only=False)
    for part, optimizer in enumerate(training["optimizer"]):
        for number, state in optimizer["state"].items():
            found |= {f"{part}.{number}.{key}": value for key, value in state.items() if torch.is_tensor(value)}
    return found


def assert_same_bits(first: Config, second: Config) -> None:
    """The newest checkpoints hold the same step, weights and optimiser state, bit by bit."""
    assert newest_checkpoint(first).name == newest_checkpoint(second).name
    mine, other = tensors_of(first), tensors_of(second)
    assert mine.keys() == other.keys()
    different = [name for name in mine if not torch.equal(mine[name], other[name])]
    assert not different, different
