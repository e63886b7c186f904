"""launch.py against real processes: what it says of them is so, and what it ends is gone.

The trainer here is a small program in a package beside a copy of launch.py (it must ignore signals, have children, write at a
given pace); `test_the_real_trainer_runs_in_its_folder` starts the real one.
"""

from __future__ import annotations

import ast
import base64
import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).parent.parent / "launch.py"
TRAINER = """
import json, os, pathlib, signal, subprocess, sys, time
how = json.loads(pathlib.Path("recipe.yaml").read_text())
print("arguments", *sys.argv[1:], flush=True)
print("env", os.environ.get("EXTRA"), flush=True)
if how.get("ignores"):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
elif how.get("saves"):
    def save(*_):
        print("saved", flush=True)
        sys.exit(0)
    signal.signal(signal.SIGTERM, save)
if how.get("child"):
    code = "import signal,time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    child = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    pathlib.Path("child").write_text(str(child.pid))
with open("events.jsonl", "a") as events:
    for step in range(how.get("steps", 0)):
        events.write(json.dumps({"event": "step", "time": "2020-01-01T00:00:00.000+00:00", "step": step, "pad": "x" * 50}) + "\\n")
        events.flush()
        time.sleep(how.get("pause", 0))
    if how.get("finishes"):
        import datetime
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
        events.write(json.dumps({"event": "run_finished", "time": now}) + "\\n")
print("ready", flush=True)
time.sleep(how.get("seconds", 0))
while how.get("waits") and not pathlib.Path("go").exists():
    time.sleep(0.02)
sys.exit(how.get("code", 0))
"""


class Run:
    def __init__(self, folder: Path, package: Path) -> None:
        self.dir, self.file = folder, package / "launch.py"

    def command(self, name: str, *more: str) -> list[str]:
        return [sys.executable, str(self.file), name, str(self.dir), *more]

    def call(self, name: str, *more: str) -> dict[str, Any]:
        done = subprocess.run(self.command(name, *more), capture_output=True, text=True, timeout=60, cwd="/")
        assert done.stdout.count("\n") == 1, done.stdout + done.stderr
        answer = json.loads(done.stdout)
        assert done.returncode == ("error" in answer), done.stderr
        return answer

    def start(self, *more: str, **how: Any) -> dict[str, Any]:
        """Start a trainer that behaves so; returns when it says that it is ready."""
        (self.dir / "recipe.yaml").write_text(json.dumps(how))
        answer = self.call("start", *more)
        assert answer["state"] == "running", answer
        wait_until(lambda: "ready" in self.log() or self.call("status")["state"] != "running")
        return answer

    def log(self) -> str:
        file = self.dir / "trainer.log"
        return file.read_text() if file.exists() else ""

    def record(self) -> dict[str, Any]:
        return json.loads((self.dir / "process.json").read_text())

    def processes(self) -> list[int]:
        """Every process that carries the mark of this run, by a look of its own."""
        mark = f"SQLCODEGEN_LAUNCH={self.record()['mark']}".encode()
        return [pid for pid in living() if mark in environment_of(pid)]


def living() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and is_alive(int(name))]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def environment_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""


def started_in(folder: Path) -> list[int]:
    """Processes of a run there, whatever its mark; other tests have theirs at the same time."""
    return [pid for pid in living() if b"SQLCODEGEN_LAUNCH" in environment_of(pid) and folder_of(pid) == str(folder)]


def folder_of(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""


def wait_until(is_reached: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not is_reached():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.01)


@pytest.fixture(autouse=True)
def events_keep_their_schema() -> None:
    """The events here are the stand-in's own."""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    package = tmp_path / "code" / "training"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "train.py").write_text(TRAINER)
    shutil.copy(SOURCE, package)
    folder = tmp_path / "a run"
    folder.mkdir()
    made = Run(folder, package)
    yield made
    made.call("cancel", "--grace", "0")


