"""The script for several machines, really run: two "machines" of one process each on the loopback address (gloo on the CPU)."""

from __future__ import annotations

import contextlib
import copy
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from training import train
from training.checkpoint import CheckpointError, list_checkpoints
from training.config import Config, save_config
from training.mirror import Mirror, keep, list_whole, restore
from training.tests.processes import ROOT, of_kind, read_events

STEPS = 8


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class Machine:
    """A folder as the app prepares it, and the script that trains in it."""

    def __init__(self, folder: Path, config: Config) -> None:
        self.folder, self.run_dir = folder, folder / "run"
        (self.run_dir / "data").mkdir(parents=True)
        (folder / "training").symlink_to(ROOT / "training")
        script = (ROOT / "training/cluster/torchrun.sh").read_text()
        (folder / "torchrun.sh").write_text(script.replace("@NAME@", "tiny").replace("@PACKS@", "2"))
        for source, name in ((config.data.train[0], "train"), (config.data.validation, "val")):
            shutil.copyfile(str(source), self.run_dir / "data" / f"{name}.jsonl")
        own = copy.deepcopy(config)
        own.run_dir, own.data.cache_dir = ".", "data/cache"
        own.data.train, own.data.validation = ["data/train.jsonl"], "data/val.jsonl"
        save_config(own, self.run_dir / "recipe.yaml")

    def start(self, rank: int, port: int, **more: str) -> subprocess.Popen[str]:
        own = {"NNODES": "2", "NODE_RANK": str(rank), "NPROC_PER_NODE": "1", "MASTER_ADDR": "127.0.0.1"}
        values = {**own, "MASTER_PORT": str(port), "PYTHON": sys.executable, "OMP_NUM_THREADS": "1"}
        output = open(self.folder / f"output-{rank}-{port}", "w")
        with output:
            return subprocess.Popen(
                ["bash", str(self.folder / "torchrun.sh")],
                cwd="/",
                env={**os.environ, **values, **more},
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def said(self) -> str:
        return "\n".join(f"{path.name}\n{path.read_text()}" for path in sorted(self.folder.glob("output-*")))


def wait_for(is_so: Callable[[], bool], started: list[subprocess.Popen[str]], said: Callable[[], str]) -> None:
    end = time.monotonic() + 300
    while not is_so():
        assert all(one.poll() is None for one in started), said()
        assert time.monotonic() < end, said()
        time.sleep(0.05)


def signal_all(leader: int, number: int) -> None:
    """To every process that the script has started and to itself: as Slurm does, and as when a machine is taken away."""
    for name in os.listdir("/proc"):
        if name.isdigit() and is_of(int(name), leader):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(name), number)


def is_of(pid: int, leader: int) -> bool:
    """Whether a process is the leader's or a descendant's."""
    while pid > 1:
        if pid == leader:
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return False


def steps_of(run_dir: Path) -> int:
    return len(of_kind(read_events(run_dir), "step")) if (run_dir / "events.jsonl").exists() else 0


@pytest.fixture
def tiny(small_config: Config) -> Config:
    """Two packs a step, one for each machine."""
    config = small_config
    config.train.packs_per_step, config.train.max_steps, config.train.log_every_steps = 2, STEPS, 1
    config.train.evaluate_every_steps = config.train.checkpoint_every_steps = 2
    config.train.keep_checkpoints = 2
    return config


