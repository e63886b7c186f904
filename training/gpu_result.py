"""The runbook's result: what was reached of the goals, what is outstanding, as JSON and as a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

# What is to be reached (docs/training.md): where it is measured, and the least (or the most) that meets it.
GOALS = (
    ("LoRA on Mistral-7B's shape: share of the H200's peak (MFU)", "lora.recipe.mfu", 0.45, True),
    ("6,016 examples x 3 epochs, seconds", "lora.recipe.seconds_for_6016_examples_3_epochs", 900, False),
    ("the same with no schema shared, seconds", "lora.nothing shared.seconds_for_6016_examples_3_epochs", 900, False),
    ("times as fast as the plain Hugging Face Trainer at its best", "compare.at its best.ours_is_faster_by", 2.5, True),
    ("QLoRA on Mistral-7B's shape: peak memory, GiB (16 GB)", "qlora.recipe.peak_memory_gib", 16e9 / 2**30, False),
    ("40 M weights from scratch, tokens a second on an H200", "starter.compiled.tokens_per_second", 700_000, True),
)


def to_lines(result: dict[str, Any]) -> str:
    """JSON with a line for each part and for each section."""
    parts = {key: json.dumps(value) for key, value in result.items() if key not in ("sections", "goals")}
    parts["goals"] = "[" + ",".join(f"\n  {json.dumps(goal)}" for goal in result["goals"]) + "]"
    parts["sections"] = (
        "{"
        + ",".join(f"\n  {json.dumps(name)}: {json.dumps(part)}" for name, part in result["sections"].items())
        + "\n }"
    )
    return "{" + ",".join(f"\n {json.dumps(key)}: {value}" for key, value in parts.items()) + "\n}\n"


def judge_goal(sections: dict[str, Any], goal: str, place: str, limit: float, is_least: bool) -> dict[str, Any]:
    """met: None where it was not measured."""
    name, *keys = place.split(".")
    value = sections.get(name, {}).get("figures", {})
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    met = None if value is None else bool(value >= limit if is_least else value <= limit)
    return {"goal": f"{goal}: at {'least' if is_least else 'most'} {limit:,.4g}", "measured": value, "met": met}


def list_outstanding(sections: dict[str, Any]) -> list[str]:
    """Sections that did not run to their end, and what the others could not show."""
    left = [
        f"{name}: {part['status']}"
        for name, part in sections.items()
        if part["status"] not in ("passed", "failed", "outstanding")
    ]
    return [*left, *(line for part in sections.values() for line in part.get("outstanding", []))]


def round_figures(value: Any) -> Any:
    """Five significant digits, so that the file is read and not only stored."""
    if isinstance(value, dict):
        return {key: round_figures(part) for key, part in value.items()}
    if isinstance(value, list):
        return [round_figures(part) for part in value]
    return float(f"{value:.5g}") if isinstance(value, float) else value


def print_table(result: dict[str, Any], target: Path) -> None:
    print(
        f"\n{'REHEARSAL, no measurement: ' if result['rehearsal'] else ''}{result['machine']['gpu'] or 'no GPU'}, {result['seconds']} s"
    )
    for name, part in result["sections"].items():
        print(
            f"  {name:12} {part['status']:12} {part.get('seconds', 0):6} s  {part.get('figures', {}).get('error', '')}"
        )
        for check in part.get("checks", []):
            if not check["passed"]:
                print(f"    FAILED {check['check']}: {check['value']} (limit {check['limit']})")
    for goal in result["goals"]:
        met = {True: "met", False: "NOT MET", None: "outstanding"}[goal["met"]]
        print(
            f"  {met:12} {goal['goal']}: {'not measured' if goal['measured'] is None else format(goal['measured'], ',.4g')}"
        )
    print("outstanding: " + ("; ".join(result["outstanding"]) or "nothing"))
    print(target)
