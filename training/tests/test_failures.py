"""What goes wrong around a run: full disks, and memory that runs out. Each is a clear error, and nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from training import checkpoint, train
from training.checkpoint import DiskFullError
from training.config import Config
from training.memory import find_micro_batch
from training.packing import Batch
from training.tests.processes import (
    TrainerProcess,
    assert_same_bits,
    checkpoint_names,
    of_kind,
    read_events,
    train_to_end,
)
from training.tests.test_robustness import renamed
from training.train import Trainer

SMALL_DISK = 100 * 2**20  # bytes: a checkpoint of the tiny model and the 64 MiB that the trainer leaves free


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of SMALL_DISK bytes in memory."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"needs the right to mount a tmpfs: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, left: int) -> Path:
    """A file that leaves `left` bytes free."""
    filler = disk / "filler"
    with open(filler, "wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free - left)
    return filler


def on_disk(config: Config, disk: Path) -> Config:
    """The same run in a folder that is the disk's own root: the process's output is elsewhere."""
    config.train.max_steps, config.train.checkpoint_every_steps = 12, 4
    return renamed(config, disk.name)


def fail_on_full_disk(config: Config, disk: Path, left: int, step: int, *more: str) -> Path:
    """Fill the disk once a step is done, and see the trainer end well; returns the file that fills."""
    process = TrainerProcess(config, *more, step_seconds=0.03)
    process.wait_for_step(step)
    filler = fill(disk, left)
    assert process.join() == 1
    failure = json.loads(process.printed().splitlines()[-1])
    assert (failure["event"], failure["code"]) == ("run_failed", "DISK_FULL")
    assert "Traceback" not in process.said()
    assert "--resume" in process.said()
    return filler


@pytest.mark.parametrize("left", [10 * 2**20, 200 * 2**10])
def test_a_full_disk_keeps_the_old_checkpoint_and_the_run_goes_on_after(
    small_config: Config, small_disk: Path, left: int
) -> None:
    """left: room for a checkpoint but none to spare, or for half a checkpoint."""
    config = on_disk(small_config, small_disk)
    train_to_end(small_config)
    filler = fail_on_full_disk(config, small_disk, left, step=5)
    assert checkpoint_names(config) == ["step-000004"]
    folder = Path(config.run_dir) / "checkpoints"
    assert [path.name for path in folder.iterdir()] == ["step-000004"]  # nothing half written
    assert read_events(config.run_dir)[-1]["code"] == "DISK_FULL"
    filler.unlink()
    train_to_end(config, "--resume")
    assert_same_bits(small_config, config)


def test_a_disk_without_room_for_an_event(small_config: Config, small_disk: Path) -> None:
    config = on_disk(small_config, small_disk)
    config.train.checkpoint_every_steps = small_config.train.checkpoint_every_steps = None
    for run in (small_config, config):  # a checkpoint of step 4, and many events to come
        run.train.max_steps = 4
        train_to_end(run)
        run.train.max_steps = 40
    train_to_end(small_config, "--resume")
    filler = fail_on_full_disk(config, small_disk, 0, 5, "--resume")
    content = (Path(config.run_dir) / "events.jsonl").read_bytes()
    events = [json.loads(line) for line in content.splitlines()]
    # The failure itself is told where its line, which is shorter than a step's, still fits.
    told = events.pop() if events[-1]["event"] == "run_failed" else {"code": "DISK_FULL"}
    assert content.endswith(b"\n") and told["code"] == "DISK_FULL"
    assert events[-1]["event"] == "step" and 5 <= events[-1]["step"] < 40
    filler.unlink()
    train_to_end(config, "--resume")
    assert_same_bits(small_config, config)


def test_a_disk_that_fills_while_a_checkpoint_is_written(
    small_config: Config, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check before found room, and something else took it: safetensors' and PyTorch's own errors are understood."""
    config = on_disk(small_config, small_disk)
    config.train.checkpoint_every_steps, config.train.max_steps = None, 1
    trainer = Trainer(config, resume=False)
    trainer.run()
    monkeypatch.setattr(checkpoint, "check_room", lambda *_: None)
    for left in (40, 300):  # KiB: the weights' file fails, then the optimiser's
        filler = fill(small_disk, left * 2**10)
        trainer.step += 1
        with pytest.raises(DiskFullError, match="free space, then go on with --resume"):
            checkpoint.save_checkpoint(
                trainer.checkpoints, config, trainer.model, trainer.masters, trainer.optimizer, trainer._state()
            )
        assert [path.name for path in trainer.checkpoints.iterdir()] == ["step-000001"]
        filler.unlink()


def test_no_room_is_found_before_the_first_step(small_config: Config, small_disk: Path) -> None:
    config = on_disk(small_config, small_disk)
    fill(small_disk, 30 * 2**20)
    process = TrainerProcess(config)
    assert process.join() == 1
    events = read_events(config.run_dir)
    assert [event["event"] for event in events] == ["run_failed"]
    assert events[0]["code"] == "DISK_FULL" and "MiB are free" in events[0]["message"]


