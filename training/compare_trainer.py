"""The same examples through the plain Hugging Face Trainer, on the same machine: `python -m training.compare_trainer [--shape NAME]`.

What people write without this trainer: transformers.Trainer, a LoRA adapter by PEFT, bf16, scaled-dot-product attention, batches
of 4 examples padded and accumulated 4 times, loss over all positions of prompt and completion, as the seed had it. Three ways:

    as the seed   gradient checkpointing, every example padded to 2,048 tokens
    padded less   gradient checkpointing, padded to the batch's longest example
    at its best   no gradient checkpointing, padded to the batch's longest example
"""

from __future__ import annotations

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.bench import EPOCHS, ISSUE_EXAMPLES, describe, measure, synchronize
from training.bench_data import make_bench_examples
from training.bench_shapes import SHAPES, Shape, make_bench_config, write_base
from training.config import AdapterConfig
from training.distributed import World
from training.examples import Examples
from training.memory import free_memory, is_out_of_memory
from training.packing import IGNORED

BATCH, ACCUMULATION = 4, 4  # the seed's


@dataclass(frozen=True)
class Variant:
    name: str
    gradient_checkpointing: bool
    pads_to_most: bool  # to the longest length allowed, not to the batch's longest


VARIANTS = (
    Variant("at its best", gradient_checkpointing=False, pads_to_most=False),
    Variant("padded less", gradient_checkpointing=True, pads_to_most=False),
    Variant("as the seed", gradient_checkpointing=True, pads_to_most=True),
)


class Rows(torch.utils.data.Dataset):  # type: ignore[type-arg]
    """Each example's ids, in an order of their own: Trainer shuffles besides."""

    def __init__(self, examples: Examples) -> None:
        self.examples = examples

    def __len__(self) -> int:
        return len(self.examples)

    def __getitem__(self, number: int) -> np.ndarray:
        start = self.examples.start
        return self.examples.tokens[start[number] : start[number + 1]]


def make_collator(pad_to: int | None) -> Callable[[list[np.ndarray]], dict[str, torch.Tensor]]:
    """Batches [n, longest] of ids, mask and labels, padded on the right; pad_to: a fixed length in tokens."""

    def collate(rows: list[np.ndarray]) -> dict[str, torch.Tensor]:
        longest = pad_to or max(len(row) for row in rows)
        ids = torch.zeros(len(rows), longest, dtype=torch.long)
        mask = torch.zeros_like(ids)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.from_numpy(row.astype(np.int64))
            mask[number, : len(row)] = 1
        return {"input_ids": ids, "attention_mask": mask, "labels": ids.masked_fill(mask == 0, IGNORED)}

    return collate


def make_plain_model(shape: Shape, folder: Path) -> Any:
    """The base with random weights and PEFT's adapter in its default form, which keeps the adapter in fp32."""
    from peft import LoraConfig, get_peft_model
    from transformers import AutoConfig, AutoModelForCausalLM

    config = AutoConfig.from_pretrained(str(write_base(folder, shape)))
    with World().device:
        model = AutoModelForCausalLM.from_config(config, dtype=torch.bfloat16, attn_implementation="sdpa")
    model.config.use_cache = False
    adapter = AdapterConfig()
    settings = LoraConfig(
        r=adapter.rank,
        lora_alpha=adapter.alpha,
        lora_dropout=adapter.dropout,
        target_modules=list(adapter.target_modules),
        task_type="CAUSAL_LM",
    )
    return get_peft_model(model, settings)


def make_step_clock() -> Any:
    """A callback whose `ends` are the times at which optimiser steps ended."""
    from transformers import TrainerCallback

    class StepClock(TrainerCallback):
        def __init__(self) -> None:
            self.ends: list[float] = []

        def on_step_end(self, *_: Any, **__: Any) -> None:
            synchronize()
            self.ends.append(time.perf_counter())

    return StepClock()


