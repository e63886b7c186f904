"""The doctor: what would waste a run is found before it starts.

It reads the configuration and the data as the trainer does, with the trainer's own tokenizer, packing and labels, and
says of each thing that can be wrong whether it is, and what to do. `python -m training.doctor --config FILE [--json]`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from training.config import Config, ConfigError
from training.data import DataError
from training.doctor.base import Base, inspect_base
from training.doctor.check import FAILURE, OK, WARNING, Check
from training.doctor.cost import (
    check_disk,
    check_memory,
    check_run_dir,
    check_time,
    plan_memory,
    plan_time,
)
from training.doctor.hardware import (
    Hardware,
    check_measured,
    describe_assumptions,
    estimate_all,
    to_json,
)
from training.doctor.labels import check_labels, show_mask
from training.doctor.leaks import check_leaks
from training.doctor.machine import Device, check_machine, find_device
from training.doctor.plan import Work, check_sharing, check_steps, count_steps, measure_work
from training.doctor.reading import Lines, check_files, read_role
from training.doctor.tokens import check_tokens, measure, to_examples, tokenise_lines
from training.estimate import ADAPTER_METHODS, ModelShape, lora_parameters
from training.examples import Examples
from training.hub import prepare_hub
from training.measure import Measured
from training.packing import Pack, plan_epoch
from training.tokenizer import Tokenizer, make_tokenizer


@dataclass
class Diagnosis:
    """`statistics`, `estimate` and `mask` are empty where a failure leaves nothing to compute them from."""

    checks: list[Check] = field(default_factory=list)
    statistics: dict[str, Any] = field(default_factory=dict)
    estimate: dict[str, Any] = field(default_factory=dict)
    mask: dict[str, Any] = field(default_factory=dict)
    work: Work | None = None

    @property
    def status(self) -> str:
        found = {check.status for check in self.checks}
        return FAILURE if FAILURE in found else WARNING if WARNING in found else OK

    def to_json(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "checks": [check.to_json() for check in self.checks],
            "statistics": self.statistics,
            "estimate": self.estimate,
            "mask": self.mask,
        }


def diagnose(
    config: Config,
    gpu_memory_gib: float | None = None,
    gpu_name: str | None = None,
    hardware: Sequence[Hardware] = (),
    measured: Measured | None = None,
    not_measured: str | None = None,
) -> Diagnosis:
    """All checks. `gpu_memory_gib` and `gpu_name` describe a GPU that is not in this machine; `hardware` is estimated besides.

    measured: some steps of this run (training/measure.py); not_measured: why there are none although they were asked for."""
    prepare_hub(config)
    found = Diagnosis()
    if measured or not_measured:
        found.checks.append(check_measured(measured, not_measured))
    device = find_device(gpu_memory_gib, gpu_name)
    found.checks += check_machine(config, device)
    train = read_role("train", config.data.train)
    validation = read_role("validation", [config.data.validation]) if config.data.validation else None
    roles = [lines for lines in (train, validation) if lines is not None]
    found.checks += check_files(roles)
    found.checks += check_leaks(train, validation)
    tokenizer = _make_tokenizer(config, train, found)
    base, checks = inspect_base(config, tokenizer.vocab_size if tokenizer else None)
    found.checks += checks
    if tokenizer:
        _look_at_tokens(config, roles, tokenizer, device, base, found)
    if found.work and base.shape:
        machines = [Hardware(None, device), *hardware]
        here, *others = estimate_all(base.shape, found.work, config, machines, measured)
        found.estimate |= {"hardware": [here, *others], "measured": to_json(measured)}
        found.estimate["assumptions"] = describe_assumptions(here, config, len(others))
    if base.shape:
        needs, check = check_disk(base.shape, base, config)
        found.estimate["disk_bytes"] = needs
        found.estimate["checkpoint_bytes"] = measured.checkpoint_bytes if measured else needs["checkpoint"]
        found.checks.append(check)
    found.checks.append(check_run_dir(config))
    return found


def _make_tokenizer(config: Config, train: Lines, found: Diagnosis) -> Tokenizer | None:
    """The run's tokenizer. One that would be trained on unreadable data cannot be made."""
    if config.method == "scratch" and not config.tokenizer.file and (train.missing or train.bad or not train.good):
        return None
    run_dir = Path(config.run_dir)
    try:
        tokenizer = make_tokenizer(config, run_dir if (run_dir / "tokenizer.model").exists() else None)
    except (ConfigError, DataError) as error:
        hint = "Put the tokenizer's files beside the model (tokenizer.json or tokenizer.model), or correct the path."
        found.checks.append(Check("base.tokenizer", FAILURE, "Tokenizer", str(error), hint))
        return None
    detail = f"{tokenizer.vocab_size:,} tokens, beginning {tokenizer.begin_id}, end {tokenizer.end_id}"
    found.checks.append(Check("base.tokenizer", OK, "Tokenizer", detail))
    return tokenizer


def _look_at_tokens(
    config: Config, roles: list[Lines], tokenizer: Tokenizer, device: Device, base: Base, found: Diagnosis
) -> None:
    examples: Examples | None = None
    for lines in roles:
        if not lines.good:
            continue
        tokenised = tokenise_lines(lines, tokenizer)
        found.statistics[lines.role] = measure(tokenised)
        found.checks += check_tokens(lines.role, tokenised, tokenizer, config.data, base.context)
        if lines.role == "train":
            examples = to_examples(tokenised, config.data)
    if examples is None:
        return
    packs = plan_epoch(examples, config.data, config.seed, 0)
    found.checks += check_labels(examples, packs, tokenizer)
    found.mask, check = show_mask(examples, packs, tokenizer, config)
    found.checks.append(check)
    _look_at_cost(config, examples, packs, base.shape, device, found)


def _look_at_cost(
    config: Config, examples: Examples, packs: list[Pack], shape: ModelShape | None, device: Device, found: Diagnosis
) -> None:
    work = measure_work(examples, packs, config)
    found.work = work
    found.statistics["sharing"] = work.to_json(config.data.max_length)
    found.checks += [check_sharing(work, config), check_steps(work, config)]
    if shape is None:
        return
    memory = plan_memory(shape, work, config, device)
    time = plan_time(shape, work, config, device, memory.gradient_checkpointing)
    found.checks += [check_memory(memory, device), check_time(time, config, device)]
    an_epoch, steps = count_steps(work, config)
    is_adapter = config.method in ADAPTER_METHODS
    adapters = lora_parameters(shape, config.adapter.rank, config.adapter.target_modules) if is_adapter else 0
    found.estimate |= {
        "method": config.method,
        "examples": work.examples,
        "tokens_per_epoch": work.processed,
        "parameters": shape.parameters + adapters,
        "trainable_parameters": adapters or shape.parameters,
        "steps_per_epoch": an_epoch,
        "steps": steps,
        "tokens": time.tokens,
        "flops_per_token": time.flops_per_token,
        "mfu": {"low": time.mfu[0], "high": time.mfu[1], "source": time.mfu_source},
        "seconds": {"fastest": time.fastest, "slowest": time.slowest},
        "memory_bytes": memory.estimate.to_json(),
        "micro_batch_packs": memory.packs,
        "gradient_checkpointing": memory.gradient_checkpointing,
        "device": asdict(device),
    }
