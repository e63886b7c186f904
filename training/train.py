"""Train a model from scratch: `python -m training.train --config FILE [--resume]`, from the repository's root.

Read top to bottom: prepare the run directory, tokenizer and rows; loop over steps; evaluate, save, stop by the clock, the
step count, or a signal. A run always ends with a decayed learning rate, because the schedule follows whichever limit is
nearest.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F

from training.checkpoint import best_checkpoint, list_checkpoints, load_checkpoint, read_state, save_checkpoint
from training.config import Config, ConfigError, OptimizerConfig, load_config, save_config
from training.data import DataError, hash_file
from training.events import EventWriter
from training.manifest import write_manifest
from training.model import StarterModel, run_model
from training.optimizer import make_optimizer
from training.rows import Batch, Rows, collate, iterate_batches, load_rows, plan_batches
from training.tokenizer import WordEncoder, sample_texts, train_tokenizer


class Stop:
    """Set by SIGTERM and SIGINT: the loop saves and ends after the step at hand."""

    def __init__(self) -> None:
        self.requested = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._request)

    def _request(self, *_: object) -> None:
        self.requested = True


def log(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def rate_at(progress: float, config: OptimizerConfig) -> float:
    """Learning rate at a share of the run from 0 to 1: linear warm-up, then a cosine."""
    if progress < config.warmup_ratio:
        return config.learning_rate * max(progress / config.warmup_ratio, 0.01)
    rest = (min(progress, 1.0) - config.warmup_ratio) / (1 - config.warmup_ratio)
    low = config.final_learning_rate_ratio
    return config.learning_rate * (low + (1 - low) * 0.5 * (1 + math.cos(math.pi * rest)))


def prepare_tokenizer(config: Config, run_dir: Path) -> Path:
    """The run's tokenizer.model: its own if it has one (a resumed run), else the configured file, else a new one."""
    target = run_dir / "tokenizer.model"
    if target.exists():
        return target
    if config.tokenizer.file:
        try:
            shutil.copyfile(config.tokenizer.file, target)
        except OSError as error:
            raise ConfigError(f"tokenizer.file {config.tokenizer.file}: {error.strerror}") from error
    else:
        started = time.monotonic()
        texts = sample_texts(config.data.train, config.tokenizer.sample_groups, config.seed)
        train_tokenizer(texts, target, config.tokenizer, config.seed)
        log(f"trained the tokenizer in {time.monotonic() - started:.1f} s")
    return target


