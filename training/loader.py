"""The steps of a run, made ready one ahead of the computation by a thread of its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import torch

from training.config import Config
from training.distributed import World
from training.examples import Examples
from training.packing import Batch, Pack, collate_for, iterate_packs


@dataclass
class Step:
    """One optimiser step: this process's packs, and where in the data the next one begins."""

    packs: list[Pack]
    micro_batch_packs: int
    batches: list[Batch]
    epoch: int
    place: int  # packs of the epoch behind this step, all processes together
    epoch_packs: int


class StepLoader:
    def __init__(
        self, examples: Examples, config: Config, world: World, epoch: int, place: int, micro_batch_packs: int
    ) -> None:
        self.examples, self.config, self.world = examples, config, world
        self.micro_batch_packs = micro_batch_packs
        self._packs = iterate_packs(examples, config.data, config.seed, epoch, place)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="loader")
        self._next: Future[Step] = self._thread.submit(self._make)

    def next(self) -> Step:
        step = self._next.result()
        self._next = self._thread.submit(self._make)
        if step.micro_batch_packs != self.micro_batch_packs:  # memory ran out since it was made
            step.micro_batch_packs = self.micro_batch_packs
            step.batches = list(self.make_batches(step.packs))
        return step

    def make_batches(self, packs: list[Pack]) -> Iterator[Batch]:
        """Batches of at most micro_batch_packs packs; on CUDA of full length, so that every batch has one shape."""
        on_gpu = self.world.device.type == "cuda"
        for at in range(0, len(packs), self.micro_batch_packs):
            part = packs[at : at + self.micro_batch_packs]
            learn_prompt = self.config.train.prompt_loss_weight > 0
            batch = collate_for(self.world.device, self.examples, part, self.config.data.pack_length, learn_prompt)
            yield batch.pin() if on_gpu else batch

    def _make(self) -> Step:
        taken = [next(self._packs) for _ in range(self.config.train.packs_per_step)]
        packs = [pack for _, _, pack, _ in taken[self.world.rank :: self.world.size]]
        epoch, place, _, count = taken[-1]
        return Step(packs, self.micro_batch_packs, list(self.make_batches(packs)), epoch, place + 1, count)

    def close(self) -> None:
        self._thread.shutdown(wait=True, cancel_futures=True)


def longest_batch(
    examples: Examples, packs: list[Pack], count: int, device: torch.device, pack_length: int, learn_prompt: bool
) -> Batch:
    """The batch of `count` packs that learns most: what memory must hold."""
    heavy = sorted(packs, key=lambda pack: sum(len(row) for row in pack), reverse=True)[:count]
    while len(heavy) < count:
        heavy.append(heavy[0])
    return collate_for(device, examples, heavy, pack_length, learn_prompt)
