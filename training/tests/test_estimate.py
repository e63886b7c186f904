"""The estimates against known models, against FLOPs and saved tensors that PyTorch counts itself."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from torch.utils.flop_counter import FlopCounterMode
from transformers import MistralConfig, MistralForCausalLM

from training import attention
from training.config import ModelConfig
from training.estimate import (
    GIB,
    TARGET_MODULES,
    ModelShape,
    activation_bytes,
    estimate_memory,
    estimate_time,
    lora_parameters,
    training_flops_per_token,
)
from training.gpu_peaks import peak_flops
from training.packing import Batch
from training.scratch_model import ScratchModel

MISTRAL_7B = ModelShape(4096, 32, 32, 8, 128, 14336, 32000, tied_embeddings=False)
SMALL = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "intermediate_size": 160,
    "vocab_size": 96,
    "tie_word_embeddings": False,
}


def make_model(method: str, dropout: float = 0.0, layers: int = 2) -> torch.nn.Module:
    torch.manual_seed(1)
    config = MistralConfig(**{**SMALL, "num_hidden_layers": layers}, attn_implementation="sdpa", sliding_window=None)
    model = MistralForCausalLM(config).to(torch.bfloat16)
    if method == "full":
        return model
    adapter = LoraConfig(r=16, lora_alpha=32, lora_dropout=dropout, target_modules=list(TARGET_MODULES))
    return get_peft_model(model, adapter, autocast_adapter_dtype=False).train()


def test_mistral_7b_has_its_published_size_and_the_seeds_adapter() -> None:
    assert MISTRAL_7B.parameters == 7_241_732_096
    assert lora_parameters(MISTRAL_7B, 16) == 41_943_040


def test_lora_on_mistral_7b_costs_29_gflop_a_token_at_600_tokens() -> None:
    assert training_flops_per_token(MISTRAL_7B, "lora", (600 + 1) / 2) == pytest.approx(29.2e9, rel=0.005)


def test_a_small_share_of_learnt_positions_spares_the_head_alone() -> None:
    whole = training_flops_per_token(MISTRAL_7B, "lora", 300.5)
    tenth = training_flops_per_token(MISTRAL_7B, "lora", 300.5, learnt_share=0.1)
    assert whole - tenth == pytest.approx(0.9 * 4 * 32000 * 4096)


@pytest.mark.parametrize("method", ["lora", "full"])
def test_the_formula_is_what_pytorch_counts(method: str) -> None:
    model, length = make_model(method), 48
    tokens = torch.randint(0, 96, (1, length))
    with FlopCounterMode(display=False) as counter:
        model(tokens, labels=tokens).loss.backward()
    # PyTorch counts fused attention as if every token saw every other, and its backward computes the scores again.
    counts = {str(operation): count for operation, count in counter.get_flop_counts()["Global"].items()}
    products = sum(count for operation, count in counts.items() if "attention" not in operation)
    shape = ModelShape.from_hf_config(SMALL)
    expected = length * training_flops_per_token(shape, method, attended=0.0)
    # PyTorch spares the gradients that nobody needs: of the first layer's inputs where the embeddings are frozen.
    inputs = sum(64 * shape.modules[name][1] for name in ("q_proj", "k_proj", "v_proj"))
    spared = 2 * length * (inputs + 3 * 64 * 16) if method == "lora" else 0
    assert products == expected - spared


def count_saved_bytes(model: torch.nn.Module, *inputs: Any) -> int:
    """Bytes of all tensors that autograd keeps for a forward pass, each storage once, weights left out."""
    weights = {parameter.untyped_storage().data_ptr() for parameter in model.parameters()}
    kept: dict[int, torch.UntypedStorage] = {}

    def note(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in weights:
            kept[storage.data_ptr()] = storage
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        hidden = model(*inputs)
    assert hidden is not None
    return sum(storage.nbytes() for storage in kept.values())


@pytest.mark.parametrize(("method", "dropout"), [("lora", 0.05), ("lora", 0.0), ("full", 0.0)])
def test_the_activations_of_a_layer_are_what_autograd_keeps(method: str, dropout: float) -> None:
    tokens = torch.randint(0, 96, (1, 64))
    four, two = (count_saved_bytes(make_model(method, dropout, layers), tokens) for layers in (4, 2))
    shape = ModelShape.from_hf_config(SMALL)
    expected = activation_bytes(shape, method, 16, TARGET_MODULES, dropout)
    if dropout:  # CUDA keeps a mask of 1 byte a number, as the estimate says; the CPU one of the states' own type
        expected += sum(inputs for inputs, _ in shape.modules.values())
    assert (four - two) / 2 / 64 == pytest.approx(expected, rel=0.03)


def test_memory_of_the_known_cases() -> None:
    lora = estimate_memory(MISTRAL_7B, "lora", 4096)
    assert lora.weights / GIB == pytest.approx(13.6, abs=0.1)
    assert lora.trained == 41_943_040 * 16
    qlora = estimate_memory(MISTRAL_7B, "qlora", 2048, gradient_checkpointing=True)
    assert qlora.total / GIB < 16
    assert estimate_memory(MISTRAL_7B, "lora", 4096, gradient_checkpointing=True).total < lora.total / 2
    assert estimate_memory(MISTRAL_7B, "full", 1).total / GIB > 120


def test_memory_grows_with_the_micro_batch_and_with_the_logits() -> None:
    one, two = estimate_memory(MISTRAL_7B, "lora", 1000), estimate_memory(MISTRAL_7B, "lora", 2000)
    assert two.activations == 2 * one.activations and two.weights == one.weights
    assert estimate_memory(MISTRAL_7B, "lora", 1000, learnt_tokens=512).logits == 512 * 32000 * 12


@pytest.mark.parametrize(
    ("name", "teraflops"),
    [
        ("NVIDIA A100-SXM4-40GB", 312),
        ("NVIDIA A100 80GB PCIe", 312),
        ("NVIDIA H100 80GB HBM3", 989.4),
        ("NVIDIA H100 PCIe", 756),
        ("NVIDIA H200", 989.4),
        ("NVIDIA H200 NVL", 835.5),
        ("NVIDIA B200", 2250),
        ("NVIDIA L4", 121),
        ("NVIDIA L40S", 362),
        ("NVIDIA A10G", 70),
        ("NVIDIA A10", 125),
        ("Tesla T4", 65),
        ("NVIDIA GeForce RTX 3090", 71),
        ("NVIDIA GeForce RTX 4090", 165.2),
        ("NVIDIA GeForce RTX 5090", 209.5),
    ],
)
def test_peaks_are_the_dense_ones(name: str, teraflops: float) -> None:
    assert peak_flops(name) == pytest.approx(teraflops * 1e12)


@pytest.mark.parametrize(
    "name", ["NVIDIA GeForce RTX 4090 Laptop GPU", "NVIDIA A100-SXM4-40GB MIG 1g.5gb", "AMD Instinct MI300X", ""]
)
def test_an_unknown_device_has_no_peak(name: str) -> None:
    assert peak_flops(name) is None


def test_time_is_a_range_over_the_mfu() -> None:
    time = estimate_time(10.8e6, 29.2e9, 312e12, (1.0, 0.45))
    assert time.fastest / 60 == pytest.approx(16.9, abs=0.1)
    assert time.slowest / 60 == pytest.approx(37.4, abs=0.3)
    with pytest.raises(ValueError, match="mfu"):
        estimate_time(1, 1, 1, (0.0, 0.5))


def test_shapes_come_from_a_config_and_name_what_they_lack() -> None:
    shape = ModelShape.from_hf_config({**SMALL, "head_dim": 32, "tie_word_embeddings": True})
    assert shape.head_size == 32 and shape.query_size == 128 and shape.tied_embeddings
    assert ModelShape.from_hf_config({**SMALL, "num_key_value_heads": None}).kv_heads == 4
    with pytest.raises(ValueError, match="intermediate_size"):
        ModelShape.from_hf_config({key: value for key, value in SMALL.items() if key != "intermediate_size"})
    with pytest.raises(ValueError, match="w1"):
        lora_parameters(shape, 8, ["w1"])


def test_a_model_from_scratch_keeps_what_is_estimated_within_the_uncertainty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its norm is fused on CUDA, and made of parts on a CPU, which keeps somewhat more."""
    monkeypatch.setattr(attention, "_attend_row_plain", attention._attend_row_fused)
    length, zeros = 64, torch.zeros(1, 64, dtype=torch.long)
    place, yes = torch.arange(length), torch.ones(length, dtype=torch.bool)
    batch = Batch(zeros, place[None], zeros, zeros, zeros + 1, zeros, place, zeros[0] + 1, yes, [length], [1])
    kept = []
    for layers in (4, 2):
        config = ModelConfig(hidden_size=64, layers=layers, heads=4, kv_heads=2, feed_forward_size=160)
        model = ScratchModel(config, 96).to(torch.bfloat16)
        kept.append(count_saved_bytes(model, batch, attention.PackedMask(batch, "sdpa")))
    expected = activation_bytes(ModelShape(64, 2, 4, 2, 16, 160, 96, tied_embeddings=True), "scratch")
    assert (kept[0] - kept[1]) / 2 / length == pytest.approx(expected, rel=0.15)
