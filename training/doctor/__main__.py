"""`python -m training.doctor --config FILE`: is this run worth starting?

Exit code 0: it can start (there may be warnings); 1: it would be wasted; 2: the configuration cannot be used.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

from training.config import ConfigError, load_config
from training.doctor.check import FAILURE
from training.measure import SECONDS, measure_apart


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < 1e6:
        raise argparse.ArgumentTypeError(f"{text} is not a size in GiB")
    return value


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m training.doctor", description="Say whether a training run is worth starting."
    )
    parser.add_argument("--config", required=True, help="the run's YAML file")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")
    parser.add_argument(
        "--gpu-memory-gib", type=_positive, help="plan for a GPU with so much memory, GiB; default: the one here"
    )
    parser.add_argument("--gpu-name", help="plan for this GPU, named as PyTorch does, e.g. 'NVIDIA A100'")
    parser.add_argument("--hardware", help="estimate for these too: a JSON file [{id, gpu, memory_gib}]")
    parser.add_argument(
        "--measure",
        nargs="?",
        type=float,
        const=SECONDS,
        metavar="SECONDS",
        help="time some steps of the run here first, in a temporary folder; default: %(const)s s of steps",
    )
    options = parser.parse_args(arguments)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        config = load_config(options.config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    # Only now, since the hub's client reads its variables when it is imported.
    from training.doctor import diagnose
    from training.doctor.hardware import read_hardware
    from training.doctor.text import render

    try:
        hardware = read_hardware(options.hardware) if options.hardware else []
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    measured, problem = None, None
    if options.measure:
        try:
            measured = measure_apart(options.config, options.measure)
        except (RuntimeError, ValueError, OSError, subprocess.SubprocessError) as error:
            problem = str(error)
    found = diagnose(config, options.gpu_memory_gib, options.gpu_name, hardware, measured, problem)
    print(json.dumps(found.to_json(), ensure_ascii=False) if options.json else render(found))
    return 1 if found.status == FAILURE else 0


if __name__ == "__main__":
    sys.exit(main())