def test_it_needs_nothing_but_python_3_9() -> None:
    text = SOURCE.read_text()
    tree = ast.parse(text, feature_version=(3, 9))
    imported = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported <= sys.stdlib_module_names
    assert not re.search(r"\bmatch .*:\n|datetime\.UTC|zip\(.*strict=", text)


def test_a_run_ends_as_its_trainer_does(run: Run) -> None:
    assert run.call("status") == {"state": "none"}
    answer = run.start("--env", "EXTRA=a=b", code=3)
    assert answer["started"]
    wait_until(lambda: run.call("status")["state"] == "ended")
    status = run.call("status")
    assert (status["exitCode"], status["pid"]) == (3, answer["pid"])
    assert "signal" not in status
    ended = json.loads((run.dir / "exit.json").read_text())
    assert (ended["exitCode"], ended["signal"]) == (3, None)
    assert ended["endedAt"] > run.record()["startedAt"]
    assert "arguments --config recipe.yaml\n" in run.log()
    assert "env a=b" in run.log()


def test_the_trainer_outlives_whoever_started_it(run: Run) -> None:
    """Started from a shell that is killed with its whole group, as a terminal's end does it."""
    (run.dir / "recipe.yaml").write_text(json.dumps({"seconds": 600}))
    shell = subprocess.Popen(
        ["sh", "-c", '"$@"; sleep 600', "sh", *run.command("start")], stdout=subprocess.PIPE, start_new_session=True
    )
    assert shell.stdout and json.loads(shell.stdout.readline())["state"] == "running"
    os.killpg(shell.pid, signal.SIGHUP)
    os.killpg(shell.pid, signal.SIGKILL)
    shell.wait()
    assert shell.stdout.read() == b"", "nobody else holds the pipe"
    assert run.call("status")["state"] == "running"
    assert os.getsid(run.record()["pid"]) == run.record()["pid"] == run.record()["pgid"]


def test_it_resumes_only_what_has_begun(run: Run) -> None:
    run.start("--resume")
    assert "--resume" not in run.log()
    wait_until(lambda: run.call("status")["state"] == "ended")
    (run.dir / "config.yaml").touch()
    run.start("--resume")
    wait_until(lambda: "arguments --config recipe.yaml --resume" in run.log())


def test_stop_lets_the_trainer_save(run: Run) -> None:
    run.start(saves=True, seconds=600)
    assert run.call("stop")["signalled"]
    wait_until(lambda: run.call("status")["state"] == "ended")
    assert run.call("status")["exitCode"] == 0
    assert "saved" in run.log()
    assert not run.call("stop")["signalled"]


@pytest.mark.parametrize("ignores", [False, True])
def test_cancel_leaves_no_process(run: Run, ignores: bool) -> None:
    """Neither a trainer that ignores SIGTERM, nor a child of it in a session of its own, as torchrun's workers are."""
    run.start(ignores=ignores, child=True, seconds=600)
    child = int((run.dir / "child").read_text())
    supervisor = run.record()["supervisorPid"]
    assert len(run.processes()) == 2
    started = time.monotonic()
    status = run.call("cancel", "--grace", "0.5")
    assert time.monotonic() - started < 20
    assert status["state"] == "ended"
    assert status["signal"] == ("SIGKILL" if ignores else "SIGTERM")
    assert run.processes() == []
    assert not is_alive(child)
    wait_until(lambda: not is_alive(supervisor), 5)


def test_cancel_ends_what_a_killed_trainer_left(run: Run) -> None:
    run.start(child=True, seconds=600)
    os.kill(run.record()["pid"], signal.SIGKILL)
    wait_until(lambda: run.call("status")["state"] == "ended")
    assert len(run.processes()) == 1
    assert run.call("cancel", "--grace", "0.2")["signal"] == "SIGKILL"
    assert run.processes() == []


