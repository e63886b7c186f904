"""Starts, watches and ends the trainer of a run: `python launch.py COMMAND RUN_DIR`.

One file of the standard library alone, for Python 3.9 or newer, so that it runs on a machine before anything is installed
there. The trainer is the package that this file lies in. Each command prints one JSON object on standard output (`watch`: one a
line); what fails prints `{"error": {"code", "message", "hint"}}` and ends with 1.

The trainer runs detached, in a session of its own, and nobody's end ends it: a fork of this file (the supervisor) waits for it
and writes how it ended; where that was killed, the trainer goes on and `status` still sees it. What is known of it lies in
RUN_DIR/process.json, written before the trainer's first instruction, so none can run that nobody knows of.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import errno
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid

with contextlib.suppress(ImportError):
    import fcntl  # not on Windows, where `start` says so

RECORD, EXIT, LOG, EVENTS, RECIPE = "process.json", "exit.json", "trainer.log", "events.jsonl", "recipe.yaml"
# In the environment of every process of a run: torchrun gives its workers sessions of their own.
MARK = "SQLCODEGEN_LAUNCH"
CHUNK_BYTES = 256 * 1024
POLL_SECONDS = 0.2
# What is never sent: locks, and what is being written; the names of both begin with a dot.
HIDDEN = re.compile(r"(^|/)\.")


class LaunchError(Exception):
    def __init__(self, code, message, hint=None):
        super().__init__(message)
        self.payload = {"code": code, "message": message, **({"hint": hint} if hint else {})}


def describe_os_error(error):
    """The app's code and words for what the system refused."""
    where = f"{error.filename}: " if error.filename else ""
    message = f"{where}{error.strerror or error}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return LaunchError("DISK_FULL", message, "Free space on this disk, then start again.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return LaunchError("PERMISSION_DENIED", message, "Choose a folder that can be written.")
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return LaunchError("NOT_FOUND", message)
    return LaunchError("INTERNAL", message)


# Files


def read_json(path):
    """The object in a file; None where there is none, or none that is whole."""
    try:
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None


def partial_of(path):
    return os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.partial")


def write_json(path, value):
    """Aside, flushed, renamed: a reader finds the old or the new. A partial file that is there already is written over in
    place, so that what was reserved for it serves on a full disk."""
    partial = partial_of(path)
    with open(os.open(partial, os.O_RDWR | os.O_CREAT, 0o644), "r+b") as file:
        file.write((json.dumps(value) + "\n").encode())
        file.truncate()
        file.flush()
        os.fsync(file.fileno())
    os.replace(partial, path)


def reserve(path, size=1024):
    """Room for a file that must be written even when the disk is full by then."""
    with open(partial_of(path), "wb") as file:
        file.write(b" " * size)
        file.flush()
        os.fsync(file.fileno())


def remove(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)


def utc_now():
    seconds = time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds * 1000) % 1000:03d}Z"


# Processes


def read_text(path):
    try:
        with open(path, "rb") as file:
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def boot_id():
    return read_text("/proc/sys/kernel/random/boot_id").strip()


def read_process(pid):
    """State, session and start (clock ticks after boot) of a process; None where there is none. A zombie has ended."""
    fields = read_text(f"/proc/{pid}/stat").rpartition(")")[2].split()
    if len(fields) < 20 or fields[0] in "ZX":
        return None
    return {"session": int(fields[3]), "startTicks": int(fields[19])}


def is_alive(record, pid="pid", ticks="startTicks"):
    """Whether this very process lives: numbers are given again, but not with the same start in the same boot."""
    if not record or record.get("bootId") != boot_id():
        return False
    found = read_process(record.get(pid))
    return found is not None and found["startTicks"] == record.get(ticks)


