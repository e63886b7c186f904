"""Export a run to GGUF: `python -m training.export --run RUN_DIR [--quantization Q4_K_M,Q8_0]`.

lora, qlora: RUN_DIR/adapter (PEFT) and gguf/NAME-adapter-f16.gguf; then base + adapter merged, converted and quantized.
full, scratch: RUN_DIR/model (transformers), converted and quantized. The files are gguf/NAME-TYPE.gguf.

Converting is llama.cpp's own converters' work and quantizing its own quantizer's, at the version that the app runs
(llama_cpp.py). Each file made is one `artifact` event, a JSON line on standard output; logs are on standard error.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from training.checkpoint import CheckpointError, best_checkpoint, folder_bytes, read_state
from training.config import Config, ConfigError, load_run_config
from training.events import log
from training.llama_cpp import QUANTIZATIONS, ToolError, convert_adapter, convert_model, quantize
from training.model_card import write_cards
from training.tokenizer_folder import write_chat_template
from training.weights import is_adapter
from training.whole_model import (
    ExportError,
    copy_tokenizer,
    locate_base,
    merge_adapter,
    weight_bytes,
    write_aside,
    write_full,
    write_scratch,
)  # fmt: skip

# Bytes of a quantized file as a share of the F16 file. Measured on 8 layers of Mistral-7B's shape: 0.531, 0.410, 0.357 and
# 0.306; a Mistral of 36 M parameters, where embeddings weigh more, needs 0.01 more. Rounded up.
SHARES = {"F16": 1.0, "Q8_0": 0.54, "Q6_K": 0.42, "Q5_K_M": 0.37, "Q4_K_M": 0.32}
SPARE_BYTES = 256 * 2**20


@dataclass
class Export:
    """What is exported, and to where."""

    run_dir: Path
    config: Config
    checkpoint: Path
    quantizations: list[str]
    out: Path  # a folder, or one .gguf file
    adapter_only: bool = False
    keep_merged: bool = False

    @property
    def gguf_dir(self) -> Path:
        return self.out.parent if self.out.suffix == ".gguf" else self.out

    @property
    def metadata(self) -> dict[str, str | int]:
        """The GGUF keys that say what a file is: whose work, from which data, and what it writes."""
        export = self.config.export
        keys: dict[str, str | int] = {
            "general.name": export.title or self.config.name,
            "general.license": export.license,
            "general.description": export.attribution,
            "sqlcodegen.target_form": export.target_form,
            "sqlcodegen.attribution": export.attribution,
            "sqlcodegen.steps": int(read_state(self.checkpoint)["step"]),
            "sqlcodegen.data_sha256": " ".join(read_data_hashes(self.run_dir).values()),
        }
        return {key: value for key, value in keys.items() if value != ""}


def export_run(export: Export) -> Iterator[tuple[str, Path]]:
    """Make the files one after another; yields each with its kind as soon as it is whole.

    Raises ExportError, ToolError, OSError."""
    base_folder = find_base(export.config)
    check_room(export, base_folder)
    if is_adapter(export.config):
        yield from export_adapter(export, base_folder)
        if export.adapter_only:
            return
    yield from export_whole(export, base_folder)


def find_base(config: Config) -> Path | None:
    if config.method == "scratch":
        return None
    if config.base.random_weights:
        raise ExportError("base.random_weights is on: the run measured speed on weights that are nowhere kept.")
    return locate_base(config.base.path, config.base.revision)


def export_adapter(export: Export, base_folder: Path) -> Iterator[tuple[str, Path]]:
    target = export.run_dir / "adapter"
    with write_aside(target) as partial:
        shutil.copytree(export.checkpoint / "adapter", partial, dirs_exist_ok=True)
        copy_tokenizer(base_folder, partial)
        if export.config.export.target_form == "sql":
            write_chat_template(partial)
    yield "adapter", target
    file = export.gguf_dir / f"{export.config.name}-adapter-f16.gguf"
    convert_adapter(base_folder, target, file, "f16", export.metadata)
    yield "gguf", file


def export_whole(export: Export, base_folder: Path | None) -> Iterator[tuple[str, Path]]:
    keep = export.keep_merged or not is_adapter(export.config)
    folder = export.run_dir / "model"
    write_model(export, base_folder, folder)
    if keep:
        yield "model", folder
    name = f"{export.config.name}-F16.gguf"
    with tempfile.TemporaryDirectory(prefix=f".{name}.", dir=export.gguf_dir) as aside:
        whole = Path(aside, name)
        convert_model(folder, whole, "f16", export.metadata)
        if not keep:
            shutil.rmtree(folder)
        types = [kind for kind in export.quantizations if kind != "F16"]
        for file in quantize(whole, export.out, types) if types else []:
            yield "gguf", file
        if "F16" in export.quantizations:
            target = export.out if export.out.suffix == ".gguf" else export.gguf_dir / name
            yield "gguf", whole.replace(target)


def write_model(export: Export, base_folder: Path | None, target: Path) -> None:
    """The whole model as a transformers folder, with the chat template where it is asked in chat turns."""
    if base_folder is None:
        write_scratch(export.config, export.checkpoint, export.run_dir / "tokenizer.model", target)
    elif is_adapter(export.config):
        merge_adapter(base_folder, export.run_dir / "adapter", target)
    else:
        write_full(base_folder, export.checkpoint, target)
    if export.config.export.target_form == "sql":
        write_chat_template(target)


def check_room(export: Export, base_folder: Path | None) -> None:
    """Raise ExportError where the files would not fit on the disk."""
    weights = weight_bytes(base_folder or export.checkpoint)
    adapter = folder_bytes(export.checkpoint / "adapter")
    needed = SPARE_BYTES + 2 * adapter
    if not export.adapter_only:
        needed += int(weights * (2 + sum(SHARES[kind] for kind in export.quantizations if kind != "F16")))
    export.gguf_dir.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(export.gguf_dir).free
    if free < needed:
        raise ExportError(
            f"The export needs about {needed / 1e9:.1f} GB at {export.gguf_dir}, and {free / 1e9:.1f} GB are free. "
            "Free space, or ask for fewer types with --quantization."
        )


def read_data_hashes(run_dir: Path) -> dict[str, str]:
    """SHA-256 of the run's data files, from its manifest; none where the run has not ended."""
    file = run_dir / "manifest.json"
    return json.loads(file.read_text(encoding="utf-8")).get("data_sha256", {}) if file.exists() else {}


