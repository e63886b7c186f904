"""Damaged files, folders in use, and a configuration that is no longer the run's: each is named, with what to do."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from training import checkpoint
from training.checkpoint import CheckpointError, best_checkpoint, delete_old, list_checkpoints, read_state
from training.config import Config, ConfigError
from training.examples import load_examples
from training.tests.make_examples import write_examples
from training.tests.processes import TrainerProcess, newest_checkpoint, of_kind, read_events, train_to_end
from training.train import Trainer


def saved_run(config: Config) -> Path:
    """A run of 6 steps with checkpoints of steps 2, 4 and 6; returns the newest."""
    config.train.max_steps, config.train.checkpoint_every_steps, config.train.keep_checkpoints = 6, 2, 3
    Trainer(config, False).run()
    config.train.max_steps = 8
    return newest_checkpoint(config)


def truncate(name: str) -> Callable[[Path], None]:
    return lambda folder: os.truncate(folder / name, (folder / name).stat().st_size // 2)


DAMAGES = {
    "half of the weights": truncate("model.safetensors"),
    "half of the optimiser": truncate("training.pt"),
    "half of the state": truncate("state.json"),
    "empty weights": lambda folder: os.truncate(folder / "model.safetensors", 0),
    "empty optimiser": lambda folder: os.truncate(folder / "training.pt", 0),
    "empty state": lambda folder: os.truncate(folder / "state.json", 0),
    "a state of another kind": lambda folder: (folder / "state.json").write_text("[]") and None,
    "a state without a step": lambda folder: (folder / "state.json").write_text("{}") and None,
    "broken configuration": lambda folder: (folder / "config.yaml").write_text("{oops") and None,
    "no weights": lambda folder: (folder / "model.safetensors").unlink(),
    "no optimiser": lambda folder: (folder / "training.pt").unlink(),
    "no state": lambda folder: (folder / "state.json").unlink(),
    "no configuration": lambda folder: (folder / "config.yaml").unlink(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_checkpoint_is_named_and_the_older_one_serves(small_config: Config, damage: str) -> None:
    newest = saved_run(small_config)
    DAMAGES[damage](newest)
    with pytest.raises(CheckpointError, match=f"{newest}.*delete .*to go on from an older one"):
        Trainer(small_config, True)
    shutil.rmtree(newest)
    assert Trainer(small_config, True).step == 4


def test_a_kill_while_an_old_checkpoint_is_deleted_leaves_no_half_of_it(
    small_config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved_run(small_config)
    folder = Path(small_config.run_dir) / "checkpoints"

    def die_half_way(path: Path) -> None:
        (path / "state.json").unlink()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(checkpoint.shutil, "rmtree", die_half_way)
        with pytest.raises(KeyboardInterrupt):
            delete_old(folder, 1)
    assert [path.name for path in list_checkpoints(folder)] == ["step-000004", "step-000006"]
    assert [read_state(path)["step"] for path in list_checkpoints(folder)] == [4, 6]
    Trainer(small_config, True).run()
    assert not list(folder.glob(".deleted*"))  # swept up by the next save


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: b"", lambda data: data[:-900] + b"x" * 900]
)
def test_a_damaged_token_cache_is_made_again(small_config: Config, damage: Callable[[bytes], bytes]) -> None:
    first = Trainer(small_config, False)
    first.lock.release()
    files = sorted(Path(small_config.data.cache_dir).glob("examples-*.npz"))
    for file in files:
        file.write_bytes(damage(file.read_bytes()))
    data = small_config.data
    again = load_examples(data.train, first.tokenizer, data)
    assert len(files) == 2 and (first.examples.tokens == again.tokens).all()
    assert (load_examples(data.train, first.tokenizer, data).start == again.start).all()  # what was made again is whole
    train_to_end(small_config)


def copy_base(base: Path, target: Path, *without: str) -> str:
    shutil.copytree(base, target)
    for pattern in without:
        for file in target.glob(pattern):
            file.unlink()
    return str(target)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        (["tokenizer*", "special*"], "base.path .*: no tokenizer could be loaded"),
        (["*.safetensors"], "base.path .*: no model could be loaded"),
        (["config.json"], "base.path .*: no "),
    ],
)
def test_a_base_that_lacks_files_is_named(
    lora_config: Config, tiny_base: Path, tmp_path: Path, missing: list[str], message: str
) -> None:
    lora_config.base.path = copy_base(tiny_base, tmp_path / "base", *missing)
    with pytest.raises(ConfigError, match=message):
        Trainer(lora_config, False)
    failure = read_events(lora_config.run_dir)[-1]
    assert (failure["event"], failure["code"], failure["step"]) == ("run_failed", "INVALID_INPUT", 0)


def test_half_of_a_bases_weights_are_named(lora_config: Config, tiny_base: Path, tmp_path: Path) -> None:
    lora_config.base.path = copy_base(tiny_base, tmp_path / "base")
    weights = tmp_path / "base" / "model.safetensors"
    os.truncate(weights, weights.stat().st_size // 2)
    with pytest.raises(ConfigError, match="base.path .*: no model could be loaded"):
        Trainer(lora_config, False)


def test_a_base_without_one_of_its_matrices_is_named(lora_config: Config, tiny_base: Path, tmp_path: Path) -> None:
    """transformers would make one up at random, and say so in a log."""
    lora_config.base.path = copy_base(tiny_base, tmp_path / "base")
    weights = tmp_path / "base" / "model.safetensors"
    stored = load_file(weights)
    del stored["model.layers.1.mlp.up_proj.weight"]
    save_file(stored, weights, metadata={"format": "pt"})
    with pytest.raises(ConfigError, match=r"base.path .*: its weights lack model.layers.1.mlp.up_proj.weight"):
        Trainer(lora_config, False)


def test_a_second_trainer_in_one_run_is_turned_away_at_once(small_config: Config) -> None:
    small_config.train.max_steps = 1000
    first = TrainerProcess(small_config, step_seconds=0.02)
    first.wait_for_step(2)
    for more in ([], ["--resume"]):
        with pytest.raises(
            ConfigError, match="in use by another trainer: wait for it, stop it, or choose another run_dir"
        ):
            Trainer(small_config, bool(more))
    assert not of_kind(read_events(small_config.run_dir), "run_failed")  # the first one's events are its own
    first.kill()
    small_config.train.max_steps = 3
    train_to_end(small_config, "--resume")  # the lock went with the killed process


def test_a_run_in_place_is_not_overwritten_and_nothing_is_not_resumed(small_config: Config) -> None:
    with pytest.raises(ConfigError, match="holds no run to resume"):
        Trainer(small_config, True)
    assert not Path(small_config.run_dir).exists()
    saved_run(small_config)
    with pytest.raises(ConfigError, match="holds a run already: give --resume, or another run_dir"):
        Trainer(small_config, False)


def test_a_folder_that_cannot_be_written_is_named(small_config: Config, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    small_config.run_dir = str(tmp_path / "file" / "run")
    with pytest.raises(ConfigError, match="run_dir .*file/run cannot be written"):
        Trainer(small_config, False)


def resumed_warnings(config: Config) -> list[str]:
    """Resume to step 8; what was warned of."""
    trainer = Trainer(config, True)
    trainer.run()
    events = read_events(config.run_dir)
    start = max(number for number, event in enumerate(events) if event["event"] == "run_started")
    return [event["message"] for event in of_kind(events[start:], "warning")]


def test_changed_training_files_restart_the_data_with_a_warning(small_config: Config, tmp_path: Path) -> None:
    saved_run(small_config)
    write_examples(tmp_path / "other.jsonl", groups=30, seed=7)
    small_config.data.train = [str(tmp_path / "other.jsonl")]
    trainer = Trainer(small_config, True)
    assert (trainer.step, trainer.epoch, trainer.place) == (6, 0, 0)
    trainer.events.close()
    del trainer
    assert "The training files have changed: the data starts from its beginning." in resumed_warnings(small_config)


def test_the_same_files_under_another_name_go_on(small_config: Config, tmp_path: Path) -> None:
    saved_run(small_config)
    os.rename(tmp_path / "train.jsonl", tmp_path / "moved.jsonl")
    small_config.data.train = [str(tmp_path / "moved.jsonl")]
    trainer = Trainer(small_config, True)
    assert (trainer.epoch, trainer.place) == (0, 6)


FIXED = [
    ("method", "full"), ("optimizer.kind", "muon"), ("adapter.rank", 8), ("adapter.alpha", 4.0),
    ("adapter.target_modules", ["q_proj"]),
]  # fmt: skip


@pytest.mark.parametrize(("key", "value"), FIXED)
def test_what_the_stored_weights_do_not_fit_is_an_error_that_names_it(
    lora_config: Config, key: str, value: object
) -> None:
    saved_run(lora_config)
    change(lora_config, key, value)
    with pytest.raises(
        ConfigError, match=f"^{key} is .* was trained with .*: write that to go on with it, or choose another run_dir"
    ):
        Trainer(lora_config, True)


def test_another_shape_is_an_error(small_config: Config) -> None:
    saved_run(small_config)
    for key, value in (("model.layers", 3), ("model.rope_theta", 5000.0), ("model.hidden_size", 64)):
        old = change(small_config, key, value)
        with pytest.raises(ConfigError, match=f"^{key} is {value}"):
            Trainer(small_config, True)
        change(small_config, key, old)
    change(small_config, "adapter.rank", 99)  # nothing to a model from scratch
    Trainer(small_config, True)


@pytest.mark.parametrize(
    ("key", "value", "is_reordered"),
    [
        ("seed", 2, True),
        ("data.pack_length", 1024, True),
        ("optimizer.learning_rate", 1e-4, False),
        ("train.packs_per_step", 2, False),
    ],
)
def test_other_changes_are_warned_of(small_config: Config, key: str, value: object, is_reordered: bool) -> None:
    saved_run(small_config)
    old = change(small_config, key, value)
    trainer = Trainer(small_config, True)
    assert trainer.place == (0 if is_reordered else 6)
    trainer.events.close()
    del trainer
    end = ": the data starts from its beginning." if is_reordered else "."
    expected = [f"{key} was {old} and is {value} from here on{end}", "train.max_steps was 6 and is 8 from here on."]
    assert sorted(resumed_warnings(small_config)) == sorted(expected)


def change(config: Config, key: str, value: object) -> object:
    """Set `part.name`; returns the old value."""
    part, _, name = key.rpartition(".")
    holder = getattr(config, part) if part else config
    old = getattr(holder, name)
    setattr(holder, name, value)
    return old


def test_the_newest_and_the_best_are_kept(small_config: Config) -> None:
    small_config.train.keep_checkpoints = 2
    trainer = Trainer(small_config, False)
    for step, loss in ((1, 0.5), (2, 0.1), (3, 0.4), (4, 0.3), (5, 0.2)):
        trainer.step = trainer.evaluated_step = step
        trainer.scores = {"validation_loss": loss}
        trainer.save()
    assert [path.name for path in list_checkpoints(trainer.checkpoints)] == [
        "step-000002",
        "step-000004",
        "step-000005",
    ]
    assert best_checkpoint(trainer.checkpoints).name == "step-000002"


def test_execution_accuracy_counts_before_the_loss(small_config: Config) -> None:
    small_config.train.keep_checkpoints = 1
    trainer = Trainer(small_config, False)
    for step, accuracy, loss in ((1, 0.5, 0.4), (2, 0.6, 0.9), (3, 0.6, 0.8), (4, 0.2, 0.1), (5, None, 0.05)):
        trainer.step = trainer.evaluated_step = step
        trainer.scores = {"validation_loss": loss, "execution_accuracy": accuracy}
        trainer.save()
    assert [path.name for path in list_checkpoints(trainer.checkpoints)] == ["step-000003", "step-000005"]
