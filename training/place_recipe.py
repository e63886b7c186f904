"""Brings a recipe file and its data into a run's folder: `python -m training.place_recipe --config FILE --run-dir DIR`.

The folder then is a run like one that the app planned: recipe.yaml with paths relative to it, data/train.jsonl, data/val.jsonl.
Paths of the recipe are read from the working folder, as the trainer reads them. Prints one JSON object: {name, method, base}, where
`base` is the folder of a base model on this machine, or null. Exit code 2: the recipe cannot be used.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import yaml

from training.config import ConfigError, load_config


def copy_lines(sources: list[str], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "wb") as out:
        for source in sources:
            with open(source, "rb") as file:
                shutil.copyfileobj(file, out)
                if file.tell():  # a last line without its end would run into the next file's first
                    file.seek(-1, 2)
                    out.write(b"" if file.read(1) == b"\n" else b"\n")


def place(config_file: str, run_dir: Path, keep_base: bool) -> dict[str, Any]:
    """Raises ConfigError, OSError. keep_base: the base's folder is named as it is, not `base`."""
    config = load_config(config_file)
    values: dict[str, Any] = yaml.safe_load(Path(config_file).read_text(encoding="utf-8"))
    copy_lines(config.data.train, run_dir / "data" / "train.jsonl")
    data = values["data"] | {"train": ["data/train.jsonl"], "cache_dir": "data/cache"}
    if config.data.validation:
        copy_lines([config.data.validation], run_dir / "data" / "val.jsonl")
        data["validation"] = "data/val.jsonl"
    tokenizer = dict(values.get("tokenizer") or {})
    for key in ("file", "whole_words"):
        if tokenizer.get(key):
            shutil.copyfile(tokenizer[key], run_dir / "data" / Path(tokenizer[key]).name)
            tokenizer[key] = f"data/{Path(tokenizer[key]).name}"
    base = Path(config.base.path).resolve() if config.base.path and Path(config.base.path).is_dir() else None
    placed = values | {"run_dir": ".", "data": data} | ({"tokenizer": tokenizer} if tokenizer else {})
    if base:
        placed["base"] = values["base"] | {"path": str(base) if keep_base else "base"}
    text = yaml.safe_dump(placed, sort_keys=False, allow_unicode=True, default_flow_style=False)
    (run_dir / "recipe.yaml").write_text(text, encoding="utf-8")
    return {"name": config.name, "method": config.method, "base": str(base) if base else None}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.place_recipe", description=__doc__.splitlines()[0])
    parser.add_argument("--config", required=True)
    parser.add_argument("--run-dir", required=True, type=Path)
    parser.add_argument("--keep-base", action="store_true", help="the run stays on this machine")
    options = parser.parse_args(arguments)
    try:
        options.run_dir.mkdir(parents=True, exist_ok=True)
        print(json.dumps(place(options.config, options.run_dir, options.keep_base)))
    except (ConfigError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
