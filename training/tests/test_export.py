"""A LoRA run through the real commands: trained, merged, converted, quantized; llama.cpp runs what was trained.

The model is tiny, its rows 256 wide as K-quants need; the tools are the real ones."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import pytest
import torch

from training.checkpoint import best_checkpoint
from training.config import Config, parse_config, save_config
from training.export import SHARES, main
from training.llama_cpp import ROOT, check_model, convert_model
from training.parity import add_written, make_cases, read_prompts, write_cases, write_greedily
from training.tests.conftest import make_config
from training.tests.make_examples import write_chat_examples
from training.tests.tiny_base import write_tiny_base
from training.tokenizer import make_tokenizer
from training.train import Trainer
from training.whole_model import ExportError, load_causal, merge_adapter, weight_bytes, write_full

pytest.importorskip("peft")
needs_packages = pytest.mark.skipif(
    not (ROOT / "node_modules/node-llama-cpp/llama/gitRelease.bundle").exists(),
    reason="node_modules/node-llama-cpp, which brings llama.cpp, is not installed (npm ci)",
)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A finished LoRA run."""
    folder = tmp_path_factory.mktemp("lora")
    base = write_tiny_base(folder / "base", hidden_size=256, intermediate_size=512)
    write_chat_examples(folder / "train.jsonl", groups=40, seed=1)
    write_chat_examples(folder / "val.jsonl", groups=6, seed=2)
    return train_lora(folder, base)


def train_lora(folder: Path, base: Path) -> Config:
    config = parse_config(
        {
            "name": "tiny",
            "run_dir": str(folder / "run"),
            "method": "lora",
            "base": {"path": str(base)},
            "data": {
                "train": [str(folder / "train.jsonl")],
                "validation": str(folder / "val.jsonl"),
                "cache_dir": str(folder / "cache"),
                "max_length": 512,
                "pack_length": 1024,
            },
            "adapter": {"rank": 8},
            "optimizer": {"learning_rate": 0.01},
            "train": {
                "max_steps": 20,
                "precision": "fp32",
                "checkpoint_every_minutes": None,
                "evaluate_every_steps": 20,
            },
            "export": {"title": "Tiny test model", "license": "cc-by-sa-4.0", "attribution": "Made for a test."},
        }
    )
    Trainer(config, resume=False).run()
    return config


@pytest.fixture(scope="module")
def printed(run: Config) -> str:
    """The run exported once for all tests of this file, and what that printed."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(["--run", run.run_dir, "--quantization", ",".join(SHARES), "--keep-merged"]) == 0
    return out.getvalue()


@pytest.fixture(scope="module")
def export(run: Config, printed: str) -> Callable[[str], Path]:
    """The GGUF file of each type."""
    return lambda kind: Path(run.run_dir) / "gguf" / f"tiny-{kind}.gguf"


@pytest.fixture(scope="module")
def cases(run: Config, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the checkpoint reads and writes: base and adapter side by side in PyTorch, fp32."""
    tokenizer = make_tokenizer(run, Path(run.run_dir))
    checkpoint = best_checkpoint(Path(run.run_dir) / "checkpoints")
    assert checkpoint is not None
    cases = make_cases(read_prompts(Path(run.data.train[0]), 40), tokenizer)
    causal = load_causal(run, checkpoint, tokenizer.vocab_size)
    add_written(cases, causal, tokenizer.end_id, count=8, length=24)
    written = [case for case in cases if "written" in case]
    assert sum(len(case["written"]) for case in written) > 40
    with causal.disable_adapter():  # so that a file without the adapter would be found out
        assert all(write_greedily(causal, case["tokens"], tokenizer.end_id, 24) != case["written"] for case in written)
    assert {case["kind"] for case in cases} == {"prompt", "chat"}
    file = tmp_path_factory.mktemp("cases") / "cases.json"
    write_cases(cases, file)
    return file


