"""Time some steps of a run on this machine before it is started: `python -m training.measure --config FILE [--seconds N]`.

The trainer itself runs, in a temporary folder that is deleted: it loads data and model, makes some steps of the run, computes its
heaviest packs, evaluates and saves once. One JSON object on standard output. A process of its own, so that its peak of memory
is a run's; the run's own folder is not touched.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import dataclasses
import json
import math
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SECONDS = 20.0  # of steps, unless told otherwise
FEWEST_STEPS = 3
LONGEST_WAIT = 4  # times those seconds, by the clock


@dataclass
class Measured:
    """Seconds by the clock, each with the processor's beside it: on a machine that does other work too, these repeat better."""

    device: str
    start: tuple[float, float]  # from the process's start until the first step: imports, data, model
    first_step: tuple[float, float]  # what the first ones take more than the others: warming up
    step: tuple[float, float]  # of a mean step of the run
    evaluation: tuple[float, float]
    saving: tuple[float, float]
    end: tuple[float, float]  # from the last checkpoint until the process is gone; set by whoever waited for it
    steps_timed: int
    tokens_per_second: float
    peak_memory_bytes: int
    checkpoint_bytes: int
    micro_batch_packs: int
    gradient_checkpointing: bool
    steps: int | None  # of the whole run
    evaluations: int = 0
    saves: int = 0
    seconds: float = 0.0  # of the whole run
    cpu_seconds: float = 0.0


class Stopwatch:
    """Seconds by the clock and of the processor since it was made."""

    def __init__(self) -> None:
        self.clock, self.cpu = time.perf_counter(), time.process_time()

    def read(self, scale: float = 1.0) -> tuple[float, float]:
        return (time.perf_counter() - self.clock) * scale, (time.process_time() - self.cpu) * scale


def measure(config: Any, seconds: float) -> Measured:
    """Raises what the trainer raises."""
    from training.train import Trainer

    with tempfile.TemporaryDirectory(prefix="sqlcodegen-measure-") as folder:
        trainer = Trainer(apart(config, Path(folder)), resume=False)
        trainer.prepare()
        trainer._announce()
        start = since_process_start(), time.process_time()
        times, tokens = time_steps(trainer, seconds)
        compute_heaviest(trainer)
        evaluation = time_evaluation(trainer)
        saving, checkpoint_bytes = time_saving(trainer)
        trainer.events.close()
        peak = peak_memory(trainer)
    mean_tokens = trainer.packing.tokens / len(trainer.first_epoch) * config.train.packs_per_step
    step, first = divide_steps(times, tokens, mean_tokens)
    found = Measured(
        device=trainer.meter.name,
        start=start,
        first_step=first,
        step=step,
        evaluation=evaluation,
        saving=saving,
        end=(0.0, 0.0),
        steps_timed=len(times),
        tokens_per_second=mean_tokens / step[0],
        peak_memory_bytes=peak,
        checkpoint_bytes=checkpoint_bytes,
        micro_batch_packs=trainer.micro_batch_packs or 1,
        gradient_checkpointing=trainer.is_checkpointing,
        steps=trainer.max_steps,
    )
    add_up(found, config)
    return found


def divide_steps(
    times: list[tuple[float, float]], tokens: list[int], mean_tokens: float
) -> tuple[tuple[float, float], tuple[float, float]]:
    """A step of mean_tokens tokens, and what the first ones took more. Where there are too few to tell, all count alike."""
    counted = slice(2 if len(times) > FEWEST_STEPS else 0, None)
    step, first = [], []
    for kind in (0, 1):
        spent = [pair[kind] for pair in times]
        a_token = sum(spent[counted]) / sum(tokens[counted])
        step.append(a_token * mean_tokens)
        first.append(max(0.0, sum(spent) - a_token * sum(tokens)))
    return (step[0], step[1]), (first[0], first[1])


def apart(config: Any, folder: Path) -> Any:
    """The same run in another folder: tokenised anew, as a run does whose data is new."""
    config = copy.deepcopy(config)
    config.run_dir, config.data.cache_dir = str(folder / "run"), str(folder / "cache")
    config.evaluate.command = []
    return config


def since_process_start() -> float:
    import psutil

    return time.time() - psutil.Process().create_time()


