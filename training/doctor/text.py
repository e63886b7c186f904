"""The diagnosis for people."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from training.doctor import Diagnosis
from training.doctor.check import FAILURE, WARNING, count

WIDTH = 110
MARKS = {"ok": "ok", WARNING: "WARNING", FAILURE: "FAILURE"}
FIRST, LAST = 8, 4  # tokens shown at the ends of a long stretch that is not learnt


def render(found: Diagnosis) -> str:
    lines = [*_checks(found), *_statistics(found.statistics), *_mask(found.mask)]
    failures = sum(check.status == FAILURE for check in found.checks)
    warnings = sum(check.status == WARNING for check in found.checks)
    counted = f"{len(found.checks)} checks, {failures} failed, {warnings} with a warning."
    verdict = "Do not start this run yet." if failures else "The run can start."
    return "\n".join([*lines, "", f"{counted} {verdict}"])


def _checks(found: Diagnosis) -> Iterator[str]:
    for check in found.checks:
        yield from _wrap(f"{MARKS[check.status]:<9}", f"{check.title}: {check.detail}")
        if check.hint and check.status != "ok":
            yield from _wrap(" " * 9, f"→ {check.hint}")


def _wrap(start: str, text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=start, subsequent_indent=" " * 11, break_long_words=False)


def _statistics(statistics: dict[str, Any]) -> Iterator[str]:
    roles = [role for role in ("train", "validation") if role in statistics]
    if not roles:
        return
    yield ""
    yield f"{'Tokens':<24}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}"
    for role in roles:
        for part in ("prompt", "completion", "total"):
            values = statistics[role][part]
            yield f"{role + ', ' + part:<24}" + "".join(f"{values[key]:>8,}" for key in ("p50", "p95", "p99", "max"))


def _mask(mask: dict[str, Any]) -> Iterator[str]:
    """Learnt tokens all, the others in part."""
    if not mask:
        return
    shared = f", of which the first {mask['shared_tokens']} tokens stand for all" if mask["questions"] > 1 else ""
    yield ""
    yield f"One row of {count(mask['questions'], 'question')}{shared}. Learnt is what the model is trained to write."
    yield f"  {'position':>8}{'id':>9}  {'learnt':<8}token"
    for tokens in _stretches(mask["tokens"]):
        is_long = not tokens[0]["learnt"] and len(tokens) > FIRST + LAST + 1
        for token in tokens[:FIRST] if is_long else tokens:
            yield _token(token)
        if is_long:
            yield f"  {'…':>8}{'…':>9}  {'':<8}{len(tokens) - FIRST - LAST} tokens of the prompt, none learnt"
            for token in tokens[-LAST:]:
                yield _token(token)


def _stretches(tokens: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """Neighbours of one segment that are all learnt, or all not."""
    stretch: list[dict[str, Any]] = []
    for token in tokens:
        if stretch and (token["learnt"], token["segment"]) != (stretch[-1]["learnt"], stretch[-1]["segment"]):
            yield stretch
            stretch = []
        stretch.append(token)
    yield stretch


def _token(token: dict[str, Any]) -> str:
    learnt = "yes" if token["weight"] == 1 else f"x {token['weight']:g}" if token["learnt"] else ""
    return f"  {token['position']:>8}{token['id']:>9}  {learnt:<8}{token['text']!r}"
