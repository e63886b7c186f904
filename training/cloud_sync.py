"""Keeps a run's folder and its place in a bucket in step while it trains: what the Colab notebook calls.

gs://BUCKET/PREFIX/RUN/ holds
  code/training/, run/     the trainer, the recipe and the data: written by the app
  out/events/, out/log/    events.jsonl and trainer.log in pieces, each named by the byte that it begins at
  out/files/               checkpoints and everything else that the trainer wrote
  out/checkpoints/         step-000500.json lists a checkpoint's files with their hashes; written last, so it means: whole
  out/final.json           the same for the files of a run that has ended
  state/heartbeat.json     how it is going, and which notebook trains it; written every few seconds
  commands/                stop.json, cancel.json: written by the app

One notebook trains a run: the heartbeat is its lease. While it is fresh no other begins; one that was out of reach for longer
finds that another has taken over, and ends its own trainer.

Only what is new is sent. A lost line or an expired sign-in is said and waited for; the trainer, a process of its own, goes on.
"""

from __future__ import annotations

import contextlib
import errno
import importlib.metadata
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import uuid
from pathlib import Path

try:
    from cloud_storage import Bucket, ChangedError, LostError, SignInError, StorageError, hash_file
except ImportError:
    from training.cloud_storage import Bucket, ChangedError, LostError, SignInError, StorageError, hash_file

PIECE_BYTES = 256 * 1024
MOST_BYTES = 4 * 2**20
FRESH_SECONDS = 90
NAME = re.compile(r"^step-\d+$")
# Brought by the app, of this machine alone, or sent in pieces.
NOT_SENT = {
    "recipe.yaml",
    "data",
    "base",
    "cache",
    "launch.json",
    "process.json",
    "exit.json",
    "events.jsonl",
    "trainer.log",
}


def say(text):
    print(text, flush=True)


class Pieces:
    """A file that only grows, as objects of about 256 KiB. The last of them is written again while it grows."""

    def __init__(self, bucket, prefix, path, suffix, by_line):
        self.bucket, self.prefix, self.path, self.suffix, self.by_line = bucket, prefix, Path(path), suffix, by_line
        self.start = self.sent = 0

    def begin(self):
        """Find out how far the bucket is; bring what this machine lacks of it."""
        pieces = [(self._offset(name), int(item["size"]), name) for name, item in self.bucket.list(self.prefix).items()]
        end = sum(pieces[-1][:2]) if pieces else 0
        here = self.path.stat().st_size if self.path.exists() else 0
        if here < end:
            content = b"".join(self.bucket.read(name) or b"" for _, _, name in pieces)
            partial = self.path.with_name(f".{self.path.name}.partial")
            partial.write_bytes(content)
            partial.replace(self.path)
        if pieces:
            start, size, _ = pieces[-1]
            self.start, self.sent = (start, size) if size < PIECE_BYTES else (end, 0)

    def _offset(self, name):
        return int(name.rpartition("/")[2].partition(".")[0])

    def push(self):
        """Send what is new; how many bytes the bucket has then."""
        while self.path.exists():
            with open(self.path, "rb") as file:
                file.seek(self.start)
                data = file.read(MOST_BYTES)
            if self.by_line:
                data = data[: data.rfind(b"\n") + 1]
            if len(data) <= self.sent:
                break
            self.bucket.write(f"{self.prefix}{self.start:012d}{self.suffix}", data)
            self.sent = len(data)
            if self.sent >= PIECE_BYTES:
                self.start, self.sent = self.start + self.sent, 0
        return self.start + self.sent


