"""Prompts of the dataset's form on made-up schemas, with what tokenizers get wrong: odd characters, spaces, long names."""

from __future__ import annotations

import random

from training.tests.make_examples import COLUMNS, NOUNS

TYPES = ["integer", "text", "double precision", "date", "timestamp", "boolean", "numeric(10,2)", "bigint"]
ODD_NAMES = [
    '"Größe"', '"Año"', '"名前"', '"Цена"', '"naïve café"', '"Home Team"', '"%change"', "x" * 63, "a_b__c___d", '"🦙"',
    '"Ꙋ"', "customer_order_history_archive_2019_backup_final", '"1st_place"', '"Temp (°C)"', '"e\u0301tat"', '"\ufb01ne"',
]  # fmt: skip
QUESTIONS = [
    "How many {table} have {column} above {number}?",
    "List the {column} of all {table} , ordered by {column} .",
    "What’s the “{column}” of {table} named 'O''Brien'?",
    "Which {table} have   {column}\twith spaces?",
    "Show {table} whose {column} is ≥ {number} € and ≠ ½ …",
    "¿Cuántos {table} hay en São Paulo, Zürich o 東京? 🦙🦙",
    "Wie heißt der Artikel mit {column} = -{number}.50 (%)?",
    "{table}:{column}\n- first\n- second  <{number}>",
]


def make_prompts(count: int, seed: int = 1) -> list[str]:
    """`[INST] …DDL… Question: … [/INST]`, the same for the same seed."""
    choice = random.Random(seed)
    return [_make_prompt(choice) for _ in range(count)]


def _make_prompt(choice: random.Random) -> str:
    tables = [_make_table(choice, noun) for noun in choice.sample(NOUNS, choice.randint(1, 4))]
    question = choice.choice(QUESTIONS).format(
        table=choice.choice(NOUNS) + "s", column=choice.choice(COLUMNS + ODD_NAMES), number=choice.randint(0, 10**6)
    )
    opening = "Write one PostgreSQL query that answers the question, using only these tables."
    schema = "\n".join(tables)
    return f"[INST] {opening}\n\n{schema}\n\nQuestion: {question} [/INST]"


def _make_table(choice: random.Random, noun: str) -> str:
    names = choice.sample(COLUMNS, choice.randint(1, 5)) + choice.sample(ODD_NAMES, choice.randint(0, 2))
    columns = [f"{noun}_id integer PRIMARY KEY", *(f"{name} {choice.choice(TYPES)}" for name in names)]
    if choice.random() < 0.3:
        columns.append(f"parent_id integer REFERENCES {noun} ({noun}_id)")
    return f"CREATE TABLE {noun} (\n" + ",\n".join(f"  {column}" for column in columns) + "\n);"
