"""Keeps a run's folder in another folder as well, which may be a mounted bucket, and brings it back from there.

`python mirror.py restore RUN_DIR MIRROR`: what the mirror has and the run's folder lacks; on every machine before it trains.
`python mirror.py keep RUN_DIR MIRROR --while PID`: copies what is new, again and again, until that process has ended; on the first
machine only. What is killed between two copies loses what came after the newest whole checkpoint, and nothing else.

One file of the standard library alone. A mounted bucket can neither rename nor change a file, so each is written from its beginning to
its end; `checkpoints/step-000500.whole` is written last, and a checkpoint without it is not there.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shutil
import sys
import time

STEP = re.compile(r"^step-\d+$")
WHOLE = ".whole"
# Besides checkpoints: what a run needs to go on, and what is read meanwhile.
SMALL = ("config.yaml", "tokenizer.model", "events.jsonl", "trainer.log", "recipe.yaml", "launch.json")
# Once the run is complete; the manifest last.
RESULTS = ("adapter", "model", "predictions", "tensorboard", "README.md", "manifest.json")


def list_steps(folder):
    """Names of whole checkpoints, oldest first: local ones are whole when they have their name."""
    with contextlib.suppress(FileNotFoundError):
        return sorted((name for name in os.listdir(folder) if STEP.match(name)), key=lambda name: int(name[5:]))
    return []


def list_whole(mirror):
    folder = os.path.join(mirror, "checkpoints")
    return [name for name in list_steps(folder) if os.path.exists(os.path.join(folder, name + WHOLE))]


def copy_file(source, target):
    """From its beginning to its end, in a file of its own."""
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(target)
    shutil.copyfile(source, target)


def copy_tree(source, target):
    for folder, _, names in os.walk(source):
        for name in names:
            path = os.path.join(folder, name)
            copy_file(path, os.path.join(target, os.path.relpath(path, source)))


def same_bytes(first, second):
    try:
        with open(first, "rb") as one, open(second, "rb") as other:
            return one.read() == other.read()
    except FileNotFoundError:
        return False


# restore


def restore(run_dir, mirror):
    """Checkpoints aside, then renamed, as the trainer does it. Returns the newest one's name."""
    checkpoints = os.path.join(run_dir, "checkpoints")
    os.makedirs(checkpoints, exist_ok=True)
    for name in list_whole(mirror):
        target, aside = os.path.join(checkpoints, name), os.path.join(checkpoints, f".brought-{name}")
        if os.path.isdir(target):
            continue
        shutil.rmtree(aside, ignore_errors=True)
        copy_tree(os.path.join(mirror, "checkpoints", name), aside)
        os.rename(aside, target)
    for name in SMALL:
        source, target = os.path.join(mirror, name), os.path.join(run_dir, name)
        if os.path.isfile(source) and not os.path.exists(target):
            copy_file(source, f"{target}.brought")
            os.rename(f"{target}.brought", target)
    found = list_steps(checkpoints)
    return found[-1] if found else None


# keep


class Mirror:
    def __init__(self, run_dir, mirror):
        self.run_dir, self.folder = run_dir, mirror
        self.copied = {}

    def update(self):
        """One round: the run's log and events, then checkpoints, then results where the run is complete."""
        for name in SMALL:
            self.copy_changed(name)
        here = list_steps(os.path.join(self.run_dir, "checkpoints"))
        for name in reversed(here):  # the newest is what counts
            self.copy_checkpoint(name)
        if here and here[-1] in list_whole(self.folder):
            self.drop_others(here)
        if os.path.exists(os.path.join(self.run_dir, "manifest.json")):
            for name in RESULTS:
                self.copy_results(name)

    def copy_changed(self, name):
        path = os.path.join(self.run_dir, name)
        with contextlib.suppress(FileNotFoundError):
            about = os.stat(path)
            stamp = (about.st_size, about.st_mtime_ns)
            if self.copied.get(name) != stamp:
                copy_file(path, os.path.join(self.folder, name))
                self.copied[name] = stamp

    def copy_checkpoint(self, name):
        """The trainer may delete it meanwhile: then its mark is not written."""
        source = os.path.join(self.run_dir, "checkpoints", name)
        target = os.path.join(self.folder, "checkpoints", name)
        if os.path.exists(target + WHOLE):
            # A later evaluation of the same step writes its score beside the same weights.
            if not same_bytes(os.path.join(source, "state.json"), os.path.join(target, "state.json")):
                with contextlib.suppress(FileNotFoundError):
                    copy_file(os.path.join(source, "state.json"), os.path.join(target, "state.json"))
            return
        try:
            copy_tree(source, target)
        except FileNotFoundError:
            return
        if os.path.isdir(source):
            with open(target + WHOLE, "w", encoding="utf-8") as mark:
                mark.write(f"{name}\n")

    def drop_others(self, kept):
        folder = os.path.join(self.folder, "checkpoints")
        for name in list_steps(folder):
            if name not in kept:
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(os.path.join(folder, name + WHOLE))
                shutil.rmtree(os.path.join(folder, name), ignore_errors=True)

    def copy_results(self, name):
        path = os.path.join(self.run_dir, name)
        if os.path.isfile(path):
            self.copy_changed(name)
        for folder, _, names in os.walk(path):
            for each in names:
                self.copy_changed(os.path.relpath(os.path.join(folder, each), self.run_dir))


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def keep(run_dir, mirror, pid, seconds):
    """Until the process has ended; the last round is after its end. A round that fails is tried again with the next."""
    copies, failed = Mirror(run_dir, mirror), None
    while True:
        runs = is_running(pid)  # before the round: what was written before its end is copied
        try:
            copies.update()
            failed = None
        except OSError as error:
            failed = error
            print(f"the mirror {mirror} was not written: {error}", file=sys.stderr, flush=True)
        if not runs:
            return 1 if failed else 0
        end = time.monotonic() + seconds
        while time.monotonic() < end and is_running(pid):
            time.sleep(0.2)


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="mirror.py", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("restore", "keep"):
        command = commands.add_parser(name)
        command.add_argument("run_dir", type=os.path.abspath)
        command.add_argument("mirror", type=os.path.abspath)
    kept = commands.choices["keep"]
    kept.add_argument("--while", dest="pid", type=int, required=True, help="the process that trains")
    kept.add_argument("--seconds", type=float, default=30, help="between two rounds")
    options = parser.parse_args(arguments)
    if options.command == "keep":
        return keep(options.run_dir, options.mirror, options.pid, options.seconds)
    newest = restore(options.run_dir, options.mirror)
    print(f"brought back from {options.mirror}: {newest or 'nothing'}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
