"""The example files: do they exist, does every line hold an example, is there an answer in it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from training.data import DataError, Example, read_example
from training.doctor.check import FAILURE, OK, Check, count, name_some

# Where the question stands in the app's two prompts (core/schema: build-chat-prompt.ts and build-prompt.ts).
_QUESTION = re.compile(r"Question: (.*?)\s*(?:\[/INST\]|$)|\bQUESTION (.*?) LINKS\b", re.DOTALL)
# Spellings of end tokens: a completion that is nothing else is empty.
END_SPELLINGS = ("</s>", "<|endoftext|>", "<|im_end|>", "<|eot_id|>", "<|end_of_text|>", "<eos>", "<end_of_turn>")


@dataclass
class Line:
    example: Example
    question: str | None  # as the line or its prompt says it
    split: str | None  # of the dataset's line, where it says so


@dataclass
class Lines:
    """What the files of one role (training or validation) hold."""

    role: str
    files: list[str]
    good: list[Line] = field(default_factory=list)
    bad: list[str] = field(default_factory=list)  # lines that cannot be read, each with file:line
    empty: list[str] = field(default_factory=list)  # lines whose completion is an end token alone
    missing: list[str] = field(default_factory=list)  # files that cannot be read or hold nothing


def read_role(role: str, files: list[str]) -> Lines:
    """All lines of `files`; nothing is raised, every fault is kept."""
    lines = Lines(role, files)
    for file in files:
        _read_file(file, lines)
    return lines


def _read_file(file: str, lines: Lines) -> None:
    """Unlike training.data.read_lines, it goes on after a line that is not UTF-8."""
    held = 0
    try:
        content = open(file, "rb")
    except OSError as error:
        lines.missing.append(f"cannot read {file}: {error.strerror}")
        return
    with content:
        for number, line in enumerate(content, start=1):
            if not line.strip():
                continue
            held += 1
            try:
                where = f"{file}:{number}"
                _add_line(line.decode("utf-8-sig" if number == 1 else "utf-8"), where, lines)
            except UnicodeDecodeError as error:
                lines.bad.append(f"{where}: not UTF-8 ({error.reason} at byte {error.start} of the line)")
            except DataError as error:
                lines.bad.append(str(error))
    if not held:
        lines.missing.append(f"{file} holds no example")


def _add_line(text: str, where: str, lines: Lines) -> None:
    example = read_example(text, where)
    if not strip_end(example.completion).strip():
        lines.empty.append(example.where)
        return
    values = json.loads(text)
    question, split = values.get("question"), values.get("split")
    if not isinstance(question, str):
        question = find_question(example.prompt)
    lines.good.append(Line(example, question, split if isinstance(split, str) else None))


def strip_end(completion: str) -> str:
    """The completion without the end token's spelling at its end."""
    text = completion.rstrip()
    for spelling in END_SPELLINGS:
        if text.endswith(spelling):
            return text.removesuffix(spelling)
    return completion


def find_question(prompt: str) -> str | None:
    """The question inside a prompt of the app's forms; None for other prompts."""
    found = list(_QUESTION.finditer(prompt))
    return (found[-1][1] or found[-1][2]).strip() if found else None


def check_files(roles: list[Lines]) -> list[Check]:
    """Files, lines, completions."""
    missing = [message for lines in roles for message in lines.missing]
    bad = [message for lines in roles for message in lines.bad]
    empty = [where for lines in roles for where in lines.empty]
    files = sum(len(lines.files) for lines in roles)
    if missing:
        hint = "Correct data.train and data.validation, or make the files first (docs/dataset.md)."
        checks = [Check("data.files", FAILURE, "Example files", name_some(missing), hint)]
    else:
        total = sum(len(lines.good) + len(lines.bad) + len(lines.empty) for lines in roles)
        checks = [Check("data.files", OK, "Example files", f"{count(files, 'file')}, {count(total, 'line')}")]
    if bad:
        detail = f"{count(len(bad), 'line')} cannot be used: {name_some(bad)}"
        checks.append(
            Check(
                "data.lines",
                FAILURE,
                "Lines",
                detail,
                "Correct or remove these lines; the run would stop at the first.",
            )
        )
    elif not missing:
        checks.append(Check("data.lines", OK, "Lines", "every line is an example {prompt, completion}"))
    if empty:
        detail = f"{count(len(empty), 'completion')} without any text: {name_some(empty)}"
        checks.append(
            Check(
                "data.empty_completions", FAILURE, "Completions", detail, "Give these lines an answer, or remove them."
            )
        )
    elif not missing:
        checks.append(Check("data.empty_completions", OK, "Completions", "every example has an answer"))
    return checks
