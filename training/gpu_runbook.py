"""Everything that only a GPU can show, in one command of at most ten minutes: `sh training/gpu_runbook.sh` (GPU.md says more).

Each section runs in a process of its own with a limit, so that none takes another down. The result, a dated JSON file of some
KB, is written anew after each section: an interrupted runbook leaves what it had, and says what is outstanding. `--rehearse`
runs the same code at tiny sizes on a CPU; a rehearsal's result is no measurement and is never written to training/results/.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import importlib.metadata
import json
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from training.gpu_report import Report, Setting, describe_error
from training.gpu_result import GOALS, judge_goal, list_outstanding, print_table, round_figures, to_lines

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).with_name("results")
BUDGET_SECONDS = 570.0  # of ten minutes, with some left to start and to write
LEAST_SECONDS = 20.0  # with less left, a section is not begun
FAILED_EXIT = 3  # a section ran to its end, and a check failed
PACKAGES = ("torch", "triton", "transformers", "peft", "accelerate", "bitsandbytes", "numpy")


def describe_machine() -> dict[str, Any]:
    """Names and versions; None where something does not say."""
    versions = {}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    gpu = run_text("nvidia-smi", "--query-gpu=name,driver_version,memory.total,power.limit", "--format=csv,noheader")
    if gpu is None:  # without that program PyTorch may still see the device
        gpu = run_text(sys.executable, "-c", "import torch; print(torch.cuda.get_device_name())")
    return {
        "gpu": gpu.splitlines()[0] if gpu else None,
        "cpus": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "packages": versions,
    }


def run_text(*command: str) -> str | None:
    """What a command prints; None where it is missing or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, cwd=ROOT)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() or None if done.returncode == 0 else None


def describe_source() -> dict[str, str | None]:
    """The commit, where there is a history, and in any case a hash of the trainer's code."""
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(f"{path.relative_to(ROOT)} {path.stat().st_size}\n".encode() + path.read_bytes())
    changes = run_text("git", "status", "--porcelain", "--", "training")
    commit = run_text("git", "rev-parse", "HEAD")
    return {"commit": f"{commit}+changes" if commit and changes else commit, "training_sha256": digest.hexdigest()}


