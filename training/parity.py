"""What the app must reproduce: `python -m training.parity --run RUN_DIR --checkpoint DIR --examples FILE --out FILE.json`.

Takes some prompts of an example file and writes, for each, SentencePiece's ids and the ids that greedy decoding writes with
the unquantized model. A test of the app holds llama.cpp to the tokens exactly, and to most of what is written.
"""

from __future__ import annotations

import argparse
import itertools
import json
from pathlib import Path

import torch

from training.checkpoint import best_checkpoint
from training.config import load_config
from training.data import read_groups
from training.export import load_weights
from training.model import StarterModel
from training.tokenizer import BEGIN_ID, END_ID, WordEncoder

PROMPTS = 12
WRITTEN = 16


@torch.no_grad()
def write_greedily(model: StarterModel, ids: list[int], count: int) -> list[int]:
    """Up to `count` ids after `ids`, without the end mark."""
    written: list[int] = []
    while len(written) < count:
        tokens = torch.tensor([ids + written])
        length = tokens.shape[1]
        mask = torch.ones(1, 1, length, length, dtype=torch.bool).tril()
        labels = torch.full_like(tokens, -100)
        labels[0, -1] = 0
        best = int(model(tokens, torch.arange(length)[None], mask, labels).argmax(-1))
        if best == END_ID:
            break
        written.append(best)
    return written


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.parity", description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--checkpoint", type=Path, help="default: the best by validation loss")
    parser.add_argument("--examples", required=True, help="example lines, the first prompt of each of the first groups is taken")
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    config = load_config(options.run / "config.yaml")
    encoder = WordEncoder(options.run / "tokenizer.model")
    model = StarterModel(config.model, encoder.vocab_size)
    model.load_state_dict(load_weights(options.checkpoint or best_checkpoint(options.run / "checkpoints")))
    model.eval()
    cases = []
    for group in itertools.islice(read_groups(options.examples), PROMPTS):
        prompt = f"{group[0].schema} {group[0].rest}"
        ids = [BEGIN_ID, *encoder.encode(prompt)]
        cases.append({"prompt": prompt, "tokens": ids, "written": write_greedily(model, ids, WRITTEN)})
    options.out.write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{len(cases)} prompts in {options.out}")


if __name__ == "__main__":
    main()
