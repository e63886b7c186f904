"""Model cards: `python -m training.model_card --run RUN_DIR` writes README.md there, and in adapter/, model/ and gguf/.

Every figure is read from the run's config.yaml, manifest.json and checkpoint; what they lack is said to be missing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from training.checkpoint import CheckpointError, best_checkpoint, read_state
from training.config import Config, ConfigError, load_run_config
from training.data import DataError, read_examples
from training.events import log
from training.weights import is_adapter

METHODS = {
    "lora": "LoRA adapters (Hu et al., 2021) on {base}",
    "qlora": "LoRA adapters on {base} held in 4 bits (QLoRA, Dettmers et al., 2023)",
    "full": "all weights of {base}",
    "scratch": "a new model, from scratch",
}
MISSING = "not recorded: the run has no manifest, so it has not ended in order"


@dataclass
class Run:
    """What the card of a run is written from."""

    run_dir: Path
    config: Config
    checkpoint: Path
    state: dict[str, Any]
    manifest: dict[str, Any]

    @property
    def title(self) -> str:
        return self.config.export.title or self.config.name


def read_run(run_dir: Path, config: Config, checkpoint: Path) -> Run:
    """Raises CheckpointError, and ConfigError for a damaged manifest."""
    manifest_file = run_dir / "manifest.json"
    try:
        manifest = json.loads(manifest_file.read_text(encoding="utf-8")) if manifest_file.exists() else {}
    except ValueError as error:
        raise ConfigError(f"{manifest_file} is damaged ({error}); train with --resume to write it again") from error
    return Run(run_dir, config, checkpoint, read_state(checkpoint), manifest)


def write_cards(
    run_dir: Path,
    config: Config,
    checkpoint: Path,
    files: Sequence[Path] = (),
    manifest: dict[str, Any] | None = None,
) -> list[Path]:
    """Write the run's card and those beside adapter/, model/ and the GGUF files that exist; returns their paths.

    files: GGUF files to list besides those of RUN_DIR/gguf. manifest: where it is not written yet; else the file's."""
    run = (
        Run(run_dir, config, checkpoint, read_state(checkpoint), manifest)
        if manifest
        else read_run(run_dir, config, checkpoint)
    )
    made = {file.resolve(): file for file in (*(run_dir / "gguf").glob("*.gguf"), *files) if file.suffix == ".gguf"}
    ggufs = sorted(made.values())
    card = describe_run(run, ggufs)
    folders = {run_dir, *(folder for name in ("adapter", "model") if (folder := run_dir / name).is_dir())}
    # A GGUF written elsewhere lies in somebody else's folder, which may have a README.md of its own.
    folders |= {file.parent for file in ggufs if file.parent == run_dir / "gguf"}
    return [_write(folder / "README.md", describe_front(run, folder.name) + card) for folder in sorted(folders)]


def describe_front(run: Run, folder: str) -> str:
    """The YAML that model hubs read."""
    front: dict[str, Any] = {"license": run.config.export.license or "other", "language": ["en"]}
    if run.config.base.path and not Path(run.config.base.path).is_dir():
        front["base_model"] = run.config.base.path
    front["pipeline_tag"] = "text-generation"
    front["library_name"] = {"adapter": "peft", "gguf": "gguf"}.get(folder, "transformers")
    front["tags"] = ["text-to-sql", "postgresql", run.config.method]
    return f"---\n{yaml.safe_dump(front, sort_keys=False, allow_unicode=True)}---\n\n"