@dataclass
class Job:
    """A section's process."""

    name: str
    limit: float  # seconds
    process: subprocess.Popen[bytes]
    part: Path
    log: Path
    started: float

    def wait(self) -> dict[str, Any]:
        """The section's result, at its limit at the latest."""
        try:
            code = self.process.wait(max(0.1, self.started + self.limit - time.monotonic()))
            status = {0: "passed", FAILED_EXIT: "failed"}.get(code, "error")
        except subprocess.TimeoutExpired:
            status = "timed out"
        self.kill()
        found = json.loads(self.part.read_text(encoding="utf-8")) if self.part.exists() else {}
        result = {"status": status, "seconds": round(time.monotonic() - self.started, 1), **found}
        if status == "passed" and not found.get("figures") and not found.get("checks"):
            result["status"] = "outstanding"
        if status in ("error", "timed out"):
            result["log"] = self.log.read_text(encoding="utf-8", errors="replace")[-600:]
        return result

    def kill(self) -> None:
        """The process and all that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Runbook:
    def __init__(self, options: argparse.Namespace, names: list[str]) -> None:
        """Raises ValueError where a rehearsal would lie among results."""
        from training.gpu_sections import SECTIONS

        self.sections = {name: SECTIONS[name] for name in names}
        self.options, self.started = options, time.monotonic()
        machine = describe_machine()
        self.target = choose_target(options, machine)
        self.result: dict[str, Any] = {
            "format": 1,
            "rehearsal": options.rehearse,
            "started": datetime.now(UTC).isoformat(timespec="seconds"),
            "continues": Path(options.continue_from).name if options.continue_from else None,
            "machine": machine,
            "source": describe_source(),
            "sections": {name: {"status": "skipped"} for name in names},
        }
        self.work = tempfile.TemporaryDirectory()

    def run(self) -> None:
        """Sections that are timed have the machine for themselves; the others run beside one another before them."""
        self.write()
        beside = [name for name, section in self.sections.items() if section.beside]
        alone = [[name] for name in self.sections if name not in beside]
        for group in [*alone[:1], beside, *alone[1:]]:
            jobs = [job for name in group if (job := self.start(name))]
            try:
                for job in jobs:
                    self.result["sections"][job.name] = job.wait()
                    self.write()
                    print(f"{job.name}: {self.result['sections'][job.name]['status']}", file=sys.stderr, flush=True)
            finally:
                for job in jobs:
                    job.kill()
        self.work.cleanup()

    def start(self, name: str) -> Job | None:
        """The section's process; None where too little time is left."""
        left = self.options.budget - (time.monotonic() - self.started)
        if left < LEAST_SECONDS:
            return None
        limit = min(self.sections[name].limit, left)
        part, log = Path(self.work.name) / f"{name}.json", Path(self.work.name) / f"{name}.log"
        command = [sys.executable, "-m", "training.gpu_runbook", "--section", name, "--part", str(part)]
        command += ["--seed", str(self.options.seed), *(["--rehearse"] if self.options.rehearse else [])]
        with open(log, "wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, start_new_session=True)
        return Job(name, limit, process, part, log, time.monotonic())

    def write(self) -> None:
        sections = self.result["sections"]
        self.result["seconds"] = round(time.monotonic() - self.started, 1)
        self.result["goals"] = [] if self.options.rehearse else [judge_goal(sections, *goal) for goal in GOALS]
        self.result["outstanding"] = list_outstanding(sections)
        self.target.parent.mkdir(parents=True, exist_ok=True)
        partial = self.target.with_name(f".{self.target.name}")
        partial.write_text(to_lines(round_figures(self.result)), encoding="utf-8")
        partial.replace(self.target)


def run_section(options: argparse.Namespace) -> int:
    """One section in this process: 0, FAILED_EXIT, or 1 for an error."""
    from training.gpu_sections import SECTIONS

    report, started = Report(Path(options.part)), time.monotonic()
    try:
        with contextlib.redirect_stdout(sys.stderr):
            SECTIONS[options.section].run(report, Setting(options.rehearse, options.seed))
    except Exception as error:
        traceback.print_exc()
        report.figure("error", describe_error(error))
        return 1
    finally:
        report.end(time.monotonic() - started)
    return 0 if report.passed else FAILED_EXIT


def choose_sections(options: argparse.Namespace) -> list[str]:
    from training.gpu_sections import SECTIONS

    names = list(SECTIONS)
    if options.continue_from:
        earlier = json.loads(Path(options.continue_from).read_text(encoding="utf-8"))["sections"]
        names = [name for name in names if earlier.get(name, {}).get("status") not in ("passed", "failed")]
    if options.sections:
        wanted = options.sections.split(",")
        unknown = sorted(set(wanted) - set(SECTIONS))
        if unknown:
            raise ValueError(f"unknown section {unknown[0]}; known: {', '.join(SECTIONS)}")
        names = [name for name in names if name in wanted]
    return names


def choose_target(options: argparse.Namespace, machine: dict[str, Any]) -> Path:
    """Raises ValueError where a rehearsal would lie among results."""
    folder = Path(options.out) if options.out else RESULTS
    if options.rehearse:
        if not options.out:
            folder = Path(tempfile.mkdtemp(prefix="gpu-rehearsal-"))
        if folder.resolve().is_relative_to(RESULTS.resolve()):
            raise ValueError("a rehearsal is no result: give --out a folder other than training/results")
        return folder / "rehearsal.json"
    device = re.sub(r"[^a-z0-9]+", "-", (machine["gpu"] or "gpu").split(",")[0].lower()).strip("-")
    return folder / f"{datetime.now(UTC):%Y-%m-%dT%H%MZ}-{device}.json"


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.gpu_runbook", description=__doc__.splitlines()[0])
    parser.add_argument("--out", help="folder for the result (default training/results)")
    parser.add_argument("--rehearse", action="store_true", help="tiny sizes, on a CPU too; no measurement")
    parser.add_argument("--sections", help="names, separated by commas (default: all)")
    parser.add_argument(
        "--continue", dest="continue_from", metavar="RESULT", help="only what this result leaves outstanding"
    )
    parser.add_argument(
        "--budget", type=float, default=BUDGET_SECONDS, help=f"seconds in all (default {BUDGET_SECONDS:.0f})"
    )
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the steps at which runs are killed")
    parser.add_argument("--section", help=argparse.SUPPRESS)
    parser.add_argument("--part", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """0; 1 where a section failed or ended in an error; 2 where nothing could be run. What is outstanding is no failure."""
    options = parse_arguments(arguments)
    if options.section:
        return run_section(options)
    try:
        names = choose_sections(options)
        runbook = Runbook(options, names)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if not options.rehearse and runbook.result["machine"]["gpu"] is None:
        print("no NVIDIA GPU answers here; --rehearse runs the same code at tiny sizes on a CPU", file=sys.stderr)
        return 2
    try:
        runbook.run()
    finally:
        print_table(runbook.result, runbook.target)
    statuses = {part["status"] for part in runbook.result["sections"].values()}
    return 1 if statuses & {"failed", "error", "timed out"} else 0


if __name__ == "__main__":
    sys.exit(main())
