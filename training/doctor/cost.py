"""What the run would cost: memory, time, disk."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

from training.config import Config, show_run_dir
from training.doctor.base import Base
from training.doctor.check import FAILURE, OK, WARNING, Check, count
from training.doctor.machine import Device, free_disk
from training.doctor.measured import find_measured_mfu
from training.doctor.plan import Work, count_steps
from training.estimate import (
    ADAPTER_METHODS,
    ASSUMED_MFU,
    GIB,
    MemoryEstimate,
    ModelShape,
    estimate_memory,
    estimate_time,
    lora_parameters,
    training_flops_per_token,
)

# Share of the measured speed of a plain product that training reached on CPUs: an assumption.
CPU_MFU = (0.3, 0.8)
CPU_LIMIT_HOURS = 24.0
# Of a GPU's memory, what a run may take: the trainer's own limit when it looks for the micro-batch (memory.py).
USABLE_SHARE = 0.92
# Bytes a parameter: the merged model and its F16 GGUF, 2 each; Q4_K_M .63, Q5_K_M .73, Q6_K .83, Q8_0 1.07 (measured).
EXPORT_BYTES = 2 + 2 + 0.63 + 0.73 + 0.83 + 1.07
CHECKPOINT_BYTES = 12  # a learnt parameter in a checkpoint: fp32, and two moments of AdamW
SPARE_BYTES = 64 * 2**20
# Both fitted to two runs on Linux x86-64 (docs/training.md, Estimates, holds them to others): what is resident with PyTorch,
# transformers and TensorBoard imported and oneDNN's code made; and what the heap holds beside a step's tensors, as holes and
# as passing ones, a share of those.
LIBRARY_BYTES = 850 * 2**20
HEAP_SHARE = 0.5


@dataclass(frozen=True)
class MemoryPlan:
    estimate: MemoryEstimate
    packs: int
    gradient_checkpointing: bool


def plan_memory(shape: ModelShape, work: Work, config: Config, device: Device) -> MemoryPlan:
    """As the trainer will try: the configured micro-batch, else the largest that fits; checkpointing if none does."""
    train, memory = config.train, device.memory_bytes
    most = train.micro_batch_packs or (1 if device.kind == "cpu" else train.packs_per_step)
    least = train.micro_batch_packs or 1
    choices = [train.gradient_checkpointing] if train.gradient_checkpointing is not None else [False, True]
    plans = []
    for checkpointing in choices:
        packs = most
        while packs >= least:
            plans.append(
                MemoryPlan(_memory_of(shape, work, config, device, packs, checkpointing), packs, checkpointing)
            )
            if memory is not None and plans[-1].estimate.total <= USABLE_SHARE * memory:
                return plans[-1]
            packs = packs // 2 if not train.micro_batch_packs else 0
    return plans[-1] if memory is not None else plans[0]


def _memory_of(
    shape: ModelShape, work: Work, config: Config, device: Device, packs: int, checkpointing: bool
) -> MemoryEstimate:
    tokens = packs * work.pack_length
    labels = math.ceil(tokens * work.learnt / work.processed)
    estimate = estimate_memory(
        shape,
        config.method,
        tokens,
        config.adapter.rank,
        checkpointing,
        min(config.train.loss_chunk_tokens, labels),
        config.train.precision,
        config.adapter.target_modules,
        config.adapter.dropout,
    )
    return estimate if device.kind != "cpu" else on_cpu(estimate, shape, work, config, packs, checkpointing)


def on_cpu(
    estimate: MemoryEstimate, shape: ModelShape, work: Work, config: Config, packs: int, checkpointing: bool
) -> MemoryEstimate:
    """Of the process: the libraries and the heap's holes instead of a CUDA context, and the attention's scores, which plain
    products keep."""
    size = 2 if config.train.precision == "bf16" else 4
    kept = (1 if checkpointing else shape.layers) * shape.heads * size * work.scores * packs
    activations = estimate.activations + kept
    holes = int(HEAP_SHARE * (activations + estimate.logits))
    return replace(estimate, activations=activations, overhead=LIBRARY_BYTES + holes)


def check_memory(plan: MemoryPlan, device: Device) -> Check:
    title, name, estimate = "Memory", "plan.memory", plan.estimate
    parts = ", ".join(
        f"{part} {getattr(estimate, part) / GIB:.1f}"
        for part in ("weights", "trained", "activations", "logits", "overhead")
    )
    how = f"{count(plan.packs, 'pack')} at once" + (
        " with gradient checkpointing" if plan.gradient_checkpointing else ""
    )
    detail = f"about {estimate.total / GIB:.1f} GiB (± {estimate.uncertainty:.0%}; {parts}) for {how}"
    if device.memory_bytes is None:
        return Check(
            name, WARNING, title, f"{detail}; the memory of {device.name} is not known", "Give --gpu-memory-gib."
        )
    usable = USABLE_SHARE * device.memory_bytes
    detail += f"; {device.name} has {device.memory_bytes / GIB:.1f} GiB"
    if estimate.total * (1 - estimate.uncertainty) > usable:
        hint = "Use method qlora, a smaller data.pack_length, train.gradient_checkpointing: true, or a larger GPU."
        return Check(name, FAILURE, title, detail, hint)
    if estimate.total > usable:
        return Check(name, WARNING, title, f"{detail}: it may not fit", "A smaller data.pack_length leaves more room.")
    return Check(name, OK, title, detail)


@dataclass(frozen=True)
class TimePlan:
    flops_per_token: float
    tokens: float | None  # of the run; None where only the clock ends it
    mfu: tuple[float, float]
    mfu_source: str
    fastest: float | None  # seconds; None where the device's speed is not known
    slowest: float | None


def plan_time(shape: ModelShape, work: Work, config: Config, device: Device, checkpointing: bool) -> TimePlan:
    share_learnt, adapter = work.learnt / work.processed, config.adapter
    options = (share_learnt, adapter.rank, adapter.target_modules)
    flops = training_flops_per_token(shape, config.method, work.attended, *options)
    mfu, source = _expect_mfu(config, device, checkpointing)
    if checkpointing and source.startswith("assumed"):
        # What is assumed is the speed of the products themselves, and recomputing makes more of them; an MFU that was
        # measured with recomputing has it in it already.
        share = flops / training_flops_per_token(shape, config.method, work.attended, *options, True)
        mfu = (mfu[0] * share, mfu[1] * share)
    an_epoch, steps = count_steps(work, config)
    tokens = None if steps is None else work.processed * steps / an_epoch
    if tokens is None or device.peak is None:
        return TimePlan(flops, tokens, mfu, source, None, None)
    time = estimate_time(tokens, flops, device.peak, mfu)
    return TimePlan(flops, tokens, mfu, source, time.fastest, time.slowest)


def _expect_mfu(config: Config, device: Device, checkpointing: bool) -> tuple[tuple[float, float], str]:
    if device.kind == "cpu":
        return CPU_MFU, "assumed, of the speed measured just now"
    return find_measured_mfu(device.name, config, checkpointing) or (ASSUMED_MFU[config.method], "assumed")


def check_time(plan: TimePlan, config: Config, device: Device) -> Check:
    title, name = "Time", "plan.time"
    limit = config.train.max_minutes * 60 if config.train.max_minutes else None
    if plan.tokens is None:
        return Check(
            name,
            OK,
            title,
            f"{config.train.max_minutes:g} minutes, as configured; {plan.flops_per_token / 1e9:.3g} GFLOP a token",
        )
    if plan.fastest is None or plan.slowest is None:
        work = f"{plan.tokens:,.0f} tokens at {plan.flops_per_token / 1e9:.3g} GFLOP"
        detail = f"{work}; the speed of {device.name} is not known"
        return Check(name, WARNING, title, detail, "Give --gpu-name with a name such as 'NVIDIA A100' to see a time.")
    detail = (
        f"{show_time(plan.fastest)} to {show_time(plan.slowest)} on {device.name} for {plan.tokens:,.0f} tokens at "
        f"{plan.flops_per_token / 1e9:.3g} GFLOP, loading and evaluations not counted "
        f"(MFU {plan.mfu[0]:.0%} to {plan.mfu[1]:.0%}, {plan.mfu_source})"
    )
    if limit and plan.slowest > limit:
        detail += f"; train.max_minutes may end it after {show_time(limit)}"
    if device.kind == "cpu" and min(plan.fastest, limit or math.inf) > CPU_LIMIT_HOURS * 3600:
        hint = (
            "Train on a GPU (one with --gpu-memory-gib N --gpu-name NAME can be planned from here), or a smaller model."
        )
        return Check(name, FAILURE if config.method != "scratch" else WARNING, title, detail, hint)
    return Check(name, OK, title, detail)


def show_time(seconds: float) -> str:
    for unit, size in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}" if seconds < 100 * size else f"{seconds / size:,.0f} {unit}"
    return f"{seconds:.0f} s"


def check_disk(shape: ModelShape, base: Base, config: Config) -> tuple[dict[str, int], Check]:
    """Checkpoints (the newest, the best, and the one being written), the export, and what is fetched first."""
    is_adapter = config.method in ADAPTER_METHODS
    learnt = (
        lora_parameters(shape, config.adapter.rank, config.adapter.target_modules) if is_adapter else shape.parameters
    )
    checkpoints = CHECKPOINT_BYTES * learnt * (config.train.keep_checkpoints + 2) + SPARE_BYTES
    export = int(EXPORT_BYTES * shape.parameters)
    free = free_disk(Path(config.run_dir).absolute())
    needs = {
        "checkpoint": CHECKPOINT_BYTES * learnt,
        "checkpoints": checkpoints,
        "export": export,
        "download": base.download_bytes,
        "run_folder": checkpoints + export,
        "free": free,
    }
    sizes = f"checkpoints {checkpoints / GIB:.1f} GiB, export {export / GIB:.1f} GiB"
    detail = f"{sizes}; {free / GIB:.1f} GiB are free at {show_run_dir(config)}"
    title, name, first = "Disk", "plan.disk", checkpoints + base.download_bytes
    if free < first:
        hint = "Free space, give another run_dir, or lower train.keep_checkpoints."
        return needs, Check(name, FAILURE, title, detail, hint)
    if free < first + export:
        hint = "The run fits; free space before the export, or export on another machine."
        return needs, Check(name, WARNING, title, detail, hint)
    return needs, Check(name, OK, title, detail)


def check_run_dir(config: Config) -> Check:
    """A run that is there already is gone on with, or left alone: the trainer never writes over it."""
    title, name, checkpoints = "Run folder", "plan.run_dir", Path(config.run_dir) / "checkpoints"
    if checkpoints.is_dir() and any(checkpoints.glob("step-*")):
        detail = f"{show_run_dir(config)} holds a run already"
        return Check(
            name,
            WARNING,
            title,
            detail,
            "Go on with --resume, or give another run_dir: a new run would refuse to start.",
        )
    return Check(name, OK, title, f"{show_run_dir(config)} is free")