def test_two_machines_with_one_folder_stop_by_a_signal_to_one_and_go_on(tiny: Config, tmp_path: Path) -> None:
    tiny.train.max_steps = 5_000  # until it is told
    machine = Machine(tmp_path / "shared", tiny)
    port = free_port()
    both = [machine.start(rank, port) for rank in (0, 1)]
    wait_for(lambda: steps_of(machine.run_dir) >= 2, both, machine.said)
    signal_all(both[1].pid, signal.SIGUSR1)
    assert [one.wait(300) for one in both] == [0, 75], machine.said()
    events = read_events(machine.run_dir)
    stopped = events[-1]
    assert (stopped["event"], stopped["outcome"]) == ("run_finished", "stopped")
    assert events[0]["devices"] == 2
    assert list_checkpoints(machine.run_dir / "checkpoints")[-1].name == f"step-{stopped['step']:06d}"
    recipe = machine.run_dir / "recipe.yaml"
    recipe.write_text(recipe.read_text().replace("max_steps: 5000", f"max_steps: {stopped['step'] + 3}"))
    port = free_port()
    both = [machine.start(rank, port) for rank in (0, 1)]
    assert [one.wait(300) for one in both] == [0, 0], machine.said()
    starts = of_kind(read_events(machine.run_dir), "run_started")
    assert [(one["resumed"], one["step"]) for one in starts] == [(False, 0), (True, stopped["step"])]
    assert (machine.run_dir / "manifest.json").exists()
    assert "finished at step" in (machine.run_dir / "trainer.log").read_text()
    # Once more: there is nothing left to do.
    again = machine.start(0, port)
    assert again.wait(120) == 0 and "complete" in machine.said()


def test_machines_of_their_own_that_are_taken_away_go_on_elsewhere_from_the_mirror(
    tiny: Config, tmp_path: Path
) -> None:
    tiny.train.max_steps = 5_000
    mirror = {"MIRROR": str(tmp_path / "bucket"), "MIRROR_SECONDS": "0.5"}
    first = [Machine(tmp_path / f"first-{rank}", tiny) for rank in (0, 1)]
    port = free_port()
    both = [machine.start(rank, port, **mirror) for rank, machine in enumerate(first)]

    def said() -> str:
        return first[0].said() + first[1].said()

    checkpoints = first[0].run_dir / "checkpoints"
    wait_for(lambda: len(list_whole(mirror["MIRROR"])) > 0, both, said)
    for one in both:
        signal_all(one.pid, signal.SIGKILL)
    for one in both:
        one.wait(60)
    newest = list_whole(mirror["MIRROR"])[-1]
    before = load_file(Path(mirror["MIRROR"]) / "checkpoints" / newest / "model.safetensors")
    if (checkpoints / newest).exists():  # unless the trainer had deleted it by then
        after = load_file(checkpoints / newest / "model.safetensors")
        assert all(torch.equal(before[name], after[name]) for name in after)
    for machine in first:
        shutil.rmtree(machine.run_dir)
    step = int(newest.removeprefix("step-"))
    tiny.train.max_steps = step + 3
    second = [Machine(tmp_path / f"second-{rank}", tiny) for rank in (0, 1)]
    port = free_port()
    both = [machine.start(rank, port, **mirror) for rank, machine in enumerate(second)]
    assert [one.wait(300) for one in both] == [0, 0], second[0].said() + second[1].said()
    started = of_kind(read_events(second[0].run_dir), "run_started")[-1]
    assert (started["resumed"], started["step"], started["devices"]) == (True, step, 2)
    # All of it is in the bucket when the script has ended; the second machine wrote nothing of the run.
    assert (tmp_path / "bucket" / "manifest.json").exists()
    assert list_whole(mirror["MIRROR"])[-1] == f"step-{step + 3:06d}"
    assert read_events(tmp_path / "bucket") == read_events(second[0].run_dir)


def test_the_script_says_what_is_missing(tmp_path: Path, tiny: Config) -> None:
    machine = Machine(tmp_path / "one", tiny)
    assert machine.start(0, 1, MASTER_ADDR="").wait(60) == 2
    assert "MASTER_ADDR must name the first machine" in machine.said()
    (machine.run_dir / "recipe.yaml").unlink()
    assert machine.start(0, 2).wait(60) == 2
    assert "holds no recipe.yaml" in machine.said()


