"""Runs that are killed, stopped and hindered go on with --resume as if nothing had been, bit by bit."""

from __future__ import annotations

import copy
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from training.config import Config
from training.tests.conftest import make_config, make_lora_config
from training.tests.make_examples import write_chat_examples, write_examples
from training.tests.processes import (
    ROOT,
    TrainerProcess,
    assert_same_bits,
    checkpoint_names,
    config_file,
    environment,
    newest_checkpoint,
    of_kind,
    read_events,
    run_command,
    train_to_end,
)

STEPS, EVERY = 30, 6  # steps of a run, and from one checkpoint to the next
SEED = 20240229


def make_run(kind: str, folder: Path, base: Path) -> Config:
    """Runs that pass the end of an epoch, evaluate and save: from scratch with Muon, or LoRA with dropout."""
    times = {"max_steps": STEPS, "checkpoint_every_steps": EVERY, "evaluate_every_steps": EVERY}
    if kind == "scratch":
        write_examples(folder / "train.jsonl", groups=40, seed=1)
        write_examples(folder / "val.jsonl", groups=8, seed=2)
        config = make_config(folder, **times)
        config.optimizer.kind = "muon"
        return config
    write_chat_examples(folder / "train.jsonl", groups=30, seed=1)
    write_chat_examples(folder / "val.jsonl", groups=6, seed=2)
    config = make_lora_config(folder, base, **times)
    config.train.precision = kind.removeprefix("lora-")
    return config


def renamed(config: Config, name: str) -> Config:
    """The same run in another folder."""
    other = copy.deepcopy(config)
    other.run_dir = str(Path(config.run_dir).with_name(name))
    return other


KINDS = ["scratch", "lora-bf16", "lora-fp32"]


@pytest.mark.parametrize("kind", KINDS)
def test_five_kills_change_nothing(kind: str, tmp_path: Path, tiny_base: Path) -> None:
    straight = make_run(kind, tmp_path, tiny_base)
    train_to_end(straight)
    killed = renamed(straight, "killed")
    choice = random.Random(f"{SEED} {kind}")
    # One step in each stretch between two checkpoints; the second and the fourth kill hit the writing of the one that follows.
    steps = [choice.randrange(at + 1, at + EVERY) for at in range(0, STEPS, EVERY)]
    for number, step in enumerate(steps):
        process = TrainerProcess(killed, *(["--resume"] if number else []), step_seconds=0.02, save_seconds=0.15)
        process.wait_for_step(step)
        if number % 2:
            half = Path(killed.run_dir) / "checkpoints" / f".partial-step-{(number + 1) * EVERY:06d}"
            process.wait_until((half / "state.json").exists)
        process.kill()
        # Only whole checkpoints: the killed one is not among them.
        expected = f"step-{number * EVERY:06d}"
        assert (checkpoint_names(killed) or ["step-000000"])[-1] == expected
    process = train_to_end(killed, "--resume")
    assert_same_bits(straight, killed)
    starts = of_kind(read_events(killed.run_dir), "run_started")
    assert [event["step"] for event in starts] == [0, 0, 6, 12, 18, 24]
    assert [event["resumed"] for event in starts] == [False, *[True] * 5]
    hidden = [path.name for path in (Path(killed.run_dir) / "checkpoints").iterdir() if path.name.startswith(".")]
    assert hidden == []  # what the kills left half written is swept up
    assert read_events(straight.run_dir)[-1]["outcome"] == read_events(killed.run_dir)[-1]["outcome"] == "finished"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("kind", KINDS)
def test_a_signal_saves_and_ends_well(kind: str, number: int, tmp_path: Path, tiny_base: Path) -> None:
    straight = make_run(kind, tmp_path, tiny_base)
    straight.train.max_steps = 14
    train_to_end(straight)
    stopped = renamed(straight, "stopped")
    process = TrainerProcess(stopped, step_seconds=0.02)
    process.wait_for_step(8)
    process.send(number)
    assert process.join() == 0
    last = read_events(stopped.run_dir)[-1]
    assert (last["event"], last["outcome"]) == ("run_finished", "stopped")
    assert newest_checkpoint(stopped).name == f"step-{last['step']:06d}"
    assert 8 <= last["step"] < 14
    assert not (Path(stopped.run_dir) / "manifest.json").exists()
    train_to_end(stopped, "--resume")
    assert_same_bits(straight, stopped)
    assert (Path(stopped.run_dir) / "manifest.json").exists()