def time_steps(trainer: Any, seconds: float) -> tuple[list[tuple[float, float]], list[int]]:
    """Each of the run's first steps, and its tokens."""
    from training.loader import StepLoader

    trainer.loader = StepLoader(
        trainer.examples, trainer.config, trainer.world, trainer.epoch, trainer.place, trainer.micro_batch_packs
    )
    times: list[tuple[float, float]] = []
    tokens = []
    most, begun = trainer.max_steps or math.inf, Stopwatch()
    while len(times) < most and (len(times) < FEWEST_STEPS or is_early(begun, seconds, trainer.device.type)):
        watch, before = Stopwatch(), trainer.tokens_seen
        trainer.train_step(trainer.loader.next())
        times.append(watch.read())
        tokens.append(trainer.tokens_seen - before)
    trainer.loader.close()
    return times, tokens


def is_early(begun: Stopwatch, seconds: float, device: str) -> bool:
    """Where the processor computes, its own time counts: a machine that does other work too would have timed too few steps."""
    clock, cpu = begun.read()
    return clock < seconds if device == "cuda" else cpu < seconds and clock < LONGEST_WAIT * seconds


def compute_heaviest(trainer: Any) -> None:
    """The packs that need most memory, of those that the run will come to, and others until all lengths of rows were seen.

    For each length code is made that stays. Where a step has several packs, twice each, since the gradients of the earlier
    ones lie beside those of the next."""
    from training.packing import collate_for

    config, packs = trainer.config, trainer.first_epoch
    if trainer.max_steps:
        packs = packs[: trainer.max_steps * config.train.packs_per_step]
    if trainer.device.type == "cuda":
        return  # prepare() has tried them
    for at in choose_packs(trainer.examples, packs):
        learn_prompt = config.train.prompt_loss_weight > 0
        batch = collate_for(trainer.device, trainer.examples, [packs[at]], config.data.pack_length, learn_prompt)
        for _ in range(2 if config.train.packs_per_step > trainer.micro_batch_packs else 1):
            trainer.compute(batch, 1)
        trainer.masters.drop()


def choose_packs(examples: Any, packs: list[Any], most: int = 12) -> list[int]:
    """Numbers of the longest pack, of the one with the largest attention, and of those with rows of lengths not yet among them."""
    from training.packing import round_up, row_length

    rows = [[row_length(examples, row) for row in pack] for pack in packs]
    padded = [{round_up(length) for length in lengths} for lengths in rows]
    numbers = range(len(packs))
    longest = max(numbers, key=lambda at: sum(rows[at]))
    largest = max(numbers, key=lambda at: sum(round_up(length) ** 2 for length in rows[at]))
    chosen = [longest] if longest == largest else [longest, largest]
    seen = set().union(*(padded[at] for at in chosen))
    while len(chosen) < most:
        next_one = max(numbers, key=lambda at: len(padded[at] - seen))
        if padded[next_one] <= seen:
            break
        chosen.append(next_one)
        seen |= padded[next_one]
    return chosen


