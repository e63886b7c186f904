"""How fast this machine trains, on random weights and the real dataset's lengths: `python -m training.bench [--shape NAME] …`.

The trainer's own steps are timed: its loader, its model, its optimiser. Only where the examples come from differs, since speed
depends on their lengths (bench_data.py) and on the model's shape, not on what either holds.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch

from training.bench_data import make_bench_examples
from training.bench_shapes import SHAPES, Shape, make_bench_config
from training.config import METHODS, Config, ConfigError
from training.distributed import World
from training.examples import Examples
from training.failures import OutOfMemory
from training.loader import StepLoader
from training.packing import plan_epoch, summarize
from training.train import Trainer
from training.weights import count_parameters

FLOP_FORMULA = (
    "for a processed token, with N the layers' matrices, A the adapters, L layers, Q = heads * head size, H the head: "
    "LoRA and QLoRA 4N + 6A + 12 L Q (mean keys seen) + 4H (share of positions with a label), full and scratch with 6 for each 4; "
    "padding, recomputation, norms, rotary embedding and softmax do not count (training/estimate.py)"
)
ISSUE_EXAMPLES, EPOCHS = 6_016, 3  # the seed's run, which the speed goals are stated for


class BenchTrainer(Trainer):
    """The trainer on given examples: no files, no tokenizer, no validation."""

    def __init__(self, config: Config, examples: Examples, vocab_size: int, world: World | None = None) -> None:
        self.given, self.vocab_size = examples, vocab_size
        super().__init__(config, resume=False, world=world)

    def _load_data(self) -> None:
        self.tokenizer = SimpleNamespace(vocab_size=self.vocab_size)  # type: ignore[assignment]
        self.examples, self.validation, self.data_hashes = self.given, None, {}
        self.first_epoch = plan_epoch(self.examples, self.config.data, self.config.seed, 0)
        self.packing = summarize(self.examples, self.first_epoch, self.config.data.pack_length)

    def start(self) -> None:
        """Find the micro-batch, compile, and begin to load, as run() does before its first step."""
        self.prepare()
        assert self.micro_batch_packs is not None
        self.loader = StepLoader(self.examples, self.config, self.world, 0, 0, self.micro_batch_packs)

    def timed_step(self) -> float:
        """Seconds of one step, the wait for its data included."""
        started = time.perf_counter()
        self.train_step(self.loader.next())
        synchronize()
        return time.perf_counter() - started

    def close(self) -> None:
        if hasattr(self, "loader"):
            self.loader.close()
        if self.events:
            self.events.close()
        self.lock.release()


def synchronize() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def measure(config: Config, shape: Shape, steps: int = 20, warm_up: int = 3) -> dict[str, Any]:
    """Time `steps` steps after `warm_up` more, which compile; see report() for what comes back."""
    config.train.max_steps = steps + warm_up
    if torch.cuda.is_available():
        torch.cuda.reset_peak_memory_stats()
    reset_compiler()
    trainer = BenchTrainer(config, make_bench_examples(shape.vocab_size, shape.divide_by), shape.vocab_size)
    try:
        started = time.perf_counter()
        trainer.start()
        for _ in range(warm_up):
            trainer.timed_step()
        warm_up_seconds = time.perf_counter() - started
        before = trainer.tokens_seen
        seconds = [trainer.timed_step() for _ in range(steps)]
        return report(
            trainer, seconds, trainer.tokens_seen - before, warm_up_seconds - warm_up * statistics.median(seconds)
        )
    finally:
        trainer.close()


def report(trainer: BenchTrainer, seconds: list[float], tokens: int, preparing: float) -> dict[str, Any]:
    """Rates are of processed tokens: padding is left out, a shared prefix counts once.

    Examples a second follow from the whole epoch's tokens an example, because some packs hold many examples and some few."""
    packing, config = trainer.packing, trainer.config
    rate = tokens / sum(seconds)
    per_second = rate * packing.examples / packing.tokens
    total, trainable = count_parameters(trainer.model)
    room = len(seconds) * config.train.packs_per_step * config.data.pack_length
    low, high = np.quantile(seconds, [0.1, 0.9])
    return {
        "device": trainer.meter.name,
        "method": config.method,
        "parameters": total,
        "trainable_parameters": trainable,
        "attention": trainer.attention,
        "compile": config.train.compile,
        "gradient_checkpointing": trainer.is_checkpointing,
        "questions_per_row": config.data.questions_per_row,
        "tokens_per_step": config.train.packs_per_step * config.data.pack_length,
        "micro_batch_tokens": trainer.micro_batch_packs * config.data.pack_length,
        "steps": len(seconds),
        "step_seconds": {"median": statistics.median(seconds), "p10": float(low), "p90": float(high)},
        "prepare_seconds": max(0.0, preparing),
        "tokens_per_second": rate,
        "examples_per_second": per_second,
        "mfu": trainer.meter.mfu(rate, 1),
        "flops_per_token": trainer.meter.flops_per_token,
        "peak_memory_gib": torch.cuda.max_memory_allocated() / 2**30 if trainer.meter.is_cuda else None,
        "reserved_memory_gib": torch.cuda.max_memory_reserved() / 2**30 if trainer.meter.is_cuda else None,
        "padding_share": 1 - tokens / room,
        "shared_share": packing.shared_tokens / (packing.prompt_tokens + packing.completion_tokens),
        "seconds_for_6016_examples_3_epochs": ISSUE_EXAMPLES * EPOCHS / per_second,
        "seconds_for_the_dataset_3_epochs": packing.examples * EPOCHS / per_second,
        "dataset_examples": packing.examples,
        "compiler": compiler_counts(),
    }