def describe_run(run: Run, ggufs: Sequence[Path]) -> str:
    """The card in Markdown, without its front matter."""
    parts = [f"# {run.title}: model card", _purpose(run), _table("what", _facts(run)), "## How good it is"]
    parts += [_table("measure", _scores(run)), _training_note(run), "## How to run it", _usage(run, ggufs)]
    parts += ["## What it cannot do", _limits(run), "## Licence and attribution", _licence(run)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _purpose(run: Run) -> str:
    writes = (
        "It writes one PostgreSQL query for a question about the tables that its prompt shows."
        if run.config.export.target_form == "sql"
        else "It writes a sketch, a short form that the app expands to PostgreSQL, for a question and a schema."
    )
    return f"{writes} It was trained for that alone: it is no chat model."


def _facts(run: Run) -> list[tuple[str, str]]:
    config, manifest = run.config, run.manifest
    device = manifest.get("device")
    software = ", ".join(f"{name} {number}" for name, number in manifest.get("software", {}).items())
    facts = [
        ("Method", METHODS[config.method].format(base=_base_name(config))),
        ("Adapter", _adapter(config) if is_adapter(config) else ""),
        ("Shape", _shape(config) if config.method == "scratch" else ""),
        ("Recipe", f"`config.yaml` of the run `{config.name}`, every option in it; seed {config.seed}"),
        (
            "Commit",
            f"`{manifest['commit']}`" if manifest.get("commit") else MISSING if not manifest else "none: no checkout",
        ),
        ("Data", _data(manifest)),
        ("Dataset version", ", ".join(f"`{name}`" for name in manifest.get("dataset_versions", []))),
        ("Checkpoint", f"`{run.checkpoint.name}`"),
        ("Training", _training(run)),
        ("Device", f"{manifest.get('devices', 1)} × {device}" if device else MISSING),
        ("Software", software),
    ]
    return [(name, value) for name, value in facts if value]


def _adapter(config: Config) -> str:
    adapter = config.adapter
    return f"rank {adapter.rank}, alpha {adapter.alpha:g}, dropout {adapter.dropout:g}, {', '.join(adapter.target_modules)}"


def _shape(config: Config) -> str:
    model = config.model
    return (
        f"Mistral: hidden {model.hidden_size}, {model.layers} layers, {model.heads} heads ({model.kv_heads} for keys and "
        f"values), feed-forward {model.feed_forward_size}, tied embeddings, context {model.max_positions:,}"
    )


def _data(manifest: dict[str, Any]) -> str:
    hashes = manifest.get("data_sha256")
    return (
        "<br>".join(f"`{Path(file).name}`, SHA-256 `{digest}`" for file, digest in hashes.items())
        if hashes
        else MISSING
    )


def _training(run: Run) -> str:
    state = run.state
    parts = [f"{state['step']:,} steps"]
    if "examples_seen" in state:
        parts.append(f"{state['examples_seen']:,} examples (repeats counted), {state['tokens_seen']:,} tokens")
    if "elapsed_seconds" in state:
        parts.append(f"{state['elapsed_seconds'] / 60:,.1f} minutes")
    optimizer = run.config.optimizer
    return (
        f"{', '.join(parts)}; {optimizer.kind}, learning rate {optimizer.learning_rate:g}, {run.config.train.precision}"
    )


def _scores(run: Run) -> list[tuple[str, str]]:
    """The figures of the checkpoint's own evaluation; each says what it is measured on."""
    state, file = run.state, run.config.data.validation
    if state.get("validation_loss") is None:
        return [("Validation", "none: this checkpoint was not evaluated")]
    on = (
        f"{state['examples']:,} examples of `{Path(file).name}`"
        if file and "examples" in state
        else "the validation file"
    )
    rows = [("Validation loss", f"{state['validation_loss']:.4f} nats a completion token, on {on}")]
    for key, name in (("token_accuracy", "Tokens right"), ("exact_completions", "Whole completions right")):
        if state.get(key) is not None:
            rows.append((name, f"{state[key]:.1%} with the right tokens before each, on {on}"))
    if state.get("execution_accuracy") is not None:
        rows.append(
            ("Execution accuracy", f"{state['execution_accuracy']:.1%} of {state['executed']:,} queries that were run")
        )
    return rows


def _training_note(run: Run) -> str:
    if run.state.get("validation_loss") is None:
        return ""
    note = "Measured by the trainer on the checkpoint's own weights, before any quantization."
    if run.state.get("execution_accuracy") is None:
        note += (
            " No query was executed: these figures say nothing about right rows. Measure those with `sqlcodegen eval`."
        )
    return note


def _usage(run: Run, ggufs: Sequence[Path]) -> str:
    models = [file.name for file in ggufs if "-adapter-" not in file.name]
    lines = []
    if ggufs:
        lines += ["GGUF files, for llama.cpp and the app:", ""]
        lines += [f"- `{file.name}`, {file.stat().st_size:,} bytes" for file in ggufs] + [""]
    if models:
        lines += [
            "From the app's own checkout:\n\n"
            f'```sh\nnpm run -s sqlcodegen -- ask "How many customers are there?" --db demo:ecommerce --model {models[0]}\n```',
            "",
        ]
    lines.append(_prompt_form(run))
    if is_adapter(run.config):
        lines += ["", _peft_usage(run)]
    return "\n".join(lines)


def _prompt_form(run: Run) -> str:
    if run.config.export.target_form == "sketch":
        return "The prompt is `SCHEMA … QUESTION … LINKS … QUERY`, one line, as the app builds it; there is no chat template."
    if not _has_our_prompts(run.config):
        return (
            "Its training data has prompts of its own form, not the app's: ask it as `config.yaml`'s training file does. "
            "The chat template in the files puts `[INST] ` and ` [/INST]` around a user's turn. Decode greedily."
        )
    return (
        "The prompt is `[INST] Write one PostgreSQL query …`, the tables as `CREATE TABLE` statements, `Question: …` and "
        "` [/INST]`, with one BOS before it; the chat template in the files makes exactly that of a user's turn. The answer "
        "is the SQL and the end token. Decode greedily."
    )


def _has_our_prompts(config: Config) -> bool:
    """By the first training example; taken for granted where the file has gone."""
    try:
        first = next(read_examples(config.data.train[0]))
    except DataError:
        return True
    return first.prompt.startswith("[INST] Write one PostgreSQL query")


def _peft_usage(run: Run) -> str:
    name = _base_name(run.config)
    where = name if name == run.config.base.path else f"FOLDER OF {name}"
    return (
        "The adapter alone, in Python:\n\n```py\nfrom peft import PeftModel\n"
        "from transformers import AutoModelForCausalLM\n\n"
        f"base = AutoModelForCausalLM.from_pretrained({json.dumps(where)})\n"
        'model = PeftModel.from_pretrained(base, "adapter")\n```'
    )


def _limits(run: Run) -> str:
    limits = [
        "Read what it writes before you trust its rows: a query that runs may still answer another question.",
        f"In training, prompt and answer together had at most {run.config.data.max_length:,} tokens.",
        "The project's dataset holds English questions, each answered by one `SELECT` statement; more is untried.",
    ]
    if run.config.method == "qlora":
        limits.append(
            "Trained on a 4-bit base and merged into the base in full precision, which differs slightly from it."
        )
    if run.config.export.target_form == "sketch":
        limits.append("It can say only what a sketch can: see docs/dataset.md of the project.")
    return "\n".join(f"- {line}" for line in limits)


def _licence(run: Run) -> str:
    export = run.config.export
    parts = [f"Licence: {export.license or 'none stated in the recipe (export.license)'}."]
    if run.config.base.path:
        parts.append(f"Base model: `{_base_name(run.config)}`, {_base_licence(run.config.base.path)}.")
    return " ".join([*parts, export.attribution]).strip()


def _base_name(config: Config) -> str:
    """The hub id, or the folder's own name: where it lay on this machine is nobody's concern."""
    return Path(config.base.path).name if Path(config.base.path).is_dir() else config.base.path


def _base_licence(path: str) -> str:
    """The licence in the front matter of the base's own card, where the base is a folder that has one."""
    card = Path(path) / "README.md"
    if card.is_file():
        sections = card.read_text(encoding="utf-8").split("---\n")
        front = yaml.safe_load(sections[1]) if len(sections) > 2 and not sections[0].strip() else {}
        if isinstance(front, dict) and front.get("license"):
            return f"licence {front['license']} by its own card"
    return "under the licence that its own card states"


def _table(first: str, rows: Sequence[tuple[str, str]]) -> str:
    cells = [(name, value.replace("|", "\\|").replace("\n", " ")) for name, value in rows]
    return "\n".join([f"| {first} | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in cells)])


def _write(file: Path, text: str) -> Path:
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(file)
    return file


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.model_card", description="Write a run's model cards.")
    parser.add_argument("--run", required=True, type=Path)
    parser.add_argument("--checkpoint", type=Path, help="default: the best")
    options = parser.parse_args(arguments)
    try:
        config = load_run_config(options.run)
        checkpoint = options.checkpoint or best_checkpoint(options.run / "checkpoints")
        if checkpoint is None:
            raise ConfigError(f"{options.run / 'checkpoints'} holds no checkpoint. Train first.")
        for path in write_cards(options.run, config, checkpoint):
            print(path)
    except (ConfigError, CheckpointError) as error:
        log(str(error))
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
