"""The exported files hold the model: transformers reads the folder, and the GGUF tensors are the weights."""

from __future__ import annotations

import json
from pathlib import Path

import gguf
import numpy as np
import pytest
import torch

from training.config import Config
from training.export import main, pair_neighbours
from training.train import Trainer


@pytest.fixture
def run_dir(small_config: Config) -> Path:
    small_config.train.max_steps = 2
    trainer = Trainer(small_config, resume=False)
    trainer.run()
    return Path(small_config.run_dir)


def read_text(reader: gguf.GGUFReader, key: str) -> object:
    return reader.get_field(key).contents()


def test_transformers_reads_the_exported_folder(run_dir: Path) -> None:
    transformers = pytest.importorskip("transformers")
    assert main(["--run", str(run_dir)]) == 0
    model = transformers.AutoModelForCausalLM.from_pretrained(run_dir / "export")
    weights = torch.load(run_dir / "checkpoints/step-000002/model.pt")
    assert type(model).__name__ == "MistralForCausalLM"
    for name, value in weights.items():
        assert torch.equal(model.state_dict()[name], value), name
    assert model.lm_head.weight is model.model.embed_tokens.weight


def test_gguf_holds_weights_tokenizer_and_what_the_app_reads(run_dir: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.gguf"
    assert main(["--run", str(run_dir), "--out", str(target), "--quantization", "f32"]) == 0
    reader = gguf.GGUFReader(target)
    assert read_text(reader, "general.architecture") == "llama"
    assert read_text(reader, "sqlcodegen.target_form") == "sketch"
    assert read_text(reader, "general.license") == "cc-by-sa-4.0"
    assert read_text(reader, "tokenizer.ggml.add_bos_token") is True
    assert read_text(reader, "tokenizer.ggml.add_eos_token") is False
    assert reader.get_field("tokenizer.chat_template") is None
    assert reader.get_field("tokenizer.ggml.padding_token_id") is None
    weights = torch.load(run_dir / "checkpoints/step-000002/model.pt")
    tensors = {tensor.name: tensor.data for tensor in reader.tensors}
    assert len(tensors) == len(weights)
    np.testing.assert_array_equal(tensors["blk.1.ffn_down.weight"], weights["model.layers.1.mlp.down_proj.weight"])
    query = weights["model.layers.0.self_attn.q_proj.weight"].numpy()
    np.testing.assert_array_equal(tensors["blk.0.attn_q.weight"], pair_neighbours(query, heads=4))
    assert not np.array_equal(tensors["blk.0.attn_q.weight"], query)


def test_q8_0_stays_near_the_weights(run_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    assert main(["--run", str(run_dir)]) == 0
    report = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    reader = gguf.GGUFReader(report["gguf"])
    weights = torch.load(run_dir / "checkpoints/step-000002/model.pt")["model.embed_tokens.weight"].numpy()
    tensor = next(tensor for tensor in reader.tensors if tensor.name == "token_embd.weight")
    restored = gguf.quants.dequantize(tensor.data, tensor.tensor_type)
    assert tensor.tensor_type == gguf.GGMLQuantizationType.Q8_0
    assert np.abs(restored - weights).max() < 0.01 * np.abs(weights).max()


def test_pairing_neighbours_interleaves_the_halves_of_each_head() -> None:
    rows = np.arange(8)[:, None]
    assert pair_neighbours(rows, heads=2)[:, 0].tolist() == [0, 2, 1, 3, 4, 6, 5, 7]


def test_a_run_without_checkpoints_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--run", str(tmp_path)]) == 2
    assert "config.yaml" in capsys.readouterr().err
