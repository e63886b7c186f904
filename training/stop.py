"""How a run is told to stop: SIGTERM and SIGINT."""

from __future__ import annotations

import os
import signal
import time

from training.events import log


class Interrupted(Exception):
    """A signal came while the run could be left at once."""


class Stop:
    """Set by SIGTERM and SIGINT: the loop saves and ends after the step at hand. A second signal ends at once.

    Shells, npm and torchrun pass a signal on that the process has had already: what follows within REPEAT_SECONDS is the same
    one, and under torchrun, which kills after a time of its own, every further one is."""

    REPEAT_SECONDS = 1.0

    def __init__(self) -> None:
        self.requested = False
        self.is_interruptible = False
        self.requested_at = 0.0

    def listen(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._request)

    def _request(self, number: int, _: object) -> None:
        if self.requested:
            is_second = (
                time.monotonic() - self.requested_at > self.REPEAT_SECONDS and "TORCHELASTIC_RUN_ID" not in os.environ
            )
            if is_second:
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)
            return
        self.requested, self.requested_at = True, time.monotonic()
        log("stopping: the step at hand is finished, then a checkpoint is written")
        if self.is_interruptible:
            raise Interrupted
