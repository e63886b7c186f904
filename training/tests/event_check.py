"""Events by the schema that the app exports: training/event_schema.json."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import jsonschema

SCHEMA = json.loads((Path(__file__).parent.parent / "event_schema.json").read_text())


@functools.cache
def validator_of(kind: str) -> Any:
    validator = jsonschema.validators.validator_for(SCHEMA)
    return validator({"$ref": f"#/$defs/{kind}", "$defs": SCHEMA["$defs"]}, format_checker=validator.FORMAT_CHECKER)


def check_events(file: Path) -> int:
    """Every line of an events.jsonl is an event of the schema; returns how many there are."""
    lines = file.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, start=1):
        event = json.loads(line)
        assert event["event"] in SCHEMA["$defs"], f"{file}:{number}: {event['event']}"
        problems = [f"{error.json_path}: {error.message}" for error in validator_of(event["event"]).iter_errors(event)]
        assert not problems, f"{file}:{number}: {problems}"
    return len(lines)
