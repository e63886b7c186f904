"""`python -m training.doctor --config FILE`: is this run worth starting?

Exit code 0: it can start (there may be warnings); 1: it would be wasted; 2: the configuration cannot be used.
"""

from __future__ import annotations

import argparse
import json
import os
import sys

from training.config import ConfigError, load_config
from training.doctor.check import FAILURE


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
    options = parser.parse_args(arguments)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        config = load_config(options.config)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 2
    from training.doctor import diagnose
    from training.doctor.text import render

    found = diagnose(config, options.gpu_memory_gib, options.gpu_name)
    print(json.dumps(found.to_json(), ensure_ascii=False) if options.json else render(found))
    return 1 if found.status == FAILURE else 0


if __name__ == "__main__":
    sys.exit(main())
