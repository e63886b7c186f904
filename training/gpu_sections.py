"""What the GPU runbook measures and checks, section by section."""

from __future__ import annotations

import dataclasses
import importlib.util
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from training import gpu_checks, gpu_runs
from training.bench import measure, synchronize
from training.bench_shapes import SHAPES, Shape, make_bench_config
from training.compare_trainer import VARIANTS, compare
from training.gpu_report import Report, Setting, describe_error
from training.memory import free_memory

MISTRAL, STARTER = SHAPES["mistral-7b"], SHAPES["starter-40m"]


def measure_machine(report: Report, setting: Setting) -> None:
    """The device's own ceilings: a bf16 matrix product, and a copy in its memory."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    size, copied = (8192, 2**32) if device.type == "cuda" and not setting.rehearse else (256, 2**22)
    left, right = (torch.randn(size, size, device=device, dtype=torch.bfloat16) for _ in range(2))
    source = torch.empty(copied, dtype=torch.uint8, device=device).random_()
    target = torch.empty_like(source)
    report.figure("bf16_matrix_product_tflops", 2 * size**3 / _seconds_of(lambda: torch.mm(left, right)) / 1e12)
    report.figure("memory_copy_tb_per_second", 2 * copied / _seconds_of(lambda: target.copy_(source)) / 1e12)


def _seconds_of(work: Callable[[], object], times: int = 10) -> float:
    """Median of `times`, after three that warm up."""
    seconds = []
    for _ in range(3 + times):
        started = time.perf_counter()
        work()
        synchronize()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds[3:])


def measure_shape(
    setting: Setting, shape: Shape, method: str, steps: int, data: dict[str, Any] | None = None, **train: Any
) -> dict[str, Any]:
    """bench.measure of a shape; tiny and uncompiled in a rehearsal."""
    if setting.rehearse:
        shape, steps = SHAPES["tiny"], 2
        train = {key: value for key, value in train.items() if key != "packs_per_step"} | {"compile": False}
        data = {key: value for key, value in (data or {}).items() if key != "pack_length"}
    with tempfile.TemporaryDirectory() as folder:
        return measure(make_bench_config(shape, method, Path(folder), data=data, max_steps=1, **train), shape, steps)


def warm_up(report: Report, setting: Setting) -> None:
    """Compile the layers of Mistral-7B's shape on a model of two of them: time without a cache, which fills the cache."""
    shape = dataclasses.replace(MISTRAL, model=dataclasses.replace(MISTRAL.model, layers=2))
    figures = measure_shape(setting, shape, "lora", 2, compile=True)
    report.figure("prepare_seconds", figures["prepare_seconds"])
    report.figure("compiler", figures["compiler"])


def measure_lora(report: Report, setting: Setting) -> None:
    """Mistral-7B's shape, LoRA r 16, bf16: the recipe, then without sharing, then what compiling and FlexAttention are worth."""
    report.figure("recipe", measure_shape(setting, MISTRAL, "lora", 30, compile=True))
    report.figure("nothing shared", measure_shape(setting, MISTRAL, "lora", 20, {"questions_per_row": 1}, compile=True))
    report.figure("two packs at once", measure_shape(setting, MISTRAL, "lora", 10, compile=True, packs_per_step=2))
    report.figure("not compiled", measure_shape(setting, MISTRAL, "lora", 8))
    report.figure("sdpa, not compiled", measure_shape(setting, MISTRAL, "lora", 6, attention="sdpa"))


def compare_with_plain(report: Report, setting: Setting) -> None:
    """This trainer and the plain Hugging Face Trainer, one after the other in one process."""
    ours = measure_shape(setting, MISTRAL, "lora", 15, compile=True)
    report.figure("ours", ours)
    shape = SHAPES["tiny"] if setting.rehearse else MISTRAL
    for variant in VARIANTS:
        free_memory()
        steps, before = (1, 1) if setting.rehearse else (5, 2)
        report.figure(variant.name, compare(shape, steps, before, ours, (variant,))[variant.name])


def measure_starter(report: Report, setting: Setting) -> None:
    """A model of 40 million weights from scratch: compiled, with more and with fewer tokens at once, and not compiled."""
    alone = {"questions_per_row": 1}
    report.figure("compiled", measure_shape(setting, STARTER, "scratch", 20, compile=True, micro_batch_packs=4))
    report.figure(
        "compiled, nothing shared",
        measure_shape(setting, STARTER, "scratch", 20, alone, compile=True, micro_batch_packs=4),
    )
    report.figure(
        "compiled, 16 packs at once", measure_shape(setting, STARTER, "scratch", 20, compile=True, micro_batch_packs=16)
    )
    report.figure("not compiled", measure_shape(setting, STARTER, "scratch", 10, micro_batch_packs=4))


def measure_qlora(report: Report, setting: Setting) -> None:
    """Peak memory of Mistral-7B's shape in 4 bits, one pack of 2,048 tokens at once."""
    if importlib.util.find_spec("bitsandbytes") is None:
        report.leave("QLoRA", "the package bitsandbytes is not installed")
        return
    report.figure("recipe", measure_shape(setting, MISTRAL, "qlora", 5, {"pack_length": 2048}, micro_batch_packs=1))


def check_correctness(report: Report, setting: Setting) -> None:
    """gpu_checks.py, all but memory; a check that cannot run does not keep the others from running."""
    for check in (
        gpu_checks.check_numbers,
        gpu_checks.check_attention,
        gpu_checks.check_packing,
        gpu_checks.check_compile,
    ):
        try:
            check(report, setting)
        except Exception as error:
            report.check(f"{check.__name__} ran to its end", False)
            report.figure(f"{check.__name__} error", describe_error(error))


@dataclass(frozen=True)
class Section:
    run: Callable[[Report, Setting], None]
    limit: float  # seconds; the time left to the runbook counts besides
    shows: str
    beside: bool = False  # not timed, so it may run while others do


SECTIONS = {
    "machine": Section(measure_machine, 60, "the device's own ceilings"),
    "warm-up": Section(warm_up, 150, "torch.compile's time without a cache", beside=True),
    "correctness": Section(check_correctness, 200, "CUDA computes what the CPU computes", beside=True),
    "resume": Section(gpu_runs.check_resume, 180, "a killed run resumed equals a straight one", beside=True),
    "memory": Section(
        gpu_checks.check_memory, 120, "the micro-batch is found; out of memory loses nothing", beside=True
    ),
    "lora": Section(measure_lora, 200, "Mistral-7B's shape: tokens/s, MFU, memory"),
    "compare": Section(compare_with_plain, 150, "against the plain Hugging Face Trainer"),
    "run": Section(gpu_runs.run_and_resume, 240, "200 steps through training.train, killed and resumed"),
    "starter": Section(measure_starter, 120, "40 M weights from scratch"),
    "qlora": Section(measure_qlora, 200, "Mistral-7B's shape in 4 bits"),
}