def test_the_real_command_is_killed_and_goes_on(tmp_path: Path, tiny_base: Path) -> None:
    """Without the fork server: an interpreter of its own, killed at some step."""
    straight = make_run("scratch", tmp_path, tiny_base)
    straight.train.packs_per_step = 5  # a step of some milliseconds would be over before it is killed
    killed = renamed(straight, "killed")
    train_to_end(straight)
    command = [sys.executable, "-m", "training.train", "--config", str(config_file(killed))]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "step" and json.loads(line)["step"] == 13:
            os.kill(process.pid, signal.SIGKILL)
            break
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    done = run_command(killed, "--resume")
    assert done.returncode == 0, done.stderr
    assert of_kind(read_events(killed.run_dir), "run_started")[1]["step"] in (12, 18, 24)
    assert_same_bits(straight, killed)


def test_a_second_signal_ends_at_once_and_the_same_one_passed_on_does_not(small_config: Config) -> None:
    small_config.train.max_steps = 100
    process = TrainerProcess(small_config, step_seconds=5.0)
    process.wait_until(lambda: '"run_started"' in process.printed())
    time.sleep(0.3)
    process.send(signal.SIGTERM)
    time.sleep(0.1)
    process.send(signal.SIGINT)  # as a shell or npm passes on what the whole group had already
    process.wait_until(lambda: "stopping" in process.said())
    time.sleep(1.2)
    assert process.process.is_alive()
    started = time.monotonic()
    process.send(signal.SIGTERM)
    assert process.join() == -signal.SIGTERM
    assert time.monotonic() - started < 2
    assert checkpoint_names(small_config) == []


def test_a_signal_does_not_wait_for_an_evaluation(small_config: Config, tmp_path: Path) -> None:
    """Whoever stops a run kills it after ten seconds: a long evaluation must not cost the steps since the last checkpoint."""
    script = tmp_path / "slow.py"
    script.write_text("import pathlib, sys, time\npathlib.Path(sys.argv[1] + '.started').touch()\ntime.sleep(600)\n")
    small_config.train.max_steps = 6
    small_config.evaluate.predict_examples, small_config.evaluate.max_new_tokens = 2, 4
    small_config.evaluate.command = ["python3", str(script)]
    process = TrainerProcess(small_config)
    begun = Path(small_config.run_dir) / "predictions" / "step-000006.jsonl.started"
    process.wait_until(begun.exists)
    process.send(signal.SIGTERM)
    assert process.join(10) == 0
    last = read_events(small_config.run_dir)[-1]
    assert (last["outcome"], last["step"]) == ("stopped", 6)  # not finished: its last evaluation is missing
    assert checkpoint_names(small_config) == ["step-000006"]
    script.write_text("""print('{"executionAccuracy": 0.5, "n": 2}')\n""")
    train_to_end(small_config, "--resume")
    events = read_events(small_config.run_dir)
    assert of_kind(events, "eval")[-1]["execution_accuracy"] == 0.5
    assert events[-1]["outcome"] == "finished"


def test_a_kill_before_the_first_checkpoint_starts_anew(small_config: Config) -> None:
    small_config.train.max_steps = 10
    straight, killed = small_config, renamed(small_config, "killed")
    train_to_end(straight)
    process = TrainerProcess(killed, step_seconds=0.05)
    process.wait_until((Path(killed.run_dir) / "config.yaml").exists)  # before its data is read
    process.kill()
    process = TrainerProcess(killed, "--resume", step_seconds=0.05)
    process.wait_for_step(3)
    process.kill()
    assert checkpoint_names(killed) == []
    train_to_end(killed, "--resume")
    assert [event["step"] for event in of_kind(read_events(killed.run_dir), "run_started")][-1] == 0
    assert_same_bits(straight, killed)


def test_half_an_event_is_cut_off_and_the_file_goes_on(small_config: Config) -> None:
    small_config.train.max_steps = 4
    train_to_end(small_config)
    file = Path(small_config.run_dir) / "events.jsonl"
    whole = file.read_bytes()
    file.write_bytes(whole + '{"event": "step", "st\u00e9'.encode()[:-1])  # in the middle of a character too
    small_config.train.max_steps = 6
    train_to_end(small_config, "--resume")
    content = file.read_bytes()
    assert content.startswith(whole) and content.endswith(b"\n")
    assert [event["step"] for event in of_kind(read_events(small_config.run_dir), "step")] == [1, 2, 3, 4, 5, 6]