def time_evaluation(trainer: Any, seconds: float = 10.0) -> tuple[float, float]:
    """Of one evaluation: some packs of it, scaled; and of the predictions, where the run writes some."""
    from training.evaluation import measure_loss

    if trainer.validation is None:
        return 0.0, 0.0
    packs, config = trainer.validation_packs, trainer.config
    done, watch = 0, Stopwatch()
    while done < len(packs) and (done == 0 or watch.read()[0] < seconds):
        part = packs[done : done + max(1, len(packs) // 8)]
        options = (trainer.make_mask, config.train.loss_chunk_tokens, config.data.pack_length)
        measure_loss(trainer.model, trainer.validation, part, trainer.world, *options)
        done += len(part)
    losses, predictions = watch.read(len(packs) / done), time_predictions(trainer)
    return losses[0] + predictions[0], losses[1] + predictions[1]


def time_predictions(trainer: Any) -> tuple[float, float]:
    """Not counted: how long evaluate.command takes to execute them."""
    from training.evaluation import GENERATED_AT_ONCE, write_predictions

    config = trainer.config
    wanted = config.evaluate.predict_examples
    if not wanted:
        return 0.0, 0.0
    some = copy.deepcopy(config)
    some.evaluate.predict_examples = min(wanted, GENERATED_AT_ONCE)
    watch = Stopwatch()
    write_predictions(
        some, trainer.model, trainer.tokenizer, Path(config.run_dir) / "predictions.jsonl", trainer.device
    )
    return watch.read(wanted / some.evaluate.predict_examples)


def time_saving(trainer: Any) -> tuple[tuple[float, float], int]:
    """Of one checkpoint: its seconds and bytes."""
    from training.checkpoint import folder_bytes

    watch = Stopwatch()
    path = trainer.save()
    return watch.read(), folder_bytes(path)


def peak_memory(trainer: Any) -> int:
    """Bytes: most of the GPU that was allocated, or most of this process that was resident."""
    taken = trainer.meter.take_peak_bytes()
    if taken is not None:
        return int(taken)
    return peak_resident(os.getpid())


def peak_resident(pid: int) -> int:
    """Most bytes of a process that were resident at one time so far; 0 where the system does not say.

    Not getrusage's figure: that of a child begins with what its parent had."""
    import psutil

    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    with contextlib.suppress(psutil.Error):  # it may end at any time
        return int(psutil.Process(pid).memory_info().rss)
    return 0


def add_up(found: Measured, config: Any) -> None:
    """The whole run, from its process's start to its end."""
    train, has_validation = config.train, config.data.validation is not None
    limit = train.max_minutes * 60 if train.max_minutes else math.inf
    pure = found.steps * found.step[0] if found.steps else limit
    evaluations = occasions(found.steps, pure, train.evaluate_every_steps, train.evaluate_every_minutes)
    saves = occasions(found.steps, pure, train.checkpoint_every_steps, train.checkpoint_every_minutes)
    ends = {found.steps or "end"}
    found.evaluations = len(evaluations | ends) if has_validation else 0
    # Each evaluation may find the best so far, which is saved.
    found.saves = len(saves | ends | (evaluations if has_validation else set()))
    both = []
    for kind in (0, 1):
        beside = found.evaluations * found.evaluation[kind] + found.saves * found.saving[kind] + found.first_step[kind]
        steps = found.steps * found.step[kind] if found.steps else limit
        both.append(found.start[kind] + min(limit, steps + beside) + found.end[kind])
    found.seconds, found.cpu_seconds = both


def occasions(steps: int | None, seconds: float, every_steps: int | None, every_minutes: float | None) -> set[Any]:
    """When something is done by a number of steps or of minutes: the steps, and numbered marks of the clock."""
    by_steps: set[Any] = set(range(every_steps, steps + 1, every_steps)) if every_steps and steps else set()
    if every_minutes and math.isfinite(seconds):
        by_steps |= {f"{number} by the clock" for number in range(1, int(seconds / 60 / every_minutes) + 1)}
    return by_steps


def measure_apart(config_file: str, seconds: float, limit_seconds: float = 1800) -> Measured:
    """`measure` in a process of its own, whose end is timed too. Raises RuntimeError with its last words."""
    from training.config import load_config

    command = [sys.executable, "-m", "training.measure", "--config", config_file, "--seconds", str(seconds)]
    before = children_cpu_seconds()
    done, peak = run_watched(command, limit_seconds)
    ended, cpu = time.time(), children_cpu_seconds() - before
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}")
    said = json.loads(done.stdout.splitlines()[-1])
    found = Measured(**said["measured"])
    if found.device.startswith("cpu"):  # Python's own end takes 100 MiB more, which is most of what a tiny run takes
        found.peak_memory_bytes = max(found.peak_memory_bytes, peak)
    found.end = max(0.0, ended - said["at"]), max(0.0, cpu - said["cpu"])
    add_up(found, load_config(config_file))
    return found


def run_watched(command: list[str], limit_seconds: float) -> tuple[subprocess.CompletedProcess[str], int]:
    """What the command said, and most bytes that it had resident until its end. Raises subprocess.TimeoutExpired."""
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
        subprocess.Popen(command, stdout=output, stderr=errors) as process,
    ):
        deadline, peak = time.monotonic() + limit_seconds, 0
        try:
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise subprocess.TimeoutExpired(command, limit_seconds)
                peak = max(peak, peak_resident(process.pid))
                time.sleep(0.02)
        finally:
            if process.poll() is None:
                process.kill()
        output.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(command, process.returncode, output.read(), errors.read()), peak


def children_cpu_seconds() -> float:
    times = os.times()
    return times.children_user + times.children_system


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.measure", description=__doc__.splitlines()[0])
    parser.add_argument("--config", required=True)
    parser.add_argument(
        "--seconds", type=float, default=SECONDS, help="for steps, three at least; default: %(default)s"
    )
    options = parser.parse_args(arguments)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from training.config import load_config
    from training.events import log
    from training.failures import classify
    from training.hub import prepare_hub

    try:
        with contextlib.redirect_stdout(sys.stderr):
            config = load_config(options.config)
            prepare_hub(config)
            found = measure(config, options.seconds)
    except Exception as error:
        log(f"{error} {classify(error)[1] or ''}".strip())
        return 1
    said = {"measured": dataclasses.asdict(found), "at": time.time(), "cpu": time.process_time()}
    print(json.dumps(said), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
