"""What is computed before a run, to know its memory and time: the packs that decide, and no fewer steps on a busy machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from training.config import Config
from training.doctor.cost import on_cpu
from training.doctor.plan import Work
from training.estimate import MemoryEstimate, ModelShape
from training.examples import Examples, load_examples
from training.measure import LONGEST_WAIT, Stopwatch, choose_packs, is_early, run_watched
from training.packing import Pack, plan_epoch, round_up, row_length
from training.tokenizer import make_tokenizer


@pytest.fixture
def examples(small_config: Config, tmp_path: Path) -> Examples:
    return load_examples(small_config.data.train, make_tokenizer(small_config, tmp_path), small_config.data)


def padded_lengths(examples: Examples, pack: Pack) -> list[int]:
    return [round_up(row_length(examples, row)) for row in pack]


def test_every_length_of_row_is_met_and_the_heaviest_packs_come_first(small_config: Config, examples: Examples) -> None:
    packs = plan_epoch(examples, small_config.data, 1, 0)
    lengths = [padded_lengths(examples, pack) for pack in packs]
    chosen = choose_packs(examples, packs, most=len(packs))
    assert len(set(chosen)) == len(chosen)
    assert {length for at in chosen for length in lengths[at]} == {length for pack in lengths for length in pack}
    tokens = [sum(row_length(examples, row) for row in pack) for pack in packs]
    assert tokens[chosen[0]] == max(tokens)
    squares = [sum(length**2 for length in pack) for pack in lengths]
    assert max(squares[at] for at in chosen[:2]) == max(squares)


def test_no_more_packs_are_chosen_than_there_is_time_for(small_config: Config, examples: Examples) -> None:
    packs = plan_epoch(examples, small_config.data, 1, 0)
    assert len(choose_packs(examples, packs, most=2)) <= 2
    assert choose_packs(examples, packs[:1]) == [0]


@pytest.mark.parametrize(
    ("device", "clock", "cpu", "expected"),
    [
        ("cuda", 9.0, 9.0, True),
        ("cuda", 11.0, 3.0, False),
        ("cpu", 11.0, 3.0, True),  # others had the processor meanwhile
        ("cpu", 11.0, 10.5, False),
        ("cpu", 10 * LONGEST_WAIT + 1.0, 3.0, False),
    ],
)
def test_a_busy_processor_is_given_longer(device: str, clock: float, cpu: float, expected: bool) -> None:
    class Stopped(Stopwatch):
        def read(self, scale: float = 1.0) -> tuple[float, float]:
            return clock * scale, cpu * scale

    assert is_early(Stopped(), 10.0, device) == expected


def test_a_watched_command_is_heard_and_its_peak_known_after_it_freed_it() -> None:
    code = "import time; held = bytearray(80 << 20); time.sleep(0.3); del held; time.sleep(0.2); print('said')"
    done, peak = run_watched([sys.executable, "-c", code], 60)
    assert (done.returncode, done.stdout) == (0, "said\n")
    assert 80 << 20 <= peak < 200 << 20


def test_a_watched_command_is_ended_at_its_limit() -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        run_watched([sys.executable, "-c", "import time; time.sleep(60)"], 0.5)


# Measured: peaks of whole runs in MiB, and what the formulas say of them in MiB: weights, trained, activations, logits.
RUNS = {
    "narrow, full": (1019, 7.9, 63.1, 63.1, 0.5),
    "starter, full": (1426, 8.0, 64.0, 304.2, 48.0),
    "LoRA, fp32": (1604, 30.8, 24.2, 452.1, 1.2),
    "wide, recomputed": (1117, 49.6, 13.0, 72.9, 0.9),
    "tiny base, LoRA": (1300, 28.8, 14.0, 227.6, 0.9),
    "smoke, scratch": (870, 0.2, 1.6, 7.9, 1.4),
}


@pytest.mark.parametrize("name", RUNS)
def test_the_formulas_for_a_processor_are_within_a_tenth_of_runs_that_were_measured(
    small_config: Config, name: str
) -> None:
    took, *parts = (int(figure * 2**20) for figure in RUNS[name])
    work = Work(1, 1, 1, 1, 1, 1, 1, 1.0, 0)  # the scores are in the activations above
    shape = ModelShape(64, 1, 1, 1, 64, 64, 64, tied_embeddings=True)
    estimate = on_cpu(MemoryEstimate(*parts, overhead=0), shape, work, small_config, 1, False)
    assert estimate.total == pytest.approx(took, rel=0.1)
