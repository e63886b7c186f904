"""The optimiser: Muon for the matrices inside the layers, AdamW for the rest, as one object.

Muon (Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/) orthogonalises each matrix's momentum; with its update
scaled to AdamW's size (Liu et al., 2025, arXiv:2502.16982, section 2.2) both share one learning rate. A small model from
scratch learns in fewer steps with it, and steps are what a CPU is short of.
"""

from __future__ import annotations

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
        for part, state in zip(self.parts, states, strict=True):
            part.load_state_dict(state)


def make_optimizer(model: torch.nn.Module, config: OptimizerConfig) -> JointOptimizer:
    """`config.kind` "muon" or "adamw"; weight decay on matrices only."""
    inner, outer, vectors = [], [], []
    for name, parameter in model.named_parameters():
        if parameter.dim() < 2:
            vectors.append(parameter)
        elif ".layers." in name and config.kind == "muon":
            inner.append(parameter)
        else:
            outer.append(parameter)
    groups = [{"params": outer, "weight_decay": config.weight_decay}, {"params": vectors, "weight_decay": 0.0}]
    betas = (config.beta1, config.beta2)
    parts: list[torch.optim.Optimizer] = [torch.optim.AdamW(groups, lr=config.learning_rate, betas=betas)]
    if inner:
        parts.append(
            torch.optim.Muon(
                inner, lr=config.learning_rate, weight_decay=config.weight_decay, adjust_lr_fn="match_rms_adamw"
            )
        )
    return JointOptimizer(parts)
