"""Hold the estimates to real runs: `python -m training.measure_estimates [--runs NAME;NAME] [--minutes 1 | --steps 60]`.

For each recipe: an estimate from formulas, an estimate from some measured steps, then the run itself through
`python -m training.train`, to its end, in a folder of its own. Prints a Markdown table of what was estimated and what it took.
The time is the process's, from its start to its end, the memory its peak resident set, both as the system gives them. Where other
programs share the machine, processor time is the fair comparison: the clock's depends on what they do meanwhile.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import yaml

from training.measure import SECONDS, Measured, measure_apart, peak_resident
from training.tests.make_examples import write_chat_examples, write_examples
from training.tests.tiny_base import write_tiny_base

ROOT = Path(__file__).resolve().parent.parent
STARTER = ROOT / "data" / "models" / "starter-base"
STARTER_DATA = ROOT / "data" / "processed" / "starter"
DEFAULT_STEPS = 200  # of the first, short run that finds how many fill the time


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", default=";".join(RECIPES), help="separated by ;; default: %(default)s")
    parser.add_argument("--minutes", type=float, default=1.0, help="about how long each run is to be")
    parser.add_argument("--steps", type=int, help="of each run, instead of what fills the minutes")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of steps that the estimate may time")
    options = parser.parse_args(arguments)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    print(HEAD, flush=True)
    for name in options.runs.split(";"):
        with tempfile.TemporaryDirectory(prefix="sqlcodegen-estimates-") as folder:
            recipe = RECIPES[name](Path(folder))
            if recipe is None:
                print(f"| {name} | its weights or data are not on this machine |", flush=True)
                continue
            print(row(name, *compare(recipe, Path(folder), options)), flush=True)
    return 0


HEAD = """| run | steps | time: estimate | took | off by | processor time: estimate | took | off by | memory: measured | off by | memory: formulas | off by | took |
| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |"""


def compare(recipe: dict[str, Any], folder: Path, options: argparse.Namespace) -> tuple[Any, ...]:
    file = folder / "recipe.yaml"
    steps = options.steps
    if not steps:
        recipe["train"]["max_steps"] = DEFAULT_STEPS
        file.write_text(yaml.safe_dump(recipe))
        steps = max(10, int(options.minutes * 60 / measure_apart(str(file), 3).step[0]))
    recipe["train"]["max_steps"] = steps
    file.write_text(yaml.safe_dump(recipe))
    found = measure_apart(str(file), options.seconds)
    return found, formula_bytes(file), *run(file)


def formula_bytes(file: Path) -> float | None:
    """What the doctor says without measuring."""
    from training.config import load_config
    from training.doctor import diagnose

    here = diagnose(load_config(file)).estimate.get("hardware") or [{}]
    return here[0].get("peak_memory_bytes")


def run(file: Path) -> tuple[float, float, int]:
    """Seconds, processor seconds and peak bytes of the whole run."""
    command = [sys.executable, "-m", "training.train", "--config", str(file)]
    log = file.with_suffix(".log")
    with open(log, "wb") as output:
        started, peak, cpu = time.perf_counter(), 0, 0.0
        process = psutil.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                peak, cpu = max(peak, peak_resident(process.pid)), times.user + times.system
            time.sleep(0.02)
    if process.returncode:
        raise RuntimeError(log.read_text()[-2000:])
    return time.perf_counter() - started, cpu, peak


def row(name: str, found: Measured, formula: float | None, seconds: float, cpu: float, peak: int) -> str:
    print(json.dumps({"run": name, "measured": vars(found)}), file=sys.stderr)
    cells = [name, f"{found.steps:,}"]
    for estimate, real in ((found.seconds, seconds), (found.cpu_seconds, cpu)):
        cells += [f"{estimate:.1f} s", f"{real:.1f} s", off(estimate, real)]
    for value in (found.peak_memory_bytes, formula):
        cells += [f"{value / 2**20:,.0f} MiB", off(value, peak)] if value else ["", ""]
    return f"| {' | '.join([*cells, f'{peak / 2**20:,.0f} MiB'])} |"


def off(estimate: float, real: float) -> str:
    return f"{100 * (estimate / real - 1):+.1f} %"


def base_recipe(folder: Path, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "run_dir": str(folder / "run"),
        "data": {
            "train": [str(folder / "train.jsonl")],
            "validation": str(folder / "val.jsonl"),
            "cache_dir": str(folder / "cache"),
            "max_length": 512,
            "pack_length": 1024,
        },
        "train": {"evaluate_every_steps": 100, "checkpoint_every_steps": 100, "checkpoint_every_minutes": None},
    }


def scratch(folder: Path) -> dict[str, Any]:
    """configs/smoke_config.yaml, and some steps more."""
    write_examples(folder / "train.jsonl", groups=160, seed=1)
    write_examples(folder / "val.jsonl", groups=16, seed=2)
    recipe = yaml.safe_load((ROOT / "training/configs/smoke_config.yaml").read_text())
    own = base_recipe(folder, "smoke")
    recipe["train"].update(own["train"])
    return {**recipe, "run_dir": own["run_dir"], "data": {**recipe["data"], **own["data"]}}


# Of 15 million weights.
SMALL = {"hidden_size": 384, "intermediate_size": 1152, "num_hidden_layers": 8, "num_attention_heads": 6}


def on_tiny_base(
    method: str, shape: dict[str, int] = SMALL, **changes: dict[str, Any]
) -> Callable[[Path], dict[str, Any]]:
    """changes: to sections of the recipe, by their names."""

    def make(folder: Path) -> dict[str, Any]:
        """A Mistral of random weights."""
        write_tiny_base(folder / "base", **shape)
        write_chat_examples(folder / "train.jsonl", groups=160, seed=1)
        write_chat_examples(folder / "val.jsonl", groups=16, seed=2)
        more = {"method": method, "base": {"path": str(folder / "base")}, "optimizer": {"learning_rate": 1.0e-4}}
        recipe = {**base_recipe(folder, method), **more}
        for section, values in changes.items():
            recipe[section] = recipe.get(section, {}) | values
        return recipe

    return make


def starter(method: str) -> Callable[[Path], dict[str, Any] | None]:
    def make(folder: Path) -> dict[str, Any] | None:
        """The embedded starter's weights on the first examples of its own data."""
        if not (STARTER / "config.json").exists() or not (STARTER_DATA / "train.jsonl").exists():
            return None
        for name, count in (("train", 2000), ("val", 200)):
            with open(STARTER_DATA / f"{name}.jsonl", encoding="utf-8") as lines:
                (folder / f"{name}.jsonl").write_text("".join(line for line, _ in zip(lines, range(count))))
        recipe = base_recipe(folder, f"starter-{method}")
        recipe["data"] |= {"max_length": 1536, "pack_length": 4096}
        recipe["train"] |= {"evaluate_every_steps": 20, "checkpoint_every_steps": 20}
        more = {"method": method, "base": {"path": str(STARTER)}, "optimizer": {"learning_rate": 1.0e-4}}
        return {**recipe, **more, "export": {"target_form": "sketch"}}

    return make