def reset_compiler() -> None:
    """Forget what was compiled and counted in this process; the cache on the disk stays."""
    from torch._dynamo.utils import counters

    torch._dynamo.reset()
    counters.clear()


def compiler_counts() -> dict[str, int]:
    """Graphs that torch.compile made since then, and places where it had to leave one; 0 where nothing was compiled."""
    from torch._dynamo.utils import counters

    return {"graphs": counters["stats"].get("unique_graphs", 0), "graph_breaks": sum(counters["graph_break"].values())}


def describe(figures: dict[str, Any]) -> str:
    """The figures, one a line."""
    lines = []
    for key, value in figures.items():
        if isinstance(value, dict):
            value = ", ".join(f"{name} {shown(part)}" for name, part in value.items())
        lines.append(f"{key.replace('_', ' '):38} {shown(value)}")
    return "\n".join([*lines, f"{'flop formula':38} {FLOP_FORMULA}"])


def shown(value: Any) -> str:
    if value is None:
        return "not known here"
    return (
        f"{value:,.4g}"
        if isinstance(value, float) and abs(value) < 1e5
        else f"{value:,.0f}"
        if isinstance(value, float)
        else str(value)
    )


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.bench", description=__doc__.splitlines()[0])
    parser.add_argument("--shape", choices=sorted(SHAPES), default="mistral-7b")
    parser.add_argument("--method", choices=METHODS, help="default: scratch for starter-40m, else lora")
    parser.add_argument("--steps", type=int, default=20, help="steps that are timed (default 20)")
    parser.add_argument("--warm-up", type=int, default=3, help="steps before them (default 3)")
    parser.add_argument("--packs-per-step", type=int, help="default: the shape's recipe")
    parser.add_argument("--micro-batch-packs", type=int, help="default: found by trying")
    parser.add_argument("--pack-length", type=int, help="tokens; default: the shape's recipe")
    parser.add_argument("--attention", choices=("auto", "flex", "sdpa"), default="auto")
    parser.add_argument("--precision", choices=("bf16", "fp32"), default="bf16")
    parser.add_argument("--compile", action="store_true")
    parser.add_argument("--gradient-checkpointing", action="store_true")
    parser.add_argument(
        "--questions-per-row", type=int, default=8, help="questions that share a schema's computation; 1: none do"
    )
    parser.add_argument("--json", action="store_true", help="figures as JSON on standard output")
    return parser.parse_args(arguments)


def config_of(options: argparse.Namespace, shape: Shape, folder: Path) -> Config:
    method = options.method or ("scratch" if options.shape == "starter-40m" else "lora")
    return make_bench_config(
        shape,
        method,
        folder,
        data={"questions_per_row": options.questions_per_row, "pack_length": options.pack_length or shape.pack_length},
        packs_per_step=max(options.packs_per_step or shape.packs_per_step, options.micro_batch_packs or 1),
        micro_batch_packs=options.micro_batch_packs,
        attention=options.attention,
        precision=options.precision,
        compile=options.compile,
        gradient_checkpointing=True if options.gradient_checkpointing else None,
        max_steps=options.steps + options.warm_up,
    )


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    shape = SHAPES[options.shape]
    try:
        # Standard output holds the figures alone; the trainer's events go where its logs go.
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
            figures = measure(config_of(options, shape, Path(folder)), shape, options.steps, options.warm_up)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    except OutOfMemory as error:
        print(error, file=sys.stderr)
        return 1
    print(
        json.dumps({"shape": options.shape, **figures, "flop_formula": FLOP_FORMULA})
        if options.json
        else describe(figures)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
