"""A run in a notebook and its bucket, over a line that breaks: what the app asks for is done, machines come and go, and nothing
is lost. launch.py is the real one; the trainer here is a small program that does what the real one does to the run's folder
(the notebook's own test, core/training/launchers/colab/whole-run.test.ts, has the real one)."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from training import cloud_storage, cloud_sync
from training.cloud_storage import Bucket, ChangedError, LostError, StorageError
from training.cloud_sync import CloudRun
from training.tests.emulator import BUCKET, BadLine, run_emulator

LAUNCH = Path(__file__).parent.parent / "launch.py"
EVERY_SECONDS = 0.05
TRAINER = """
import json, os, pathlib, shutil, signal, sys, time
how = json.loads(pathlib.Path("recipe.yaml").read_text())
stopping = []
def ask(*_):
    if stopping:
        os._exit(1)  # a second one ends at once
    stopping.append(1)
signal.signal(signal.SIGTERM, ask)
pathlib.Path("config.yaml").write_text("{}")
checkpoints = pathlib.Path("checkpoints")
def say(**event):
    with open("events.jsonl", "a") as file:
        file.write(json.dumps(event) + "\\n")
def save(step):
    aside = checkpoints / ".aside"
    aside.mkdir(parents=True)
    (aside / "weights.bin").write_bytes(bytes([step % 251]) * 300_000)
    (aside / "state.json").write_text(json.dumps({"step": step, "value": value}))
    aside.rename(checkpoints / f"step-{step:06d}")
    say(event="checkpoint", step=step)
    for old in sorted(checkpoints.glob("step-*"))[:-2]:
        shutil.rmtree(old)
step, value = 0, 1
if "--resume" in sys.argv and list(checkpoints.glob("step-*")):
    state = json.loads((sorted(checkpoints.glob("step-*"))[-1] / "state.json").read_text())
    step, value = state["step"], state["value"]
say(event="run_started", step=step)
print("from step", step, flush=True)
while step < how["steps"] and not stopping:
    step += 1
    value = value * 6364136223846793005 % 2**61  # what it has learned depends on every step
    say(event="step", step=step, value=value)
    if step % 10 == 0:
        save(step)
    while pathlib.Path(how["gate"]).exists() and step == how.get("wait_at") and not stopping:
        time.sleep(0.01)
    time.sleep(how.get("pause", 0.002))
if step % 10:
    save(step)
pathlib.Path("model").mkdir(exist_ok=True)
pathlib.Path("model/weights.bin").write_text(str(value))
say(event="run_finished", outcome="stopped" if stopping else "finished", step=step)
"""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with run_emulator() as found:
        yield found


@pytest.fixture
def line(port: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[BadLine]:
    monkeypatch.setattr(cloud_storage, "TIMEOUT_SECONDS", 10)
    found = BadLine(port)
    yield found
    found.close()


class Cloud:
    """A run in the bucket, and the machines on which its notebook is run."""

    def __init__(self, port: int, line: BadLine, folder: Path, run_id: str) -> None:
        self.bucket, self.line, self.folder, self.run_id = Bucket(BUCKET, f"127.0.0.1:{port}"), line, folder, run_id
        self.root, self.said = f"app/{run_id}/", []
        self.threads: list[threading.Thread] = []
        (folder / "gate").touch()

    def put(self, **how: Any) -> None:
        """As the app does it."""
        self.bucket.write(f"{self.root}code/training/launch.py", LAUNCH.read_bytes())
        self.bucket.write(f"{self.root}code/training/__init__.py", b"")
        self.bucket.write(f"{self.root}code/training/train.py", TRAINER.encode())
        recipe = {"steps": 40, "gate": str(self.folder / "gate"), **how}
        self.bucket.write(f"{self.root}run/recipe.yaml", json.dumps(recipe).encode())

    def command(self, name: str) -> None:
        self.bucket.write(f"{self.root}commands/{name}.json", b"{}")

    def machine(self, name: str) -> CloudRun:
        run = CloudRun(BUCKET, "app", self.run_id, self.folder / name, EVERY_SECONDS, self.line.address)
        run.host = name
        return run

    def train(self, run: CloudRun) -> Callable[[], Any]:
        """The notebook's cells in a thread; a function that waits for their end and gives or raises what came of them."""
        came: list[Any] = []

        def cells() -> None:
            try:
                run.bring()
                came.append(run.train())
            except Exception as error:
                came.append(error)

        thread = threading.Thread(target=cells, daemon=True)
        thread.start()
        self.threads.append(thread)

        def wait() -> Any:
            thread.join(180)
            assert came, "the notebook does not end"
            if isinstance(came[0], Exception):
                raise came[0]
            return came[0]

        return wait

    def beat(self) -> dict[str, Any]:
        return json.loads(self.bucket.read(f"{self.root}state/heartbeat.json") or b"{}")

    def events(self) -> list[dict[str, Any]]:
        """As the app puts the pieces together."""
        whole = b""
        for name in self.bucket.list(f"{self.root}out/events/"):
            start = int(name.rpartition("/")[2].partition(".")[0])
            assert start == len(whole)
            whole += self.bucket.read(name) or b""
        return [json.loads(line) for line in whole.splitlines()]

    def steps(self) -> list[int]:
        return [event["step"] for event in self.events() if event["event"] == "step"]

    def open_gate(self) -> None:
        (self.folder / "gate").unlink()


