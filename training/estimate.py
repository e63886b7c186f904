"""What a run costs before it starts: floating-point operations, GPU memory, time. Plain arithmetic, no torch.

FLOPs follow the usual count (Kaplan et al., 2020, arXiv:2001.08361, section 2.1; Chowdhery et al., 2022,
arXiv:2204.02311, appendix B): a matrix product of n weights costs 2n for a token going forward, 2n for the gradient of
its input and 2n for the gradient of its weights; the attention scores and their use cost 2 * width each for every key
that a token sees, forward, and twice that backward. Norms, rotary embedding and softmax are left out, as is customary.
Recomputation does not count towards MFU.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from training.gpu_peaks import peak_flops as peak_flops

TARGET_MODULES = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")
ADAPTER_METHODS = ("lora", "qlora")
GIB = 2**30


@dataclass(frozen=True)
class ModelShape:
    """The sizes of a decoder like Mistral, Llama or Qwen: grouped-query attention and a gated feed-forward part."""

    hidden_size: int
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    feed_forward_size: int
    vocab_size: int
    tied_embeddings: bool

    @classmethod
    def from_hf_config(cls, config: dict[str, Any]) -> ModelShape:
        """From a transformers config.json. Raises ValueError naming the key that is missing or of no use."""
        names = {"hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size", "vocab_size"}
        for name in sorted(names):
            if not isinstance(config.get(name), int) or config[name] < 1:
                raise ValueError(f"config.json gives no {name}: not a decoder like Mistral, Llama or Qwen")
        heads = config["num_attention_heads"]
        return cls(
            hidden_size=config["hidden_size"],
            layers=config["num_hidden_layers"],
            heads=heads,
            kv_heads=config.get("num_key_value_heads") or heads,
            head_size=config.get("head_dim") or config["hidden_size"] // heads,
            feed_forward_size=config["intermediate_size"],
            vocab_size=config["vocab_size"],
            tied_embeddings=bool(config.get("tie_word_embeddings", False)),
        )

    @property
    def modules(self) -> dict[str, tuple[int, int]]:
        """Inputs and outputs of each matrix of one layer, by its name in transformers."""
        hidden, query, key = self.hidden_size, self.query_size, self.kv_heads * self.head_size
        return {
            "q_proj": (hidden, query),
            "k_proj": (hidden, key),
            "v_proj": (hidden, key),
            "o_proj": (query, hidden),
            "gate_proj": (hidden, self.feed_forward_size),
            "up_proj": (hidden, self.feed_forward_size),
            "down_proj": (self.feed_forward_size, hidden),
        }

    @property
    def query_size(self) -> int:
        return self.heads * self.head_size

    @property
    def linear_parameters(self) -> int:
        """Weights of the layers' matrices; the head apart, because it runs on fewer positions."""
        return self.layers * sum(inputs * outputs for inputs, outputs in self.modules.values())

    @property
    def head_parameters(self) -> int:
        return self.vocab_size * self.hidden_size

    @property
    def parameters(self) -> int:
        """All weights: matrices, embeddings, a head of its own where it is not tied, norms. Biases are not counted."""
        norms = (2 * self.layers + 1) * self.hidden_size
        return self.linear_parameters + self.head_parameters * (1 if self.tied_embeddings else 2) + norms


def lora_parameters(shape: ModelShape, rank: int, target_modules: Sequence[str] = TARGET_MODULES) -> int:
    """Weights of the adapters: rank * (inputs + outputs) a matrix (LoRA, arXiv:2106.09685). Raises ValueError."""
    unknown = sorted(set(target_modules) - set(shape.modules))
    if unknown:
        raise ValueError(f"unknown target module {unknown[0]}; known: {', '.join(shape.modules)}")
    return shape.layers * rank * sum(sum(shape.modules[name]) for name in set(target_modules))


def training_flops_per_token(
    shape: ModelShape,
    method: str,
    attended: float,
    learnt_share: float = 1.0,
    rank: int = 16,
    target_modules: Sequence[str] = TARGET_MODULES,
    gradient_checkpointing: bool = False,
) -> float:
    """FLOPs of forward and backward for one processed token.

    `attended` is the mean number of keys a token sees, itself included: (n + 1) / 2 for one causal text of n tokens.
    `learnt_share` is the share of positions that have a label: the head runs on those alone.

        lora, qlora:    4 N + 6 A + 12 L Q attended + 4 H learnt_share
        full, scratch:  6 N       + 12 L Q attended + 6 H learnt_share

    with N the layers' matrices, A the adapters, L layers, Q = heads * head size, H the head. A frozen matrix costs 4 a
    weight (forward, and the gradient of its input); 6 when it is learnt. QLoRA counts alike: unpacking is no product.
    With `gradient_checkpointing` one more forward pass of the layers is added: use that for time, never for MFU.
    """
    adapters = lora_parameters(shape, rank, target_modules) if method in ADAPTER_METHODS else 0
    per_weight = 4 if method in ADAPTER_METHODS else 6
    forward_attention = 4 * shape.layers * shape.query_size * attended
    flops = per_weight * (shape.linear_parameters + shape.head_parameters * learnt_share)
    flops += 6 * adapters + 3 * forward_attention
    if gradient_checkpointing:
        flops += 2 * (shape.linear_parameters + adapters) + forward_attention
    return float(flops)