def logits_of(model: Any) -> torch.Tensor:
    ids = torch.randint(3, 512, (2, 50), generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        return model.eval()(ids).logits


def test_merged_equals_base_and_adapter(run: Config, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    checkpoint = best_checkpoint(Path(run.run_dir) / "checkpoints")
    assert checkpoint is not None
    merge_adapter(Path(run.base.path), checkpoint / "adapter", tmp_path / "merged")
    beside = load_causal(run, checkpoint, 512)
    merged = logits_of(AutoModelForCausalLM.from_pretrained(tmp_path / "merged"))
    torch.testing.assert_close(merged, logits_of(beside), rtol=1e-4, atol=1e-4)
    with beside.disable_adapter():
        assert (logits_of(beside) - merged).abs().max() > 1


def test_merging_keeps_the_bases_precision(run: Config, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    base, adapter = tmp_path / "base", Path(run.run_dir) / "adapter"
    shutil.copytree(run.base.path, base)
    AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16).save_pretrained(base)
    merge_adapter(base, adapter, tmp_path / "merged")
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "merged", dtype="auto")
    assert merged.dtype == torch.bfloat16
    assert weight_bytes(tmp_path / "merged") == pytest.approx(weight_bytes(base), rel=0.01)


@needs_packages
def test_the_f16_file_reads_and_writes_what_the_checkpoint_does(export: Callable[[str], Path], cases: Path) -> None:
    report = check_model(export("F16"), cases)
    assert report["passed"], report["firstDifferences"]
    assert (report["prompts"], report["equalTokens"]) == (40, 40)
    assert report["equalWritten"] == report["written"] >= 6


@needs_packages
def test_the_adapters_file_on_the_base_writes_what_the_checkpoint_does(
    run: Config, export: Callable[[str], Path], cases: Path, tmp_path: Path
) -> None:
    base = tmp_path / "base-f16.gguf"
    merged = json.loads((Path(run.run_dir) / "model/tokenizer_config.json").read_text())
    shutil.copytree(run.base.path, tmp_path / "base")
    (tmp_path / "base/tokenizer_config.json").write_text(json.dumps(merged))  # the base with the chat template
    convert_model(tmp_path / "base", base)
    report = check_model(base, cases, export("adapter-f16"))
    assert report["equalWritten"] == report["written"] >= 6, report["firstDifferences"]


@needs_packages
@pytest.mark.parametrize("kind", ["Q4_K_M", "Q5_K_M", "Q6_K", "Q8_0"])
def test_quantized_files_are_of_their_type_and_load(export: Callable[[str], Path], cases: Path, kind: str) -> None:
    reader = gguf.GGUFReader(export(kind))
    expected = gguf.LlamaFileType[f"MOSTLY_{kind}"]
    assert reader.get_field("general.file_type").contents() == expected
    assert export(kind).stat().st_size < export("F16").stat().st_size
    report = check_model(export(kind), cases, min_written_share=0)
    assert report["equalTokens"] == 40 and report["quantization"] == f"MOSTLY_{kind}"


@needs_packages
def test_files_say_what_they_are(export: Callable[[str], Path], run: Config) -> None:
    manifest = json.loads((Path(run.run_dir) / "manifest.json").read_text())
    for kind in ("F16", "Q4_K_M", "adapter-f16"):
        reader = gguf.GGUFReader(export(kind))
        read = {name: field.contents() for name, field in reader.fields.items()}
        assert read["general.architecture"] == "llama"
        assert read["general.type"] == ("adapter" if kind == "adapter-f16" else "model")
        assert read["general.name"] == "Tiny test model"
        assert read["general.license"] == "cc-by-sa-4.0"
        assert read["sqlcodegen.target_form"] == "sql"
        assert read["sqlcodegen.attribution"] == "Made for a test."
        assert read["sqlcodegen.steps"] == 20
        assert read["sqlcodegen.data_sha256"].split() == list(manifest["data_sha256"].values())
        if kind != "adapter-f16":
            assert read["tokenizer.ggml.add_bos_token"] is True
            assert read["tokenizer.ggml.add_eos_token"] is False
            assert "'[INST] ' + message['content'] + ' [/INST]'" in read["tokenizer.chat_template"]
            assert "tokenizer.ggml.padding_token_id" not in read


@needs_packages
def test_each_file_is_an_event_of_the_schema(printed: str) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    schema = json.loads((ROOT / "training/event_schema.json").read_text())
    events = [json.loads(line) for line in printed.splitlines()]
    for event in events:
        jsonschema.validate(event, schema)
        assert Path(event["path"]).exists()
    kinds = [event["artifact"] for event in events]
    assert kinds == ["adapter", "gguf", "model", *["gguf"] * len(SHARES), *["model_card"] * 4]


@pytest.mark.parametrize("only", [["--adapter-only"], ["--quantization", "Q8_0"]])
def test_what_is_not_asked_for_is_not_left(
    run: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, only: list[str]
) -> None:
    """The tools are left out here: what they write is tested above."""
    run_dir = tmp_path / "run"
    shutil.copytree(run.run_dir, run_dir, ignore=shutil.ignore_patterns("gguf", "model"))
    monkeypatch.setattr("training.export.convert_adapter", lambda base, adapter, target, *_: target.touch())
    monkeypatch.setattr("training.export.convert_model", lambda folder, target, *_: target.touch())

    def write_types(file: Path, out: Path, types: list[str]) -> list[Path]:
        files = [out / f"tiny-{kind}.gguf" for kind in types]
        for path in files:
            path.touch()
        return files

    monkeypatch.setattr("training.export.quantize", write_types)
    assert main(["--run", str(run_dir), *only]) == 0
    assert not (run_dir / "model").exists()
    expected = {"README.md", "tiny-adapter-f16.gguf"} | ({"tiny-Q8_0.gguf"} if "Q8_0" in only else set())
    assert {path.name for path in (run_dir / "gguf").iterdir()} == expected


def test_weights_that_lie_there_twice_are_counted_once(tmp_path: Path) -> None:
    for name in ("model-1.safetensors", "model-2.safetensors", "consolidated.safetensors", "pytorch_model.bin"):
        (tmp_path / name).write_bytes(b"x" * 100)
    assert weight_bytes(tmp_path) == 200


def test_full_training_is_exported_in_the_bases_precision(run: Config, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file
    from transformers import AutoModelForCausalLM

    base = tmp_path / "base"
    shutil.copytree(run.base.path, base)
    AutoModelForCausalLM.from_pretrained(base, dtype=torch.bfloat16).save_pretrained(base)
    (tmp_path / "step").mkdir()
    trained = {name: tensor.float() + 0.25 for name, tensor in load_file(base / "model.safetensors").items()}
    save_file(trained, tmp_path / "step/model.safetensors", metadata={"format": "pt"})
    write_full(base, tmp_path / "step", tmp_path / "model")
    model = AutoModelForCausalLM.from_pretrained(tmp_path / "model", dtype="auto")
    assert model.dtype == torch.bfloat16
    for name, value in trained.items():
        assert torch.equal(model.state_dict()[name], value.bfloat16()), name
    assert (tmp_path / "model/tokenizer.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--quantization", "Q4"], "Q4_K_M"),
        (["--quantization", "Q8_0,Q6_K", "--out", "a.gguf"], "name a folder or one type"),
        (["--checkpoint", "absent"], "absent holds no checkpoint"),
    ],
)
def test_bad_options_are_refused(
    run: Config, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    assert main(["--run", run.run_dir, *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_folder_that_is_no_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--run", str(tmp_path)]) == 2
    assert "config.yaml" in capsys.readouterr().err


def test_an_adapter_of_a_model_from_scratch_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = make_config(tmp_path)
    checkpoint = Path(config.run_dir, "checkpoints/step-000001")
    checkpoint.mkdir(parents=True)
    (checkpoint / "state.json").write_text('{"step": 1}')
    save_config(config, Path(config.run_dir, "config.yaml"))
    assert main(["--run", config.run_dir, "--adapter-only"]) == 2
    assert "method is scratch" in capsys.readouterr().err


def test_a_full_disk_is_an_error_before_anything_is_written(
    run: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("training.export.shutil.disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 10**6))
    assert main(["--run", run.run_dir, "--out", str(tmp_path / "out")]) == 2
    assert "Free space" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


def test_too_little_memory_is_an_error_before_the_base_is_loaded(
    run: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Memory:
        available = 10**6

    monkeypatch.setattr("training.whole_model.psutil.virtual_memory", Memory)
    with pytest.raises(ExportError, match="--adapter-only"):
        merge_adapter(Path(run.base.path), Path(run.run_dir) / "adapter", tmp_path / "merged")
    assert list(tmp_path.iterdir()) == []


def test_a_broken_adapter_is_named(run: Config, tmp_path: Path) -> None:
    shutil.copytree(Path(run.run_dir) / "adapter", tmp_path / "adapter")
    (tmp_path / "adapter/adapter_config.json").write_text("{}")
    with pytest.raises(ExportError, match="cannot be merged"):
        merge_adapter(Path(run.base.path), tmp_path / "adapter", tmp_path / "merged")
    assert not (tmp_path / "merged").exists()


def test_weights_in_f16_are_the_merged_ones(export: Callable[[str], Path], run: Config) -> None:
    from safetensors.torch import load_file

    merged = load_file(Path(run.run_dir) / "model/model.safetensors")
    tensors = {tensor.name: tensor for tensor in gguf.GGUFReader(export("F16")).tensors}
    expected = merged["model.layers.1.mlp.down_proj.weight"].numpy().astype(np.float16)
    np.testing.assert_array_equal(tensors["blk.1.ffn_down.weight"].data, expected)
    assert len(tensors) == len(merged)
