"""Reading example files: one JSON object `{prompt, completion}` a line, taken as it is; other keys are carried or ignored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class DataError(ValueError):
    """An example file cannot be used; the message names the file and, where one is at fault, the line."""


@dataclass(frozen=True, slots=True)
class Example:
    prompt: str
    completion: str
    where: str  # "file:line"; behind its id where it has one, as its file may be a copy
    id: str | None = None  # of the dataset's line, where it has one
    db_id: str | None = None


def read_example(line: str, where: str) -> Example:
    """Check one line. Raises DataError naming `where`."""
    try:
        values = json.loads(line)
    except json.JSONDecodeError as error:
        problem = error.msg.removesuffix(" at").removesuffix(" starting")
        raise DataError(
            f"{where}: not JSON ({problem} at column {error.colno}); a file holds one object a line, no CSV and no list"
        ) from error
    if not isinstance(values, dict):
        raise DataError(f"{where}: not a JSON object")
    for key in ("prompt", "completion"):
        if not isinstance(values.get(key), str):
            found = ", ".join(f'"{name}"' for name in list(values)[:6]) or "nothing"
            raise DataError(
                f'{where}: "{key}" is missing or no text (the line has {found}); '
                'a line is {"prompt": "…", "completion": "…"}'
            )
        if not values[key].strip():
            raise DataError(f'{where}: "{key}" is empty')
    known = _text(values, "id")
    named = f"{known} ({where})" if known else where
    return Example(values["prompt"], values["completion"], named, known, _text(values, "dbId"))


def _text(values: dict[str, Any], key: str) -> str | None:
    return values[key] if isinstance(values.get(key), str) else None


def read_lines(file: str | Path) -> Iterator[tuple[str, str]]:
    """The lines that hold something, each with its "file:line". Raises DataError where the file cannot be read."""
    try:
        content = open(file, "rb")
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error
    with content:
        for number, line in enumerate(content, start=1):
            where = f"{file}:{number}"
            try:
                text = line.decode("utf-8-sig" if number == 1 else "utf-8")
            except UnicodeDecodeError as error:
                raise DataError(f"{where}: not UTF-8 ({error.reason} at byte {error.start} of the line)") from error
            if text.strip():
                yield text, where


def read_examples(file: str | Path) -> Iterator[Example]:
    """The examples in the file's order. Raises DataError, also for a file without an example."""
    is_empty = True
    for line, where in read_lines(file):
        is_empty = False
        yield read_example(line, where)
    if is_empty:
        raise DataError(f"{file} holds no example")


def hash_file(file: str | Path) -> str:
    """SHA-256 of a file, hexadecimal. Raises DataError where it cannot be read."""
    try:
        with open(file, "rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error
