"""How many packs fit one forward and backward pass, found by trying, and what to do when memory runs out later."""

from __future__ import annotations

import functools
import gc
from collections.abc import Callable

import torch

from training.checkpoint import random_states, restore_random_states
from training.events import log

HEADROOM = 0.92  # of the device's memory; batches differ in how much they learn, and the allocator fragments


def is_out_of_memory(error: BaseException) -> bool:
    """torch's own error, or a CUDA library's, which says so in its text only."""
    text = str(error)
    return (
        isinstance(error, torch.OutOfMemoryError)
        or "CUDA out of memory" in text
        or "CUBLAS_STATUS_ALLOC_FAILED" in text
    )


def free_memory() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def fits(attempt: Callable[[], None], reserve: int = 0) -> bool:
    """Whether a pass runs within HEADROOM of the device's memory, `reserve` bytes left besides.

    The random state is as before afterwards."""
    states = random_states()
    try:
        if torch.cuda.is_available():
            torch.cuda.reset_peak_memory_stats()
        attempt()
        if not torch.cuda.is_available():
            return True
        torch.cuda.synchronize()
        total = torch.cuda.get_device_properties(torch.cuda.current_device()).total_memory
        return torch.cuda.max_memory_reserved() + reserve <= HEADROOM * total
    except Exception as error:
        if not is_out_of_memory(error):
            raise
        return False
    finally:
        restore_random_states(states)
        free_memory()


def find_micro_batch(most: int, attempt: Callable[[int], None], reserve: int = 0) -> int | None:
    """The largest of most, most / 2, … 1 packs that fits beside `reserve` bytes; None where one pack does not."""
    count = most
    while count >= 1:
        if fits(functools.partial(attempt, count), reserve):
            return count
        log(f"{count} packs at once do not fit the device's memory")
        count //= 2
    return None