def activation_bytes(
    shape: ModelShape,
    method: str,
    rank: int = 16,
    target_modules: Sequence[str] = TARGET_MODULES,
    dropout: float = 0.05,
    precision: str = "bf16",
) -> int:
    """Bytes that autograd keeps of one layer for one token, without torch.compile and gradient checkpointing.

    With e bytes a number (bf16: 2), hidden h, query width q, key width k, feed-forward f:

        both norms            2 * 4h       the fp32 copy that is squared (transformers' RMSNorm)
        learnt norm weights   2 * eh       the normed states
        inputs of q/k/v and of gate/up     eh each, kept once, where a matrix that reads them is learnt
        q, k, v, output       e (2q + 2k) + 4 * heads     fused attention keeps all four, and a log-sum per head
        gate, silu, up        3 ef
        input of down         ef           where it is learnt
        adapters              e * rank each; with dropout each keeps its own input and a mask of 1 byte a number

    A frozen matrix keeps nothing: the gradient of its input needs the weights alone.
    """
    size = 2 if precision == "bf16" else 4
    hidden, query, inner = shape.hidden_size, shape.query_size, shape.feed_forward_size
    key = shape.kv_heads * shape.head_size
    total = 2 * 4 * hidden + size * (2 * query + 2 * key) + 4 * shape.heads + 3 * size * inner
    if method not in ADAPTER_METHODS:
        return total + size * (2 * hidden + 2 * hidden + inner)
    targets = set(target_modules)
    total += len(targets) * size * rank
    if dropout:
        return total + sum((size + 1) * shape.modules[name][0] for name in targets)
    total += size * hidden * (bool(targets & {"q_proj", "k_proj", "v_proj"}) + bool(targets & {"gate_proj", "up_proj"}))
    return total + size * inner * ("down_proj" in targets)


@dataclass(frozen=True)
class MemoryEstimate:
    """Bytes on the GPU at the peak of a step. Arithmetic, not a measurement: take `uncertainty` either way."""

    weights: int
    trained: int  # what the learnt weights need besides: fp32 masters, two Adam moments, gradients
    activations: int
    logits: int
    overhead: int  # CUDA context, libraries' workspaces, the allocator's fragments
    uncertainty: float = 0.15

    @property
    def total(self) -> int:
        return self.weights + self.trained + self.activations + self.logits + self.overhead

    def to_json(self) -> dict[str, float]:
        return {**asdict(self), "total": self.total}


# Not derived: a context and cuBLAS's workspaces take 0.5 to 0.9 GiB on recent GPUs; the caching allocator leaves holes.
CONTEXT_BYTES = int(0.8 * GIB)
FRAGMENT_SHARE = 0.05
# NF4: 4 bits a weight, an 8-bit scale for 64 of them, an fp32 scale for 256 scales (QLoRA, arXiv:2305.14314).
NF4_BYTES = (4 + 8 / 64 + 32 / (64 * 256)) / 8
# bf16 and fp32 logits of one chunk, and the gradients of both.
LOGIT_BYTES = 12


def estimate_memory(
    shape: ModelShape,
    method: str,
    tokens_per_micro_batch: int,
    rank: int = 16,
    gradient_checkpointing: bool = False,
    learnt_tokens: int = 1024,
    precision: str = "bf16",
    target_modules: Sequence[str] = TARGET_MODULES,
    dropout: float = 0.05,
) -> MemoryEstimate:
    """Peak of one step on one GPU.

    `learnt_tokens` is how many positions have logits at one time: train.loss_chunk_tokens, or fewer where a micro-batch
    has fewer labels."""
    size = 2 if precision == "bf16" else 4
    linear, rest = shape.linear_parameters, shape.parameters - shape.linear_parameters
    weights = int(linear * NF4_BYTES) + rest * size if method == "qlora" else shape.parameters * size
    is_adapter = method in ADAPTER_METHODS
    adapters = lora_parameters(shape, rank, target_modules) if is_adapter else 0
    weights += adapters * size
    learnt = adapters if is_adapter else shape.parameters
    # fp32: two moments and the gradient, and a master copy where the module computes in bf16.
    trained = learnt * (16 if size == 2 else 12)
    layer = activation_bytes(shape, method, rank, target_modules, dropout, precision)
    kept = shape.layers * (size * shape.hidden_size if gradient_checkpointing else layer)
    # One layer is recomputed at a time; the gradients that flow through a feed-forward part stand beside what is kept.
    passing = (layer if gradient_checkpointing else 0) + size * (2 * shape.hidden_size + 3 * shape.feed_forward_size)
    activations = tokens_per_micro_batch * (kept + passing)
    unpacked = 2 * shape.hidden_size * shape.feed_forward_size if method == "qlora" else 0
    return MemoryEstimate(
        weights=weights,
        trained=trained,
        activations=activations,
        logits=learnt_tokens * shape.vocab_size * (LOGIT_BYTES if size == 2 else 8),
        overhead=CONTEXT_BYTES + unpacked + int(FRAGMENT_SHARE * activations),
    )


@dataclass(frozen=True)
class TimeEstimate:
    """Seconds at the higher and at the lower MFU of a range."""

    fastest: float
    slowest: float


# An assumption, not a measurement of this trainer: published LoRA runs reach 30 to 38 % on A100 and H100.
ASSUMED_MFU = {"lora": (0.25, 0.5), "qlora": (0.15, 0.4), "full": (0.25, 0.5), "scratch": (0.15, 0.4)}


def estimate_time(tokens: float, flops_per_token: float, peak: float, mfu: tuple[float, float]) -> TimeEstimate:
    """Seconds for `tokens` processed tokens on a device of `peak` FLOP/s at an MFU between the two given."""
    seconds = tokens * flops_per_token / peak
    low, high = min(mfu), max(mfu)
    if low <= 0:
        raise ValueError(f"mfu must be positive, not {low}")
    return TimeEstimate(fastest=seconds / high, slowest=seconds / low)