class CloudRun:
    """A run of the app, here and in its bucket."""

    def __init__(self, bucket_name, prefix, run_id, folder, every_seconds=10.0, emulator=None, python=sys.executable):
        self.bucket = Bucket(bucket_name, emulator)
        self.root = "/".join(filter(None, [prefix.strip("/"), run_id])) + "/"
        self.folder, self.run_dir = Path(folder), Path(folder) / "run"
        self.every_seconds, self.python = every_seconds, python
        self.session, self.sequence, self.host = uuid.uuid4().hex, 0, socket.gethostname()
        self.lease = None  # the heartbeat's generation, as this session last wrote it
        self.obeyed = set()
        self.events = Pieces(self.bucket, f"{self.root}out/events/", self.run_dir / "events.jsonl", ".jsonl", True)
        self.log = Pieces(self.bucket, f"{self.root}out/log/", self.run_dir / "trainer.log", ".log", False)
        self.sizes, self.whole, self.trouble, self.sending = {}, set(), None, None
        self.is_here = False

    # Bringing

    def bring(self):
        """Code, recipe, data, and what an earlier session left: on a new machine the run goes on from its last checkpoint."""
        with explained_disk(self.folder):
            self.patiently(self._bring)
        self.is_here = True
        say(f"The run is here: {self.run_dir}")

    def _bring(self):
        for part, target in (("code/", self.folder / "code"), ("run/", self.run_dir)):
            self._bring_all(part, target)
        if not (self.run_dir / "recipe.yaml").exists():
            raise StorageError(f"gs://{self.bucket.name}/{self.root} holds no run. Start it in the app first.")
        self.events.begin()
        self.log.begin()
        self._bring_outputs()

    def patiently(self, work):
        """Again for as long as the line is lost, which is said once; what is done already is not done twice."""
        for count in range(10**9):
            try:
                result = work()
            except LostError as error:
                if count == 0:
                    say(f"No connection: {error}. It is tried again.")
                time.sleep(min(self.every_seconds * 2 ** min(count, 4), 30))
            else:
                if count:
                    say("The bucket is in reach again; it goes on.")
                return result
        return None

    def _bring_all(self, part, target):
        for name, there in self.bucket.list(self.root + part).items():
            path = inside(target, name.removeprefix(self.root + part))
            if self.bucket.download(name, path, there):
                say(f"  {name.removeprefix(self.root)}  {int(there['size']):,} bytes")

    def _bring_outputs(self):
        """What is here already may be newer than the bucket, and is left alone."""
        files = self.bucket.list(f"{self.root}out/files/")
        start = len(f"{self.root}out/files/")
        for name, there in files.items():
            path = inside(self.run_dir, name[start:])
            is_other = path.relative_to(os.path.abspath(self.run_dir)).parts[0] not in {*NOT_SENT, "checkpoints"}
            if is_other and not path.exists():
                self.bucket.download(name, path, there)
        for name in self.bucket.list(f"{self.root}out/checkpoints/"):
            listed = json.loads(self.bucket.read(name) or b"{}")
            self._bring_checkpoint(listed, files)

    def _bring_checkpoint(self, listed, files):
        """All of its files aside, then renamed: half a checkpoint is never taken for one."""
        step = listed["name"]
        if not NAME.match(step):
            raise strange_name(step)
        target = self.run_dir / "checkpoints" / step
        if target.exists():
            return
        aside = target.with_name(f".{step}.brought")
        for file in listed["files"]:
            there = files.get(f"{self.root}out/files/{file['path']}")
            if there is None or there["md5Hash"] != file["md5"]:
                say(f"  {step} is not whole in the bucket: left out")
                return
            if not file["path"].startswith(f"checkpoints/{step}/"):
                raise strange_name(file["path"])
            path = inside(aside, file["path"].removeprefix(f"checkpoints/{step}/"))
            self.bucket.download(there["name"], path, there)
        aside.rename(target)
        say(f"  checkpoints/{step}")

    # Environment

    def missing_packages(self, lock="requirements.lock"):
        """Lines of the locked list that are not installed here in that version."""
        wanted, folder = [], self.folder / "code" / "training"
        for line in (folder / lock).read_text().splitlines():
            line = line.strip()
            if line.startswith("-r "):
                wanted += self.missing_packages(line[3:])
            elif "==" in line and not line.startswith("#"):
                name, _, version = line.partition("==")
                if find_version(name) != version.strip():
                    wanted.append(line)
        return wanted

    def install(self, lock):
        """The trainer's packages, in the versions that it was last run with."""
        missing = self.missing_packages(lock)
        if missing:
            say(f"Installing {len(missing)} packages of {lock} …")
            subprocess.run([self.python, "-m", "pip", "install", "--quiet", *missing], check=True)
        say(f"All packages of {lock} are here.")

    # Training

    def launch(self, command, *arguments):
        """The answer of launch.py."""
        file = self.folder / "code" / "training" / "launch.py"
        done = subprocess.run(
            [self.python, str(file), command, str(self.run_dir), *arguments], capture_output=True, text=True
        )
        try:
            answer = json.loads(done.stdout)
        except ValueError:
            raise StorageError(f"launch.py {command} failed: {done.stderr.strip()[-500:]}") from None
        if "error" in answer:
            raise StorageError(f"{answer['error']['message']} {answer['error'].get('hint', '')}".strip())
        return answer

    def train(self):
        """Start the trainer, or go on from its last checkpoint, and keep the bucket in step until it has ended."""
        if not self.is_here:  # what is not here would be taken for deleted
            self.bring()
        self.patiently(self.take_lease)
        if self.patiently(self.end_if_cancelled):
            say("The run was cancelled in the app: nothing was started.")
            return None
        found = self.launch("start", "--resume")
        say("The trainer runs already." if found.get("started") is False else "The trainer was started.")
        return self.follow()

    def end_if_cancelled(self):
        if not self.bucket.stat(f"{self.root}commands/cancel.json"):
            return False
        self.obey()
        self.keep_lease()
        self.beat({"state": "ended", "signal": "SIGTERM"}, done=True)
        return True

    # The lease: two machines must not train one run, for each would overwrite what the other wrote

    def read_lease(self):
        """The last heartbeat, its generation ("0" where there is none), and how old it is."""
        there, age = self.bucket.look(self.beat_name)
        beat = json.loads(self.bucket.read(self.beat_name) or b"{}") if there else {}
        return beat, there["generation"] if there else "0", age

    @property
    def beat_name(self):
        return f"{self.root}state/heartbeat.json"

    def is_elsewhere(self, beat):
        """Of another session, on another machine, or on this one in another folder: its trainer is not ours."""
        is_here = beat.get("host") == self.host and beat.get("folder") == str(self.folder.resolve())
        return beat.get("session") not in (None, self.session) and not is_here

    def take_lease(self):
        beat, generation, age = self.read_lease()
        if self.is_elsewhere(beat) and not beat.get("done") and age < FRESH_SECONDS:
            raise StorageError(f"Another notebook trains this run, on {beat['host']}. End that one first.")
        self.lease = generation
        try:
            self.beat({"state": "none"}, done=False)
        except ChangedError:
            raise StorageError("Another notebook began this run at the same moment. Run this cell again.") from None

    def keep_lease(self):
        """Raises StorageError where another notebook trains the run by now: what is trained here would overwrite that."""
        beat, self.lease, _ = self.read_lease()
        if beat.get("session") in (None, self.session):  # none: the app has forgotten the last start
            return
        if self.is_elsewhere(beat):
            self.launch("cancel")
            raise StorageError(
                f"Another notebook, on {beat['host']}, took this run over while this one was out of reach. "
                "The trainer here was ended; what it had sent is kept."
            )
        raise StorageError("Another notebook on this machine follows this run now.")

    def follow(self):
        """Every few seconds: events, log, checkpoints, commands, heartbeat. Until the trainer has ended and all is sent."""
        while True:
            status = self.launch("status")  # before the files are read: what was written before the end is sent
            has_ended = status["state"] != "running"
            if self.try_to_sync(status, has_ended) and has_ended:
                say(f"The trainer has ended ({describe_end(status)}); everything is in the bucket.")
                return status
            time.sleep(self.every_seconds if not has_ended or self.trouble else 0)

    def try_to_sync(self, status, has_ended):
        """Whether it was done. What waiting mends is said once, and not thrown."""
        try:
            self.sync(status, has_ended)
        except (LostError, SignInError) as error:
            text = str(error)
            if text != self.trouble:
                say(
                    f"Paused: {text}"
                    if isinstance(error, SignInError)
                    else f"No connection: {text}. It is tried again."
                )
            self.trouble = text
            return False
        if self.trouble:
            say("The bucket is in reach again; it goes on.")
        self.trouble = None
        return True

    def sync(self, status, has_ended=False):
        self.keep_lease()
        sizes = {"eventsBytes": self.events.push(), "logBytes": self.log.push()}
        self.obey()
        if has_ended:
            self.send_rest(lambda: self.beat(status, False, **sizes))
        else:
            self.send_in_background()
        try:
            self.beat(status, has_ended, **sizes)
        except ChangedError:  # by the next round it is known by whom
            if has_ended:
                raise LostError("the heartbeat was changed meanwhile") from None

    def obey(self):
        """What the app asks for: stop saves and ends, cancel ends."""
        for name, about in self.bucket.list(f"{self.root}commands/").items():
            command = name.rpartition("/")[2].removesuffix(".json")
            # Once, though its deletion may fail: to a second stop the trainer ends without saving.
            if command in ("stop", "cancel") and (name, about["generation"]) not in self.obeyed:
                say(f"The app asks to {command}.")
                self.launch(command)
                self.obeyed.add((name, about["generation"]))
            self.bucket.delete(name)

    def beat(self, status, done, **more):
        self.sequence += 1
        beat = {
            "session": self.session,
            "sequence": self.sequence,
            "at": time.time(),
            "everySeconds": self.every_seconds,
            "host": self.host,
            "folder": str(self.folder.resolve()),
            "status": status,
            "checkpoints": sorted(self.whole),
            "done": done,
            **more,
        }
        self.lease = self.bucket.write(self.beat_name, json.dumps(beat).encode(), self.lease)

    # Checkpoints

    def send_in_background(self):
        """A checkpoint may take minutes; the heartbeat does not wait for it."""
        if self.sending is None or not self.sending.is_alive():
            if self.new_checkpoints() or not self.sizes:
                self.sending = threading.Thread(target=self.try_to_send, daemon=True)
                self.sending.start()

    def try_to_send(self):
        try:
            self.send_checkpoints()
            self.send_others()
        except (StorageError, OSError) as error:
            # The next round tries again: what is there already is not sent twice.
            say(f"A checkpoint waits: {error}")

    def send_rest(self, beat):
        """All that is not there yet, with a heartbeat meanwhile. Raises what went wrong."""
        failed = []

        def send():
            try:
                self.send_checkpoints()
                self.send_others()
                self.write_final()
            except Exception as error:  # raised where it is waited for
                failed.append(error)

        if self.sending is not None:
            self.sending.join()
        self.sending = threading.Thread(target=send, daemon=True)
        self.sending.start()
        while self.sending.is_alive():
            self.sending.join(self.every_seconds)
            if self.sending.is_alive():
                with contextlib.suppress(LostError, SignInError, ChangedError):
                    beat()
        if failed:
            raise failed[0]

    def checkpoints_here(self):
        folder = self.run_dir / "checkpoints"
        return sorted(path.name for path in folder.iterdir() if NAME.match(path.name)) if folder.is_dir() else []

    def new_checkpoints(self):
        return [name for name in self.checkpoints_here() if name not in self.whole]

    def send_checkpoints(self):
        for step in self.new_checkpoints():
            folder = self.run_dir / "checkpoints" / step
            try:
                files = [self.send(path) for path in sorted(folder.rglob("*")) if path.is_file()]
            except FileNotFoundError:
                continue  # the trainer keeps the newest ones only: it was deleted meanwhile
            if folder.exists():
                self.write_list(f"out/checkpoints/{step}.json", {"name": step, "files": files})
                self.whole.add(step)
        self.forget_checkpoints()

    def forget_checkpoints(self):
        """Those that the trainer has deleted: their list first, so that none looks whole that is not."""
        here = set(self.checkpoints_here())
        for name in self.bucket.list(f"{self.root}out/checkpoints/"):
            step = name.rpartition("/")[2].removesuffix(".json")
            if step not in here:
                self.bucket.delete(name)
                for file in self.bucket.list(f"{self.root}out/files/checkpoints/{step}/"):
                    self.bucket.delete(file)
                self.whole.discard(step)

    def send_others(self):
        """Every other file of the run, as it is now."""
        return [self.send(path) for path in self.other_files()]

    def other_files(self):
        for path in sorted(self.run_dir.rglob("*")):
            parts = path.relative_to(self.run_dir).parts
            is_hidden = any(part.startswith(".") for part in parts)
            if path.is_file() and not is_hidden and parts[0] not in NOT_SENT and parts[0] != "checkpoints":
                yield path

    def send(self, path):
        """One file, where it has changed; its name, size and hash."""
        relative = path.relative_to(self.run_dir).as_posix()
        state = (path.stat().st_size, path.stat().st_mtime_ns)
        known = self.sizes.get(relative)
        if known is None or known[0] != state:
            known = (state, self.bucket.upload(path, f"{self.root}out/files/{relative}"))
            self.sizes[relative] = known
        return {"path": relative, **known[1]}

    def write_final(self):
        self.write_list("out/final.json", {"files": self.send_others()})

    def check(self):
        self.patiently(self._check)

    def _check(self):
        """Hold every file of the run here against the bucket. Raises StorageError where one is not there as it is here."""
        there = self.bucket.list(f"{self.root}out/files/")
        paths = [path for path in (self.run_dir / "checkpoints").rglob("*") if path.is_file()]
        paths = [path for path in paths if NAME.match(path.relative_to(self.run_dir).parts[1])]
        for path in [*self.other_files(), *paths]:
            name = f"{self.root}out/files/{path.relative_to(self.run_dir).as_posix()}"
            if there.get(name, {}).get("md5Hash") != hash_file(path)[1]:
                raise StorageError(
                    f"{path} is not in the bucket as it is here. Run the cell 'Train' again: it sends the rest."
                )
        say(
            f"gs://{self.bucket.name}/{self.root} holds the run: {len(there)} files, {self.events.push():,} bytes of events."
        )

    def write_list(self, name, value):
        self.bucket.write(self.root + name, json.dumps(value).encode())


def inside(folder, path):
    """Where a file that the bucket names lies in a folder here. Raises StorageError where that is outside."""
    whole = Path(os.path.abspath(folder / path))
    if Path(os.path.abspath(folder)) in whole.parents:
        return whole
    raise strange_name(path)


def strange_name(path):
    return StorageError(
        f"The bucket names a file that a run does not have: {path}. Somebody else may write there. It was not brought."
    )


@contextlib.contextmanager
def explained_disk(folder):
    """A full disk in words; what was brought stays, and the next try goes on there."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        disk = shutil.disk_usage(folder if folder.exists() else folder.parent)
        raise StorageError(
            f"The disk of this machine is full: {disk.free / 1e9:.1f} of {disk.total / 1e9:.1f} GB are free at {folder}. Free some "
            "space, or choose a runtime with a larger disk, then run this cell again: it goes on where it was."
        ) from error


def find_version(name):
    try:
        return importlib.metadata.version(name).partition("+")[0]
    except importlib.metadata.PackageNotFoundError:
        return None


def describe_end(status):
    if status.get("signal"):
        return status["signal"]
    return f"exit code {status['exitCode']}" if "exitCode" in status else status["state"]
