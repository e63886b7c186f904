"""Two processes under torchrun make the steps of one (gloo on the CPU; NCCL is the GPU runbook's matter)."""

from __future__ import annotations

import copy
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from training.config import Config, ConfigError
from training.distributed import World
from training.tests.processes import (
    ROOT,
    checkpoint_names,
    config_file,
    environment,
    last_step,
    newest_checkpoint,
    of_kind,
    read_events,
    run_command,
    tensors_of,
    train_to_end,
)

TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


def renamed(config: Config, name: str) -> Config:
    other = copy.deepcopy(config)
    other.run_dir = str(Path(config.run_dir).with_name(name))
    return other


@pytest.fixture
def wide(small_config: Config) -> Config:
    """Steps of four packs, with a validation."""
    small_config.train.packs_per_step, small_config.train.max_steps = 4, 6
    small_config.train.evaluate_every_steps = small_config.train.checkpoint_every_steps = 3
    return small_config


def assert_close(first: Config, second: Config) -> None:
    """Weights and optimiser state of the newest checkpoints, within float error."""
    assert newest_checkpoint(first).name == newest_checkpoint(second).name
    mine, other = tensors_of(first), tensors_of(second)
    assert mine.keys() == other.keys()
    for name in mine:
        torch.testing.assert_close(
            other[name], mine[name], rtol=2e-3, atol=2e-5, msg=lambda text, name=name: f"{name}: {text}"
        )


def series(config: Config, kind: str, key: str) -> dict[int, float]:
    return {event["step"]: event[key] for event in of_kind(read_events(config.run_dir), kind)}


def test_two_processes_equal_one_and_one_goes_on_from_two(wide: Config) -> None:
    alone, both = wide, renamed(wide, "both")
    train_to_end(alone)
    done = run_command(both, launcher=TORCHRUN)
    assert done.returncode == 0, done.stderr
    assert_close(alone, both)
    for kind, key in (
        ("step", "loss"),
        ("step", "gradient_norm"),
        ("step", "tokens_seen"),
        ("eval", "validation_loss"),
    ):
        assert series(both, kind, key) == pytest.approx(series(alone, kind, key), rel=1e-4), key
    # Only the first process writes: each event once, and one of each file.
    events = read_events(both.run_dir)
    assert [event["event"] for event in events] == [event["event"] for event in read_events(alone.run_dir)]
    assert events[0]["devices"] == 2
    assert len(list((Path(both.run_dir) / "tensorboard").iterdir())) == 1
    # Another number of processes goes on from there.
    for config in (alone, both):
        config.train.max_steps = 9
        train_to_end(config, "--resume")
    assert_close(alone, both)


def test_a_signal_to_the_group_saves_once_and_two_go_on(wide: Config) -> None:
    straight, stopped = wide, renamed(wide, "stopped")
    # Many packs a step, so that a step lasts; nothing saved but by the signal.
    for config in (straight, stopped):
        config.train.packs_per_step, config.train.max_steps = 8, 12
        config.train.evaluate_every_steps = config.train.checkpoint_every_steps = None
        config.optimizer.learning_rate = 2e-4  # float error stays small over a dozen steps
    output = Path(stopped.run_dir).with_name("output")
    command = [sys.executable, *TORCHRUN, "-m", "training.train", "--config", str(config_file(stopped))]
    with open(output, "w") as target:
        group = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(),
            stdout=target,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
    end = time.monotonic() + 90
    while last_step(output) < 2:
        assert group.poll() is None and time.monotonic() < end
        time.sleep(0.02)
    os.killpg(group.pid, signal.SIGTERM)  # torchrun passes it on: each process has it twice
    _, errors = group.communicate(timeout=60)
    events = read_events(stopped.run_dir)
    assert (events[-1]["event"], events[-1].get("outcome")) == ("run_finished", "stopped"), errors
    assert len(of_kind(events, "checkpoint")) == 1
    assert checkpoint_names(stopped) == [f"step-{events[-1]['step']:06d}"] and events[-1]["step"] < 12
    done = run_command(stopped, "--resume", launcher=TORCHRUN)
    assert done.returncode == 0, done.stderr
    train_to_end(straight)
    assert_close(straight, stopped)


def test_packs_that_cannot_be_shared_out_are_an_error() -> None:
    world = World()
    world.size = 3
    with pytest.raises(ConfigError, match="train.packs_per_step 4 is no multiple of the 3 processes"):
        world.check_packs(4)
    world.check_packs(6)


def test_each_process_draws_dropout_of_its_own_that_a_resumed_run_draws_again() -> None:
    def draw(rank: int, step: int) -> tuple[float, ...]:
        world = World()
        world.size, world.rank = 2, rank
        world.seed_step(7, step)
        return tuple(torch.rand(4).tolist())

    drawn = {(rank, step): draw(rank, step) for rank in (0, 1) for step in (0, 1, 2)}
    assert len(set(drawn.values())) == 6
    torch.rand(3)
    assert draw(1, 2) == drawn[1, 2]


def test_one_process_keeps_its_random_state() -> None:
    torch.manual_seed(3)
    state = torch.get_rng_state()
    World().seed_step(7, 1)
    assert torch.equal(torch.get_rng_state(), state)