RECIPES: dict[str, Callable[[Path], dict[str, Any] | None]] = {
    "smoke, scratch": scratch,
    "tiny base, LoRA": on_tiny_base("lora"),
    "tiny base, full": on_tiny_base("full"),
    "wide, LoRA, recomputed, 2 packs a step": on_tiny_base(
        "lora",
        {"hidden_size": 768, "intermediate_size": 2048, "num_hidden_layers": 4, "num_attention_heads": 12},
        train={"gradient_checkpointing": True, "packs_per_step": 2},
    ),
    "narrow, full, 2 packs of 512 a step": on_tiny_base(
        "full",
        {"hidden_size": 192, "intermediate_size": 512, "num_hidden_layers": 10, "num_attention_heads": 6},
        data={"pack_length": 512},
        train={"packs_per_step": 2},
    ),
    "LoRA of rank 64, fp32, packs of 2048": on_tiny_base(
        "lora",
        {"hidden_size": 256, "intermediate_size": 1024, "num_hidden_layers": 6, "num_attention_heads": 8},
        data={"pack_length": 2048},
        adapter={"rank": 64, "dropout": 0.0},
        train={"precision": "fp32"},
    ),
    "starter, LoRA": starter("lora"),
    "starter, full": starter("full"),
}


if __name__ == "__main__":
    sys.exit(main())