def plan_export(options: argparse.Namespace) -> Export:
    """Check the options against the run. Raises ConfigError, ExportError, CheckpointError."""
    config = load_run_config(options.run)
    checkpoint = options.checkpoint or best_checkpoint(options.run / "checkpoints")
    if checkpoint is None or not (checkpoint / "state.json").is_file():
        raise ExportError(f"{checkpoint or options.run / 'checkpoints'} holds no checkpoint. Train first.")
    if options.adapter_only and not is_adapter(config):
        raise ExportError(f"--adapter-only is for method lora and qlora; this run's method is {config.method}.")
    kinds = list(dict.fromkeys(options.quantization.split(",")))
    unknown = [kind for kind in kinds if kind not in SHARES]
    if unknown:
        raise ExportError(f"--quantization knows {', '.join(SHARES)}, not {unknown[0] or 'an empty name'}.")
    out = options.out or options.run / "gguf"
    if out.suffix == ".gguf" and len(kinds) > 1:
        raise ExportError(
            f"--out {out} is one file, and {len(kinds)} types are to be written: name a folder or one type."
        )
    return Export(
        run_dir=options.run,
        config=config,
        checkpoint=checkpoint,
        quantizations=kinds,
        out=out,
        adapter_only=options.adapter_only,
        keep_merged=options.keep_merged,
    )


def print_artifact(kind: str, path: Path) -> None:
    """One event of the trainer's schema (event_schema.json)."""
    bytes_ = folder_bytes(path) if path.is_dir() else path.stat().st_size
    event: dict[str, Any] = {"event": "artifact", "time": datetime.now(UTC).isoformat(timespec="milliseconds")}
    print(json.dumps({**event, "artifact": kind, "path": str(path), "bytes": bytes_}), flush=True)


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.export", description="Export a run to GGUF.")
    parser.add_argument("--run", required=True, type=Path, help="the run's folder")
    parser.add_argument("--checkpoint", type=Path, help="default: the best (execution accuracy, then validation loss)")
    parser.add_argument(
        "--quantization", default=",".join(QUANTIZATIONS), help=f"types, of {', '.join(SHARES)}; default: %(default)s"
    )
    parser.add_argument("--adapter-only", action="store_true", help="lora, qlora: the adapter alone, nothing merged")
    parser.add_argument("--keep-merged", action="store_true", help="lora, qlora: keep the merged RUN_DIR/model")
    parser.add_argument("--out", type=Path, help="folder for the GGUF files, or one .gguf file; default: RUN_DIR/gguf")
    return parser


def main(arguments: list[str] | None = None) -> int:
    options = make_parser().parse_args(arguments)
    try:
        export = plan_export(options)
        made = []
        for kind, path in export_run(export):
            made.append(path)
            print_artifact(kind, path)
        for path in write_cards(export.run_dir, export.config, export.checkpoint, made):
            print_artifact("model_card", path)
    except (ConfigError, ExportError, CheckpointError) as error:
        log(str(error))
        return 2
    except (ToolError, OSError) as error:
        log(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
