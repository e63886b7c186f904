"""Whether CUDA computes what the CPU computes: losses, attention, packing, torch.compile, and what happens when memory ends.

Each function adds its checks to a Report. On a machine without CUDA they run all the same, on the CPU against itself, which
shows that their code works and nothing about a GPU.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.attention import PackedMask, attend
from training.bench import BenchTrainer, compiler_counts, reset_compiler
from training.bench_data import make_bench_examples
from training.bench_shapes import SHAPES, make_bench_config, write_random_base
from training.config import Config
from training.distributed import World
from training.gpu_report import Report, Setting
from training.packing import Batch, collate, plan_epoch

# Weights large enough that the loss depends on every layer; at 0.02 a tiny model's loss is the logarithm of its vocabulary.
SHAPE = dataclasses.replace(SHAPES["tiny"], model=dataclasses.replace(SHAPES["tiny"].model, initializer_range=0.2))
STEPS = 6
# Largest relative difference. fp32: on a CPU, weights off by 1e-7 move these losses by 1e-7 and the norms by 2e-7; weights off by
# 1e-3, as TF32 rounds, by 3e-4 and 2e-3. bf16 has 8 bits: 0.4 % a rounding.
LOSS_LIMITS = {"fp32": 2e-5, "bf16": 2e-2}
NORM_LIMITS = {"fp32": 3e-4, "bf16": 1e-1}
# Of ||a - b|| / ||b||, against fp32.
ATTENTION_LIMITS = {torch.float32: 1e-4, torch.bfloat16: 2e-2}


def cpu_world() -> World:
    world = World()
    world.device = torch.device("cpu")
    return world


def small_config(folder: Path, method: str, base: Path | None, **train: Any) -> Config:
    """A tiny run without dropout, whose random numbers differ between devices, and with AdamW for every method."""
    config = make_bench_config(SHAPE, method, folder, base, max_steps=STEPS, **train)
    config.adapter.dropout = 0.0
    config.optimizer.kind, config.optimizer.learning_rate = "adamw", 1e-3
    return config


@contextmanager
def small_trainer(config: Config, world: World | None = None) -> Iterator[BenchTrainer]:
    trainer = BenchTrainer(
        config, make_bench_examples(SHAPE.vocab_size, SHAPE.divide_by, count=600), SHAPE.vocab_size, world
    )
    try:
        yield trainer
    finally:
        trainer.close()


def run_steps(trainer: BenchTrainer, weights: dict[str, torch.Tensor] | None = None) -> tuple[list[float], list[float]]:
    """Losses and gradient norms of STEPS steps, from `weights` (the masters') where they are given."""
    if weights is not None:
        with torch.no_grad():
            for name, master in trainer.masters.named.items():
                master.copy_(weights[name])
        trainer.masters.publish()
    trainer.start()
    results = [trainer.train_step(trainer.loader.next()) for _ in range(STEPS)]
    return [loss for loss, _ in results], [norm for _, norm in results]


def weights_of(trainer: BenchTrainer) -> dict[str, torch.Tensor]:
    return {name: master.detach().cpu().clone() for name, master in trainer.masters.named.items()}


def largest_difference(ours: list[float], reference: list[float]) -> float:
    """Relative."""
    return float(np.max(np.abs(np.subtract(ours, reference)) / np.abs(reference)))


def distance(ours: torch.Tensor, reference: torch.Tensor) -> float:
    """||ours - reference|| / ||reference||"""
    reference = reference.float()
    return float((ours.float() - reference).norm() / reference.norm())


def check_numbers(report: Report, setting: Setting) -> None:
    """Six steps on the CPU and on the device from the same weights: losses and gradient norms."""
    for method in ("scratch", "lora"):
        for precision in ("fp32", "bf16"):
            with tempfile.TemporaryDirectory() as name:
                base = write_random_base(Path(name) / "base", SHAPE) if method == "lora" else None
                with small_trainer(
                    small_config(Path(name) / "cpu", method, base, precision=precision), cpu_world()
                ) as cpu:
                    weights = weights_of(cpu)
                    losses, norms = run_steps(cpu)
                with small_trainer(small_config(Path(name) / "gpu", method, base, precision=precision)) as trainer:
                    ours = run_steps(trainer, weights)
            what = f"{method} {precision}, CPU and device"
            report.check(f"{what}: losses", largest_difference(ours[0], losses), LOSS_LIMITS[precision])
            report.check(f"{what}: gradient norms", largest_difference(ours[1], norms), NORM_LIMITS[precision])


def make_batch() -> Batch:
    """Two packs whose rows share prefixes, and padding behind them."""
    examples = make_bench_examples(SHAPE.vocab_size, SHAPE.divide_by, count=600)
    config = make_bench_config(SHAPE, "scratch", Path("unused"), max_steps=1)
    packs = plan_epoch(examples, config.data, 1, 0)[:2]
    return collate(examples, packs, pad_to=3 * SHAPE.pack_length)


def check_attention(report: Report, setting: Setting) -> None:
    """FlexAttention and row by row, on rows with shared prefixes: outputs, and gradients of query, key and value."""
    device = World().device
    batch = make_batch().to(device)
    real = (batch.documents[0] >= 0).nonzero()[:, 0]
    generator = torch.Generator().manual_seed(4)
    states = [torch.randn(1, heads, batch.tokens.shape[1], 64, generator=generator).to(device) for heads in (8, 4, 4)]
    weight = torch.randn(1, len(real), 8, 64, generator=generator).to(device)

    def run(kind: str, dtype: torch.dtype, learns: bool) -> list[torch.Tensor]:
        inputs = [state.to(dtype).requires_grad_(learns) for state in (part.clone() for part in states)]
        with torch.set_grad_enabled(learns):
            output = attend(*inputs, PackedMask(batch, kind))[:, real]
        if learns:
            (output.float() * weight).sum().backward()
        return [output, *(part.grad for part in inputs if part.grad is not None)]

    learns = device.type == "cuda"
    if not learns:
        report.leave("gradients of FlexAttention", "it has no backward pass on a CPU")
    reference = run("sdpa", torch.float32, learns)
    for dtype, limit in ATTENTION_LIMITS.items():
        for kind in ("flex", "sdpa"):
            for part, ours, wanted in zip(("output", "query", "key", "value"), run(kind, dtype, learns), reference):
                name = f"{kind} {str(dtype).removeprefix('torch.')} against sdpa float32: {part}"
                report.check(name, distance(ours, wanted), limit)


def check_packing(report: Report, setting: Setting) -> None:
    """Loss and gradients of packed rows with shared prefixes against the examples one at a time, in fp32."""
    for method in ("scratch", "lora"):
        with tempfile.TemporaryDirectory() as name:
            base = write_random_base(Path(name) / "base", SHAPE) if method == "lora" else None
            with small_trainer(small_config(Path(name), method, base, precision="fp32")) as trainer:
                _compare_packing(report, trainer, method)


def _compare_packing(report: Report, trainer: BenchTrainer, method: str) -> None:
    pack = max(trainer.first_epoch, key=lambda rows: sum(len(row) for row in rows))
    packed = collate(trainer.examples, [pack], pad_to=SHAPE.pack_length)
    loss = float(trainer.compute(packed.to(trainer.device), packed.learnt))
    gradients = {name: master.grad.clone() for name, master in trainer.masters.named.items() if master.grad is not None}
    trainer.masters.drop()
    total = 0.0
    for number in np.concatenate(pack):
        single = collate(trainer.examples, [[np.asarray([number])]], pad_to=SHAPE.pack_length)
        total += float(trainer.compute(single.to(trainer.device), packed.learnt))
    report.check(f"{method} packed and one by one: loss", abs(loss - total) / total, 1e-5)
    far = max(
        distance(gradient, trainer.masters.named[name].grad) for name, gradient in gradients.items() if gradient.any()
    )
    report.check(f"{method} packed and one by one: gradients", far, 1e-4)
    trainer.masters.drop()


def check_compile(report: Report, setting: Setting) -> None:
    """torch.compile changes no loss beyond rounding, makes its graphs once, and never gives up."""
    for method in ("scratch",) if setting.rehearse else ("scratch", "lora"):
        with tempfile.TemporaryDirectory() as name:
            base = write_random_base(Path(name) / "base", SHAPE) if method == "lora" else None
            with small_trainer(small_config(Path(name) / "plain", method, base)) as trainer:
                weights = weights_of(trainer)
                losses, _ = run_steps(trainer)
            reset_compiler()
            torch._dynamo.config.fail_on_recompile_limit_hit = True  # instead of going on uncompiled
            with small_trainer(small_config(Path(name) / "compiled", method, base, compile=True)) as trainer:
                ours, _ = run_steps(trainer, weights)
                counts = compiler_counts()
                later = [trainer.train_step(trainer.loader.next()) for _ in range(3)]
        report.check(f"{method} compiled and not: losses", largest_difference(ours, losses), LOSS_LIMITS["bf16"])
        report.check(
            f"{method} compiled: graphs made after the first {STEPS} steps",
            compiler_counts()["graphs"] - counts["graphs"],
            0,
        )
        if trainer.attention == "flex":  # row by row the compiler leaves the attention out
            report.check(f"{method} compiled: graph breaks", counts["graph_breaks"], 0)
        report.check(f"{method} compiled: later losses are finite", bool(np.isfinite(later).all()))
        report.figure(f"{method} compiler", counts)


class Forgetful(BenchTrainer):
    """For rehearsals: claims that more than one pack at once does not fit."""

    def compute(self, batch: Batch, learnt: float) -> torch.Tensor:
        if len(batch.row_lengths) and batch.tokens.shape[1] > self.config.data.pack_length:
            raise torch.OutOfMemoryError("CUDA out of memory (rehearsed)")
        return super().compute(batch, learnt)


def check_memory(report: Report, setting: Setting, cap_gib: float = 6.0) -> None:
    """Under a cap of this process's memory the search finds fewer packs; forced above it, a step backs off and loses nothing."""
    is_cuda = torch.cuda.is_available()
    shape = SHAPES["tiny" if setting.rehearse else "starter-40m"]
    kind = Forgetful if setting.rehearse else BenchTrainer
    examples = make_bench_examples(shape.vocab_size, shape.divide_by)
    most = shape.packs_per_step
    if is_cuda and not setting.rehearse:
        torch.cuda.set_per_process_memory_fraction(cap_gib * 2**30 / torch.cuda.get_device_properties(0).total_memory)
        report.figure("cap_gib", cap_gib)
    with tempfile.TemporaryDirectory() as name:
        trainer = kind(
            make_bench_config(shape, "scratch", Path(name) / "forced", max_steps=3), examples, shape.vocab_size
        )
        trainer.start()
        report.figure("packs_found", trainer.micro_batch_packs)
        report.check("the search found at least 1 pack and fewer than all", 1 <= trainer.micro_batch_packs < most)
        trainer.micro_batch_packs = trainer.loader.micro_batch_packs = most
        loss, _ = trainer.train_step(trainer.loader.next())
        report.figure("packs_after_back_off", trainer.micro_batch_packs)
        report.check("out of memory: fewer packs at once from there on", trainer.micro_batch_packs < most)
        trainer.close()
        config = make_bench_config(shape, "scratch", Path(name) / "plain", max_steps=3, micro_batch_packs=1)
        plain = BenchTrainer(config, examples, shape.vocab_size)
        plain.start()
        expected, _ = plain.train_step(plain.loader.next())
        plain.close()
    report.check("the step that ran out of memory lost nothing: loss", abs(loss - expected) / expected, 1e-3)
    if is_cuda and not setting.rehearse:
        torch.cuda.set_per_process_memory_fraction(1.0)
