"""The estimate for each of several machines: the one here, and those of a list that is given."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from training.config import Config, ConfigError
from training.doctor.check import OK, WARNING, Check
from training.doctor.cost import USABLE_SHARE, MemoryPlan, TimePlan, plan_memory, plan_time, show_time
from training.doctor.machine import Device
from training.doctor.plan import Work
from training.estimate import GIB, ModelShape
from training.gpu_peaks import peak_flops
from training.measure import Measured


@dataclass(frozen=True)
class Hardware:
    """A machine that an estimate is wanted for; `id` is whoever asks's own, None for the machine here."""

    id: str | None
    device: Device


def read_hardware(file: str) -> list[Hardware]:
    """A JSON list of {id, gpu, memory_gib}; `gpu` as PyTorch names it. Raises ConfigError."""
    try:
        values = json.loads(Path(file).read_text(encoding="utf-8"))
        return [
            Hardware(
                str(value["id"]),
                Device("planned", value["gpu"], int(value["memory_gib"] * GIB), peak_flops(value["gpu"])),
            )
            for value in values
        ]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ConfigError(f"{file} is no list of {{id, gpu, memory_gib}}: {error!r}") from error


def estimate_all(
    shape: ModelShape, work: Work, config: Config, machines: Iterable[Hardware], measured: Measured | None
) -> list[dict[str, Any]]:
    """One entry a machine, in their order. measured: on the machine here."""
    return [_estimate(shape, work, config, hardware, measured) for hardware in machines]


def _estimate(
    shape: ModelShape, work: Work, config: Config, hardware: Hardware, measured: Measured | None
) -> dict[str, Any]:
    device = hardware.device
    memory = plan_memory(shape, work, config, device)
    time = plan_time(shape, work, config, device, memory.gradient_checkpointing)
    found = {"id": hardware.id, "gpu": device.name, "kind": device.kind, "memory_bytes": device.memory_bytes}
    if hardware.id is None and measured is not None:
        return found | _as_measured(measured, device)
    return found | _as_assumed(memory, time, config, device)


def _as_measured(measured: Measured, device: Device) -> dict[str, Any]:
    return {
        "basis": "measured",
        "source": f"{measured.steps_timed} steps of this run were timed here",
        "peak_memory_bytes": measured.peak_memory_bytes,
        "fits": device.memory_bytes is None or measured.peak_memory_bytes <= device.memory_bytes,
        "seconds": measured.seconds,
        "seconds_range": [measured.seconds, measured.seconds],
        "micro_batch_packs": measured.micro_batch_packs,
        "gradient_checkpointing": measured.gradient_checkpointing,
    }


def _as_assumed(memory: MemoryPlan, time: TimePlan, config: Config, device: Device) -> dict[str, Any]:
    """The middle of the assumed range is its geometric mean: half as fast is as likely as twice as fast."""
    limit = config.train.max_minutes * 60 if config.train.max_minutes else None
    times = None
    if time.fastest is not None and time.slowest is not None:
        times = [time.fastest, math.sqrt(time.fastest * time.slowest), time.slowest]
    elif limit and time.tokens is None:
        times = [limit] * 3
    if times and limit:
        times = [min(value, limit) for value in times]
    total = memory.estimate.total
    return {
        "basis": "assumed",
        "source": time.mfu_source,
        "peak_memory_bytes": total,
        "fits": device.memory_bytes is None or total <= USABLE_SHARE * device.memory_bytes,
        "seconds": times[1] if times else None,
        "seconds_range": [times[0], times[2]] if times else None,
        "micro_batch_packs": memory.packs,
        "gradient_checkpointing": memory.gradient_checkpointing,
    }


def describe_assumptions(here: dict[str, Any], config: Config, others: int) -> list[str]:
    """What the figures rest on, a sentence each."""
    said = []
    if here["basis"] == "measured":
        said.append(f"Time and memory on this machine: {here['source']}, with one evaluation and one checkpoint.")
    else:
        said.append("Time on this machine is reckoned from the speed of a matrix product; measure it to know it.")
    if config.evaluate.command:
        said.append("How long the app takes to execute predictions is not counted.")
    if others:
        said.append(
            "On other hardware: a share of the datasheet's peak that published runs reach, loading and evaluations not "
            "counted; no GPU has been measured with this trainer."
        )
    if config.train.max_minutes:
        said.append(f"The recipe ends the run after {config.train.max_minutes:g} minutes at the latest.")
    return said


def check_measured(measured: Measured | None, problem: str | None) -> Check:
    title, name = "Measured steps", "plan.measured"
    if measured is None:
        detail = f"the run's first steps could not be made here: {problem}"
        return Check(name, WARNING, title, detail, "The estimate is reckoned instead; the run itself may fail alike.")
    detail = (
        f"{measured.steps_timed} steps on {measured.device}: {measured.step[0]:.3g} s each, "
        f"{measured.tokens_per_second:,.0f} tokens/s; the run would take {show_time(measured.seconds)} and "
        f"{measured.peak_memory_bytes / GIB:.2f} GiB"
    )
    return Check(name, OK, title, detail)


def to_json(measured: Measured | None) -> dict[str, Any] | None:
    return asdict(measured) if measured else None
