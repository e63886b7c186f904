"""Reading example files: one JSON object a line, checked, in groups that share one schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class DataError(ValueError):
    """An example file cannot be used; the message names the file and, where one is at fault, the line."""


@dataclass(frozen=True, slots=True)
class Example:
    schema: str  # the words at the start of the prompt that depend on the schema only
    rest: str  # the prompt's other words: question and links
    completion: str
    group: str
    where: str  # "file:line"


def read_example(line: str, where: str) -> Example:
    """Check one line `{prompt, completion, schemaLength, group}`. Raises DataError naming `where`."""
    try:
        values = json.loads(line)
    except json.JSONDecodeError as error:
        raise DataError(f"{where}: not JSON ({error.msg} at column {error.colno})") from error
    if not isinstance(values, dict):
        raise DataError(f"{where}: not a JSON object")
    for key, kind in (("prompt", str), ("completion", str), ("schemaLength", int), ("group", (str, int))):
        if not isinstance(values.get(key), kind) or isinstance(values.get(key), bool):
            raise DataError(f'{where}: "{key}" is missing or of the wrong type')
    prompt, length = values["prompt"], values["schemaLength"]
    schema, rest, completion = prompt[:length].strip(), prompt[length:].strip(), values["completion"].strip()
    if not 0 < length < len(prompt) or not (prompt[length].isspace() or prompt[length - 1].isspace()):
        raise DataError(f'{where}: "schemaLength" {length} does not end at a word inside the prompt')
    if not schema or not rest or not completion:
        raise DataError(f"{where}: the schema, the question or the completion is empty")
    # Single spaces only: the tokenizer works word by word, and the app writes prompts the same way.
    texts = [" ".join(text.split()) for text in (schema, rest, completion)]
    return Example(*texts, group=str(values["group"]), where=where)


def read_groups(file: str | Path) -> Iterator[list[Example]]:
    """Consecutive examples of one group, in the file's order. Raises DataError, also for an empty file."""
    group: list[Example] = []
    is_empty = True
    try:
        lines = open(file, encoding="utf-8")
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from error
    with lines:
        try:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                is_empty = False
                example = read_example(line, f"{file}:{number}")
                if group and example.group != group[0].group:
                    yield group
                    group = []
                elif group and example.schema != group[0].schema:
                    raise DataError(f"{example.where}: group {example.group} does not share the schema of {group[0].where}")
                group.append(example)
        except UnicodeDecodeError as error:
            raise DataError(f"{file}: not UTF-8 ({error.reason} at byte {error.start} of a block)") from error
    if is_empty:
        raise DataError(f"{file} holds no example")
    yield group


def hash_file(file: str | Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with open(file, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
