"""A full disk, however the library that wrote says it."""

from __future__ import annotations

import errno


class DiskFullError(RuntimeError):
    """There is no room for what a run must write; what lies there already is untouched."""


def is_disk_full(error: BaseException) -> bool:
    """The system's own error, or one that only quotes it (safetensors, shutil.copytree)."""
    if isinstance(error, DiskFullError):
        return True
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return True
    text = str(error)
    return "No space left" in text or "os error 28" in text.lower()
