"""The bench, the plain Trainer beside it, and the GPU runbook, at tiny sizes on the CPU."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from training import bench, compare_trainer, gpu_checks, gpu_result, gpu_runbook, gpu_runs
from training.bench_data import make_bench_examples
from training.bench_shapes import SHAPES, make_bench_config, write_base
from training.estimate import ModelShape
from training.gpu_report import Report, Setting
from training.tests.make_examples import make_chat_examples

MISTRAL_7B_PARAMETERS = 7_241_732_096  # of the published weights
REHEARSAL = Setting(rehearse=True, seed=1)


def run_json(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    capsys.readouterr()
    assert bench.main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_stored_lengths_are_the_dataset_s() -> None:
    examples = make_bench_examples(32_000)
    assert len(examples) == 8628 and examples.lengths.max() == 1920 and round(examples.lengths.mean()) == 450
    assert len(examples.prefix_length) == 159
    first, second = np.flatnonzero(examples.cluster == examples.cluster[0])[:2]
    shared = examples.prefix_length[examples.cluster[0]]
    assert (examples.prompt(first)[:shared] == examples.prompt(second)[:shared]).all()
    assert (examples.prompt_length > examples.prefix_length[examples.cluster]).all()


def test_the_shapes_are_mistral_s_and_of_forty_million_weights(tmp_path: Path) -> None:
    values = json.loads((write_base(tmp_path, SHAPES["mistral-7b"]) / "config.json").read_text())
    assert ModelShape.from_hf_config(values).parameters == MISTRAL_7B_PARAMETERS
    starter = make_bench_config(SHAPES["starter-40m"], "scratch", tmp_path, max_steps=1)
    assert starter.model.hidden_size == 512 and starter.train.packs_per_step * starter.data.pack_length == 65_536


def test_the_bench_counts_what_it_times(capsys: pytest.CaptureFixture[str]) -> None:
    shared = run_json(capsys, "--shape", "tiny", "--steps", "3", "--warm-up", "1")
    alone = run_json(
        capsys, "--shape", "tiny", "--steps", "3", "--warm-up", "1", "--questions-per-row", "1", "--method", "scratch"
    )
    assert shared["shared_share"] > 0.5 and alone["shared_share"] == 0
    for figures in (shared, alone):
        assert 0 <= figures["padding_share"] < 0.3 and figures["steps"] == 3
        seconds = figures["seconds_for_6016_examples_3_epochs"]
        assert seconds == pytest.approx(6016 * 3 / figures["examples_per_second"])
    tokens_an_example = shared["tokens_per_second"] / shared["examples_per_second"]
    assert tokens_an_example < 0.5 * alone["tokens_per_second"] / alone["examples_per_second"]


def test_a_bad_setting_ends_the_bench_with_code_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench.main(["--shape", "tiny", "--pack-length", "100"]) == 2
    assert "pack_length" in capsys.readouterr().err


def test_the_plain_trainer_gets_padded_batches_with_the_prompt_s_loss() -> None:
    batch = compare_trainer.make_collator(None)([np.asarray([5, 6, 7]), np.asarray([8])])
    assert batch["input_ids"].tolist() == [[5, 6, 7], [8, 0, 0]]
    assert batch["labels"].tolist() == [[5, 6, 7], [8, -100, -100]]
    assert compare_trainer.make_collator(10)([np.asarray([5])])["attention_mask"].tolist() == [[1] + [0] * 9]


def test_both_trainers_run_on_the_same_lengths() -> None:
    variants = (compare_trainer.VARIANTS[0], compare_trainer.VARIANTS[2])
    results = compare_trainer.compare(SHAPES["tiny"], 1, 1, {"examples_per_second": 100.0}, variants)
    for figures in results.values():
        assert figures["ours_is_faster_by"] == pytest.approx(100 / figures["examples_per_second"])


@pytest.mark.parametrize(
    "check", [gpu_checks.check_numbers, gpu_checks.check_attention, gpu_checks.check_packing, gpu_checks.check_memory]
)
def test_the_checks_of_a_gpu_hold_on_a_cpu(check: object) -> None:
    report = Report()
    check(report, REHEARSAL)  # type: ignore[operator]
    assert report.checks and report.passed, [part for part in report.checks if not part["passed"]]


def test_a_check_that_should_fail_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong attention is seen: the rows' masks are forgotten."""
    monkeypatch.setattr(gpu_checks.PackedMask, "__init__", forget_masks(gpu_checks.PackedMask.__init__))
    report = Report()
    gpu_checks.check_attention(report, REHEARSAL)
    assert not report.passed


