"""llama.cpp at the version that the app runs: its converters, and through the app its quantizer and its inference.

The source lies in the npm package node-llama-cpp as a git bundle. Its converters (2 MB, Python) are taken out once into
data/cache/llama.cpp-RELEASE. Quantizing and running a GGUF file need no compiler: the app's command does both with the
llama.cpp that the package installed.

Environment: SQLCODEGEN_LLAMA_CPP names a llama.cpp checkout to use instead; SQLCODEGEN_CLI the app's command, where it
is not `node core/cli/main.ts` of this repository (the packaged app's is `sqlcodegen`). The packaged app says, too, where
its npm packages lie (SQLCODEGEN_NODE_MODULES) and where the converters are kept (SQLCODEGEN_CACHE_DIR).
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = Path(os.environ.get("SQLCODEGEN_NODE_MODULES") or ROOT / "node_modules", "node-llama-cpp/llama")
CACHE = Path(os.environ.get("SQLCODEGEN_CACHE_DIR") or ROOT / "data/cache")
LAUNCHER = ROOT / "training/convert_with_metadata.py"
CONVERTER_PATHS = ("convert_hf_to_gguf.py", "convert_lora_to_gguf.py", "conversion", "gguf-py", "LICENSE")
OUT_TYPES = ("f16", "bf16", "f32")
QUANTIZATIONS = ("Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0")
LOG_LINES = 12


class ToolError(RuntimeError):
    """A program that the export needs is absent, or failed; the message says which, why and what to do."""


def find_llama_cpp() -> Path:
    """The folder with llama.cpp's converters; taken out of the package on first use. Raises ToolError."""
    named = os.environ.get("SQLCODEGEN_LLAMA_CPP")
    if named:
        if not (Path(named) / CONVERTER_PATHS[0]).is_file():
            raise ToolError(f"SQLCODEGEN_LLAMA_CPP names {named}, which holds no {CONVERTER_PATHS[0]}.")
        return Path(named)
    target = CACHE / f"llama.cpp-{read_release()}"
    if not target.is_dir():
        take_out_converters(PACKAGE / "gitRelease.bundle", target)
    return target


def read_release() -> str:
    """The release of llama.cpp that the installed node-llama-cpp runs, such as b9999 or v0.5.0. Raises ToolError."""
    file = PACKAGE / "binariesGithubRelease.json"
    try:
        return re.sub(r"[^\w.-]", "_", json.loads(file.read_text(encoding="utf-8"))["release"])
    except OSError as error:
        raise ToolError(
            f"llama.cpp's converters come with the npm package node-llama-cpp, and {file} is not there. "
            "Run `npm ci`, or set SQLCODEGEN_LLAMA_CPP to a checkout of llama.cpp."
        ) from error
    except (ValueError, KeyError) as error:
        raise ToolError(f"{file} does not name a release of llama.cpp. Run `npm ci` again.") from error


