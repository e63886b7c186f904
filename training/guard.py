"""Runs a command that must not outlive whoever asked for it: `python guard.py COMMAND …`.

The command gets a session of its own. When this process's standard input closes (the asker ended, by whatever means) or SIGTERM
comes, all of the session gets SIGTERM, and SIGKILL five seconds later. Exit code: the command's, 128 + N where signal N ended it.
Standard library only, Python 3.9 or newer.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time

GRACE_SECONDS = 5


def end_session(session: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(session, number)


def main() -> int:
    child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, start_new_session=True)

    def end() -> None:
        end_session(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < deadline and child.poll() is None:
            time.sleep(0.05)
        end_session(child.pid, signal.SIGKILL)

    def wait_for_asker() -> None:
        # Unbuffered: the buffered reader's lock would be held while the interpreter ends.
        while os.read(0, 4096):
            pass
        end()

    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=end, daemon=True).start())
    threading.Thread(target=wait_for_asker, daemon=True).start()
    code = child.wait()
    end_session(child.pid, signal.SIGKILL)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