def measure_plain(shape: Shape, variant: Variant, steps: int, warm_up: int) -> dict[str, Any]:
    """Examples a second of `steps` optimiser steps of 16 examples, after `warm_up` more."""
    from transformers import Trainer, TrainingArguments

    torch.manual_seed(1)
    is_cuda = torch.cuda.is_available()
    if is_cuda:
        torch.cuda.reset_peak_memory_stats()
    clock = make_step_clock()
    with tempfile.TemporaryDirectory() as folder:
        model = make_plain_model(shape, Path(folder) / "base")
        if variant.gradient_checkpointing:
            model.enable_input_require_grads()
        arguments = TrainingArguments(
            output_dir=f"{folder}/out",
            per_device_train_batch_size=BATCH,
            gradient_accumulation_steps=ACCUMULATION,
            max_steps=steps + warm_up,
            learning_rate=2e-4,
            lr_scheduler_type="cosine",
            weight_decay=0.001,
            max_grad_norm=0.3,
            bf16=True,
            use_cpu=not is_cuda,
            gradient_checkpointing=variant.gradient_checkpointing,
            gradient_checkpointing_kwargs={"use_reentrant": False} if variant.gradient_checkpointing else None,
            logging_strategy="no",
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            remove_unused_columns=False,
        )
        collator = make_collator(2048 // shape.divide_by if variant.pads_to_most else None)
        examples = Rows(make_bench_examples(shape.vocab_size, shape.divide_by))
        Trainer(model=model, args=arguments, train_dataset=examples, data_collator=collator, callbacks=[clock]).train()
    seconds = np.diff(clock.ends[warm_up - 1 :]).tolist()
    rate = BATCH * ACCUMULATION * len(seconds) / sum(seconds)
    return {
        "gradient_checkpointing": variant.gradient_checkpointing,
        "padded_to": "2048" if variant.pads_to_most else "the batch's longest",
        "steps": len(seconds),
        "step_seconds_median": statistics.median(seconds),
        "examples_per_second": rate,
        "seconds_for_6016_examples_3_epochs": ISSUE_EXAMPLES * EPOCHS / rate,
        "peak_memory_gib": torch.cuda.max_memory_allocated() / 2**30 if is_cuda else None,
    }


def compare(
    shape: Shape, steps: int, warm_up: int, ours: dict[str, Any], variants: tuple[Variant, ...] = VARIANTS
) -> dict[str, dict[str, Any]]:
    """Each variant's figures, and how many times faster `ours` (bench.measure's figures) is; an error where it does not fit."""
    results: dict[str, dict[str, Any]] = {}
    for variant in variants:
        try:
            figures = measure_plain(shape, variant, steps, warm_up)
            figures["ours_is_faster_by"] = ours["examples_per_second"] / figures["examples_per_second"]
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            figures = {"error": "out of memory"}
        results[variant.name] = figures
        free_memory()
    return results


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.compare_trainer", description=__doc__.splitlines()[0])
    parser.add_argument("--shape", choices=sorted(SHAPES), default="mistral-7b")
    parser.add_argument("--steps", type=int, default=6, help="steps of 16 examples that are timed (default 6)")
    parser.add_argument("--warm-up", type=int, default=2, help="steps before them, at least 1 (default 2)")
    parser.add_argument("--our-steps", type=int, default=20, help="steps of this trainer that are timed (default 20)")
    parser.add_argument(
        "--compile", action="store_true", help="this trainer with torch.compile, as its recipe has it on CUDA"
    )
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    options = parse_arguments(arguments)
    shape = SHAPES[options.shape]
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        config = make_bench_config(shape, "lora", Path(folder), compile=options.compile, max_steps=1)
        ours = measure(config, shape, options.our_steps)
        free_memory()
        plain = compare(shape, options.steps, max(1, options.warm_up), ours)
    if options.json:
        print(json.dumps({"shape": options.shape, "ours": ours, "plain": plain}))
        return 0
    for name, figures in {"this trainer": ours, **plain}.items():
        print(f"== {name}\n{describe(figures)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