class Trainer:
    def __init__(self, config: Config, resume: bool) -> None:
        self.config = config
        self.run_dir = Path(config.run_dir)
        self.checkpoints = self.run_dir / "checkpoints"
        if not resume and list_checkpoints(self.checkpoints):
            raise ConfigError(f"{self.run_dir} holds a run already: give --resume, or another run_dir")
        if resume and not list_checkpoints(self.checkpoints):
            raise ConfigError(f"{self.checkpoints} holds no checkpoint to resume from")
        self.events = EventWriter(self.run_dir)
        self.stop = Stop()
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        if config.train.threads:
            torch.set_num_threads(config.train.threads)
        random.seed(config.seed)
        np.random.seed(config.seed)
        torch.manual_seed(config.seed)
        self._load_data()
        self.model = StarterModel(config.model, self.encoder.vocab_size).to(self.device)
        self.forward = torch.compile(self.model) if config.train.compile else self.model
        self.optimizer = make_optimizer(self.model, config.optimizer)
        self.step, self.elapsed, self.epoch, self.batch = 0, 0.0, 0, 0
        self.examples_seen = self.tokens_seen = 0
        self.validation: dict[str, float] | None = None
        self.evaluated_step = -1
        if resume:
            self._resume()
        save_config(config, self.run_dir / "config.yaml")
        self.max_steps = self._find_max_steps()

    def _load_data(self) -> None:
        config, data = self.config, self.config.data
        tokenizer_file = prepare_tokenizer(config, self.run_dir)
        self.encoder = WordEncoder(tokenizer_file)
        tokenizer_hash = hash_file(tokenizer_file)
        self.rows = load_rows(data.train, self.encoder, tokenizer_hash, data)
        self.data_hashes = {file: hash_file(file) for file in data.train}
        self.validation_rows: Rows | None = None
        if data.validation:
            self.validation_rows = load_rows([data.validation], self.encoder, tokenizer_hash, data)
            self.data_hashes[data.validation] = hash_file(data.validation)

    def _resume(self) -> None:
        path = list_checkpoints(self.checkpoints)[-1]
        state = load_checkpoint(path, self.model, self.optimizer)
        self.step, self.elapsed = state["step"], state["elapsed_seconds"]
        self.examples_seen, self.tokens_seen = state["examples_seen"], state["tokens_seen"]
        if state["train_hashes"] == self._train_hashes():
            self.epoch, self.batch = state["epoch"], state["batch"]
        else:
            self.events.write("warning", message="The training files have changed: the data starts from its beginning.")
        log(f"resumed from {path}")

    def _train_hashes(self) -> list[str]:
        return [self.data_hashes[file] for file in self.config.data.train]

    def _find_max_steps(self) -> int | None:
        """The nearer of max_steps and epochs, in steps."""
        train = self.config.train
        limits = [train.max_steps] if train.max_steps else []
        if train.epochs:
            batches = len(plan_batches(self.rows, train.micro_batch_tokens, self.config.seed))
            limits.append(math.ceil(train.epochs * batches / train.micro_batches_per_step))
        return min(limits) if limits else None

    def progress(self) -> float:
        """Share of the run that is done: by the clock or by steps, whichever is further."""
        shares = [0.0]
        if self.config.train.max_minutes:
            shares.append(self.elapsed / 60 / self.config.train.max_minutes)
        if self.max_steps:
            shares.append(self.step / self.max_steps)
        return max(shares)

    def logits(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
        """Logits and labels of the learnt positions."""
        inputs = {name: getattr(batch, name).to(self.device) for name in ("tokens", "positions", "mask", "labels")}
        labels = inputs["labels"]
        return run_model(self.forward, inputs, self.config.train.precision), labels[labels >= 0]

    def train_step(self, places: Iterator[tuple[int, int, np.ndarray]]) -> tuple[float, int]:
        """One optimiser step over `micro_batches_per_step` batches.

        Returns the mean loss a completion token and the tokens computed; the prompt's share, if any, is not in it."""
        prompt_weight = self.config.train.prompt_loss_weight
        taken = [next(places) for _ in range(self.config.train.micro_batches_per_step)]
        batches = [collate(self.rows, numbers, learn_prompt=prompt_weight > 0) for _, _, numbers in taken]
        learnt = sum(int((batch.examples >= 0).sum()) for batch in batches)
        rate = rate_at(self.progress(), self.config.optimizer)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.zero_grad(set_to_none=True)
        total = 0.0
        for batch in batches:
            logits, labels = self.logits(batch)
            losses = F.cross_entropy(logits, labels, reduction="none")
            of_completion = (batch.examples >= 0)[batch.labels >= 0].to(losses.device)
            weights = torch.where(of_completion, 1.0, prompt_weight)
            ((losses * weights).sum() / learnt).backward()
            total += (losses.detach() * of_completion).sum().item() / learnt
        if not math.isfinite(total):
            raise FloatingPointError(f"the loss is {total} at step {self.step + 1}: lower optimizer.learning_rate")
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.config.optimizer.gradient_clip)
        self.optimizer.step()
        self.step += 1
        self.epoch, self.batch = taken[-1][0], taken[-1][1] + 1
        self.examples_seen += sum(int(batch.examples.max()) + 1 for batch in batches)
        return total, sum(batch.token_count for batch in batches)

    @torch.no_grad()
    def evaluate(self) -> dict[str, float]:
        """Loss a token, share of tokens, and share of whole completions, whose every token comes first (teacher forcing).

        The last bounds greedy decoding from below: a completion wholly right here is what greedy decoding writes."""
        loss_sum, tokens, right_tokens, examples, right_examples = 0.0, 0, 0, 0, 0
        for numbers in plan_batches(self.validation_rows, self.config.train.micro_batch_tokens, None):
            batch = collate(self.validation_rows, numbers)
            logits, labels = self.logits(batch)
            right = (logits.argmax(-1) == labels).cpu()
            owner = batch.examples[batch.labels >= 0]
            count = int(owner.max()) + 1
            loss_sum += F.cross_entropy(logits, labels, reduction="sum").item()
            tokens, right_tokens = tokens + len(labels), right_tokens + int(right.sum())
            wrong = torch.zeros(count, dtype=torch.bool).index_put_((owner[~right],), torch.tensor(True))
            examples, right_examples = examples + count, right_examples + int((~wrong).sum())
        return {
            "validation_loss": loss_sum / tokens,
            "token_accuracy": right_tokens / tokens,
            "exact_completions": right_examples / examples,
            "examples": examples,
        }

    def run_evaluation(self) -> None:
        if self.validation_rows is None:
            return
        self.validation, self.evaluated_step = self.evaluate(), self.step
        self.events.write("eval", step=self.step, elapsed_seconds=self.elapsed, **self.validation)

    def save(self) -> Path:
        state: dict[str, Any] = {
            "step": self.step,
            "elapsed_seconds": self.elapsed,
            "epoch": self.epoch,
            "batch": self.batch,
            "examples_seen": self.examples_seen,
            "tokens_seen": self.tokens_seen,
            "train_hashes": self._train_hashes(),
            "vocab_size": self.encoder.vocab_size,
            **(self.validation or {}),
        }
        path = save_checkpoint(self.checkpoints, self.model, self.optimizer, state, self.config.train.keep_checkpoints)
        self.events.write("checkpoint", step=self.step, path=path)
        return path

    def run(self) -> str:
        """Train to the end or to a signal; returns "finished" or "stopped"."""
        train = self.config.train
        self._announce()
        places = iterate_batches(self.rows, train.micro_batch_tokens, self.config.seed, self.epoch, self.batch)
        evaluation = Timer(train.evaluate_every_minutes, train.evaluate_every_steps, self)
        saving = Timer(train.checkpoint_every_minutes, train.checkpoint_every_steps, self)
        window_tokens, window_seconds, last = 0, 0.0, time.monotonic()
        while self.progress() < 1 and not self.stop.requested:
            loss, tokens = self.train_step(places)
            now = time.monotonic()
            self.elapsed, window_seconds, last = self.elapsed + now - last, window_seconds + now - last, now
            self.tokens_seen, window_tokens = self.tokens_seen + tokens, window_tokens + tokens
            if self.step % train.log_every_steps == 0:
                self._report_step(loss, window_tokens / window_seconds)
                window_tokens, window_seconds = 0, 0.0
            if evaluation.is_due():
                self.run_evaluation()
            if saving.is_due():
                self.save()
            # Evaluations and saves count towards max_minutes, not towards the tokens a second.
            self.elapsed, last = self.elapsed + time.monotonic() - now, time.monotonic()
        return self._finish()

    def _announce(self) -> None:
        self.events.write(
            "run_started",
            name=self.config.name,
            run_dir=self.run_dir,
            step=self.step,
            device=torch.cuda.get_device_name() if self.device.type == "cuda" else "cpu",
            threads=torch.get_num_threads(),
            precision=self.config.train.precision,
            parameters=sum(parameter.numel() for parameter in self.model.parameters()),
            vocab_size=self.encoder.vocab_size,
            rows=len(self.rows),
            examples=len(self.rows.rest_length),
            tokens=len(self.rows.tokens),
            max_steps=self.max_steps,
            max_minutes=self.config.train.max_minutes,
        )

    def _report_step(self, loss: float, tokens_per_second: float) -> None:
        progress = self.progress()
        self.events.write(
            "step",
            step=self.step,
            epoch=self.epoch,
            loss=loss,
            learning_rate=self.optimizer.param_groups[0]["lr"],
            tokens_per_second=tokens_per_second,
            examples_seen=self.examples_seen,
            elapsed_seconds=self.elapsed,
            eta_seconds=self.elapsed * (1 / progress - 1) if progress > 0 else None,
        )

    def _finish(self) -> str:
        outcome = "stopped" if self.progress() < 1 else "finished"
        if outcome == "finished" and self.evaluated_step != self.step:
            self.run_evaluation()
        path = self.save()
        if outcome == "finished":
            best = best_checkpoint(self.checkpoints) or path
            write_manifest(self.run_dir, self.config, self.data_hashes, read_state(path), best)
            self.events.write("artifact", artifact="manifest", path=self.run_dir / "manifest.json")
        self.events.write("run_finished", outcome=outcome, step=self.step, elapsed_seconds=self.elapsed, checkpoint=path)
        return outcome


