"""One finding of the doctor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

OK, WARNING, FAILURE = "ok", "warning", "failure"
SHOWN = 5  # findings named one by one; the rest are counted


@dataclass(frozen=True)
class Check:
    """`id` never changes its meaning; `detail` says what is, `hint` what to do (empty when there is nothing to do)."""

    id: str
    status: str
    title: str
    detail: str
    hint: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def name_some(findings: Sequence[str]) -> str:
    """The first few findings, and how many more there are."""
    more = len(findings) - SHOWN
    return "; ".join(findings[:SHOWN]) + (f"; and {more} more" if more > 0 else "")


def count(number: int, noun: str) -> str:
    """`1 example`, `1,200 examples`."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{number:,} {noun if number == 1 else plural}"


def share(part: float, whole: float) -> str:
    """A percentage with one decimal; something small is never shown as nothing."""
    value = 100 * part / whole if whole else 0.0
    return "< 0.1 %" if 0 < value < 0.1 else f"{value:.1f} %"
