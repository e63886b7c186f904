"""What a base model must be, and what is set on it before the first step."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from training.attention import PackedMask, choose_attention
from training.config import Config, ConfigError
from training.distributed import World
from training.examples import load_examples
from training.optimizer import make_optimizer
from training.packing import collate, plan_epoch
from training.tokenizer import HfTokenizer
from training.weights import Masters, Model, make_model


def saved_bytes(model: Model, config: Config, base: Path) -> int:
    """What one forward pass keeps for the backward pass, weights left out."""
    examples = load_examples(config.data.train, HfTokenizer(str(base)), config.data)
    batch = collate(examples, plan_epoch(examples, config.data, 1, 0)[:1])
    weights = {parameter.data_ptr() for parameter in model.parameters()}
    kept: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        if tensor.data_ptr() not in weights:
            kept[tensor.data_ptr()] = tensor.nbytes
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        hidden = model(batch, PackedMask(batch, "sdpa"))
    assert hidden.requires_grad
    return sum(kept.values())


@pytest.mark.parametrize("method", ["lora", "full"])
def test_gradient_checkpointing_saves_memory_from_the_first_step_on(
    lora_config: Config, tiny_base: Path, method: str
) -> None:
    """transformers turns it on for models in training mode only, and loads them in the other."""
    lora_config.method = method
    model = make_model(lora_config, 512, World().device)
    plain = saved_bytes(model, lora_config, tiny_base)
    model.enable_checkpointing()
    assert saved_bytes(model, lora_config, tiny_base) < 0.2 * plain


def test_dropout_is_on_from_the_first_step_on(lora_config: Config) -> None:
    model = make_model(lora_config, 512, World().device)
    dropouts = [module for module in model.modules() if isinstance(module, torch.nn.Dropout) and module.p > 0]
    assert dropouts and all(module.training for module in dropouts)


def test_an_architecture_whose_results_nobody_has_compared_is_refused(lora_config: Config, tmp_path: Path) -> None:
    from transformers import Gemma2Config

    Gemma2Config(hidden_size=64, num_hidden_layers=1).save_pretrained(tmp_path / "gemma")
    lora_config.base.path = str(tmp_path / "gemma")
    with pytest.raises(
        ConfigError, match="^base.path is a model of type gemma2; .* mistral, llama, qwen2, qwen3, phi3 only"
    ):
        make_model(lora_config, 512, World().device)


def test_a_resumed_optimiser_has_the_stored_moments_and_the_configured_settings(lora_config: Config) -> None:
    masters = Masters(make_model(lora_config, 512, World().device), "fp32")
    lora_config.optimizer.weight_decay, lora_config.optimizer.beta2 = 0.05, 0.95
    before = make_optimizer(masters.named, lora_config.optimizer)
    for parameter in masters.named.values():
        parameter.grad = torch.ones_like(parameter)
    before.step()
    lora_config.optimizer.weight_decay, lora_config.optimizer.beta2 = 0.5, 0.999
    after = make_optimizer(masters.named, lora_config.optimizer)
    after.load_state_dict(before.state_dict())
    assert {(group["weight_decay"], group["betas"]) for group in after.param_groups} == {(0.5, (0.9, 0.999))}
    moments = after.parts[0].state_dict()["state"]
    assert moments and all(float(state["step"]) == 1 and state["exp_avg"].abs().sum() > 0 for state in moments.values())


def test_flex_attention_where_it_cannot_train_is_an_error_and_auto_takes_the_other() -> None:
    cpu = torch.device("cpu")
    assert choose_attention("auto", cpu) == choose_attention("sdpa", cpu) == "sdpa"
    with pytest.raises(ConfigError, match="needs CUDA and Triton"):
        choose_attention("flex", cpu)


def test_random_weights_in_four_bits_are_refused(lora_config: Config) -> None:
    lora_config.method, lora_config.base.random_weights = "qlora", True
    with pytest.raises(ConfigError, match="^base.random_weights is not for method qlora"):
        make_model(lora_config, 512, World().device)


def test_a_target_module_that_the_base_lacks_is_refused_beside_one_that_it_has(lora_config: Config) -> None:
    """PEFT adapts what it finds and says nothing of the rest."""
    lora_config.adapter.target_modules = ["q_proj", "qkv"]
    with pytest.raises(ConfigError, match=r"^adapter\.target_modules: the base has no qkv; it has .*down_proj"):
        make_model(lora_config, 512, World().device)
