"""Training's tokens are llama.cpp's, on 1,000 prompts: for Mistral's real vocabulary, and for a model from scratch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import gguf
import pytest
import sentencepiece
import torch

from training.config import Config, save_config
from training.export import main as export_main
from training.llama_cpp import ROOT, check_model, convert_model
from training.mistral_tokenizer import PACKAGE_FILE, write_mistral_folder
from training.parity import add_written, main, make_cases, read_prompts, write_cases
from training.tests.conftest import make_config
from training.tests.make_examples import write_examples
from training.tests.make_prompts import make_prompts
from training.tokenizer import HfTokenizer
from training.tokenizer_folder import write_chat_template
from training.train import Trainer

needs_packages = pytest.mark.skipif(
    not (ROOT / "node_modules/node-llama-cpp/llama/gitRelease.bundle").exists() or not PACKAGE_FILE.exists(),
    reason="node_modules/node-llama-cpp, which brings llama.cpp, is not installed (npm ci)",
)
SHAPE = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "tie_word_embeddings": True,
    "initializer_range": 0.5,  # far apart logits: few choices of greedy decoding are nearly even
    "sliding_window": None,
}


def read_dataset() -> list[str]:
    """1,000 prompts of the dataset, where it has been made (`data all`)."""
    file = ROOT / "data/processed/train_mistral.jsonl"
    return read_prompts(file, 1000) if file.exists() else []


def count_written(cases: list[dict[str, Any]]) -> int:
    """Tokens of all greedy outputs that are compared."""
    return sum(len(case.get("written", [])) for case in cases)


@pytest.fixture(scope="module")
def mistral(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny model with Mistral-7B's tokenizer: a transformers folder, and model.gguf in it."""
    from transformers import MistralConfig, MistralForCausalLM

    folder = tmp_path_factory.mktemp("mistral")
    torch.manual_seed(1)
    MistralForCausalLM(MistralConfig(vocab_size=32_000, **SHAPE)).save_pretrained(folder)  # type: ignore[arg-type]
    write_mistral_folder(folder)
    write_chat_template(folder)
    convert_model(folder, folder / "model.gguf")
    return folder


