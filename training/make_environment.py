"""Makes the trainer's environment on a machine that the app reaches over SSH: `make_environment.py FOLDER --lock FILE --stamp TEXT`.

One file of the standard library alone, for Python 3.9 or newer, given to Python on standard input. It prints what pip prints, and
an empty line every second: where nobody reads them any more, it ends pip and itself, so that nothing runs on unwatched.
What was installed stays, and the next call goes on with it. FOLDER/installed.sha256 is written last, and holds TEXT.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time

STAMP = "installed.sha256"
BEAT_SECONDS = 1


class Reader:
    """Who reads what we print; gone, everything ends."""

    def __init__(self):
        self._lock = threading.Lock()
        self._child = None

    def tell(self, line):
        try:
            with self._lock:
                sys.stdout.write(line.rstrip("\n") + "\n")
                sys.stdout.flush()
        except (BrokenPipeError, OSError):
            self.end()

    def beat(self):
        while True:
            time.sleep(BEAT_SECONDS)
            self.tell("")

    def end(self):
        child = self._child
        if child is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
        os._exit(1)

    def run(self, command):
        """Its exit status; what it prints is told."""
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            text=True,
            errors="replace",
        )
        for line in self._child.stdout:
            self.tell(line)
        return self._child.wait()


def is_ready(folder, stamp):
    try:
        with open(os.path.join(folder, STAMP), encoding="utf-8") as file:
            return file.read().strip() == stamp
    except OSError:
        return False


def make(options, reader):
    folder = os.path.abspath(options.folder)
    if is_ready(folder, options.stamp):
        return 0
    python = os.path.join(folder, "bin", "python")
    works = [python, "-m", "pip", "--version"]
    if not os.access(python, os.X_OK) or reader.run(works) != 0:
        status = reader.run([options.python, "-m", "venv", "--clear", folder])
        if status != 0:
            return status
    quiet = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off", "--retries", "1"]
    status = reader.run([python, "-m", "pip", "install", *quiet, "-r", options.lock])
    if status == 0:
        partial = os.path.join(folder, f".{STAMP}.partial")
        with open(partial, "w", encoding="utf-8") as file:
            file.write(options.stamp + "\n")
        os.replace(partial, os.path.join(folder, STAMP))
    return status


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--lock", required=True, help="requirements file")
    parser.add_argument("--stamp", required=True, help="what says that it was made from this lock")
    parser.add_argument("--python", default=sys.executable, help="what makes it: 3.11 or newer")
    options = parser.parse_args()
    reader = Reader()
    threading.Thread(target=reader.beat, daemon=True).start()
    try:
        os.makedirs(os.path.dirname(os.path.abspath(options.folder)), exist_ok=True)
        # Of two at once the second waits, and finds it ready.
        with open(os.path.abspath(options.folder) + ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            return make(options, reader)
    except OSError as error:
        reader.tell(f"ERROR: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
