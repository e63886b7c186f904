"""Small made-up example files, of the form that core/dataset writes: `python -m training.tests.make_examples DIR`."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

NOUNS = "customer order product city store supplier payment review song album player team coach race driver lake".split()
COLUMNS = "name age price total country colour weight score year status email rating height salary length".split()


def make_group(choice: random.Random, number: int, questions: int) -> list[dict[str, object]]:
    """Examples on one random schema that share its text."""
    tables = {noun + "s": choice.sample(COLUMNS, choice.randint(2, 5)) for noun in choice.sample(NOUNS, choice.randint(2, 4))}
    described = " ".join(f"{table} ( id number key {' text '.join(columns)} text )" for table, columns in tables.items())
    schema = f"SCHEMA {described}"
    examples = []
    for _ in range(questions):
        table = choice.choice(list(tables))
        column = choice.choice(tables[table])
        question, links, completion = choice.choice(
            [
                (f"how many {table} are there ?", table, f"from {table} select count ( * )"),
                (f"list the {column} of all {table}", f"{table} {column}", f"from {table} select {table} . {column}"),
                (
                    f"what is the highest {column} among {table} ?",
                    f"{table} {column}",
                    f"from {table} select max ( {table} . {column} )",
                ),
            ]
        )
        prompt = f"{schema} QUESTION {question} LINKS {links} QUERY"
        examples.append(
            {"prompt": prompt, "completion": completion, "schemaLength": len(schema) + 1, "group": f"made-{number}"}
        )
    return examples


def write_examples(target: Path, groups: int, seed: int, questions: int = 4) -> None:
    choice = random.Random(seed)
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "w", encoding="utf-8") as file:
        for number in range(groups):
            for example in make_group(choice, number, choice.randint(1, questions)):
                file.write(json.dumps(example) + "\n")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    write_examples(folder / "train.jsonl", groups=300, seed=1)
    write_examples(folder / "val.jsonl", groups=30, seed=2)
