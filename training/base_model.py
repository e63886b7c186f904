"""A transformers model with LoRA adapters (PEFT), on a 4-bit base (QLoRA, bitsandbytes), or trained whole.

LoRA: Hu et al., 2021, arXiv:2106.09685. QLoRA: Dettmers et al., 2023, arXiv:2305.14314 (NF4, double quantization).
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor, nn

from training.attention import ATTENTION_NAME, PackedMask, register
from training.config import Config, ConfigError
from training.packing import Batch

# Whose attention scores are scaled by size^-0.5 alone, and whose logits are the head's: others would train wrongly unnoticed.
ARCHITECTURES = ("mistral", "llama", "qwen2", "qwen3", "phi3")


class BaseModel(nn.Module):
    """Gives the trainer what ScratchModel gives: hidden states of labelled positions, and the head."""

    def __init__(self, config: Config, device: torch.device) -> None:
        super().__init__()
        register()
        _be_quiet()
        self.method = config.method
        causal = _load(config, device)
        _check_context(causal, config)
        causal.config.use_cache = False
        if config.method == "full":
            self.inner: Any = causal
        else:
            self.inner = _add_adapters(causal, config)
        self.causal: Any = causal

    @property
    def head(self) -> Tensor:
        """[vocab, hidden]"""
        return self.causal.get_output_embeddings().weight

    @property
    def layers(self) -> nn.ModuleList:
        return self.causal.model.layers

    def enable_checkpointing(self) -> None:
        enable = (
            getattr(self.causal, "activation_checkpointing_enable", None) or self.causal.gradient_checkpointing_enable
        )
        enable({"use_reentrant": False})

    def forward(self, batch: Batch, mask: PackedMask) -> Tensor:
        """Final hidden states of the labelled positions alone, in their order: [labelled, hidden]."""
        output = self.causal.model(batch.tokens, position_ids=batch.positions, packed=mask, use_cache=False)
        return output.last_hidden_state[0, batch.places]


def _be_quiet() -> None:
    """Standard error is the run's log: no bars, and no advice of bitsandbytes on kernels that nobody asked for."""
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def _load(config: Config, device: torch.device) -> Any:
    """The base on `device`, in bf16 or fp32 as config.train.precision says."""
    from transformers import AutoConfig, AutoModelForCausalLM

    # All weights are trained in fp32 masters: those must not begin as rounded ones.
    dtype = torch.bfloat16 if config.train.precision == "bf16" and config.method != "full" else torch.float32
    base = config.base
    options: dict[str, Any] = {"dtype": dtype, "attn_implementation": ATTENTION_NAME}
    try:
        shape = AutoConfig.from_pretrained(base.path, revision=base.revision)
        _check_architecture(shape.model_type)
        if base.random_weights and config.method == "qlora":
            raise ConfigError("base.random_weights is not for method qlora: only stored weights are read into 4 bits")
        if base.random_weights:
            with device:
                return AutoModelForCausalLM.from_config(shape, **options).to(device)
        if config.method == "qlora":
            options["quantization_config"] = _four_bits(dtype)
            options["device_map"] = {"": device}
        causal, report = AutoModelForCausalLM.from_pretrained(
            base.path, revision=base.revision, output_loading_info=True, **options
        )
    except ConfigError:
        raise
    except (OSError, ValueError, ImportError, SafetensorError) as error:
        reason = str(error).strip().splitlines()
        raise ConfigError(
            f"base.path {base.path}: no model could be loaded ({reason[0] if reason else error})"
        ) from error
    if report["missing_keys"]:  # transformers makes them up at random
        raise ConfigError(
            f"base.path {base.path}: its weights lack {min(report['missing_keys'])}; it is no whole causal model"
        )
    return causal.to(device)


def _check_architecture(model_type: str) -> None:
    if model_type not in ARCHITECTURES:
        raise ConfigError(
            f"base.path is a model of type {model_type}; this trainer is held to transformers' own results for "
            f"{', '.join(ARCHITECTURES)} only"
        )


def _four_bits(dtype: torch.dtype) -> Any:
    from transformers import BitsAndBytesConfig

    return BitsAndBytesConfig(
        load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_use_double_quant=True, bnb_4bit_compute_dtype=dtype
    )


def _check_context(causal: Any, config: Config) -> None:
    limit = getattr(causal.config, "max_position_embeddings", None)
    if limit and config.data.max_length > limit:
        raise ConfigError(f"data.max_length {config.data.max_length} is more than the base model's context of {limit}")
    window = getattr(causal.config, "sliding_window", None)
    if window and config.data.max_length > window:
        raise ConfigError(
            f"data.max_length {config.data.max_length} is more than the base model's attention window of {window}"
        )


def _add_adapters(causal: Any, config: Config) -> Any:
    """LoRA on the target modules, in the dtype of the computation; everything else frozen."""
    from peft import LoraConfig, get_peft_model

    adapter = config.adapter
    linear = {name.rpartition(".")[2] for name, module in causal.named_modules() if isinstance(module, nn.Linear)}
    unknown = [name for name in adapter.target_modules if name not in linear]
    if unknown:  # PEFT would pass over one of several without a word
        raise ConfigError(f"adapter.target_modules: the base has no {unknown[0]}; it has {', '.join(sorted(linear))}")
    settings = LoraConfig(
        r=adapter.rank,
        lora_alpha=adapter.alpha,
        lora_dropout=adapter.dropout,
        target_modules=list(adapter.target_modules),
        bias="none",
        task_type="CAUSAL_LM",
    )
    # PEFT asks for a property by its old name; nobody who trains can do anything about that.
    warnings.filterwarnings("ignore", message=".*is_gradient_checkpointing.*", category=FutureWarning)
    try:
        wrapped = get_peft_model(causal, settings, autocast_adapter_dtype=False)
    except ValueError as error:
        raise ConfigError(f"adapter.target_modules {', '.join(adapter.target_modules)}: {error}") from error
    dtype = torch.bfloat16 if config.train.precision == "bf16" else torch.float32
    for parameter in wrapped.parameters():
        if parameter.requires_grad:
            parameter.data = parameter.data.to(dtype)
    return wrapped


def save_adapter_config(model: BaseModel, folder: Path, base_path: str) -> None:
    """PEFT's adapter_config.json, which names the base."""
    settings = model.inner.peft_config["default"]
    settings.base_model_name_or_path = base_path
    settings.save_pretrained(str(folder))
