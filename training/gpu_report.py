"""What a section of the GPU runbook found: written to its file at once, so that a section that is killed leaves what it had."""

from __future__ import annotations

import json
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


def describe_error(error: BaseException) -> str:
    """Its kind, its first line and where it was raised, for a file of a few KB."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:300] if text else ''} ({Path(place.filename).name}:{place.lineno})"


@dataclass(frozen=True)
class Setting:
    """How a section runs."""

    rehearse: bool  # tiny sizes, on a CPU too; shows that the section's code runs and nothing else
    seed: int  # of the steps at which runs are killed


@dataclass
class Report:
    path: Path | None = None
    figures: dict[str, Any] = field(default_factory=dict)
    checks: list[dict[str, Any]] = field(default_factory=list)
    outstanding: list[str] = field(default_factory=list)  # what this machine could not show, and why
    seconds: float | None = None  # that the section took, once it has ended

    def figure(self, name: str, value: Any) -> None:
        self.figures[name] = value
        self._write()

    def check(self, name: str, value: float | bool, limit: float | None = None) -> None:
        """`value` is at most `limit`; or, without a limit, `value` is true."""
        passed = bool(value) if limit is None else bool(value <= limit)  # NaN is never at most anything
        self.checks.append({"check": name, "passed": passed, "value": value, "limit": limit})
        self._write()

    def leave(self, what: str, why: str) -> None:
        self.outstanding.append(f"{what}: {why}")
        self._write()

    def end(self, seconds: float) -> None:
        self.seconds = round(seconds, 1)
        self._write()

    @property
    def passed(self) -> bool:
        return all(check["passed"] for check in self.checks)

    def _write(self) -> None:
        if self.path:
            content = {key: value for key, value in vars(self).items() if key != "path" and value}
            partial = self.path.with_name(f".{self.path.name}")
            partial.write_text(json.dumps(content), encoding="utf-8")
            partial.replace(self.path)