def test_a_killed_trainer_is_told(run: Run) -> None:
    run.start(seconds=600)
    os.kill(run.record()["pid"], signal.SIGKILL)
    wait_until(lambda: (run.dir / "exit.json").exists())
    status = run.call("status")
    assert (status["state"], status["signal"]) == ("ended", "SIGKILL")
    assert json.loads((run.dir / "exit.json").read_text())["signal"] == "SIGKILL"


@pytest.mark.parametrize("finishes", [False, True])
def test_without_its_supervisor_it_runs_on_and_is_seen(run: Run, finishes: bool) -> None:
    run.start(waits=True, steps=3, finishes=finishes)
    os.kill(run.record()["supervisorPid"], signal.SIGKILL)
    status = run.call("status")
    assert (status["state"], status["supervised"]) == ("running", False)
    assert not run.call("start")["started"]
    (run.dir / "go").touch()
    wait_until(lambda: run.call("status")["state"] != "running")
    status = run.call("status")
    # How it ended is nobody's to know, unless its own last event says it.
    assert (status["state"], status.get("exitCode")) == (("ended", 0) if finishes else ("lost", None))
    assert run.start(seconds=600)["started"]


def test_the_end_of_an_earlier_start_is_not_taken_for_this_ones(run: Run) -> None:
    run.start(code=0)
    wait_until(lambda: run.call("status")["state"] == "ended")
    old = (run.dir / "exit.json").read_text()
    run.start(seconds=600)
    assert not (run.dir / "exit.json").exists()
    record = run.record()
    for pid in (record["supervisorPid"], record["pid"]):
        os.kill(pid, signal.SIGKILL)
    (run.dir / "exit.json").write_text(old)
    wait_until(lambda: run.call("status")["state"] == "lost")


@pytest.mark.parametrize("key", ["startTicks", "bootId"])
def test_a_number_that_was_given_again_is_another_process(run: Run, key: str) -> None:
    run.start(seconds=0)
    wait_until(lambda: run.call("status")["state"] == "ended")
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as other:
        record = {**run.record(), "pid": other.pid, "pgid": other.pid}
        if key == "bootId":  # the machine was restarted, and by chance even the start is the same
            ticks = int(Path(f"/proc/{other.pid}/stat").read_text().rpartition(")")[2].split()[19])
            record |= {"startTicks": ticks, "bootId": "another"}
        (run.dir / "process.json").write_text(json.dumps(record))
        assert run.call("status")["state"] == "ended"
        assert not run.call("stop")["signalled"]
        run.call("cancel", "--grace", "0")
        assert other.poll() is None, "somebody else's process was ended"
        other.kill()