def take_out_converters(bundle: Path, target: Path) -> None:
    """Unpack CONVERTER_PATHS of the bundle's HEAD into `target`, aside and renamed. Raises ToolError."""
    if shutil.which("git") is None:
        raise ToolError("git is needed to unpack llama.cpp's source. Install git, or set SQLCODEGEN_LLAMA_CPP.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
        repository, files = Path(folder, "repository"), Path(folder, "files")
        run_program("git clone", ["git", "clone", "--quiet", "--bare", str(bundle), str(repository)])
        archive = ["git", "--git-dir", str(repository), "archive", "HEAD", "--", *CONVERTER_PATHS]
        with tarfile.open(fileobj=io.BytesIO(run_program("git archive", archive).stdout)) as tar:
            # Python before 3.11.4 has no filters; the archive is git's own, of a bundle that npm holds to its hash.
            safe = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            tar.extractall(files, **safe)
        try:
            files.rename(target)
        except OSError:
            if not target.is_dir():  # another process may have been first
                raise


def convert_model(
    folder: Path, target: Path, out_type: str = "f16", metadata: dict[str, str | int] | None = None
) -> None:
    """Write a GGUF file of a transformers folder, aside and renamed. No network is used.

    folder: config.json, *.safetensors, the tokenizer's files. out_type: f16, bf16 or f32; norms stay f32.
    metadata: GGUF keys to add or replace. Raises ToolError.
    """
    _convert("convert_hf_to_gguf.py", [str(folder)], target, out_type, metadata or {})


def convert_adapter(
    base_folder: Path,
    adapter_folder: Path,
    target: Path,
    out_type: str = "f16",
    metadata: dict[str, str | int] | None = None,
) -> None:
    """Write a GGUF adapter of a PEFT folder, aside and renamed; of the base only config.json is read."""
    inputs = [str(adapter_folder), "--base", str(base_folder)]
    _convert("convert_lora_to_gguf.py", inputs, target, out_type, metadata or {})


def _convert(script: str, inputs: list[str], target: Path, out_type: str, metadata: dict[str, str | int]) -> None:
    missing = [name for name in ("transformers", "sentencepiece", "gguf") if importlib.util.find_spec(name) is None]
    if missing:
        raise ToolError(f"llama.cpp's converter needs the Python package {missing[0]}: pip install {missing[0]}.")
    offline = {**os.environ, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as aside:
        keys, partial = Path(aside, "metadata.json"), Path(aside, target.name)
        keys.write_text(json.dumps(metadata), encoding="utf-8")
        command = [sys.executable, str(LAUNCHER), str(find_llama_cpp() / script), str(keys), *inputs]
        run_program(f"llama.cpp's {script}", [*command, "--outfile", str(partial), "--outtype", out_type], env=offline)
        partial.replace(target)


def quantize(file: Path, out: Path, types: Sequence[str]) -> list[Path]:
    """Write the F16, BF16 or F32 GGUF `file` in other types (QUANTIZATIONS), by llama.cpp's own quantizer.

    out: a .gguf file for one type, or a folder: NAME-f16.gguf becomes NAME-Q4_K_M.gguf there. Files of these names
    are replaced. Returns the files' paths.
    Raises ToolError."""
    options = ["--type", ",".join(types), "--out", str(out), "--force", "--json"]
    made = run_app("models", "quantize", str(file), *options)
    return [Path(model["path"]) for model in made]


def check_model(file: Path, cases: Path, adapter: Path | None = None, min_written_share: float = 1.0) -> dict[str, Any]:
    """Hold a GGUF file to a file of cases (parity.py says what they are) in the app's own runtime.

    Returns {prompts, equalTokens, written, equalWritten, passed, firstDifferences, …}. Raises ToolError."""
    options = ["--cases", str(cases), "--min-written-share", str(min_written_share)]
    options += ["--adapter", str(adapter)] if adapter else []
    # Exit code 1 with a report says that something differs, which is an answer.
    return run_app("models", "check", str(file), *options, "--json", accepted=(0, 1))


def run_app(*arguments: str, accepted: Sequence[int] = (0,)) -> Any:
    """Run the app's command line and return the JSON that it prints. Raises ToolError with the app's own words."""
    name = f"The app's command `{' '.join(arguments[:2])}`"
    done = run_program(name, [*app_command(), *arguments], accepted=accepted)
    try:
        return json.loads(done.stdout)
    except ValueError as error:
        raise ToolError(f"{name} gave no answer. The end of its log:\n{_end_of_log(done)}") from error


def app_command() -> list[str]:
    """The words that start the app's command line. Raises ToolError."""
    named = os.environ.get("SQLCODEGEN_CLI")
    if named:
        return shlex.split(named)
    if not (ROOT / "node_modules/node-llama-cpp").is_dir():
        raise ToolError("The app's packages are not installed. Run `npm ci`, or set SQLCODEGEN_CLI to its command.")
    return [find_node(), str(ROOT / "core/cli/main.ts")]


def find_node() -> str:
    """The repository's own Node where npm installed it, else the system's. Raises ToolError."""
    own = ROOT / "node_modules/.bin" / ("node.cmd" if os.name == "nt" else "node")
    found = str(own) if own.exists() else shutil.which("node")
    if not found:
        raise ToolError("Node.js is needed to quantize and to check GGUF files. Install Node 24, or run `npm ci`.")
    return found


def run_program(
    name: str, command: Sequence[str], env: dict[str, str] | None = None, accepted: Sequence[int] = (0,)
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end. Raises ToolError with the last lines of what it said where its exit code is another."""
    try:
        done = subprocess.run(command, capture_output=True, env=env, check=False)
    except OSError as error:
        raise ToolError(f"{command[0]} cannot be started: {error.strerror}") from error
    if done.returncode not in accepted:
        ended = f"by signal {-done.returncode}" if done.returncode < 0 else f"with exit code {done.returncode}"
        raise ToolError(f"{name} failed, {ended}. The end of its log:\n{_end_of_log(done)}")
    return done


def _end_of_log(done: subprocess.CompletedProcess[bytes]) -> str:
    said = (done.stderr.strip() or done.stdout.strip()).decode("utf-8", "replace").splitlines()
    return "\n".join(f"  {line}" for line in said[-LOG_LINES:])
