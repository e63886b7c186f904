"""A Mistral model in plain PyTorch, with the parameter names of transformers' MistralForCausalLM.

Written out because training from scratch on a CPU is several times faster so: whole passes in bfloat16 over fp32 parameters,
fused norms, and no logits at positions that teach nothing. tests/test_model.py holds it to transformers' own model.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.config import ModelConfig


class Attention(nn.Module):
    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.heads, self.kv_heads = config.heads, config.kv_heads
        self.head_size = config.hidden_size // config.heads
        size, kv_size = config.hidden_size, config.kv_heads * self.head_size
        self.q_proj = nn.Linear(size, size, bias=False)
        self.k_proj = nn.Linear(size, kv_size, bias=False)
        self.v_proj = nn.Linear(size, kv_size, bias=False)
        self.o_proj = nn.Linear(size, size, bias=False)

    def forward(self, hidden: Tensor, mask: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        rows, length, size = hidden.shape
        query = self.q_proj(hidden).view(rows, length, self.heads, self.head_size)
        key = self.k_proj(hidden).view(rows, length, self.kv_heads, self.head_size)
        value = self.v_proj(hidden).view(rows, length, self.kv_heads, self.head_size)
        query, key = rotate(query, cosine, sine), rotate(key, cosine, sine)
        attend = attend_fused if hidden.is_cuda else attend_plain
        return self.o_proj(attend(query, key, value, mask).reshape(rows, length, size))


def attend_fused(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """Attention by PyTorch's fused kernel. Shapes [rows, length, heads, head size]; the mask is added to the scores."""
    shared = query.shape[2] // key.shape[2]
    key, value = key.repeat_interleave(shared, dim=2), value.repeat_interleave(shared, dim=2)
    mixed = F.scaled_dot_product_attention(
        query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2), attn_mask=mask
    )
    return mixed.transpose(1, 2)


def attend_plain(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """The same by plain products: at rows of some hundred tokens twice as fast as the fused kernel on a CPU in bf16.

    The query heads of one key head are stacked, so that keys and values are not copied for each."""
    rows, length, heads, size = query.shape
    kv_heads = key.shape[2]
    shared = heads // kv_heads
    stacked = (query * size**-0.5).view(rows, length, kv_heads, shared, size)
    stacked = stacked.permute(0, 2, 3, 1, 4).reshape(rows, kv_heads, shared * length, size)
    scores = stacked @ key.permute(0, 2, 3, 1)
    scores = scores.view(rows, kv_heads, shared, length, length) + mask[:, :, None]
    weights = scores.softmax(dim=-1).view(rows, kv_heads, shared * length, length)
    mixed = weights @ value.transpose(1, 2)
    return mixed.view(rows, kv_heads, shared, length, size).permute(0, 3, 1, 2, 4)


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

    def forward(self, hidden: Tensor, mask: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
        hidden = hidden + self.self_attn(self.input_layernorm(hidden), mask, cosine, sine)
        return hidden + self.mlp(self.post_attention_layernorm(hidden))


class Body(nn.Module):
    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.layers))
        self.norm = nn.RMSNorm(config.hidden_size, eps=config.norm_eps)


class StarterModel(nn.Module):
    """Tied embeddings: the head is `model.embed_tokens`."""

    def __init__(self, config: ModelConfig, vocab_size: int) -> None:
        super().__init__()
        self.config, self.vocab_size = config, vocab_size
        self.model = Body(config, vocab_size)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.normal_(parameter, std=config.initializer_range)

    def forward(self, tokens: Tensor, positions: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        """Logits, fp32, of the labelled positions alone, in row order: [labelled, vocab]."""
        body = self.model
        hidden = F.embedding(tokens, body.embed_tokens.weight)
        cosine, sine = rotary_angles(self.config, positions)
        cosine, sine = cosine.to(hidden.dtype), sine.to(hidden.dtype)
        bias = torch.zeros(mask.shape, dtype=hidden.dtype, device=mask.device).masked_fill_(~mask, float("-inf"))
        for layer in body.layers:
            hidden = layer(hidden, bias, cosine, sine)
        learnt = hidden[labels >= 0]
        return F.linear(body.norm(learnt), body.embed_tokens.weight).float()


def rotary_angles(config: ModelConfig, positions: Tensor) -> tuple[Tensor, Tensor]:
    """Cosine and sine, fp32, [rows, length, 1, half head size], as the rotary embedding in transformers computes them."""
    half = config.hidden_size // config.heads // 2
    exponents = torch.arange(half, device=positions.device, dtype=torch.float32) / half
    angles = positions[..., None].float() * config.rope_theta**-exponents
    return angles.cos()[:, :, None], angles.sin()[:, :, None]


def rotate(states: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    first, second = states.chunk(2, dim=-1)
    return torch.cat((first * cosine - second * sine, second * cosine + first * sine), dim=-1)


def run_model(model: nn.Module, inputs: dict[str, Tensor], precision: str) -> Tensor:
    """Logits of the labelled positions. With "bf16" the pass runs in bfloat16 on copies of the fp32 parameters.

    Gradients reach the fp32 parameters through the copies. Autocast, which converts activations back and forth around
    every operation, took several times as long on a CPU."""
    if precision == "fp32":
        return model(**inputs)
    copies = {name: parameter.to(torch.bfloat16) for name, parameter in model.named_parameters()}
    return torch.func.functional_call(model, copies, kwargs=inputs)


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