def forget_masks(make: object) -> object:
    def changed(self: object, batch: object, kind: str) -> None:
        make(self, batch, kind)  # type: ignore[operator]
        self.row_masks = [None for _ in self.row_masks]  # type: ignore[attr-defined]

    return changed


def test_the_long_examples_hold_several_schemas() -> None:
    lines = make_chat_examples(6, seed=1)
    longer = gpu_runs.lengthen(lines)
    assert [line["completion"] for line in longer] == [line["completion"] for line in lines]
    assert all(len(long["prompt"]) > len(line["prompt"]) for long, line in zip(longer, lines, strict=True))
    assert longer[0]["prompt"].endswith(lines[0]["prompt"].split("\n\n")[-1])


def test_events_that_the_schema_forbids_are_counted(tmp_path: Path) -> None:
    good = {"event": "warning", "time": "2026-01-01T00:00:00.000+00:00", "message": "m", "hint": None, "step": None}
    bad = {key: value for key, value in good.items() if key != "hint"}
    (tmp_path / "written.jsonl").write_text(json.dumps(good) + "\n" + json.dumps(bad) + "\n")
    assert gpu_runs.count_bad_events(tmp_path / "written.jsonl") == (2, 1)


def test_a_rehearsal_writes_its_sections_and_what_is_outstanding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--rehearse", "--out", str(tmp_path), "--sections", "memory"]
    assert gpu_runbook.main([*arguments, "--budget", "90"]) == 0
    result = json.loads((tmp_path / "rehearsal.json").read_text())
    assert result["rehearsal"] is True and result["goals"] == []
    assert [(name, part["status"]) for name, part in result["sections"].items()] == [("memory", "passed")]
    assert result["sections"]["memory"]["figures"]["packs_after_back_off"] == 1 and result["outstanding"] == []
    assert "REHEARSAL" in capsys.readouterr().out


def test_a_runbook_without_time_says_what_is_outstanding_and_goes_on_later(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert gpu_runbook.main(["--rehearse", "--out", str(tmp_path), "--budget", "1", "--sections", "lora,qlora"]) == 0
    result = json.loads((tmp_path / "rehearsal.json").read_text())
    assert result["outstanding"] == ["lora: skipped", "qlora: skipped"]
    options = gpu_runbook.parse_arguments(["--continue", str(tmp_path / "rehearsal.json"), "--sections", "lora"])
    assert gpu_runbook.choose_sections(options) == ["lora"]


def test_a_section_that_dies_leaves_its_figures_and_its_log(tmp_path: Path) -> None:
    part, log = tmp_path / "part.json", tmp_path / "log"
    part.write_text(json.dumps({"figures": {"first": 1}}))
    code = "import sys, os; sys.stderr.write('illegal memory access'); sys.stderr.flush(); os.abort()"
    with open(log, "wb") as output:
        process = subprocess.Popen([sys.executable, "-c", code], stderr=output, start_new_session=True)
    result = gpu_runbook.Job("lora", 20, process, part, log, time.monotonic()).wait()
    assert (
        result["status"] == "error" and result["figures"] == {"first": 1} and "illegal memory access" in result["log"]
    )
    with open(log, "wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", "import time; time.sleep(60)"], stderr=output, start_new_session=True
        )
    assert gpu_runbook.Job("lora", 0.3, process, part, log, time.monotonic()).wait()["status"] == "timed out"
    assert process.returncode is not None


def test_a_rehearsal_never_lies_among_results_and_a_measurement_needs_a_gpu(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert gpu_runbook.main(["--rehearse", "--out", str(gpu_runbook.RESULTS / "x")]) == 2
    assert "a rehearsal is no result" in capsys.readouterr().err
    monkeypatch.setenv("PATH", str(tmp_path) + os.pathsep)  # no nvidia-smi
    assert gpu_runbook.main(["--out", str(tmp_path)]) == 2
    assert "no NVIDIA GPU" in capsys.readouterr().err
    assert gpu_runbook.main(["--rehearse", "--sections", "nothing"]) == 2


def test_goals_are_judged_by_what_was_measured() -> None:
    sections = {"lora": {"figures": {"recipe": {"mfu": 0.46, "seconds_for_6016_examples_3_epochs": 1000.0}}}}
    met = {goal[1]: gpu_result.judge_goal(sections, *goal)["met"] for goal in gpu_result.GOALS}
    assert met["lora.recipe.mfu"] is True
    assert met["lora.recipe.seconds_for_6016_examples_3_epochs"] is False
    assert met["qlora.recipe.peak_memory_gib"] is None
