"""The optimiser: Muon for the matrices inside the layers, AdamW for the rest, as one object.

Muon (Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/) orthogonalises each matrix's momentum; with its update
scaled to AdamW's size (Liu et al., 2025, arXiv:2502.16982, section 2.2) both share one learning rate. A small model from
scratch learns in fewer steps with it, and steps are what a CPU is short of.
"""

from __future__ import annotations

import math
from typing import Any

import torch

from training.config import OptimizerConfig


class JointOptimizer:
    """Several optimisers behind the few methods that the trainer and its checkpoints use."""

    def __init__(self, parts: list[torch.optim.Optimizer]) -> None:
        self.parts = parts

    @property
    def param_groups(self) -> list[dict[str, Any]]:
        return [group for part in self.parts for group in part.param_groups]

    def zero_grad(self, set_to_none: bool = True) -> None:
        for part in self.parts:
            part.zero_grad(set_to_none=set_to_none)

    def step(self) -> None:
        for part in self.parts:
            part.step()

    def state_dict(self) -> list[dict[str, Any]]:
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states: list[dict[str, Any]]) -> None:
        """Take over moments and steps; what the configuration sets stays as it is configured now."""
        for part, state in zip(self.parts, states, strict=True):
            settings = [{key: value for key, value in group.items() if key != "params"} for group in part.param_groups]
            part.load_state_dict(state)
            for group, kept in zip(part.param_groups, settings, strict=True):
                group.update(kept)


def make_optimizer(named: dict[str, torch.nn.Parameter], config: OptimizerConfig) -> JointOptimizer:
    """`config.kind` "muon" or "adamw"; weight decay on matrices only. named: the parameters to train by their names."""
    inner, outer, vectors = [], [], []
    for name, parameter in named.items():
        if parameter.dim() < 2:
            vectors.append(parameter)
        elif ".layers." in name and config.kind == "muon":
            inner.append(parameter)
        else:
            outer.append(parameter)
    groups = [{"params": outer, "weight_decay": config.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    groups = [group for group in groups if group["params"]]
    betas = (config.beta1, config.beta2)
    is_fused = all(parameter.is_cuda for parameter in named.values())
    parts: list[torch.optim.Optimizer] = [
        torch.optim.AdamW(groups, lr=config.learning_rate, betas=betas, fused=is_fused)
    ]
    if inner:
        parts.append(
            torch.optim.Muon(
                inner, lr=config.learning_rate, weight_decay=config.weight_decay, adjust_lr_fn="match_rms_adamw"
            )
        )
    return JointOptimizer(parts)


def rate_at(progress: float, config: OptimizerConfig) -> float:
    """Learning rate at a share of the run from 0 to 1: linear warm-up, then a cosine."""
    if progress < config.warmup_ratio:
        return config.learning_rate * max(progress / config.warmup_ratio, 0.01)
    rest = (min(progress, 1.0) - config.warmup_ratio) / (1 - config.warmup_ratio)
    low = config.final_learning_rate_ratio
    return config.learning_rate * (low + (1 - low) * 0.5 * (1 + math.cos(math.pi * rest)))