class Timer:
    """Due every so many minutes of training, or steps, or both."""

    def __init__(self, minutes: float | None, steps: int | None, trainer: Trainer) -> None:
        self.minutes, self.steps, self.trainer = minutes, steps, trainer
        self.last_elapsed = trainer.elapsed

    def is_due(self) -> bool:
        by_clock = self.minutes is not None and self.trainer.elapsed - self.last_elapsed >= self.minutes * 60
        by_steps = self.steps is not None and self.trainer.step % self.steps == 0
        if by_clock or by_steps:
            self.last_elapsed = self.trainer.elapsed
        return by_clock or by_steps


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 (finished or stopped by a signal after saving), 1 (failed), 2 (the configuration is unusable)."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__.splitlines()[0])
    parser.add_argument("--config", required=True)
    parser.add_argument("--resume", action="store_true", help="continue from the newest checkpoint of run_dir")
    options = parser.parse_args(arguments)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    trainer = None
    try:
        trainer = Trainer(load_config(options.config), options.resume)
        trainer.run()
        return 0
    except (ConfigError, DataError) as error:
        log(str(error))
        return 2
    except Exception as error:
        if trainer is None:
            raise
        trainer.events.write("run_failed", step=trainer.step, message=f"{type(error).__name__}: {error}")
        raise


if __name__ == "__main__":
    sys.exit(main())
