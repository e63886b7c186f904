"""Small made-up example files, of the forms that core/dataset writes: `python -m training.tests.make_examples DIR`."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

NOUNS = [
    "customer",
    "order",
    "product",
    "city",
    "store",
    "supplier",
    "payment",
    "review",
    "song",
    "album",
    "player",
    "team",
    "coach",
    "race",
    "driver",
    "lake",
]
COLUMNS = [
    "name",
    "age",
    "price",
    "total",
    "country",
    "colour",
    "weight",
    "score",
    "year",
    "status",
    "email",
    "rating",
    "height",
    "salary",
    "length",
]

Line = dict[str, str]


def make_schema(choice: random.Random) -> dict[str, list[str]]:
    """Columns by table."""
    return {
        noun + "s": choice.sample(COLUMNS, choice.randint(2, 5)) for noun in choice.sample(NOUNS, choice.randint(2, 4))
    }


def make_question(choice: random.Random, tables: dict[str, list[str]]) -> tuple[str, str, str]:
    """A question, its table and column, and which of three forms it has: "table column form"."""
    table = choice.choice(list(tables))
    column = choice.choice(tables[table])
    form = choice.choice(["count", "list", "max"])
    texts = {
        "count": f"how many {table} are there ?",
        "list": f"list the {column} of all {table}",
        "max": f"what is the highest {column} among {table} ?",
    }
    return texts[form], f"{table} {column}", form


def make_group(choice: random.Random, questions: int) -> list[Line]:
    """Lines in the starter's compact form, on one random schema."""
    tables = make_schema(choice)
    described = " ".join(
        f"{table} ( id number key {' text '.join(columns)} text )" for table, columns in tables.items()
    )
    lines = []
    for _ in range(questions):
        question, place, form = make_question(choice, tables)
        table, column = place.split()
        completion = {
            "count": f"from {table} select count ( * )",
            "list": f"from {table} select {table} . {column}",
            "max": f"from {table} select max ( {table} . {column} )",
        }[form]
        links = table if form == "count" else place
        lines.append(
            {"prompt": f"SCHEMA {described} QUESTION {question} LINKS {links} QUERY", "completion": completion}
        )
    return lines


def make_chat_group(choice: random.Random, number: int, questions: int) -> list[Line]:
    """Lines in Mistral's chat form, as `data format` writes them, on one random schema."""
    tables = make_schema(choice)
    described = "\n".join(
        f"CREATE TABLE {table} (\n  id integer PRIMARY KEY,\n"
        + ",\n".join(f"  {column} text" for column in columns)
        + "\n);"
        for table, columns in tables.items()
    )
    lines = []
    for at in range(questions):
        question, place, form = make_question(choice, tables)
        table, column = place.split()
        sql = {
            "count": f"SELECT count(*) FROM {table}",
            "list": f"SELECT {column} FROM {table}",
            "max": f"SELECT max({column}) FROM {table}",
        }[form]
        prompt = (
            "[INST] Write one PostgreSQL query that answers the question, using only these tables."
            f"\n\n{described}\n\nQuestion: {question} [/INST]"
        )
        lines.append(
            {"id": f"made:{number}:{at}", "dbId": f"made_{number}", "prompt": prompt, "completion": f" {sql}</s>"}
        )
    return lines


def make_chat_examples(groups: int, seed: int, questions: int = 4) -> list[Line]:
    choice = random.Random(seed)
    return [line for number in range(groups) for line in make_chat_group(choice, number, choice.randint(1, questions))]


def make_examples(groups: int, seed: int, questions: int = 4) -> Iterator[Line]:
    choice = random.Random(seed)
    for _ in range(groups):
        yield from make_group(choice, choice.randint(1, questions))


def write_lines(target: Path, lines: list[Line]) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return target


def write_examples(target: Path, groups: int, seed: int, questions: int = 4) -> Path:
    return write_lines(target, list(make_examples(groups, seed, questions)))


def write_chat_examples(target: Path, groups: int, seed: int, questions: int = 4) -> Path:
    return write_lines(target, make_chat_examples(groups, seed, questions))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, groups, seed in (("train", 300, 1), ("val", 30, 2)):
        write_examples(folder / f"{name}.jsonl", groups, seed)
        write_chat_examples(folder / f"chat-{name}.jsonl", groups, seed)
