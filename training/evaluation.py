"""The model on the validation examples: loss, and SQL that the app may execute."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from training.attention import PackedMask
from training.config import Config
from training.data import Example, read_examples
from training.distributed import World
from training.events import log
from training.examples import Examples
from training.loss import judge_completions
from training.packing import Pack, collate_for
from training.scratch_model import ScratchModel, to_hf_config
from training.tokenizer import Tokenizer
from training.weights import Model

GENERATED_AT_ONCE = 16  # prompts


@dataclass
class Scores:
    """Sums over completions; means are made once all processes' sums are added."""

    loss: float = 0.0
    tokens: float = 0.0
    right_tokens: float = 0.0
    examples: float = 0.0
    right_examples: float = 0.0


@torch.no_grad()
def measure_loss(
    model: Model,
    examples: Examples,
    packs: list[Pack],
    world: World,
    make_mask: Callable[[Any], PackedMask],
    chunk: int,
    pack_length: int,
) -> dict[str, float]:
    """Loss a token, share of tokens, and share of whole completions, whose every token comes first (teacher forcing).

    The last bounds greedy decoding from below: a completion wholly right here is what greedy decoding writes."""
    model.eval()
    sums = Scores()
    for pack in packs[world.rank :: world.size]:
        # Of lengths that training has, for which compiled layers have their graph.
        batch = collate_for(world.device, examples, [pack], pack_length).to(world.device)
        hidden = model(batch, make_mask(batch))
        labels = batch.wanted
        losses, right = judge_completions(hidden, model.head, labels, chunk)
        owner = batch.examples[batch.examples >= 0].cpu()
        count = int(owner.max()) + 1
        wrong = torch.zeros(count, dtype=torch.bool)
        wrong[owner[~right.cpu()]] = True
        sums.loss += losses.sum().item()
        sums.tokens += len(labels)
        sums.right_tokens += int(right.sum())
        sums.examples += count
        sums.right_examples += int((~wrong).sum())
    model.train()
    loss, tokens, right_tokens, count, right_examples = world.sum(list(vars(sums).values()))
    return {
        "validation_loss": loss / tokens,
        "token_accuracy": right_tokens / tokens,
        "exact_completions": right_examples / count,
        "examples": int(count),
    }


def choose_examples(file: str, count: int, *, executable: bool = False) -> list[Example]:
    """`count` examples of a file, evenly spaced, so that every part of it is heard.

    executable: only those that name a database, where the file has any: the rest of a mix cannot be executed."""
    found = list(read_examples(file))
    if executable:
        found = [example for example in found if example.db_id is not None] or found
    step = max(1.0, len(found) / count)
    return [found[int(number * step)] for number in range(min(count, len(found)))]


def write_predictions(config: Config, model: Model, tokenizer: Tokenizer, target: Path, device: torch.device) -> None:
    """Greedy completions of some validation prompts, one JSON line each: {id, dbId, predictedSql, goldSql}."""
    assert config.data.validation is not None
    examples = choose_examples(config.data.validation, config.evaluate.predict_examples, executable=True)
    prompts = [tokenizer.encode_prompt(example.prompt) for example in examples]
    written = generate(model, prompts, tokenizer.end_id, config.evaluate.max_new_tokens, device)
    golds = [tokenizer.decode(ids[length:-1]) for ids, length in tokenizer.encode(examples)]
    with open(target, "w", encoding="utf-8") as file:
        for example, ids, gold in zip(examples, written, golds, strict=True):
            line = {"id": example.id, "dbId": example.db_id, "predictedSql": tokenizer.decode(ids), "goldSql": gold}
            file.write(json.dumps({key: _trim(value) for key, value in line.items()}, ensure_ascii=False) + "\n")


def _trim(value: str | None) -> str | None:
    return value.strip() if value is not None else None


@torch.no_grad()
def generate(model: Model, prompts: list[list[int]], end_id: int, count: int, device: torch.device) -> list[list[int]]:
    """For each prompt at most `count` ids written greedily, the end token left out."""
    causal = _to_transformers(model, device) if isinstance(model, ScratchModel) else model.causal
    attention = causal.config._attn_implementation
    causal.set_attn_implementation("sdpa")
    causal.eval()
    written: list[list[int]] = []
    try:
        with torch.compiler.set_stance("force_eager"):  # a text that grows has a new shape at each token
            for at in range(0, len(prompts), GENERATED_AT_ONCE):
                written += _generate_block(causal, prompts[at : at + GENERATED_AT_ONCE], end_id, count, device)
    finally:
        causal.set_attn_implementation(attention)
        model.train()
    return written


def _generate_block(
    causal: Any, prompts: list[list[int]], end_id: int, count: int, device: torch.device
) -> list[list[int]]:
    longest = max(len(prompt) for prompt in prompts)
    # Padded on the left, so that all prompts end where writing begins; the mask hides the padding, whatever its id.
    ids = torch.tensor([[end_id] * (longest - len(prompt)) + prompt for prompt in prompts], device=device)
    mask = torch.tensor([[0] * (longest - len(prompt)) + [1] * len(prompt) for prompt in prompts], device=device)
    output = causal.generate(
        input_ids=ids,
        attention_mask=mask,
        max_new_tokens=count,
        do_sample=False,
        num_beams=1,
        eos_token_id=end_id,
        pad_token_id=end_id,
        use_cache=True,
    )
    rows = output[:, longest:].tolist()
    return [row[: row.index(end_id)] if end_id in row else row for row in rows]


def _to_transformers(model: ScratchModel, device: torch.device) -> Any:
    """The same weights in transformers' model, which writes with a key-value cache."""
    from transformers import MistralConfig, MistralForCausalLM

    with device:
        causal = MistralForCausalLM(MistralConfig(**to_hf_config(model.config, model.vocab_size)))
    causal = causal.to(next(model.parameters()).dtype)
    causal.load_state_dict(model.state_dict(), strict=False)
    causal.tie_weights()
    return causal


def execute_predictions(config: Config, file: Path) -> dict[str, Any] | None:
    """What config.evaluate.command says of the predictions: {execution_accuracy, executed}; None where it failed.

    Whatever goes wrong here must not end a run: the loss remains as the score."""
    started = time.monotonic()
    try:
        done = run_command([*config.evaluate.command, str(file)], config.evaluate.command_timeout_minutes * 60)
        report = json.loads(done.stdout) if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired, ValueError) as error:
        log(f"evaluate.command: {error}")
        return None
    accuracy = _read_accuracy(report)
    if accuracy is None:
        log(
            f"evaluate.command exited with {done.returncode} and gave no executionAccuracy: {done.stderr.strip()[-500:]}"
        )
        return None
    log(f"executed {report['n']} predictions in {time.monotonic() - started:.1f} s")
    return {"execution_accuracy": accuracy, "executed": int(report["n"])}


def run_command(command: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Run to the end, or kill it with all that it started, at its limit and when the trainer is told to stop.

    Raises OSError, subprocess.TimeoutExpired."""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            output, errors = process.communicate(timeout=seconds)
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL) if os.name == "posix" else process.kill()
            raise
    return subprocess.CompletedProcess(command, process.returncode, output, errors)


def _read_accuracy(report: Any) -> float | None:
    """`executionAccuracy`, a share, or its `all`."""
    if not isinstance(report, dict) or not isinstance(report.get("n"), int):
        return None
    value = report.get("executionAccuracy")
    value = value.get("all") if isinstance(value, dict) else value
    return float(value) if isinstance(value, (int, float)) and 0 <= value <= 1 else None