def processes_of(record):
    """Every living process of a run: those of its session, and those that carry its mark."""
    if not record or record.get("bootId") != boot_id():
        return []
    leader = read_process(record["pid"])
    is_reused = leader is not None and leader["startTicks"] != record["startTicks"]
    mark = f"{MARK}={record['mark']}".encode()
    found = []
    for name in os.listdir("/proc"):
        process = read_process(name) if name.isdigit() else None
        if process is None:
            continue
        if (process["session"] == record["pgid"] and not is_reused) or mark in read_environment(name):
            found.append(int(name))
    return found


def read_environment(pid):
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read().split(b"\0")
    except OSError:
        return []


def send(pid, number):
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)


def read_status(run_dir):
    record = read_json(os.path.join(run_dir, RECORD))
    if record is None:
        return {"state": "none"}
    about = {"pid": record["pid"], "startedAt": record["startedAt"]}
    if is_alive(record):
        return {"state": "running", **about, "supervised": is_supervised(record)}
    ended = read_exit(run_dir, record) or wait_for_exit(run_dir, record)
    if ended:
        return {"state": "ended", **about, **ended}
    if told_its_end(run_dir, record):
        return {"state": "ended", **about, "exitCode": 0}
    return {"state": "lost", **about}


def is_supervised(record):
    return is_alive(record, "supervisorPid", "supervisorTicks")


def read_exit(run_dir, record):
    """How this start of the run ended; an exit.json of another start says nothing of it."""
    ended = read_json(os.path.join(run_dir, EXIT))
    if ended is None or ended.get("mark") != record["mark"]:
        return None
    return {key: ended[key] for key in ("exitCode", "signal", "endedAt") if ended.get(key) is not None}


def wait_for_exit(run_dir, record, seconds=5):
    """The supervisor, where it lives, writes the exit a moment after the trainer's end."""
    end = time.monotonic() + seconds
    while is_supervised(record) and time.monotonic() < end:
        time.sleep(0.01)
    return read_exit(run_dir, record)