@pytest.fixture
def cloud(
    port: int,
    line: BadLine,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Cloud]:
    said: list[str] = []
    monkeypatch.setattr(cloud_sync, "say", said.append)
    folder = tmp_path_factory.mktemp("cloud")
    run_id = hashlib.sha256(request.node.name.encode()).hexdigest()[:12]
    found = Cloud(port, line, folder, run_id)
    found.said = said
    yield found
    end_all(folder)


def end_all(folder: Path) -> list[int]:
    """SIGKILL to whatever works in this folder, as where a machine is taken away."""
    ended = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            if Path(os.readlink(f"/proc/{name}/cwd")).is_relative_to(folder):
                os.kill(int(name), signal.SIGKILL)
                ended.append(int(name))
        except OSError:
            continue
    return ended


def wait_until(is_so: Callable[[], Any], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "took too long"
        time.sleep(0.02)


def final_value(steps: int) -> str:
    value = 1
    for _ in range(steps):
        value = value * 6364136223846793005 % 2**61
    return str(value)


def test_a_fresh_machine_goes_on_from_the_bucket_where_the_last_one_was_taken_away(cloud: Cloud) -> None:
    cloud.put(wait_at=27)
    first = cloud.machine("vm-1")
    waiting = cloud.train(first)
    wait_until(lambda: cloud.beat().get("checkpoints") == ["step-000010", "step-000020"] and 27 in cloud.steps())
    # The machine is gone with all that is on it: no last word, no half of anything.
    first.keep_lease = vanish  # type: ignore[method-assign]
    assert end_all(cloud.folder / "vm-1")
    with pytest.raises(RuntimeError, match="gone"):
        waiting()
    shutil.rmtree(cloud.folder / "vm-1")
    cloud.open_gate()
    second = cloud.machine("vm-2")
    # Its heartbeat is fresh still: it may live.
    with pytest.raises(StorageError, match="Another notebook trains this run, on vm-1"):
        cloud.train(second)()
    assert cloud.beat()["host"] == "vm-1"
    age(cloud.bucket, second)
    status = cloud.train(second)()
    assert status["exitCode"] == 0
    # What the first one told stays, and the second goes on from the last checkpoint that was whole in the bucket.
    assert cloud.steps() == [*range(1, 28), *range(21, 41)]
    assert [event["step"] for event in cloud.events() if event["event"] == "run_started"] == [0, 20]
    assert cloud.bucket.read(f"{cloud.root}out/files/model/weights.bin") == final_value(40).encode()
    assert cloud.beat()["done"] and cloud.beat()["host"] == "vm-2"
    assert cloud.beat()["checkpoints"] == ["step-000030", "step-000040"]
    second.check()


def age(bucket: Bucket, run: CloudRun) -> None:
    """As if the heartbeat that lies there were older than a notebook lets pass."""
    look = run.bucket.look
    run.bucket.look = lambda name: (look(name)[0], cloud_sync.FRESH_SECONDS + 1)  # type: ignore[method-assign]


def test_a_notebook_that_was_out_of_reach_ends_where_another_has_taken_over(cloud: Cloud) -> None:
    cloud.put(wait_at=27)
    first = cloud.machine("vm-1")
    waiting = cloud.train(first)
    wait_until(lambda: 27 in cloud.steps() and "step-000020" in cloud.beat()["checkpoints"])
    # Out of reach: its requests are answered by nobody.
    plain = first.bucket.send
    first.bucket.send = lose  # type: ignore[method-assign]
    wait_until(lambda: first.trouble)
    assert any("No connection" in text for text in cloud.said)
    second = cloud.machine("vm-2")
    age(cloud.bucket, second)
    ending = cloud.train(second)
    wait_until(lambda: cloud.beat().get("host") == "vm-2")
    first.bucket.send = plain  # type: ignore[method-assign]
    with pytest.raises(StorageError, match="Another notebook, on vm-2, took this run over"):
        waiting()
    assert not end_all(cloud.folder / "vm-1"), "its trainer was not ended"
    cloud.open_gate()
    assert ending()["exitCode"] == 0
    assert cloud.steps() == [*range(1, 28), *range(21, 41)]
    assert cloud.bucket.read(f"{cloud.root}out/files/model/weights.bin") == final_value(40).encode()


def vanish() -> None:
    raise RuntimeError("the machine is gone")


def lose(*_: object, **__: object) -> None:
    raise LostError("Cloud Storage does not answer: no route")


def test_of_two_that_begin_at_once_one_is_refused_and_a_new_kernel_on_the_same_machine_attaches(cloud: Cloud) -> None:
    cloud.put(wait_at=15)
    first, other = cloud.machine("vm-1"), cloud.machine("vm-2")
    first.bring()
    other.bring()
    write = other.bucket.write

    def refuse(name: str, content: bytes, instead_of: str | None = None) -> str:
        """As the service does; the emulator knows no preconditions."""
        there, _ = cloud.bucket.look(name)
        if instead_of is not None and instead_of != (there["generation"] if there else "0"):
            raise ChangedError("changed")
        return write(name, content, instead_of)

    other.bucket.write = refuse  # type: ignore[method-assign]
    both_saw_none = other.read_lease()
    assert both_saw_none[1] == "0"
    waiting = cloud.train(first)
    wait_until(lambda: cloud.beat().get("status", {}).get("state") == "running")
    other.read_lease = lambda: both_saw_none  # type: ignore[method-assign]
    with pytest.raises(StorageError, match="began this run at the same moment"):
        other.train()
    assert not (cloud.folder / "vm-2" / "run" / "process.json").exists()
    # The same folder on the same machine: a kernel that was started anew. The trainer is the one that runs.
    ending = cloud.train(cloud.machine("vm-1"))
    with pytest.raises(StorageError, match="Another notebook on this machine follows this run now"):
        waiting()
    cloud.open_gate()
    assert ending()["exitCode"] == 0
    assert cloud.steps() == list(range(1, 41))
    assert "The trainer runs already." in cloud.said


def test_stop_saves_and_ends_though_its_deletion_fails_and_it_is_read_again(cloud: Cloud) -> None:
    cloud.put(steps=100_000, pause=0.01)
    run = cloud.machine("vm-1")
    waiting = cloud.train(run)
    wait_until(lambda: len(cloud.steps()) > 12)
    delete, failures = run.bucket.delete, [1, 1, 1]

    def fail(name: str) -> None:
        if "commands/" in name and failures:
            failures.pop()
            lose()
        delete(name)

    run.bucket.delete = fail  # type: ignore[method-assign]
    cloud.command("stop")
    assert waiting()["exitCode"] == 0
    last = cloud.events()[-1]
    assert (last["event"], last["outcome"]) == ("run_finished", "stopped")
    assert f"step-{last['step']:06d}" in cloud.beat()["checkpoints"]
    assert cloud.said.count("The app asks to stop.") == 1 and not failures
    assert not cloud.bucket.list(f"{cloud.root}commands/")


def test_cancel_leaves_no_process_and_one_that_came_before_the_start_starts_none(cloud: Cloud) -> None:
    cloud.put(steps=100_000, pause=0.01)
    run = cloud.machine("vm-1")
    waiting = cloud.train(run)
    wait_until(lambda: len(cloud.steps()) > 3)
    cloud.command("cancel")
    status = waiting()
    assert status["state"] == "ended" and cloud.beat()["done"]
    assert not end_all(cloud.folder / "vm-1")
    cloud.command("cancel")
    assert cloud.train(run)() is None
    assert cloud.beat()["status"] == {"state": "ended", "signal": "SIGTERM"} and cloud.beat()["done"]
    assert not end_all(cloud.folder / "vm-1")
    assert cloud.said[-1] == "The run was cancelled in the app: nothing was started."


def test_an_expired_sign_in_is_said_once_while_the_trainer_goes_on(cloud: Cloud) -> None:
    cloud.put(wait_at=35)
    waiting = cloud.train(cloud.machine("vm-1"))
    wait_until(lambda: len(cloud.steps()) > 3)
    cloud.line.answers = [401] * 40
    events = cloud.folder / "vm-1" / "run" / "events.jsonl"
    wait_until(lambda: '"step": 35' in events.read_text())
    wait_until(lambda: not cloud.line.answers)
    cloud.open_gate()
    assert waiting()["exitCode"] == 0
    paused = [text for text in cloud.said if text.startswith("Paused:")]
    assert len(paused) == 1 and "Training goes on" in paused[0]
    assert "The bucket is in reach again; it goes on." in cloud.said
    assert cloud.steps() == list(range(1, 41))


@pytest.mark.parametrize("way", ["up", "down"])
def test_cut_at_any_byte_nothing_is_lost_and_nothing_looks_whole_that_is_not(cloud: Cloud, way: str) -> None:
    """Every request of the notebook's in turn, cut at a byte that moves on."""
    cloud.put(steps=30, pause=0.02)
    run = cloud.machine("vm-1")
    wrong: list[str] = []
    done = threading.Event()

    def cut() -> None:
        at = 0
        while not done.is_set() and at < 400_000:
            if cloud.line.cut is None:
                cloud.line.cut = (way, at)
                at = at * 3 // 2 + 7
            time.sleep(0.02)

    def look() -> None:
        while not done.wait(0.05):
            for name in cloud.bucket.list(f"{cloud.root}out/checkpoints/"):
                listed = json.loads(cloud.bucket.read(name) or b'{"files": []}')
                there = cloud.bucket.list(f"{cloud.root}out/files/checkpoints/")
                # The trainer deletes old ones, the list first.
                gone = cloud.bucket.stat(name) is None
                for file in listed["files"]:
                    found = there.get(f"{cloud.root}out/files/{file['path']}", {}).get("md5Hash")
                    if found != file["md5"] and not gone:
                        wrong.append(f"{file['path']} is {found}")

    run.bring()
    threads = [threading.Thread(target=work, daemon=True) for work in (cut, look)]
    for thread in threads:
        thread.start()
    try:
        assert run.train()["exitCode"] == 0
    finally:
        done.set()
        for thread in threads:
            thread.join()
    cloud.line.cut = None
    assert not wrong
    assert any("No connection" in text or "waits" in text for text in cloud.said)
    assert cloud.steps() == list(range(1, 31))
    here = (run.run_dir / "events.jsonl").read_bytes()
    pieces = [cloud.bucket.read(name) or b"" for name in cloud.bucket.list(f"{cloud.root}out/events/")]
    assert b"".join(pieces) == here
    run.check()
    # And onto a machine that has nothing, over the same line.
    other = cloud.machine("vm-2")
    done.clear()
    cutting = threading.Thread(target=cut, daemon=True)
    cutting.start()
    other.bring()
    done.set()
    cutting.join()
    for path in ["events.jsonl", "trainer.log", "model/weights.bin", "checkpoints/step-000030/weights.bin"]:
        assert (other.run_dir / path).read_bytes() == (run.run_dir / path).read_bytes(), path


def test_a_full_disk_is_said_with_its_figures_and_goes_on_there(cloud: Cloud) -> None:
    disk = cloud.folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(disk)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"needs the right to mount a tmpfs: {mounted.stderr.strip()}")
    try:
        cloud.put(steps=5)
        content = os.urandom(1_500_000)
        cloud.bucket.write(f"{cloud.root}run/base/model.safetensors", content)
        filler = disk / "filler"
        filler.write_bytes(bytes(900_000))
        run = cloud.machine("disk")
        with pytest.raises(
            StorageError, match=r"The disk of this machine is full: 0\.0 of 0\.0 GB are free at"
        ) as told:
            run.bring()
        assert isinstance(told.value.__cause__, OSError) and told.value.__cause__.errno == errno.ENOSPC
        assert not (run.run_dir / "base" / "model.safetensors").exists()
        filler.unlink()
        run.bring()
        assert (run.run_dir / "base" / "model.safetensors").read_bytes() == content
        assert run.train()["exitCode"] == 0
    finally:
        end_all(disk)
        subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.parametrize(
    "name", ["run/../../../outside", "code/../../outside", "out/files/../../outside", "checkpoint"]
)
def test_a_name_that_leads_out_of_the_run_is_refused(cloud: Cloud, name: str) -> None:
    cloud.put()
    run = cloud.machine("vm-1")
    if name == "checkpoint":
        path = "checkpoints/step-000001/../../../../outside"
        listed = {"name": "step-000001", "files": [{"path": path, "size": 1, "md5": "x"}]}
        cloud.bucket.write(f"{cloud.root}out/checkpoints/step-000001.json", json.dumps(listed).encode())
        name = f"out/files/{path}"
    # The emulator takes no such name; Cloud Storage does.
    lie = {"name": cloud.root + name, "size": "1", "md5Hash": "x", "generation": "1"}
    listing, download = run.bucket.list, run.bucket.download

    def list_more(prefix: str) -> dict[str, Any]:
        return {**listing(prefix), **({lie["name"]: lie} if lie["name"].startswith(prefix) else {})}

    def bring(name: str, path: Path, there: dict[str, Any]) -> bool:
        if there is not lie:
            return download(name, path, there)
        path.parent.mkdir(parents=True, exist_ok=True)
        return bool(path.resolve().write_bytes(b"x"))

    run.bucket.list, run.bucket.download = list_more, bring  # type: ignore[method-assign]
    with pytest.raises(StorageError, match=r"names a file that a run does not have: .*outside"):
        run.bring()
    assert not list(cloud.folder.parent.rglob("outside"))