@needs_packages
def test_mistrals_tokens_and_greedy_outputs_are_llama_cpps(mistral: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM

    prompts = make_prompts(1000) + read_dataset()
    cases = make_cases(prompts, HfTokenizer(str(mistral)))
    assert sum(case["kind"] == "chat" for case in cases) == len(cases) // 2
    causal = AutoModelForCausalLM.from_pretrained(mistral).eval()
    add_written(cases, causal, end_id=2, count=8, length=16)
    write_cases(cases, tmp_path / "cases.json")
    report = check_model(mistral / "model.gguf", tmp_path / "cases.json")
    assert report["passed"], report["firstDifferences"]
    assert report["equalTokens"] == len(prompts) >= 1000
    assert report["equalWritten"] == report["written"] and count_written(cases) > 40


@needs_packages
def test_what_differs_is_found(mistral: Path, tmp_path: Path) -> None:
    cases = make_cases(make_prompts(4), HfTokenizer(str(mistral)))
    cases[1]["tokens"].insert(0, 1)  # a second BOS
    cases[2]["tokens"][3] += 1
    cases[3]["written"] = [5, 5, 5]
    write_cases(cases, tmp_path / "cases.json")
    report = check_model(mistral / "model.gguf", tmp_path / "cases.json")
    assert not report["passed"]
    assert (report["equalTokens"], report["equalWritten"]) == (2, 0)
    found = [(difference["index"], difference["what"], difference["at"]) for difference in report["firstDifferences"]]
    assert found == [(1, "tokens", 1), (2, "tokens", 3), (3, "written", 0)]


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Config:
    """A finished run of a model from scratch, exported as F16."""
    folder = tmp_path_factory.mktemp("scratch")
    write_examples(folder / "train.jsonl", groups=500, seed=1)
    write_examples(folder / "val.jsonl", groups=8, seed=2)
    config = make_config(folder, max_steps=100)
    config.export.target_form = "sketch"
    Trainer(config, resume=False).run()
    save_config(config, Path(config.run_dir, "config.yaml"))
    assert export_main(["--run", config.run_dir, "--quantization", "F16", "--out", str(folder / "scratch.gguf")]) == 0
    return config


def gguf_of(config: Config) -> Path:
    return Path(config.run_dir).parent / "scratch.gguf"


@needs_packages
def test_a_model_from_scratch_passes_its_parity_check(
    scratch: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    arguments = ["--run", scratch.run_dir, "--gguf", str(gguf_of(scratch)), "--out", str(tmp_path / "cases.json")]
    assert main(arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["equalTokens"] == report["prompts"] == 1000
    assert report["equalWritten"] == report["written"]
    assert count_written(json.loads((tmp_path / "cases.json").read_text())) > 40


@needs_packages
def test_a_model_from_scratch_is_read_by_transformers(scratch: Config) -> None:
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    run_dir = Path(scratch.run_dir)
    model = AutoModelForCausalLM.from_pretrained(run_dir / "model")
    weights = load_file(sorted((run_dir / "checkpoints").iterdir())[-1] / "model.safetensors")
    assert type(model).__name__ == "MistralForCausalLM"
    for name, value in weights.items():
        assert torch.equal(model.state_dict()[name], value), name
    assert model.lm_head.weight is model.model.embed_tokens.weight
    tokenizer = AutoTokenizer.from_pretrained(run_dir / "model")
    processor = sentencepiece.SentencePieceProcessor(model_file=str(run_dir / "tokenizer.model"))
    prompts = read_prompts(Path(scratch.data.train[0]), 1000) + make_prompts(200)
    assert tokenizer(prompts)["input_ids"] == [[1, *processor.encode(prompt)] for prompt in prompts]


@needs_packages
def test_a_sketch_models_file_says_so_and_has_no_chat_template(scratch: Config) -> None:
    reader = gguf.GGUFReader(gguf_of(scratch))
    assert reader.get_field("general.architecture").contents() == "llama"
    assert reader.get_field("sqlcodegen.target_form").contents() == "sketch"
    assert reader.get_field("sqlcodegen.steps").contents() == 100
    assert reader.get_field("tokenizer.ggml.add_space_prefix").contents() is True
    assert reader.get_field("tokenizer.chat_template") is None
    assert reader.get_field("tokenizer.ggml.padding_token_id") is None
    assert not (gguf_of(scratch).parent / "README.md").exists()
    assert (Path(scratch.run_dir) / "README.md").exists()


@needs_packages
def test_cases_may_be_kept_without_a_file_to_check(scratch: Config, tmp_path: Path) -> None:
    out = tmp_path / "cases.json"
    arguments = ["--run", scratch.run_dir, "--prompts", scratch.data.validation, "--count", "5", "--written", "2"]
    assert main([*map(str, arguments), "--length", "4", "--out", str(out)]) == 0
    cases: list[dict[str, Any]] = json.loads(out.read_text())
    written = {number: len(case["written"]) for number, case in enumerate(cases) if "written" in case}
    assert set(written) and set(written) <= {0, 2} and max(written.values()) <= 4
    assert len(cases) == 5
    assert all(case["tokens"][0] == 1 and case["kind"] == "prompt" for case in cases)


@needs_packages
def test_bad_input_is_refused(scratch: Config, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--run", scratch.run_dir])
    (tmp_path / "bad.jsonl").write_text("{}\n")
    arguments = ["--run", scratch.run_dir, "--out", str(tmp_path / "out.json")]
    assert main([*arguments, "--prompts", str(tmp_path / "bad.jsonl")]) == 2
    assert "bad.jsonl:1" in capsys.readouterr().err
    assert main(["--run", str(tmp_path), "--out", str(tmp_path / "out.json")]) == 2
    assert not (tmp_path / "out.json").exists()