class TightMemory:
    """A device that holds passes of at most `tokens` tokens, and `checkpointed` with gradient checkpointing."""

    def __init__(self, trainer: Trainer, tokens: int, checkpointed: int | None = None) -> None:
        self.trainer, self.tokens, self.checkpointed = trainer, tokens, checkpointed or tokens
        self.inner = trainer.model.forward
        self.passes: list[int] = []
        trainer.model.forward = self.forward  # type: ignore[method-assign, assignment]

    def forward(self, batch: Batch, mask: object) -> torch.Tensor:
        count = batch.tokens.shape[1]
        if self.trainer.model.training:
            self.passes.append(count)
            if count > (self.checkpointed if self.trainer.is_checkpointing else self.tokens):
                raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        return self.inner(batch, mask)  # type: ignore[arg-type]


def compare_weights(first: Trainer, second: Trainer) -> None:
    for name, value in first.model.state_dict().items():
        torch.testing.assert_close(second.model.state_dict()[name], value, rtol=1e-4, atol=1e-6)


def make_wide(config: Config) -> Config:
    config.train.packs_per_step, config.train.micro_batch_packs, config.train.max_steps = 4, 4, 3
    return config


def test_out_of_memory_halves_the_micro_batch_and_the_step_is_the_same(small_config: Config) -> None:
    config = make_wide(small_config)
    straight, tight = Trainer(config, False), Trainer(renamed(config, "tight"), False)
    straight.run()
    memory = TightMemory(tight, tokens=600)
    tight.run()
    assert tight.micro_batch_packs == 1 and not tight.is_checkpointing
    assert memory.passes[:2] == [max(memory.passes), memory.passes[1]] and memory.passes[0] > memory.passes[1] > 600
    assert len(memory.passes) == 2 + 3 * 4  # four packs, two, and from there on one by one
    warnings = [event["message"] for event in of_kind(read_events(tight.run_dir), "warning")]
    assert warnings == [
        "The GPU ran out of memory: 2 packs at once from here on.",
        "The GPU ran out of memory: 1 packs at once from here on.",
    ]
    compare_weights(straight, tight)
    # What was found is known after a resume.
    config = tight.config
    config.train.max_steps, config.train.micro_batch_packs = 5, None
    resumed = Trainer(config, True)
    assert resumed.micro_batch_packs == 1
    memory = TightMemory(resumed, tokens=600)
    resumed.run()
    assert max(memory.passes) <= 600


def test_then_comes_gradient_checkpointing(small_config: Config) -> None:
    config = make_wide(small_config)
    straight, tight = Trainer(config, False), Trainer(renamed(config, "tight"), False)
    straight.run()
    TightMemory(tight, tokens=100, checkpointed=600)
    tight.run()
    assert (tight.micro_batch_packs, tight.is_checkpointing) == (1, True)
    compare_weights(straight, tight)
    config = tight.config
    config.train.max_steps = 4
    assert Trainer(config, True).is_checkpointing


def test_then_comes_an_error_that_says_what_to_do(
    small_config: Config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make_wide(small_config)
    load = Trainer._load

    def load_tight(trainer: Trainer, found: list[Path]) -> None:
        load(trainer, found)
        TightMemory(trainer, tokens=100)

    monkeypatch.setattr(Trainer, "_load", load_tight)
    file = Path(small_config.run_dir).with_name("tight.yaml")
    train.save_config(small_config, file)
    assert train.main(["--config", str(file)]) == 1
    failure = read_events(small_config.run_dir)[-1]
    assert (failure["event"], failure["code"], failure["step"]) == ("run_failed", "OUT_OF_MEMORY", 0)
    assert "data.pack_length" in failure["hint"]
    assert "Traceback" not in capsys.readouterr().err


def test_probing_finds_what_fits_and_leaves_no_trace(lora_config: Config) -> None:
    """On a device that holds 2,100 tokens: two of these packs."""
    lora_config.train.packs_per_step, lora_config.train.max_steps = 8, 2
    trainer = Trainer(lora_config, False)
    TightMemory(trainer, tokens=2100)
    state = torch.get_rng_state()
    assert trainer._probe_memory(8) == 2
    assert torch.equal(torch.get_rng_state(), state)  # though passes with dropout were made
    assert all(master.grad is None for master in trainer.masters.named.values())
    TightMemory(trainer, tokens=500, checkpointed=1100)
    assert trainer._probe_memory(8) == 1 and trainer.is_checkpointing


@pytest.mark.parametrize(("limit", "found"), [(8, 8), (7, 4), (1, 1), (0, None)])
def test_the_micro_batch_is_the_largest_that_fits(limit: int, found: int | None) -> None:
    def attempt(count: int) -> None:
        if count > limit:
            raise torch.OutOfMemoryError

    assert find_micro_batch(8, attempt) == found


def test_another_error_is_no_lack_of_memory() -> None:
    def attempt(_: int) -> None:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        find_micro_batch(8, attempt)
