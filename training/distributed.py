"""Several GPUs under `torchrun`: every process holds the whole model and computes its share of a step's packs.

Gradients are summed over the processes once a step, so a run on N devices makes the steps of a run on one. Without torchrun
there is one process and nothing here communicates.
"""

from __future__ import annotations

import os
from datetime import timedelta

import numpy as np
import torch
import torch.distributed as dist

from training.config import ConfigError

# The others wait while the first process tokenises, or has predictions executed; 10 minutes is the usual limit.
PATIENCE = timedelta(hours=6)


class World:
    def __init__(self) -> None:
        self.size = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        local = int(os.environ.get("LOCAL_RANK", "0"))
        if torch.cuda.is_available():
            torch.cuda.set_device(local)
            self.device = torch.device("cuda", local)
        else:
            self.device = torch.device("cpu")
        if self.size > 1:
            on_gpu = self.device.type == "cuda"
            dist.init_process_group(
                "nccl" if on_gpu else "gloo", timeout=PATIENCE, device_id=self.device if on_gpu else None
            )

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def check_packs(self, packs_per_step: int) -> None:
        if packs_per_step % self.size:
            raise ConfigError(f"train.packs_per_step {packs_per_step} is no multiple of the {self.size} processes")

    def seed_step(self, seed: int, step: int) -> None:
        """Give every process dropout of its own, that depends on seed, step and rank alone: a checkpoint holds one random state."""
        if self.size > 1:
            torch.manual_seed(int(np.random.SeedSequence([seed, step, self.rank]).generate_state(1)[0]))

    def sum(self, values: list[float]) -> list[float]:
        """Each value summed over the processes."""
        return self._reduce(values, dist.ReduceOp.SUM)

    def largest(self, values: list[float]) -> list[float]:
        """Each value's largest over the processes."""
        return self._reduce(values, dist.ReduceOp.MAX)

    def _reduce(self, values: list[float], operation: dist.ReduceOp) -> list[float]:
        if self.size == 1:
            return values
        tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        dist.all_reduce(tensor, operation)
        return tensor.tolist()

    def sum_gradients(self, parameters: list[torch.nn.Parameter]) -> None:
        """Sum every gradient over the processes, in place."""
        if self.size == 1:
            return
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            dist.all_reduce(parameter.grad)

    def spread(self, parameters: list[torch.nn.Parameter]) -> None:
        """Give every process the first one's values."""
        if self.size > 1:
            for parameter in parameters:
                dist.broadcast(parameter.data, 0)

    def wait(self) -> None:
        if self.size > 1:
            dist.barrier()

    def close(self) -> None:
        if self.size > 1:
            dist.destroy_process_group()
