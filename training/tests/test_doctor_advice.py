"""What the doctor advises about little data does not contradict itself."""

from __future__ import annotations

from training.config import Config
from training.doctor.plan import Work, check_sharing, check_steps


def _work(packs: int) -> Work:
    """Packs of which three quarters are empty."""
    tokens = packs * 512
    return Work(9, tokens, tokens, packs, packs, 2_048, 90, 1.0, 1)


def test_a_single_pack_that_is_not_full_is_no_fault(small_config: Config) -> None:
    assert check_sharing(_work(1), small_config).status == "ok"
    assert check_sharing(_work(3), small_config).status == "warning"


def test_no_advice_to_shorten_packs_beside_one_to_lengthen_them(small_config: Config) -> None:
    small_config.train.max_steps, small_config.train.epochs, small_config.train.min_steps = None, 1.0, None
    one, several = (check_steps(_work(packs), small_config).hint for packs in (1, 3))
    assert one == "Raise train.epochs or train.min_steps: a few examples are then repeated."
    assert several == (
        "Lower train.packs_per_step, or raise train.epochs or train.min_steps: a few examples are then repeated."
    )
