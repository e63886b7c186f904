"""What ends a run, in the app's words: each error's code, and what to do."""

from __future__ import annotations

from training.checkpoint import CheckpointError
from training.config import ConfigError
from training.data import DataError
from training.disk import DiskFullError, is_disk_full
from training.memory import is_out_of_memory


class OutOfMemory(RuntimeError):
    """One pack does not fit, whatever is tried."""


KNOWN = (ConfigError, DataError, CheckpointError, DiskFullError, OutOfMemory, FloatingPointError)


def classify(error: Exception) -> tuple[str, str | None]:
    """The app's code for what ended a run, and what to do."""
    if isinstance(error, DataError):
        return "DATASET_CORRUPT", None
    if isinstance(error, ConfigError):
        return "INVALID_INPUT", None
    if is_disk_full(error):
        return "DISK_FULL", "Free space, then go on with --resume."
    if isinstance(error, OutOfMemory) or is_out_of_memory(error):
        return "OUT_OF_MEMORY", "Lower data.pack_length and data.max_length, or use method qlora."
    return "TRAINER_FAILED", None


def is_known(error: Exception) -> bool:
    """Whether its text says enough, so that nobody needs to see where in the code it arose."""
    return isinstance(error, KNOWN) or is_out_of_memory(error) or is_disk_full(error)