def test_of_many_starts_at_once_one_starts(run: Run) -> None:
    (run.dir / "recipe.yaml").write_text(json.dumps({"seconds": 600}))
    starts = [subprocess.Popen(run.command("start"), stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = [json.loads(start.communicate()[0]) for start in starts]
    assert [answer["state"] for answer in answers] == ["running"] * 4
    assert sorted(answer["started"] for answer in answers) == [False, False, False, True]
    assert len({answer["pid"] for answer in answers}) == 1
    wait_until(lambda: "ready" in run.log())
    assert run.log().count("ready") == 1
    assert len(run.processes()) == 1


@pytest.fixture
def open_start(run: Run) -> Iterator[Callable[[], None]]:
    """A start whose supervisor waits, with the trainer not begun, until the function is called."""
    (run.dir / "recipe.yaml").write_text(json.dumps({"seconds": 600}))
    os.mkfifo(run.dir / "trainer.log")  # opening it to write waits for a reader
    readers: list[int] = []
    yield lambda: readers.append(os.open(run.dir / "trainer.log", os.O_RDONLY | os.O_NONBLOCK))
    for reader in readers:
        os.close(reader)


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def opens(pid: int, name: str) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return any(os.path.realpath(file) == name for file in Path(f"/proc/{pid}/fd").iterdir())
    return False


@pytest.mark.parametrize("is_killed", [False, True])
@pytest.mark.parametrize("command", ["cancel", "stop"])
def test_what_is_ended_while_it_starts_does_not_run(
    run: Run, open_start: Callable[[], None], command: str, is_killed: bool
) -> None:
    """Whether who asked for the start waits for it, or was killed meanwhile."""
    start = subprocess.Popen(run.command("start"), stdout=subprocess.PIPE)
    wait_until(lambda: children_of(start.pid) != [])
    if is_killed:
        start.kill()
    end = subprocess.Popen(run.command(command), stdout=subprocess.PIPE)
    with contextlib.suppress(subprocess.TimeoutExpired):
        end.wait(1)
    open_start()
    assert start.wait(30) == (-signal.SIGKILL if is_killed else 0)
    assert end.wait(30) == 0
    wait_until(lambda: run.processes() == [], 5)
    assert run.call("status")["signal"] == "SIGTERM"


def test_a_start_that_has_not_begun_is_ended_by_a_cancel(run: Run) -> None:
    (run.dir / "recipe.yaml").write_text(json.dumps({"seconds": 600}))
    other = run.dir.with_name("another run")
    shutil.copytree(run.dir, other)
    locks = [open(folder / ".launch.lock", "w") for folder in (run.dir, other)]
    for lock in locks:
        fcntl.flock(lock, fcntl.LOCK_EX)
    cancel = subprocess.Popen(run.command("cancel"), stdout=subprocess.PIPE)
    waits = subprocess.Popen(run.command("start"), stdout=subprocess.PIPE)
    waits_there = subprocess.Popen(Run(other, run.file.parent).command("start"), stdout=subprocess.PIPE)
    wait_until(lambda: cancel.poll() is not None or opens(cancel.pid, locks[0].name))
    wait_until(lambda: opens(waits.pid, locks[0].name) and opens(waits_there.pid, locks[1].name))
    for lock in locks:
        lock.close()
    assert cancel.wait(30) == 0
    waits.wait(30)
    if (run.dir / "process.json").exists():
        wait_until(lambda: run.processes() == [], 5)
    assert waits_there.wait(30) == 0, "the start of another run was ended"
    Run(other, run.file.parent).call("cancel", "--grace", "0")


def test_nothing_is_ended_where_nothing_was_started(run: Run, tmp_path: Path) -> None:
    for folder in (run.dir, tmp_path / "nowhere"):
        run.dir = folder
        assert run.call("cancel") == {"state": "none"}
        assert run.call("stop") == {"state": "none", "signalled": False}


def test_a_start_ends_what_an_earlier_one_left(run: Run) -> None:
    """As torchrun's workers do, which live on where it was killed and hold the run and the GPU."""
    run.start(child=True, seconds=600)
    child = int((run.dir / "child").read_text())
    os.kill(run.record()["pid"], signal.SIGKILL)
    wait_until(lambda: run.call("status")["state"] == "ended")
    assert is_alive(child)
    (run.dir / "recipe.yaml").write_text(json.dumps({"seconds": 600}))
    assert run.call("start")["started"]
    assert not is_alive(child)
    assert f"an earlier start had left were ended first: {child}." in run.log()
    assert len(run.processes()) == 1


def watched(lines: list[str], name: str, begin: int = 0) -> bytes:
    data = b""
    for line in map(json.loads, lines):
        if line.get("file") == name:
            assert line["offset"] == begin + len(data)
            data += base64.b64decode(line["data"])
    return data


def test_watch_tells_everything_until_the_end(run: Run) -> None:
    (run.dir / "recipe.yaml").write_text(json.dumps({"steps": 20, "pause": 0.05, "seconds": 0.7, "code": 4}))
    run.call("start")
    done = subprocess.run(run.command("watch", "--heartbeat", "0.2"), capture_output=True, text=True, timeout=60)
    lines = done.stdout.splitlines()
    assert watched(lines, "events") == (run.dir / "events.jsonl").read_bytes()
    assert watched(lines, "log") == (run.dir / "trainer.log").read_bytes()
    last = json.loads(lines[-1])
    assert last["ended"]["exitCode"] == 4
    assert last["offsets"] == {
        "events": (run.dir / "events.jsonl").stat().st_size,
        "log": (run.dir / "trainer.log").stat().st_size,
    }
    beats = [line for line in map(json.loads, lines) if "heartbeat" in line]
    assert beats
    assert beats[0]["status"]["state"] == "running"


def test_watch_goes_on_at_any_byte_and_leaves_half_lines(run: Run) -> None:
    (run.dir / "recipe.yaml").write_text(json.dumps({"steps": 3}))
    run.call("start")
    wait_until(lambda: run.call("status")["state"] == "ended")
    events, log = (run.dir / "events.jsonl").read_bytes(), (run.dir / "trainer.log").read_bytes()
    with open(run.dir / "events.jsonl", "ab") as file:  # a killed trainer's, which the next one cuts off
        file.write(b'{"event": "st')
    for begin in (0, 1, 60, len(events) - 1, len(events), len(events) + 5):
        at = min(begin, len(log))
        more = ("--events", str(begin), "--log", str(at))
        done = subprocess.run(run.command("watch", *more), capture_output=True, text=True, timeout=60)
        assert watched(done.stdout.splitlines(), "events", begin) == events[begin:]
        assert watched(done.stdout.splitlines(), "log", at) == log[at:]


def test_watch_tells_lines_longer_than_a_chunk(run: Run) -> None:
    (run.dir / "recipe.yaml").write_text(json.dumps({}))
    long = b'{"event": "warning", "message": "' + b"x" * 700_000 + b'"}\n'
    (run.dir / "events.jsonl").write_bytes(long + b"{}\n")
    done = subprocess.run(run.command("watch"), capture_output=True, text=True, timeout=60)
    assert watched(done.stdout.splitlines(), "events") == long + b"{}\n"


def test_watch_ends_when_nobody_listens(run: Run) -> None:
    run.start(seconds=600)
    watch = subprocess.Popen(run.command("watch", "--heartbeat", "0.1"), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert watch.stdout and watch.stderr
    watch.stdout.readline()
    watch.stdout.close()
    assert watch.wait(10) == 1
    assert watch.stderr.read() == b""
    assert run.call("status")["state"] == "running"


def test_tree_lists_whole_files_with_their_hashes(run: Run) -> None:
    for name, text in {
        "recipe.yaml": "a", "checkpoints/step-000001/state.json": "{}", ".lock": "", "checkpoints/.step-2.partial/x": "x",
    }.items():  # fmt: skip
        (run.dir / name).parent.mkdir(parents=True, exist_ok=True)
        (run.dir / name).write_text(text)
    (run.dir / "link").symlink_to("/etc/passwd")
    files = run.call("tree")["files"]
    assert [file["path"] for file in files] == ["recipe.yaml", "checkpoints/step-000001/state.json"]
    assert files[0] == {
        "path": "recipe.yaml",
        "bytes": 1,
        "sha256": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb",
    }
    under = run.call("tree", "--under", "checkpoints/", "--sizes-only")["files"]
    assert under == [{"path": "checkpoints/step-000001/state.json", "bytes": 2}]
    assert run.call("tree", "--under", "check")["files"] == []


def test_machine_says_what_is_there(run: Run, tmp_path: Path) -> None:
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    smi = bin_folder / "nvidia-smi"
    smi.write_text(
        '#!/bin/sh\n[ $# -gt 0 ] && echo "NVIDIA A100-SXM4-40GB, 40960, 40000, 550.54.15" || echo "| CUDA Version: 12.4 |"\n'
    )
    smi.chmod(0o755)
    command = [sys.executable, str(run.file), "machine", str(tmp_path / "not" / "there")]
    said = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "PATH": f"{bin_folder}:{os.environ['PATH']}"}
    )
    found = json.loads(said.stdout)
    gpu = {"name": "NVIDIA A100-SXM4-40GB", "memoryBytes": 40960 << 20, "freeBytes": 40000 << 20, "driver": "550.54.15"}
    assert found["gpus"] == [gpu]
    assert found["cudaVersion"] == "12.4"
    assert found["cores"] >= 1
    assert found["memoryBytes"] > 1 << 28
    assert abs(found["freeDiskBytes"] - shutil.disk_usage(tmp_path).free) < 1 << 30
    assert tuple(map(int, found["python"]["version"].split(".")[:2])) >= (3, 11)
    assert found["environmentReady"] is False
    smi.write_text("#!/bin/sh\nexit 9\n")
    said = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PATH": str(bin_folder)})
    found = json.loads(said.stdout)
    assert found["gpus"] == []
    assert found["problems"] == [
        "nvidia-smi is installed, but the GPU's driver does not answer.",
        "There is no Python 3.11 or newer.",
    ]


def test_an_environment_is_ready_when_it_was_made_to_its_end(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "env"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python").symlink_to(sys.executable)
    options = ("--environment", str(home), "--stamp", "abc")
    assert not run.call("machine", *options)["environmentReady"]
    (home / "installed.sha256").write_text("other\n")
    assert not run.call("machine", *options)["environmentReady"]
    (home / "installed.sha256").write_text("abc")
    found = run.call("machine", *options)
    assert found["environmentReady"]
    assert found["python"]["path"] == str(home / "bin" / "python")


@pytest.mark.parametrize(
    ("prepare", "more", "code"),
    [
        (lambda folder: None, (), "NOT_FOUND"),
        (lambda folder: (folder / "recipe.yaml").touch(), ("--env", "novalue"), "INVALID_INPUT"),
    ],
)
def test_what_cannot_be_started_is_said(
    run: Run, prepare: Callable[[Path], None], more: tuple[str, ...], code: str
) -> None:
    prepare(run.dir)
    error = run.call("start", *more)["error"]
    assert error["code"] == code
    assert error["message"]
    assert run.call("status") == {"state": "none"}


def test_a_python_that_cannot_be_run_is_an_end(run: Run) -> None:
    (run.dir / "recipe.yaml").write_text("{}")
    run.call("start", "--python", "/nowhere/python")
    wait_until(lambda: run.call("status")["state"] == "ended")
    assert run.call("status")["exitCode"] == 127
    assert "/nowhere/python cannot be run" in run.log()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    file = folder / "filler"
    with open(file, "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"x" * 4096)
        except OSError:
            return file


def test_on_a_full_disk_nothing_is_started(run: Run, small_disk: Path) -> None:
    run.dir = small_disk
    run.start(seconds=600)
    assert len(started_in(small_disk)) == 1
    run.call("cancel", "--grace", "0")
    for name in ("process.json", "exit.json", "trainer.log"):
        (small_disk / name).unlink()
    # Room for one file of one page at a time: the record cannot be written, then the exit cannot be reserved.
    for room in (2, 1, 0):
        filler = fill(small_disk)
        os.truncate(filler, max(0, filler.stat().st_size - room * 4096))
        error = run.call("start").get("error")
        if room < 2:
            assert error is not None
            assert error["code"] == "DISK_FULL"
            assert run.call("status") == {"state": "none"}
            assert started_in(small_disk) == []
        else:
            assert error is None
            run.call("cancel", "--grace", "0")
            (small_disk / "process.json").unlink()
            (small_disk / "exit.json").unlink()
        filler.unlink()


def test_its_end_is_told_although_the_disk_is_full_by_then(run: Run, small_disk: Path) -> None:
    run.dir = small_disk
    run.start(seconds=1, code=5)
    fill(small_disk)
    wait_until(lambda: run.call("status")["state"] == "ended")
    assert run.call("status")["exitCode"] == 5
