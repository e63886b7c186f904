"""What is computed before a run, to know its memory and time: the packs that decide, and no fewer steps on a busy machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.config import Config
from training.examples import Examples, load_examples
from training.measure import LONGEST_WAIT, Stopwatch, choose_packs, is_early
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
