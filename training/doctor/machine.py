"""The machine: Python, packages, GPU, driver, how fast its CPU multiplies, how much room its disk has."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import torch

from training.config import Config
from training.doctor.check import FAILURE, OK, WARNING, Check
from training.estimate import GIB
from training.gpu_peaks import peak_flops

FOLDER = Path(__file__).resolve().parent.parent
EVERY_METHOD = ("torch", "numpy", "pyyaml", "safetensors")
BY_METHOD = {
    "scratch": ("sentencepiece",),
    "full": ("transformers",),
    "lora": ("transformers", "peft"),
    "qlora": ("transformers", "peft", "accelerate", "bitsandbytes"),
}
NVIDIA_SMI_SECONDS = 20


@dataclass(frozen=True)
class Device:
    """Where the run would compute."""

    kind: str  # "cuda", "cpu", or "planned": a GPU that is not in this machine
    name: str
    memory_bytes: int | None  # free for the run; None where it is not known
    peak: float | None  # FLOP/s: of the datasheet; of a CPU as measured just now


def find_device(gpu_memory_gib: float | None, gpu_name: str | None) -> Device:
    """The GPU described by the arguments, else the one here, else the CPU."""
    if gpu_memory_gib is not None or gpu_name is not None:
        memory = int(gpu_memory_gib * GIB) if gpu_memory_gib is not None else None
        name = gpu_name or f"a GPU with {gpu_memory_gib:g} GiB"
        return Device("planned", name, memory, peak_flops(name))
    if torch.cuda.is_available():
        name = torch.cuda.get_device_name()
        return Device("cuda", name, torch.cuda.mem_get_info()[0], peak_flops(name))
    name = f"the CPU, {os.cpu_count()} cores"
    return Device("cpu", name, psutil.virtual_memory().total, measure_cpu())


def measure_cpu(seconds: float = 0.5) -> float:
    """FLOP/s of bf16 matrix products on this CPU, measured for `seconds`."""
    size = 768
    left, right = torch.randn(2, size, size).to(torch.bfloat16)
    left @ right
    started, products = time.perf_counter(), 0
    while time.perf_counter() - started < seconds:
        left @ right
        products += 1
    return products * 2 * size**3 / (time.perf_counter() - started)


def check_machine(config: Config, device: Device) -> list[Check]:
    return [_check_python(), *_check_packages(config.method), _check_cuda(device), _check_precision(config, device)]


def _check_python() -> Check:
    version = platform.python_version()
    if sys.version_info < (3, 11):
        return Check("machine.python", FAILURE, "Python", version, "The trainer needs Python 3.11 or newer.")
    return Check("machine.python", OK, "Python", f"{version}, {platform.platform(terse=True)}")


def _check_packages(method: str) -> list[Check]:
    """Those that the method needs, no older than requirements.txt says; and TensorBoard, which a run can miss."""
    lowest, pinned = read_versions("requirements.txt", ">="), read_versions("requirements.lock", "==")
    lines, problems = [], []
    for name in (*EVERY_METHOD, *BY_METHOD[method]):
        found = installed(name)
        if found is None:
            problems.append(f"{name} is not installed")
        elif name in lowest and _numbers(found) < _numbers(lowest[name]):
            problems.append(f"{name} {found} is older than {lowest[name]}")
        else:
            other = pinned.get(name, found)
            lines.append(
                f"{name} {found}" + ("" if other.split("+")[0] == found.split("+")[0] else f" (last run with {other})")
            )
    hint = "pip install -r training/requirements.lock"
    if problems:
        return [Check("machine.packages", FAILURE, "Packages", "; ".join(problems), hint)]
    checks = [Check("machine.packages", OK, "Packages", ", ".join(lines))]
    if installed("tensorboard") is None:
        detail = "not installed: the run writes events.jsonl, and no TensorBoard files"
        checks.append(Check("machine.tensorboard", WARNING, "TensorBoard", detail, hint))
    return checks


def read_versions(file: str, sign: str) -> dict[str, str]:
    """name → version of the lines `name{sign}version` of a requirements file, names in lower case."""
    try:
        text = (FOLDER / file).read_text(encoding="utf-8")
    except OSError:
        return {}
    return {
        name.lower(): version
        for name, version in re.findall(rf"^([\w.-]+){re.escape(sign)}([\w.+]+)", text, re.MULTILINE)
    }


def installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version.split("+")[0])[:3])


def query_driver() -> str | None:
    """What nvidia-smi says about GPUs and driver; None where there is no driver."""
    command = ["nvidia-smi", "--query-gpu=name,driver_version,memory.total", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=NVIDIA_SMI_SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return "; ".join(line.strip() for line in done.stdout.splitlines() if line.strip()) or None


def _check_cuda(device: Device) -> Check:
    title, name, driver = "GPU", "machine.cuda", query_driver()
    build = f"PyTorch {torch.__version__}, " + (
        f"CUDA {torch.version.cuda}" if torch.version.cuda else "built without CUDA"
    )
    if device.kind == "planned":
        return Check(name, OK, title, f"planned for {device.name}; {build} here is not looked at")
    if device.kind == "cuda":
        free, total = torch.cuda.mem_get_info()
        detail = (
            f"{device.name}, {free / GIB:.1f} of {total / GIB:.1f} GiB free; {build}; driver: {driver or 'unknown'}"
        )
        return Check(name, OK, title, detail)
    if driver:
        detail = f"the driver knows {driver}, but {build} cannot use it"
        return Check(
            name,
            FAILURE,
            title,
            detail,
            "Install a PyTorch built for this driver's CUDA: https://pytorch.org/get-started",
        )
    # Whether that is a fault depends on the size of the run: see plan.time.
    return Check(name, WARNING, title, f"no NVIDIA driver and no GPU here; {build}; the run would use {device.name}")


def _check_precision(config: Config, device: Device) -> Check:
    title, name, precision = "Precision", "machine.precision", config.train.precision
    if precision == "bf16" and device.kind == "cuda" and torch.cuda.get_device_capability() < (8, 0):
        detail = f"{device.name} has no bf16 tensor cores: it emulates them, several times slower"
        return Check(name, WARNING, title, detail, "Use a GPU of the Ampere generation (2020) or newer.")
    if precision == "fp32" and device.kind != "cpu":
        detail = "fp32 on a GPU: twice the memory, and far slower than bf16"
        return Check(name, WARNING, title, detail, "Set train.precision: bf16.")
    return Check(name, OK, title, precision)


def free_disk(folder: Path) -> int:
    """Free bytes where `folder` is or would be made."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