def told_its_end(run_dir, record):
    """Nobody waited for the trainer, but its last event since its start is that it finished, after which it only ends."""
    try:
        with open(os.path.join(run_dir, EVENTS), "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 65536))
            event = json.loads(file.read().splitlines()[-1])
        # Both are UTC in ISO 8601 with milliseconds, so that their texts have the order of their times.
        return event["event"] == "run_finished" and event["time"][:23] >= record["startedAt"][:23]
    except (OSError, ValueError, IndexError, KeyError, TypeError):
        return False


# start


def start(options):
    run_dir = options.run_dir
    if not os.path.isfile(os.path.join(run_dir, RECIPE)):
        raise LaunchError("NOT_FOUND", f"{run_dir} holds no {RECIPE}", "Write the run's recipe first.")
    if not os.path.isdir("/proc/self"):
        raise LaunchError("INTERNAL", "this system has no /proc", "Train on Linux, on an SSH host or on Colab.")
    lock = lock_run(run_dir)
    # Of two starts at once the second finds the first one's trainer.
    found = read_status(run_dir)
    if found["state"] == "running":
        return {**found, "started": False}
    command, environment = make_command(options), make_environment(options)
    end_left_over(run_dir)
    return {**launch(run_dir, command, environment, lock), "started": True}


def lock_run(run_dir):
    """Held while a run is started (until its record is written) or ended, by this process until it has answered and ended."""
    lock = os.open(os.path.join(run_dir, ".launch.lock"), os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def end_left_over(run_dir, grace=10):
    """A trainer that was killed may have left workers: they hold the run and the GPU's memory against the next one."""
    record = read_json(os.path.join(run_dir, RECORD))
    left = processes_of(record)
    if not left:
        return
    for pid in left:
        send(pid, signal.SIGTERM)
    wait_for_none(record, grace)
    end_all(record)
    with contextlib.suppress(OSError), open(os.path.join(run_dir, LOG), "a") as log:
        log.write(f"Processes that an earlier start had left were ended first: {', '.join(map(str, left))}.\n")


def make_command(options):
    run = ["-m", "training.train", "--config", RECIPE]
    # Killed before it had begun, there is nothing to go on from yet.
    if options.resume and os.path.exists(os.path.join(options.run_dir, "config.yaml")):
        run.append("--resume")
    many = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(options.processes)]
    return [options.python, *(many if options.processes > 1 else []), *run]


def make_environment(options):
    package_parent = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    paths = [package_parent, *filter(None, [os.environ.get("PYTHONPATH")])]
    # The run's folder must not be searched for modules: it has a `tensorboard/` of its own.
    own = {"PYTHONPATH": os.pathsep.join(paths), "PYTHONSAFEPATH": "1", "PYTHONUNBUFFERED": "1"}
    # events.jsonl holds the events; the log is for people.
    environment = {**os.environ, **own, "SQLCODEGEN_PRINT_EVENTS": "text"}
    for pair in options.env:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise LaunchError("INVALID_INPUT", f"--env takes KEY=VALUE, not {pair}")
        environment[key] = value
    return environment


def launch(run_dir, command, environment, lock):
    """Fork the supervisor; its word on how the start went."""
    reader, writer = os.pipe()
    if os.fork() == 0:
        try:
            os.close(reader)
            supervise(run_dir, command, environment, writer, lock)
        finally:
            os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        said = pipe.read()
    if not said:
        raise LaunchError("INTERNAL", "the supervisor ended before the trainer was started", "Start again.")
    told = json.loads(said)
    if "error" in told:
        error = told["error"]
        raise LaunchError(error["code"], error["message"], error.get("hint"))
    return told


def supervise(run_dir, command, environment, writer, lock):
    """Start the trainer, say so, wait for it, write how it ended. A system that shuts down signals all: the trainer saves and
    ends first, so this ignores what would end it. The lock is this process's too: whoever asked for the start may be killed
    before the record is written, and who would end the run must find it."""
    os.setsid()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    for stream in (0, 1, 2):
        os.dup2(os.open(os.devnull, os.O_RDWR), stream)
    mark = uuid.uuid4().hex
    pid = None
    try:
        reserve(os.path.join(run_dir, EXIT))
        log = os.open(os.path.join(run_dir, LOG), os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        pid, gate = fork_trainer(run_dir, command, {**environment, MARK: mark}, log, writer)
        record = make_record(pid, mark)
        remove(os.path.join(run_dir, EXIT))
        write_json(os.path.join(run_dir, RECORD), record)
    except OSError as error:
        for path in (EXIT, RECORD):  # the trainer's gate closes unopened with this process: it ends without having run
            remove(partial_of(os.path.join(run_dir, path)))
        answer(writer, {"error": describe_os_error(error).payload})
        return
    os.write(gate, b"g")
    os.close(gate)
    os.close(lock)
    answer(writer, {"state": "running", "pid": pid, "startedAt": record["startedAt"]})
    os.close(writer)
    _, status = os.waitpid(pid, 0)
    write_exit(run_dir, status, mark)


def answer(writer, value):
    """To whoever asked for the start, where that still lives."""
    with contextlib.suppress(BrokenPipeError):
        os.write(writer, json.dumps(value).encode())


def fork_trainer(run_dir, command, environment, log, writer):
    """A child that becomes the trainer once a byte comes through the gate, and ends where the gate is closed without one."""
    reader, gate = os.pipe()
    pid = os.fork()
    if pid:
        os.close(reader)
        return pid, gate
    try:
        os.setsid()
        os.close(gate)
        os.close(writer)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.chdir(run_dir)
        if os.read(reader, 1):
            os.execvpe(command[0], command, environment)
    except OSError as error:
        os.write(2, f"{command[0]} cannot be run: {error.strerror}\n".encode())
    finally:
        os._exit(127)


def make_record(pid, mark):
    return {
        "pid": pid,
        "pgid": pid,
        "startTicks": (read_process(pid) or {}).get("startTicks"),
        "bootId": boot_id(),
        "host": socket.gethostname(),
        "startedAt": utc_now(),
        "supervisorPid": os.getpid(),
        "supervisorTicks": (read_process(os.getpid()) or {}).get("startTicks"),
        "mark": mark,
    }


def write_exit(run_dir, status, mark):
    ended = {"exitCode": None, "signal": None, "endedAt": utc_now(), "mark": mark}
    if os.WIFSIGNALED(status):
        ended["signal"] = signal_name(os.WTERMSIG(status))
    else:
        ended["exitCode"] = os.WEXITSTATUS(status)
    for _ in range(600):  # ten minutes for a disk where what was reserved does not serve
        try:
            return write_json(os.path.join(run_dir, EXIT), ended)
        except FileNotFoundError:
            return None  # the run was removed
        except OSError:
            time.sleep(1)
    return None


def signal_name(number):
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"


# stop and cancel


def stop(options):
    """The trainer finishes its step, saves and ends; this does not wait for it."""
    if not os.path.isdir(options.run_dir):
        return {"state": "none", "signalled": False}
    lock_run(options.run_dir)
    record = read_json(os.path.join(options.run_dir, RECORD))
    is_running = is_alive(record)
    if is_running:
        send(record["pid"], signal.SIGTERM)
    return {**read_status(options.run_dir), "signalled": is_running}


def cancel(options):
    """Ends the run; returns when no process of it is left, and none that would still start it."""
    if not os.path.isdir(options.run_dir):
        return {"state": "none"}
    # A start under way is waited for: its trainer is on record then.
    lock_run(options.run_dir)
    record = read_json(os.path.join(options.run_dir, RECORD))
    end_pending_starts(options.run_dir, record)
    if processes_of(record):
        if is_alive(record):
            send(record["pid"], signal.SIGTERM)
        wait_for_none(record, options.grace)
        end_all(record)
    return read_status(options.run_dir)


def end_pending_starts(run_dir, record):
    """Those that wait for the lock, or are not as far yet: none of them has begun anything."""
    started = [record["pid"]] if is_alive(record) else []
    supervisors = [record["supervisorPid"]] if is_supervised(record) else []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else []:
        if name.isdigit() and int(name) not in [*started, *supervisors] and starts_run(name, run_dir):
            send(int(name), signal.SIGKILL)


def starts_run(pid, run_dir):
    """Whether a process was called as `launch.py start RUN_DIR`."""
    words = read_text(f"/proc/{pid}/cmdline").split("\0")
    if "start" not in words[2:]:
        return False
    at = words.index("start", 2)
    with contextlib.suppress(OSError):
        folder = os.path.join(os.readlink(f"/proc/{pid}/cwd"), *words[at + 1 : at + 2])
        return os.path.basename(words[at - 1]) == "launch.py" and os.path.normpath(folder) == run_dir
    return False


def wait_for_none(record, seconds):
    """Whether no process of the run is left within so many seconds."""
    end = time.monotonic() + seconds
    while processes_of(record):
        if time.monotonic() >= end:
            return False
        time.sleep(0.05)
    return True


def end_all(record, seconds=60):
    """SIGKILL to all of it, again for those that one of them has started meanwhile."""
    end = time.monotonic() + seconds
    while True:
        left = processes_of(record)
        if not left:
            return
        if time.monotonic() > end:
            raise LaunchError(
                "TIMEOUT", f"process {left[0]} does not end, though it was killed", "Its disk or its GPU may hang."
            )
        for pid in left:
            send(pid, signal.SIGKILL)
        time.sleep(0.02)


# watch, tree


def watch(options):
    """What is new of both files, from the offsets given, until the process has ended and all was told.

    Of events.jsonl whole lines only: a trainer that goes on cuts off the half line that a killed one left."""
    offsets = {"events": options.events, "log": options.log}
    last_word = 0.0
    while True:
        status = read_status(options.run_dir)  # before the files are read: what was written before the end is told
        is_new = [follow(options.run_dir, name, offsets) for name in offsets]
        if any(is_new):
            last_word = time.monotonic()
            continue
        if status["state"] != "running":
            return {"ended": status, "offsets": offsets}
        if time.monotonic() - last_word >= options.heartbeat:
            last_word = time.monotonic()
            say({"heartbeat": utc_now(), "status": status, "offsets": offsets})
        time.sleep(POLL_SECONDS)


def follow(run_dir, name, offsets):
    """Tell what one file has more than was told of it; whether it had."""
    try:
        with open(os.path.join(run_dir, EVENTS if name == "events" else LOG), "rb") as file:
            file.seek(offsets[name])
            data = file.read(CHUNK_BYTES)
            while name == "events" and b"\n" not in data and len(data) % CHUNK_BYTES == 0:
                more = file.read(CHUNK_BYTES)
                if not more:
                    break
                data += more
    except FileNotFoundError:
        return False
    if name == "events":
        data = data[: data.rfind(b"\n") + 1]
    if not data:
        return False
    say({"file": name, "offset": offsets[name], "data": base64.b64encode(data).decode()})
    offsets[name] += len(data)
    return True


def say(value):
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


def tree(options):
    """Every file with its size and SHA-256, as they were when they were read; what vanishes meanwhile is left out."""
    if not os.path.isdir(options.run_dir):
        raise LaunchError("NOT_FOUND", f"{options.run_dir} is no folder")
    files = []
    for folder, folders, names in os.walk(options.run_dir):
        folders.sort()
        for name in sorted(names):
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, options.run_dir).replace(os.sep, "/")
            is_wanted = not options.under or any(
                (relative + "/").startswith(u.rstrip("/") + "/") for u in options.under
            )
            if is_wanted and not HIDDEN.search(relative) and os.path.isfile(path) and not os.path.islink(path):
                with contextlib.suppress(FileNotFoundError):
                    files.append({"path": relative, **measure_file(path, options.sizes_only)})
    return {"files": files}


def measure_file(path, size_only):
    if size_only:
        return {"bytes": os.path.getsize(path)}
    digest, size = hashlib.sha256(), 0
    with open(path, "rb") as file:
        while True:
            part = file.read(1 << 20)
            if not part:
                return {"bytes": size, "sha256": digest.hexdigest()}
            digest.update(part)
            size += len(part)


# machine


def machine(options):
    """What this machine has for training, measured where runs would lie (a folder that need not be there yet)."""
    gpus, cuda, problems = find_gpus()
    pythons = find_pythons(options.environment)
    fit = [python for python in pythons if python_number(python["version"]) >= (3, 11)]
    if not fit:
        problems.append("There is no Python 3.11 or newer.")
    elif not fit[0]["canMakeEnvironments"]:
        problems.append(f"{fit[0]['path']} cannot make environments: install python3-venv.")
    return {
        "host": socket.gethostname(),
        "gpus": gpus,
        **({"cudaVersion": cuda} if cuda else {}),
        "cores": count_cores(),
        "memoryBytes": find_memory(),
        "freeDiskBytes": shutil.disk_usage(nearest_folder(options.run_dir)).free,
        **({"python": {"path": fit[0]["path"], "version": fit[0]["version"]}} if fit else {}),
        "pythons": pythons,
        "environmentReady": is_environment_ready(options.environment, options.stamp),
        "problems": problems,
    }


def nearest_folder(path):
    path = os.path.abspath(path)
    while not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def run_tool(command, seconds=20):
    """Its standard output; None where it fails or does not answer."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def find_gpus():
    """By nvidia-smi: the GPUs, the newest CUDA that the driver runs, and what is wrong."""
    if not shutil.which("nvidia-smi"):
        return [], None, []
    query = "--query-gpu=name,memory.total,memory.free,driver_version"
    table = run_tool(["nvidia-smi", query, "--format=csv,noheader,nounits"])
    if table is None:
        return [], None, ["nvidia-smi is installed, but the GPU's driver does not answer."]
    rows = [[cell.strip() for cell in line.split(",")] for line in table.splitlines() if line.count(",") == 3]
    gpus = [
        {"name": name, "memoryBytes": int(total) << 20, "freeBytes": int(free) << 20, "driver": driver}
        for name, total, free, driver in rows
        if total.isdigit() and free.isdigit()
    ]
    version = re.search(r"CUDA Version:\s*([\d.]+)", run_tool(["nvidia-smi"]) or "")
    return gpus, version.group(1) if version else None, []


def count_cores():
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota, _, period = read_text("/sys/fs/cgroup/cpu.max").strip().partition(" ")
    return max(1, min(cores, -(-int(quota) // int(period)))) if quota.isdigit() and period.isdigit() else cores


def find_memory():
    """Bytes that processes may use here: the machine's, or less in a container."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limit = read_text("/sys/fs/cgroup/memory.max").strip()
    return min(total, int(limit)) if limit.isdigit() else total


def python_number(version):
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def find_pythons(environment):
    """Those of the environment and of PATH, the one to be used first: the environment's, then the newest."""
    names = ["python3", "python", *(f"python3.{minor}" for minor in range(20, 8, -1))]
    own = os.path.join(environment, "bin", "python") if environment else ""
    found, seen = [], set()
    for path in filter(None, [own if os.access(own, os.X_OK) else None, *map(shutil.which, names)]):
        real = path if path == own else os.path.realpath(path)
        if real not in seen:
            seen.add(real)
            probe = "import sys; print('%d.%d.%d' % sys.version_info[:3]); import venv, ensurepip; print('venv')"
            said = probe_python(path, probe)
            if said:
                found.append({"path": path, "version": said[0], "canMakeEnvironments": "venv" in said[1:]})
    return sorted(
        found, key=lambda python: (python["path"] != own, [-part for part in python_number(python["version"])])
    )


def probe_python(path, probe):
    try:
        done = subprocess.run(
            [path, "-I", "-c", probe], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.split()


def is_environment_ready(environment, stamp):
    """Whether the environment was made to its end (installed.sha256 is written last), and from what is wanted now."""
    if not environment or not os.access(os.path.join(environment, "bin", "python"), os.X_OK):
        return False
    found = read_text(os.path.join(environment, "installed.sha256")).strip()
    return bool(found) and stamp in (None, found)


def parse(arguments):
    parser = argparse.ArgumentParser(prog="launch.py", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name, run, **more):
        command = commands.add_parser(name, help=(run.__doc__ or "").split(".")[0])
        command.add_argument("run_dir", type=os.path.abspath, **more)
        command.set_defaults(run=run)
        return command

    started = add("start", start)
    started.add_argument("--resume", action="store_true", help="go on from the newest checkpoint, where there is one")
    started.add_argument("--processes", type=int, default=1, help="GPUs; above 1 under torchrun")
    started.add_argument("--env", action="append", default=[], metavar="KEY=VALUE")
    started.add_argument("--python", default=sys.executable, help="what runs the trainer; default: what runs this")
    add("status", lambda options: read_status(options.run_dir))
    add("stop", stop)
    add("cancel", cancel).add_argument("--grace", type=float, default=10, help="seconds between SIGTERM and SIGKILL")
    watched = add("watch", watch)
    watched.add_argument("--events", type=int, default=0, help="byte of events.jsonl to begin at")
    watched.add_argument("--log", type=int, default=0, help="byte of trainer.log to begin at")
    watched.add_argument(
        "--heartbeat", type=float, default=5, help="seconds of silence after which it says that it is there"
    )
    listed = add("tree", tree)
    listed.add_argument(
        "--under", action="append", default=[], help="this file, or what lies in this folder; several add up"
    )
    listed.add_argument("--sizes-only", action="store_true", help="no hashes")
    asked = add("machine", machine, nargs="?", default=".")
    asked.add_argument("--environment", help="folder of the virtual environment")
    asked.add_argument("--stamp", help="what its installed.sha256 must hold; default: anything")
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse(arguments)
    try:
        say(options.run(options))
        return 0
    except BrokenPipeError:  # whoever watched has gone
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except OSError as error:
        say({"error": describe_os_error(error).payload})
    except LaunchError as error:
        say({"error": error.payload})
    return 1


if __name__ == "__main__":
    sys.exit(main())
