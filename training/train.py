"""Train a model: `python -m training.train --config FILE [--resume]`, from the repository's root.

LoRA, QLoRA or all weights of a transformers model, or a small model from scratch; several GPUs under `torchrun -m`.
Read top to bottom: prepare data and model; loop over steps; evaluate, save, stop by the clock, the step count, a signal, or
when validation no longer gets better. The learning rate follows whichever limit is nearest, so that a run ends decayed.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import statistics
import sys
import time
import traceback
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import torch
from filelock import FileLock, Timeout
from torch import Tensor

from training.attention import PackedMask, choose_attention
from training.checkpoint import (
    CheckpointError,
    best_checkpoint,
    check_room,
    delete_old,
    folder_bytes,
    list_checkpoints,
    load_checkpoint,
    read_config,
    read_state,
    save_checkpoint,
    score,
    step_of,
)
from training.config import Config, ConfigError, load_config, save_config, show_run_dir
from training.data import DataError, hash_file
from training.device import Device
from training.disk import DiskFullError
from training.distributed import World
from training.evaluation import execute_predictions, measure_loss, write_predictions
from training.events import EventWriter, log
from training.examples import Examples, load_examples
from training.failures import OutOfMemory, classify, is_known
from training.hub import prepare_hub
from training.loader import Step, StepLoader, longest_batch
from training.loss import completion_losses
from training.manifest import copy_adapter, find_commit, make_manifest, write_manifest
from training.memory import find_micro_batch, free_memory, is_out_of_memory
from training.model_card import write_cards
from training.optimizer import make_optimizer, rate_at
from training.packing import Batch, plan_epoch, plan_evaluation, summarize
from training.resume import Changes, compare_configs
from training.stop import Interrupted, Stop
from training.tokenizer import make_tokenizer
from training.weights import Masters, count_parameters, make_model, trainable_bytes

# How long a shared folder may show a machine what another one wrote before (NFS: a minute).
SEEN_SECONDS = 90


class Trainer:
    def __init__(self, config: Config, resume: bool, world: World | None = None) -> None:
        self.config, self.world = config, world or World()
        self.device = self.world.device
        self.world.check_packs(config.train.packs_per_step)
        self.run_dir = Path(config.run_dir)
        self.checkpoints = self.run_dir / "checkpoints"
        self.stop = Stop()
        self.is_stopping = False
        self.events: EventWriter | None = None
        self.step, self.elapsed, self.epoch, self.place = 0, 0.0, 0, 0
        found = self._open_run(resume)
        try:
            self._load(found)
        except Exception as error:
            self.report_failure(error)
            raise

    def _load(self, found: list[Path]) -> None:
        """Data, model and optimiser, as new or as the newest checkpoint has them."""
        config = self.config
        if config.train.threads:
            torch.set_num_threads(config.train.threads)
        random.seed(config.seed)
        np.random.seed(config.seed)
        torch.manual_seed(config.seed)
        self._load_data()
        self.model = make_model(config, self.tokenizer.vocab_size, self.device)
        self.masters = Masters(self.model, config.train.precision)
        self.optimizer = make_optimizer(self.masters.named, config.optimizer)
        self.attention = choose_attention(config.train.attention, self.device)
        self.epoch_packs = 1
        self.examples_seen = self.tokens_seen = 0
        self.scores: dict[str, Any] | None = None
        self.evaluated_step = self.saved_step = -1
        self.best: tuple[float, float] | None = None
        self.evaluations_without_best = 0
        self.micro_batch_packs = config.train.micro_batch_packs
        self.is_checkpointing = bool(config.train.gradient_checkpointing)
        if found:
            self._resume(found[-1])
        else:
            self.world.spread(list(self.masters.named.values()))
            self.masters.publish()
        if self.world.is_first:
            self._check_disk()
        self.max_steps = self._find_max_steps()
        self.meter = Device(self.device, self.config, self.model, self.packing)

    def _open_run(self, resume: bool) -> list[Path]:
        """Take hold of the run's folder; returns its checkpoints. From here on what fails is an event."""
        self.started_before = resume and (self.run_dir / "config.yaml").exists()
        if resume and not self.started_before:
            raise ConfigError(f"{show_run_dir(self.config)} holds no run to resume")
        self._lock_run()
        found = self._find_checkpoints()
        if found and not resume:
            raise ConfigError(f"{show_run_dir(self.config)} holds a run already: give --resume, or another run_dir")
        self.changes = compare_configs(read_config(found[-1]), self.config) if found else Changes([], False)
        if self.world.is_first:
            save_config(self.config, self.run_dir / "config.yaml")
            self.events = EventWriter(self.run_dir, step_of(found[-1]) if found else 0)
        return found

    def _find_checkpoints(self) -> list[Path]:
        """Up to the first process's newest one. Another machine may see it late, or, without a common folder, not at all: going on
        from different steps would mix two runs."""
        found = list_checkpoints(self.checkpoints)
        newest = step_of(found[-1]) if found and self.world.is_first else -1
        step = int(self.world.largest([float(newest)])[0])
        end = time.monotonic() + SEEN_SECONDS
        while step >= 0 and not any(step_of(path) == step for path in found) and time.monotonic() < end:
            time.sleep(1)
            found = list_checkpoints(self.checkpoints)
        found = [path for path in found if step_of(path) <= step]
        if step >= 0 and (not found or step_of(found[-1]) != step):
            raise CheckpointError(
                f"process {self.world.rank} has no checkpoint of step {step} in {show_run_dir(self.config)}, the first process has: "
                "put the run's folder where all machines see it, or copy checkpoints/ and config.yaml to each"
            )
        return found

    def _lock_run(self) -> None:
        """Two trainers in one run would overwrite each other's checkpoints. The lock goes with the process."""
        if not self.world.is_first:
            return
        try:
            self.run_dir.mkdir(parents=True, exist_ok=True)
            self.lock = FileLock(self.run_dir / ".lock")
            self.lock.acquire(timeout=0)
        except Timeout as error:
            raise ConfigError(
                f"{show_run_dir(self.config)} is in use by another trainer: wait for it, stop it, or choose another run_dir"
            ) from error
        except OSError as error:
            raise ConfigError(f"run_dir {show_run_dir(self.config)} cannot be written: {error.strerror}") from error

    def _load_data(self) -> None:
        config, data = self.config, self.config.data
        if not self.world.is_first:
            self.world.wait()  # the first process fills the caches that the others read
        self.tokenizer = make_tokenizer(config, self.run_dir)
        self.examples = load_examples(data.train, self.tokenizer, data)
        self.validation: Examples | None = None
        if data.validation:
            self.validation = load_examples([data.validation], self.tokenizer, data)
            self.validation_packs = plan_evaluation(self.validation, data, config.evaluate.examples)
        if self.world.is_first:
            self.world.wait()
        files = [*data.train, *([data.validation] if data.validation else [])]
        self.data_hashes = {file: hash_file(file) for file in files}
        self.first_epoch = plan_epoch(self.examples, data, config.seed, 0)
        self.packing = summarize(self.examples, self.first_epoch, data.pack_length)

    def _resume(self, path: Path) -> None:
        state = load_checkpoint(path, self.config, self.model, self.masters, self.optimizer)
        self.step, self.elapsed = state["step"], state["elapsed_seconds"]
        self.examples_seen, self.tokens_seen = state["examples_seen"], state["tokens_seen"]
        self.best = tuple(state["best"]) if state["best"] else None
        self.evaluations_without_best = state["evaluations_without_best"]
        self.micro_batch_packs = self.micro_batch_packs or state["micro_batch_packs"]
        self.is_checkpointing = self.is_checkpointing or state["gradient_checkpointing"]
        if state["train_hashes"] != self._train_hashes():
            self.changes.warnings.append("The training files have changed: the data starts from its beginning.")
            self.changes.reorders = True
        if not self.changes.reorders:
            self.epoch, self.place = state["epoch"], state["place"]
        log(f"resumed from {path}")

    def _train_hashes(self) -> list[str]:
        return [self.data_hashes[file] for file in self.config.data.train]

    def _check_disk(self) -> None:
        """Room for what will lie there at once; better now than after hours."""
        self.checkpoints.mkdir(parents=True, exist_ok=True)
        check_room(self.checkpoints, self.masters)

    def _find_max_steps(self) -> int | None:
        """The nearer of max_steps and epochs (min_steps at least), in steps."""
        train = self.config.train
        limits = [train.max_steps] if train.max_steps else []
        if train.epochs:
            steps = math.ceil(train.epochs * len(self.first_epoch) / train.packs_per_step)
            limits.append(max(steps, train.min_steps or 0))
        return min(limits) if limits else None

    def progress(self) -> float:
        """Share of the run that is done: by the clock or by steps, whichever is further."""
        shares = [0.0]
        if self.config.train.max_minutes:
            shares.append(self.elapsed / 60 / self.config.train.max_minutes)
        if self.max_steps:
            shares.append(self.step / self.max_steps)
        return max(shares)

    def make_mask(self, batch: Batch) -> PackedMask:
        return PackedMask(batch, self.attention)

    def prepare(self) -> None:
        """Find what fits into memory, and compile."""
        if self.is_checkpointing:
            self.enable_checkpointing()
        if self.config.train.compile:
            if self.device.type == "cpu":
                self.warn("train.compile costs more than it saves on a CPU.", "Leave it out of the recipe there.")
            # On CUDA batches have one length or two, for which a graph of that length is the fastest; on a CPU each has its own.
            dynamic = False if self.device.type == "cuda" else None
            for layer in self.model.layers:
                layer.compile(dynamic=dynamic)
        share = self.config.train.packs_per_step // self.world.size
        if self.micro_batch_packs is None:
            self.micro_batch_packs = 1 if self.device.type == "cpu" else self._probe_memory(share)
        self.micro_batch_packs = min(self.micro_batch_packs, share)

    def enable_checkpointing(self) -> None:
        self.is_checkpointing = True
        self.model.enable_checkpointing()

    def _probe_memory(self, share: int) -> int:
        def attempt(count: int) -> None:
            learn_prompt = self.config.train.prompt_loss_weight > 0
            batch = longest_batch(
                self.examples, self.first_epoch, count, self.device, self.config.data.pack_length, learn_prompt
            )
            try:
                for _ in range(2):  # at the second, the first one's gradients lie beside it
                    self.compute(batch.to(self.device), 1)
            finally:
                self.masters.drop()

        # The optimiser's two moments come with its first step.
        reserve = 0 if self.step else 2 * trainable_bytes(self.masters)
        free_memory()
        found = find_micro_batch(share, attempt, reserve)
        if found is None and self.config.train.gradient_checkpointing is None:
            self.warn(
                "One pack does not fit the GPU's memory: gradient checkpointing is turned on, which costs a third of the speed."
            )
            self.enable_checkpointing()
            found = find_micro_batch(share, attempt, reserve)
        fitting = -self.world.largest([-float(found or 0)])[0]
        if not fitting:
            raise OutOfMemory("one pack does not fit the GPU's memory, even with gradient checkpointing")
        return int(fitting)

    def compute(self, batch: Batch, learnt: float) -> Tensor:
        """Forward and backward of one micro-batch; its share of the step's mean loss a completion token."""
        hidden = self.model(batch, self.make_mask(batch))
        losses = completion_losses(hidden, self.model.head, batch.wanted, self.config.train.loss_chunk_tokens)
        weights = torch.where(batch.of_completion, 1.0, self.config.train.prompt_loss_weight)
        ((losses * weights).sum() / learnt).backward()
        self.masters.collect()
        return (losses.detach() * batch.of_completion).sum() / learnt

    def train_step(self, step: Step) -> tuple[float, float]:
        """One optimiser step; returns the mean loss a completion token and the gradient's norm before clipping."""
        self.world.seed_step(self.config.seed, self.step)
        learnt = self.world.sum([float(sum(batch.learnt for batch in step.batches))])[0]
        rate = rate_at(self.progress(), self.config.optimizer)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        loss = self._compute_all(step, learnt)
        while loss is None:
            self._back_off()
            loader = self.loader
            loader.micro_batch_packs = self.micro_batch_packs
            step.batches = list(loader.make_batches(step.packs))
            loss = self._compute_all(step, learnt)
        masters = list(self.masters.named.values())
        self.world.sum_gradients(masters)
        total = self.world.sum([float(loss)])[0]
        norm = float(torch.nn.utils.clip_grad_norm_(masters, self.config.optimizer.gradient_clip))
        if not (math.isfinite(total) and math.isfinite(norm)):  # before it reaches the weights
            raise FloatingPointError(
                f"at step {self.step + 1} the loss is {total} and the gradients' norm {norm}: lower optimizer.learning_rate, "
                "then go on with --resume"
            )
        self.optimizer.step()
        self.masters.publish()
        self.masters.drop()
        examples, tokens = self.world.sum(
            [
                float(sum(sum(batch.row_examples) for batch in step.batches)),
                float(sum(b.token_count for b in step.batches)),
            ]
        )
        self.step, self.examples_seen, self.tokens_seen = (
            self.step + 1,
            self.examples_seen + int(examples),
            self.tokens_seen + int(tokens),
        )
        self.epoch, self.place, self.epoch_packs = step.epoch, step.place, step.epoch_packs
        return total, norm

    def _compute_all(self, step: Step, learnt: float) -> Tensor | None:
        """The step's micro-batches; None where any process ran out of memory, with nothing of them kept."""
        failed = 0.0
        loss = torch.zeros((), device=self.device)
        try:
            for batch in step.batches:
                loss = loss + self.compute(batch.to(self.device), learnt)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            failed = 1.0
        if self.world.largest([failed])[0]:
            self.masters.drop()
            free_memory()
            return None
        return loss

    def _back_off(self) -> None:
        """Less at once: half the packs, then gradient checkpointing, then an error."""
        if self.micro_batch_packs > 1:
            self.micro_batch_packs //= 2
            self.warn(f"The GPU ran out of memory: {self.micro_batch_packs} packs at once from here on.")
        elif not self.is_checkpointing and self.config.train.gradient_checkpointing is None:
            self.enable_checkpointing()
            self.warn(
                "The GPU ran out of memory: gradient checkpointing from here on, which costs a third of the speed."
            )
        else:
            raise OutOfMemory("the memory does not hold one pack")

    def warn(self, message: str, hint: str | None = None) -> None:
        log(message)
        if self.events:
            self.events.write("warning", message=message, hint=hint, step=self.step or None)

    def run_evaluation(self) -> bool:
        """Evaluate once at this step; whether the model is the best so far."""
        if self.validation is None or self.evaluated_step == self.step:
            return False
        started = time.monotonic()
        try:
            # A stop must not wait for it: whoever stops a run kills it after some seconds. Several processes wait for each other.
            self.stop.is_interruptible = self.world.size == 1
            if self.agree_to_stop():
                raise Interrupted
            scores = measure_loss(
                self.model,
                self.validation,
                self.validation_packs,
                self.world,
                self.make_mask,
                self.config.train.loss_chunk_tokens,
                self.config.data.pack_length,
            )
            self.scores = scores | self._execute()
        except Interrupted:
            log("the evaluation is left for later")
            return False
        finally:
            self.stop.is_interruptible = False
        self.evaluated_step = self.step
        value = score(self.scores)
        is_best = value is not None and (self.best is None or value > self.best)
        self.best = value if is_best else self.best
        self.evaluations_without_best = 0 if is_best else self.evaluations_without_best + 1
        self.evaluation_seconds = time.monotonic() - started
        if self.events:
            self.events.write(
                "eval", step=self.step, elapsed_seconds=self.elapsed, seconds=self.evaluation_seconds, **self.scores
            )
        return is_best

    def _execute(self) -> dict[str, Any]:
        """Write predictions and have them executed, where the configuration says so."""
        nothing: dict[str, Any] = {"execution_accuracy": None, "executed": None}
        if not self.config.evaluate.predict_examples:
            return nothing
        result: dict[str, Any] | None = None
        if self.events:
            target = self.run_dir / "predictions" / f"step-{self.step:06d}.jsonl"
            target.parent.mkdir(exist_ok=True)
            write_predictions(self.config, self.model, self.tokenizer, target, self.device)
            self.events.write("artifact", artifact="predictions", path=target, bytes=target.stat().st_size)
            if self.config.evaluate.command:
                result = execute_predictions(self.config, target)
                if result is None:
                    self.warn("evaluate.command failed: this evaluation counts by its loss alone.", "See the log.")
        self.world.wait()
        accuracy = self.world.largest([result["execution_accuracy"] if result else -1.0])[0]
        executed = self.world.largest([float(result["executed"]) if result else 0.0])[0]
        return {"execution_accuracy": accuracy, "executed": int(executed)} if accuracy >= 0 else nothing

    def save(self, is_best: bool = False) -> Path | None:
        """Write a checkpoint of this step, and delete those that are no longer kept."""
        path: Path | None = None
        if self.world.is_first:
            started = time.monotonic()
            path = save_checkpoint(
                self.checkpoints, self.config, self.model, self.masters, self.optimizer, self._state()
            )
            delete_old(self.checkpoints, self.config.train.keep_checkpoints)
            self.saving_seconds = time.monotonic() - started
            assert self.events is not None
            self.events.write(
                "checkpoint",
                step=self.step,
                path=path,
                bytes=folder_bytes(path),
                is_best=is_best,
                seconds=self.saving_seconds,
            )
        self.saved_step = self.step
        self.world.wait()
        return path

    def _state(self) -> dict[str, Any]:
        return {
            "step": self.step,
            "elapsed_seconds": self.elapsed,
            "epoch": self.epoch,
            "place": self.place,
            "examples_seen": self.examples_seen,
            "tokens_seen": self.tokens_seen,
            "train_hashes": self._train_hashes(),
            "vocab_size": self.tokenizer.vocab_size,
            "micro_batch_packs": self.micro_batch_packs,
            "gradient_checkpointing": self.is_checkpointing,
            "best": self.best,
            "evaluations_without_best": self.evaluations_without_best,
            # Scores are of the weights beside them only.
            **(self.scores if self.scores and self.evaluated_step == self.step else {}),
        }

    def run(self) -> str:
        """Train to the end or to a signal; returns "finished", "stopped" or "stopped_early"."""
        train = self.config.train
        self.stop.listen()
        self.prepare()
        self._announce()
        self.loader = StepLoader(self.examples, self.config, self.world, self.epoch, self.place, self.micro_batch_packs)
        evaluation = Timer(train.evaluate_every_minutes, train.evaluate_every_steps, self)
        saving = Timer(train.checkpoint_every_minutes, train.checkpoint_every_steps, self)
        self.recent_steps: deque[float] = deque(maxlen=100)
        self.evaluation_seconds = self.saving_seconds = 0.0
        window_tokens, window_seconds, last = 0, 0.0, time.monotonic()
        while not self.is_over():
            tokens_before = self.tokens_seen
            loss, norm = self.train_step(self.loader.next())
            now = time.monotonic()
            self.recent_steps.append(now - last)
            window_seconds += now - last
            window_tokens += self.tokens_seen - tokens_before
            self._advance_clock(now - last)
            if self.step % train.log_every_steps == 0:
                self._report_step(loss, norm, window_tokens / window_seconds)
                window_tokens, window_seconds = 0, 0.0
            is_best = evaluation.is_due() and self.run_evaluation()
            if saving.is_due() or is_best:
                self.save(is_best)
            # Evaluations and saves count towards max_minutes, not towards the tokens a second.
            last = time.monotonic()
            self._advance_clock(last - now)
        self.loader.close()
        return self._finish()

    def _advance_clock(self, seconds: float) -> None:
        """The first process's clock counts, so that all end at the same step."""
        self.elapsed += self.world.largest([seconds if self.world.is_first else 0.0])[0]

    def agree_to_stop(self) -> bool:
        """Whether any process was told to stop. All ask at the same places, and none goes by what it alone was told."""
        self.is_stopping = self.is_stopping or self.world.largest([float(self.stop.requested)])[0] > 0
        return self.is_stopping

    def is_over(self) -> bool:
        return self.agree_to_stop() or self.progress() >= 1 or self.is_stale()

    def is_stale(self) -> bool:
        patience = self.config.train.early_stopping_evaluations
        return patience is not None and self.evaluations_without_best >= patience

    def _announce(self) -> None:
        if not self.events:
            return
        total, trainable = count_parameters(self.model)
        self.events.write(
            "run_started",
            name=self.config.name,
            run_dir=self.run_dir,
            resumed=self.started_before,
            step=self.step,
            device=self.meter.name,
            devices=self.world.size,
            threads=torch.get_num_threads(),
            precision=self.config.train.precision,
            method=self.config.method,
            base=self.config.base.path or None,
            parameters=total,
            trainable_parameters=trainable,
            vocab_size=self.tokenizer.vocab_size,
            examples=len(self.examples),
            **self.packing.counts(),
            micro_batch_packs=self.micro_batch_packs,
            packs_per_step=self.config.train.packs_per_step,
            max_steps=self.max_steps,
            max_minutes=self.config.train.max_minutes,
            commit=find_commit(),
        )
        for message in self.changes.warnings:
            self.warn(message)
        skipped = int(self.examples.skipped[0])
        if skipped:
            self.warn(
                f"{skipped} examples longer than {self.config.data.max_length} tokens are left out.",
                "Raise data.max_length.",
            )

    def _report_step(self, loss: float, norm: float, tokens_per_second: float) -> None:
        memory = self.world.largest([float(self.meter.take_peak_bytes() or 0)])[0]
        if not self.events:
            return
        self.events.write(
            "step",
            step=self.step,
            epoch=self.epoch + self.place / self.epoch_packs,
            loss=loss,
            learning_rate=self.optimizer.param_groups[0]["lr"],
            gradient_norm=norm,
            tokens_per_second=tokens_per_second,
            examples_seen=self.examples_seen,
            tokens_seen=self.tokens_seen,
            elapsed_seconds=self.elapsed,
            eta_seconds=self.eta_seconds(),
            gpu_memory_bytes=int(memory) or None,
            gpu_utilization=self.meter.utilization(),
            mfu=self.meter.mfu(tokens_per_second, self.world.size),
        )

    def eta_seconds(self) -> float | None:
        """Median of recent steps times the steps left, and the evaluations and saves to come, the last ones too.

        None before five steps. Until an evaluation was made, what it costs is not known and not counted.

        The median, because the first steps compile and warm up. A limit by the clock that is nearer wins."""
        limits = []
        train = self.config.train
        if train.max_minutes:
            limits.append(max(0.0, train.max_minutes * 60 - self.elapsed))
        if self.max_steps and len(self.recent_steps) >= 5:
            left = self.max_steps - self.step
            seconds = left * statistics.median(self.recent_steps)
            training = seconds
            for steps, minutes, cost in (
                (train.evaluate_every_steps, train.evaluate_every_minutes, self.evaluation_seconds),
                (train.checkpoint_every_steps, train.checkpoint_every_minutes, self.saving_seconds),
            ):
                seconds += cost * (1 + max(left / steps if steps else 0, training / 60 / minutes if minutes else 0))
            limits.append(seconds)
        return min(limits) if limits else None

    def _finish(self) -> str:
        outcome = "finished" if self.progress() >= 1 else "stopped" if self.is_stopping else "stopped_early"
        is_best = self.run_evaluation() if outcome == "finished" else False
        if outcome == "finished" and self.validation is not None and self.evaluated_step != self.step:
            outcome = "stopped"  # by a signal during this last evaluation, which a resumed run makes up for
        path = self.save(is_best) if is_best or self.saved_step != self.step else None
        if self.events:
            path = path or list_checkpoints(self.checkpoints)[-1]
            best = best_checkpoint(self.checkpoints)
            if outcome != "stopped":
                self._write_results()
            self.events.write(
                "run_finished",
                outcome=outcome,
                step=self.step,
                elapsed_seconds=self.elapsed,
                checkpoint=path,
                best_checkpoint=best,
            )
            self.events.close()
            self.lock.release()
        return outcome

    def report_failure(self, error: Exception) -> None:
        """The run's last event; its folder is free again."""
        if not self.events:
            return
        code, hint = classify(error)
        message = str(error) if is_known(error) and str(error) else f"{type(error).__name__}: {error}"
        try:
            self.events.write("run_failed", step=self.step, code=code, message=message, hint=hint)
        except (OSError, DiskFullError) as second:
            log(f"events.jsonl does not hold this failure: {second}")
        self.events = None
        self.lock.release()

    def _write_results(self) -> None:
        """The adapter of the best checkpoint, model cards, then the manifest: where that is present, the run is complete."""
        assert self.events is not None
        best = best_checkpoint(self.checkpoints)
        assert best is not None
        adapter = copy_adapter(self.run_dir, best)
        if adapter:
            self.events.write("artifact", artifact="adapter", path=adapter, bytes=folder_bytes(adapter))
        last = read_state(list_checkpoints(self.checkpoints)[-1])
        facts = {"device": self.meter.name, "devices": self.world.size, **self.packing.counts()}
        values = make_manifest(self.run_dir, self.config, self.data_hashes, last, read_state(best), facts)
        for card in write_cards(self.run_dir, self.config, best, manifest=values):
            self.events.write("artifact", artifact="model_card", path=card, bytes=card.stat().st_size)
        manifest = write_manifest(self.run_dir, values)
        self.events.write("artifact", artifact="manifest", path=manifest, bytes=manifest.stat().st_size)


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
    """Exit code 0 (finished, or stopped by a signal after saving), 1 (failed), 2 (the configuration or data is unusable)."""
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__.splitlines()[0])
    parser.add_argument("--config", required=True)
    parser.add_argument("--resume", action="store_true", help="continue from the newest checkpoint of run_dir")
    options = parser.parse_args(arguments)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    trainer = None
    try:
        config = load_config(options.config)
        prepare_hub(config)
        trainer = Trainer(config, options.resume)
        trainer.run()
        trainer.world.close()
        return 0
    except KeyboardInterrupt:
        log("interrupted before the first step: nothing to save")
        return 1
    except Exception as error:
        if not is_known(error):
            traceback.print_exc()
        if trainer:
            trainer.report_failure(error)
        _, hint = classify(error)
        log(f"{error} {hint or ''}".strip() if str(error) else type(error).__name__)
        return 2 if isinstance(error, (ConfigError, DataError)) else 1


if __name__ == "__main__":
    sys.exit(main())
