"""Examples that are there twice, and examples that must not be trained on."""

from __future__ import annotations

from collections import defaultdict

from training.doctor.check import FAILURE, OK, WARNING, Check, count, name_some, share
from training.doctor.reading import Line, Lines, strip_end

# The databases of Spider's dev split (Yu et al., 2018, arXiv:1809.08887), held out for val and test (docs/dataset.md).
SPIDER_DEV = frozenset(
    [
        "battle_death",
        "car_1",
        "concert_singer",
        "course_teach",
        "cre_Doc_Template_Mgt",
        "dog_kennels",
        "employee_hire_evaluation",
        "flight_2",
        "museum_visit",
        "network_1",
        "orchestra",
        "pets_1",
        "poker_player",
        "real_estate_properties",
        "singer",
        "student_transcripts_tracking",
        "tvshow",
        "voter_1",
        "world_1",
        "wta_1",
    ]
)


def check_leaks(train: Lines, validation: Lines | None) -> list[Check]:
    """Within each role, across them, and against Spider's evaluation databases."""
    checks = [_check_repeats(lines) for lines in (train, validation) if lines is not None]
    checks.append(_check_evaluation(train))
    if validation is None:
        return checks
    return [*checks, *_check_across(train, validation), *_check_test(validation)]


def _check_repeats(lines: Lines) -> Check:
    """The same prompt twice: with one answer it counts twice, with several they contradict one another."""
    answers: dict[str, list[Line]] = defaultdict(list)
    for line in lines.good:
        answers[line.example.prompt.strip()].append(line)
    repeated = contradicting = 0
    named = []
    for same in answers.values():
        if len(same) < 2:
            continue
        texts = {" ".join(strip_end(line.example.completion).split()) for line in same}
        contradicting += len(texts) - 1
        repeated += len(same) - len(texts)
        named.append(" = ".join(line.example.where for line in same[:3]))
    title, name = f"Repeated examples ({lines.role})", f"data.{lines.role}.duplicates"
    if not named:
        return Check(name, OK, title, "no prompt is there twice")
    detail = (
        f"{count(repeated, 'repeated example')} and {count(contradicting, 'further answer')} to a prompt that is there "
        f"already ({share(repeated + contradicting, len(lines.good))}): {name_some(named)}"
    )
    return Check(name, WARNING, title, detail, "Remove repeats unless they are meant to weigh more.")


def _check_evaluation(train: Lines) -> Check:
    title, name = "Evaluation data in training", "leaks.evaluation"
    leaked = [line.example.where for line in train.good if _is_held_out(line)]
    if leaked:
        detail = f"{count(len(leaked), 'example')} of Spider's dev split or of a val or test split: {name_some(leaked)}"
        return Check(name, FAILURE, title, detail, "Remove them: every figure measured afterwards would be false.")
    named = sorted({line.example.db_id for line in train.good if line.example.db_id in SPIDER_DEV})
    if named:
        detail = f"databases with names of Spider's dev split: {name_some(named)}"
        return Check(
            name, WARNING, title, detail, "If they are Spider's, remove their examples from the training file."
        )
    return Check(name, OK, title, "no example of Spider's dev split, by id, split and database")


def _is_held_out(line: Line) -> bool:
    return (line.example.id or "").startswith(("dev:", "test:")) or line.split in ("val", "dev", "test")


def _check_across(train: Lines, validation: Lines) -> list[Check]:
    prompts = {line.example.prompt.strip(): line.example.where for line in train.good}
    same = [
        f"{line.example.where} = {prompts[key]}"
        for line in validation.good
        if (key := line.example.prompt.strip()) in prompts
    ]
    if same:
        detail = f"{count(len(same), 'validation prompt')} also trained on: {name_some(same)}"
        first = Check(
            "leaks.prompts", FAILURE, "Validation prompts in training", detail, "Remove them from one of the two files."
        )
    else:
        first = Check("leaks.prompts", OK, "Validation prompts in training", "none")
    return [first, _check_questions(train, validation), _check_databases(train, validation)]


def _check_questions(train: Lines, validation: Lines) -> Check:
    """The same words asked, whatever the schema."""
    title, name = "Validation questions in training", "leaks.questions"
    known = {_words(line.question): line.example.where for line in train.good if line.question}
    if not known:
        return Check(name, OK, title, "not compared: the prompts have no question that the doctor can find")
    same = [
        f"{line.example.where} = {known[words]}"
        for line in validation.good
        if line.question and (words := _words(line.question)) in known
    ]
    if not same:
        return Check(name, OK, title, "none, letter case and punctuation aside")
    part = share(len(same), len(validation.good))
    detail = f"{count(len(same), 'question')} ({part}) in the same words: {name_some(same)}"
    return Check(
        name, WARNING, title, detail, "Look at these; on other schemas the same words may be another question."
    )


def _words(question: str) -> str:
    kept = "".join(letter if letter.isalnum() else " " for letter in question.lower())
    return " ".join(kept.split())


def _check_databases(train: Lines, validation: Lines) -> Check:
    title, name = "Databases in both", "leaks.databases"
    trained = {line.example.db_id for line in train.good if line.example.db_id}
    checked = {line.example.db_id for line in validation.good if line.example.db_id}
    if not trained or not checked:
        return Check(name, OK, title, "not compared: the lines name no dbId")
    both = sorted(trained & checked)
    if not both:
        return Check(name, OK, title, f"none: {len(trained)} are trained on, {len(checked)} others validate")
    hint = "Fine for a model of these databases alone; it says nothing about a database that the model has not seen."
    return Check(
        name,
        WARNING,
        title,
        f"{len(both)} of {len(checked)} validation databases are trained on: {name_some(both)}",
        hint,
    )


def _check_test(validation: Lines) -> list[Check]:
    test = [line.example.where for line in validation.good if line.split == "test"]
    if not test:
        return []
    detail = f"{count(len(test), 'validation example')} of the test split: {name_some(test)}"
    hint = "The best checkpoint would be chosen on the data that it is later judged by: use val_postgres.jsonl."
    return [Check("leaks.test", WARNING, "Test split in validation", detail, hint)]
