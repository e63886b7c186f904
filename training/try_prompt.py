"""What a run's best checkpoint writes for some of its validation examples: `python -m training.try_prompt --run RUN_DIR`.

Paths of the run's recipe are taken from the working folder, as the trainer takes them.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

from training.checkpoint import CheckpointError, best_checkpoint
from training.config import ConfigError, load_run_config
from training.data import DataError
from training.evaluation import choose_examples
from training.events import log
from training.parity import write_greedily
from training.tokenizer import make_tokenizer
from training.whole_model import ExportError, load_causal

SHOWN_CHARACTERS = 600


def try_prompts(run_dir: Path, count: int, length: int) -> None:
    """Print each prompt's end, what the data says and what the model writes. Raises what `main` explains."""
    config = load_run_config(run_dir)
    checkpoint = best_checkpoint(run_dir / "checkpoints")
    if checkpoint is None:
        raise ExportError(f"{run_dir / 'checkpoints'} holds no checkpoint: train first")
    tokenizer = make_tokenizer(config, run_dir)
    causal = load_causal(config, checkpoint, tokenizer.vocab_size)
    for example in choose_examples(config.data.validation or config.data.train[0], count):
        with torch.no_grad():
            written = write_greedily(causal, tokenizer.encode_prompt(example.prompt), tokenizer.end_id, length)
        ids = [token for token in written if token != tokenizer.end_id]
        print(f"prompt   … {example.prompt[-SHOWN_CHARACTERS:].strip()}")
        print(f"expected {example.completion.removesuffix('</s>').strip()}")
        print(f"written  {tokenizer.decode(ids).strip()}\n")
    print(f"By {checkpoint.name}; greedy, at most {length} tokens each.")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.try_prompt", description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="the run's folder")
    parser.add_argument("--count", type=int, default=3, help="examples; default: 3")
    parser.add_argument("--length", type=int, default=128, help="tokens of an answer at most; default: 128")
    options = parser.parse_args(arguments)
    try:
        try_prompts(options.run, options.count, options.length)
    except (ConfigError, CheckpointError, DataError, ExportError) as error:
        log(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
