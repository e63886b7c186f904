"""A small Mistral model in plain PyTorch, with the parameter names of transformers' MistralForCausalLM, trained from scratch.

Written out because training it on a CPU is several times faster so: whole passes in bfloat16, fused norms, no padding, and no
logits at positions that teach nothing. tests/test_packing.py holds it to transformers' own model.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from training.attention import PackedMask, attend
from training.config import ModelConfig
from training.packing import Batch


class Attention(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.head_size = config.hidden_size // config.heads
        size, kv_size = config.hidden_size, config.kv_heads * self.head_size
        self.q_proj = nn.Linear(size, size, bias=False)
        self.k_proj = nn.Linear(size, kv_size, bias=False)
        self.v_proj = nn.Linear(size, kv_size, bias=False)
        self.o_proj = nn.Linear(size, size, bias=False)

    def forward(self, hidden: Tensor, mask: PackedMask, cosine: Tensor, sine: Tensor) -> Tensor:
        query, key, value = (self._heads(layer(hidden)) for layer in (self.q_proj, self.k_proj, self.v_proj))
        mixed = attend(rotate(query, cosine, sine), rotate(key, cosine, sine), value, mask)
        return self.o_proj(mixed.reshape(hidden.shape))

    def _heads(self, states: Tensor) -> Tensor:
        """[1, T, heads * size] → [1, heads, T, size]"""
        return states.view(*states.shape[:2], -1, self.head_size).transpose(1, 2)


class FeedForward(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(config.hidden_size, config.feed_forward_size, bias=False)
        self.up_proj = nn.Linear(config.hidden_size, config.feed_forward_size, bias=False)
        self.down_proj = nn.Linear(config.feed_forward_size, config.hidden_size, bias=False)

    def forward(self, hidden: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(hidden)) * self.up_proj(hidden))


class Layer(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.input_layernorm = nn.RMSNorm(config.hidden_size, eps=config.norm_eps)
        self.self_attn = Attention(config)
        self.post_attention_layernorm = nn.RMSNorm(config.hidden_size, eps=config.norm_eps)
        self.mlp = FeedForward(config)

    def forward(self, hidden: Tensor, mask: PackedMask, cosine: Tensor, sine: Tensor) -> Tensor:
        hidden = hidden + self.self_attn(self.input_layernorm(hidden), mask, cosine, sine)
        return hidden + self.mlp(self.post_attention_layernorm(hidden))


class Body(nn.Module):
    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.hidden_size, eps=config.norm_eps)


class ScratchModel(nn.Module):
    """Tied embeddings: the head is `model.embed_tokens`."""

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__()
        self.config, self.vocab_size = config, vocab_size
        self.checkpoint_layers = False
        self.model = Body(config, vocab_size)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=config.initializer_range)

    @property
    def head(self) -> Tensor:
        """[vocab, hidden]"""
        return self.model.embed_tokens.weight

    @property
    def layers(self) -> nn.ModuleList:
        return self.model.layers

    def enable_checkpointing(self) -> None:
        self.checkpoint_layers = True

    def forward(self, batch: Batch, mask: PackedMask) -> Tensor:
        """Final hidden states of the labelled positions alone, in their order: [labelled, hidden]."""
        body = self.model
        hidden = F.embedding(batch.tokens, body.embed_tokens.weight)
        cosine, sine = (angles.to(hidden.dtype) for angles in rotary_angles(self.config, batch.positions))
        for layer in body.layers:
            if self.checkpoint_layers and self.training:
                hidden = checkpoint(layer, hidden, mask, cosine, sine, use_reentrant=False)
            else:
                hidden = layer(hidden, mask, cosine, sine)
        return body.norm(hidden[0, batch.places])


def rotary_angles(config: ModelConfig, positions: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine, fp32, [1, 1, T, half head size], as the rotary embedding in transformers computes them."""
    half = config.hidden_size // config.heads // 2
    exponents = torch.arange(half, device=positions.device, dtype=torch.float32) / half
    angles = positions[..., None].float() * config.rope_theta**-exponents
    return angles.cos()[:, None], angles.sin()[:, None]


def rotate(states: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    first, second = states.chunk(2, dim=-1)
    return torch.cat((first * cosine - second * sine, second * cosine + first * sine), dim=-1)


def to_hf_config(config: ModelConfig, vocab_size: int) -> dict[str, Any]:
    """config.json of transformers' MistralForCausalLM for this model."""
    return {
        "architectures": ["MistralForCausalLM"],
        "model_type": "mistral",
        "vocab_size": vocab_size,
        "hidden_size": config.hidden_size,
        "intermediate_size": config.feed_forward_size,
        "num_hidden_layers": config.layers,
        "num_attention_heads": config.heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.hidden_size // config.heads,
        "hidden_act": "silu",
        "max_position_embeddings": config.max_positions,
        "initializer_range": config.initializer_range,
        "rms_norm_eps": config.norm_eps,
        "rope_theta": config.rope_theta,
        "rope_parameters": {"rope_type": "default", "rope_theta": config.rope_theta},
        "sliding_window": None,
        "attention_dropout": 0.0,
        "tie_word_embeddings": True,
        "bos_token_id": 1,
        "eos_token_id": 2,
        "pad_token_id": None,
        "use_cache": True,
        "torch_dtype": "float32",
    }