def test_a_machine_that_does_not_see_the_first_ones_checkpoint_is_an_error(
    tiny: Config, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Second:
        is_first, rank = False, 1

        def largest(self, values: list[float]) -> list[float]:
            return [max(4.0, *values)]

    monkeypatch.setattr(train, "SEEN_SECONDS", 0.0)
    trainer = train.Trainer.__new__(train.Trainer)
    trainer.config, trainer.world, trainer.checkpoints = tiny, Second(), tmp_path  # type: ignore[assignment]
    (tmp_path / "step-000002").mkdir()
    with pytest.raises(CheckpointError, match="process 1 has no checkpoint of step 4"):
        trainer._find_checkpoints()
    for step in (4, 6):  # what was left there of an older attempt does not count
        (tmp_path / f"step-{step:06d}").mkdir()
    assert [path.name for path in trainer._find_checkpoints()] == ["step-000002", "step-000004"]


# The mirror


def write_checkpoint(run_dir: Path, step: int, text: str = "weights") -> Path:
    folder = run_dir / "checkpoints" / f"step-{step:06d}"
    (folder / "adapter").mkdir(parents=True, exist_ok=True)
    (folder / "adapter" / "weights").write_text(f"{text} {step}")
    (folder / "state.json").write_text(f'{{"step": {step}}}')
    return folder


def test_the_mirror_holds_whole_checkpoints_only_and_drops_what_the_run_dropped(tmp_path: Path) -> None:
    run_dir, bucket = tmp_path / "run", tmp_path / "bucket"
    write_checkpoint(run_dir, 2)
    (run_dir / "trainer.log").write_text("1\n")
    mirror = Mirror(str(run_dir), str(bucket))
    mirror.update()
    assert list_whole(str(bucket)) == ["step-000002"]
    # Cut off between its files and its mark: it is not there.
    (bucket / "checkpoints" / "step-000009").mkdir()
    new = tmp_path / "new"
    assert restore(str(new), str(bucket)) == "step-000002"
    assert (new / "checkpoints/step-000002/adapter/weights").read_text() == "weights 2"
    assert (new / "trainer.log").read_text() == "1\n"
    # The trainer goes on, keeps one, and evaluates it once more.
    shutil.rmtree(run_dir / "checkpoints" / "step-000002")
    folder = write_checkpoint(run_dir, 4)
    (run_dir / "trainer.log").write_text("1\n2\n")
    mirror.update()
    (folder / "state.json").write_text('{"step": 4, "validation_loss": 1}')
    mirror.update()
    assert sorted(path.name for path in (bucket / "checkpoints").iterdir()) == ["step-000004", "step-000004.whole"]
    assert "validation_loss" in (bucket / "checkpoints/step-000004/state.json").read_text()
    assert (bucket / "trainer.log").read_text() == "1\n2\n"
    assert not (bucket / "adapter").exists()
    # Results once it is complete.
    (run_dir / "adapter").mkdir()
    (run_dir / "adapter" / "weights").write_text("best")
    (run_dir / "manifest.json").write_text("{}")
    mirror.update()
    assert (bucket / "adapter" / "weights").read_text() == "best" and (bucket / "manifest.json").exists()


def test_what_is_here_already_is_not_brought_again(tmp_path: Path) -> None:
    run_dir, bucket = tmp_path / "run", tmp_path / "bucket"
    write_checkpoint(run_dir, 2)
    Mirror(str(run_dir), str(bucket)).update()
    write_checkpoint(run_dir, 2, "mine")
    (run_dir / "config.yaml").write_text("mine")
    restore(str(run_dir), str(bucket))
    assert (run_dir / "checkpoints/step-000002/adapter/weights").read_text() == "mine 2"
    assert restore(str(tmp_path / "other"), str(tmp_path / "none")) is None


def test_the_last_round_comes_after_the_trainers_end_and_says_when_it_failed(tmp_path: Path) -> None:
    run_dir, bucket = tmp_path / "run", tmp_path / "bucket"
    write_checkpoint(run_dir, 2)
    trainer = subprocess.Popen([sys.executable, "-c", ""])
    trainer.wait()
    assert keep(str(run_dir), str(bucket), trainer.pid, 30) == 0
    assert list_whole(str(bucket)) == ["step-000002"]
    (tmp_path / "file").write_text("")
    (run_dir / "trainer.log").write_text("")
    assert keep(str(run_dir), str(tmp_path / "file"), trainer.pid, 30) == 1
