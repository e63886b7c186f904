"""What the app reads of `python -m training.doctor --json`: doctor-report.json has its shape, and the app's tests read that file.

`python -m training.tests.test_doctor_report` writes it anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from training.config import Config, save_config
from training.doctor.labels import readable
from training.measure import Measured, add_up, divide_steps, occasions
from training.tests.conftest import make_config, make_lora_config
from training.tests.make_examples import write_chat_examples, write_examples
from training.tests.processes import ROOT
from training.tests.tiny_base import write_tiny_base

REPORT = Path(__file__).parent / "doctor-report.json"
HARDWARE = [
    {"id": "a100-40", "gpu": "NVIDIA A100-SXM4-40GB", "memory_gib": 40},
    {"id": "tiny", "gpu": "NVIDIA T4", "memory_gib": 0.5},
    {"id": "unknown", "gpu": "A GPU of tomorrow", "memory_gib": 96},
]


def report_of(folder: Path, config: Config, *more: str) -> tuple[int, dict[str, Any], str]:
    save_config(config, folder / "recipe.yaml")
    (folder / "hardware.json").write_text(json.dumps(HARDWARE))
    command = [sys.executable, "-m", "training.doctor", "--config", "recipe.yaml", "--json", *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=180)
    return done.returncode, json.loads(done.stdout) if done.stdout else {}, done.stderr


def make_report(folder: Path) -> dict[str, Any]:
    write_examples(folder / "train.jsonl", groups=40, seed=1)
    write_examples(folder / "val.jsonl", groups=8, seed=2)
    config = make_config(folder, evaluate_every_steps=3)
    before = files_of(folder)
    code, report, errors = report_of(folder, config, "--measure", "1", "--hardware", "hardware.json")
    assert code == 0, errors
    written = {name for name in files_of(folder) - before if not name.startswith("cache")}
    assert written == {"recipe.yaml", "hardware.json"}, "nothing but the tokenizer's cache"
    return report


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def shape_of(value: Any) -> Any:
    """Types only: of a list, those of its entries together."""
    if isinstance(value, dict):
        return {key: shape_of(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return sorted({json.dumps(shape_of(entry), sort_keys=True) for entry in value})
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return make_report(tmp_path_factory.mktemp("doctor"))


def test_the_report_has_the_shape_that_the_app_reads(report: dict[str, Any]) -> None:
    kept = json.loads(REPORT.read_text())
    assert shape_of(report["estimate"]) == shape_of(kept["estimate"])
    assert shape_of(report["mask"]) == shape_of(kept["mask"])
    assert [check["id"] for check in report["checks"]] == [check["id"] for check in kept["checks"]]


def test_every_check_of_the_wizard_is_there(report: dict[str, Any]) -> None:
    found = {check["id"]: check["status"] for check in report["checks"]}
    for name in (
        "data.train.length", "labels.end_token", "labels.mask", "labels.isolation", "leaks.evaluation", "leaks.databases",
        "machine.cuda", "machine.packages", "plan.memory", "plan.disk", "plan.time", "plan.measured",
    ):  # fmt: skip
        assert name in found, name
    assert found["plan.measured"] == "ok"


def test_one_example_is_shown_token_by_token(report: dict[str, Any]) -> None:
    tokens = report["mask"]["example"]
    text = "".join(token["text"] for token in tokens)
    first = json.loads(Path(REPORT).read_text())["mask"]["example"]
    assert set(first[0]) == {"text", "id", "learned"}
    prompt, completion = text.split(" QUERY", 1)
    assert prompt.startswith("<s> SCHEMA")
    learned = "".join(token["text"] for token in tokens if token["learned"])
    assert completion.endswith(learned)
    assert learned.endswith("</s>")
    assert not any(token["learned"] for token in tokens[: len(tokens) // 2])


def test_each_hardware_has_an_estimate(report: dict[str, Any]) -> None:
    estimate = report["estimate"]
    here, *others = estimate["hardware"]
    assert (here["id"], here["basis"], here["fits"]) == (None, "measured", True)
    assert here["seconds"] > estimate["measured"]["start"][0] > 0
    assert here["peak_memory_bytes"] > 2**28, "of a process with PyTorch in it"
    assert [machine["id"] for machine in others] == ["a100-40", "tiny", "unknown"]
    assert {machine["basis"] for machine in others} == {"assumed"}
    assert [machine["fits"] for machine in others] == [True, False, True]
    assert others[2]["seconds"] is None, "nothing is known of its speed"
    assert others[0]["seconds_range"][0] < others[0]["seconds"] < others[0]["seconds_range"][1]
    assert estimate["examples"] > 0
    assert estimate["steps"] == 6
    assert estimate["checkpoint_bytes"] == estimate["measured"]["checkpoint_bytes"]
    assert estimate["disk_bytes"]["run_folder"] >= estimate["checkpoint_bytes"]
    assert estimate["assumptions"]


def test_a_run_that_fails_at_its_first_step_is_said(tmp_path: Path) -> None:
    """Weights that are cut short: the checks name them, and the measured steps say that there are none."""
    write_chat_examples(tmp_path / "train.jsonl", groups=10, seed=1)
    write_chat_examples(tmp_path / "val.jsonl", groups=3, seed=2)
    base = write_tiny_base(tmp_path / "base")
    weights = base / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1000])
    code, report, _ = report_of(tmp_path, make_lora_config(tmp_path, base), "--measure", "1")
    found = {check["id"]: check for check in report["checks"]}
    assert code == 1
    assert found["base.files"]["status"] == "failure"
    assert found["plan.measured"]["status"] == "warning"
    assert report["estimate"]["hardware"][0]["basis"] == "assumed"


@pytest.mark.parametrize("text", ["{}", "[{}]", "no json", '[{"id": "a", "gpu": "x", "memory_gib": "much"}]'])
def test_a_hardware_list_of_no_use_is_refused(tmp_path: Path, small_config: Config, text: str) -> None:
    from training.config import ConfigError
    from training.doctor.hardware import read_hardware

    file = tmp_path / "list.json"
    file.write_text(text)
    if text == "{}":
        assert read_hardware(str(file)) == []
        return
    with pytest.raises(ConfigError, match="no list of"):
        read_hardware(str(file))


def test_pieces_are_shown_as_they_read() -> None:
    assert [readable(piece) for piece in ("▁SELECT", "<0x0A>", "Ġname", "Ċ", "</s>", "<0xE2>")] == [
        " SELECT", "\n", " name", "\n", "</s>", "<0xE2>",
    ]  # fmt: skip


def test_the_first_steps_do_not_count_as_the_others() -> None:
    times = [(9.0, 3.0), (3.0, 2.0), (2.0, 1.0), (2.0, 1.0), (4.0, 2.0)]
    step, first = divide_steps(times, [100, 100, 100, 100, 200], mean_tokens=100.0)
    assert step == (2.0, 1.0)
    assert first == (8.0, 3.0)


def test_evaluations_and_saves_are_added_up(small_config: Config) -> None:
    assert occasions(10, 600.0, 4, None) == {4, 8}
    assert occasions(10, 600.0, None, 2.5) == {f"{number} by the clock" for number in (1, 2, 3, 4)}
    train = small_config.train
    train.evaluate_every_steps, train.checkpoint_every_steps, train.checkpoint_every_minutes = 4, 5, None
    found = Measured(
        "cpu", (5.0, 4.0), (1.0, 1.0), (2.0, 1.0), (3.0, 2.0), (0.5, 0.25), (1.5, 1.0), 3, 1.0, 1, 1, 1, False, 10
    )
    add_up(found, small_config)
    assert (found.evaluations, found.saves) == (3, 4)  # at 4, 8, 10; and at 5
    assert found.seconds == 5 + 1 + 10 * 2 + 3 * 3 + 4 * 0.5 + 1.5
    train.max_minutes = 0.1
    add_up(found, small_config)
    assert found.seconds == 5 + 6 + 1.5


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made_in:
        made = make_report(Path(made_in))
        for part in ("tokens", "example"):  # the ends are enough
            made["mask"][part] = made["mask"][part][:3] + made["mask"][part][-3:]
        text = json.dumps(made, indent=2, ensure_ascii=False)
        REPORT.write_text(text.replace(made_in, "/somewhere") + "\n", encoding="utf-8")
