"""The device that trains: its name, memory, use, and the share of its peak that goes into the model."""

from __future__ import annotations

import platform
from typing import Any

import torch

from training.config import Config
from training.estimate import ModelShape, peak_flops, training_flops_per_token
from training.packing import PackingSummary
from training.scratch_model import ScratchModel, to_hf_config
from training.weights import Model


def shape_of(model: Model) -> ModelShape | None:
    """The model's sizes; None for an architecture that the estimates do not know."""
    values = (
        to_hf_config(model.config, model.vocab_size)
        if isinstance(model, ScratchModel)
        else model.causal.config.to_dict()
    )
    try:
        return ModelShape.from_hf_config(values)
    except ValueError:
        return None


class Device:
    def __init__(self, device: torch.device, config: Config, model: Model, packing: PackingSummary) -> None:
        self.device = device
        self.is_cuda = device.type == "cuda"
        self.name: str = torch.cuda.get_device_name(device) if self.is_cuda else f"cpu ({platform.machine()})"
        self.peak = peak_flops(self.name) if self.is_cuda else None
        self.flops_per_token = self._count_flops(config, model, packing)

    @staticmethod
    def _count_flops(config: Config, model: Model, packing: PackingSummary) -> float | None:
        shape = shape_of(model)
        if shape is None:
            return None
        learnt = packing.completion_tokens + (packing.question_tokens if config.train.prompt_loss_weight else 0)
        try:
            return training_flops_per_token(
                shape,
                config.method,
                packing.mean_attended,
                learnt / packing.tokens,
                config.adapter.rank,
                config.adapter.target_modules,
            )
        except ValueError:  # target modules of another architecture
            return None

    def mfu(self, tokens_per_second: float, devices: int) -> float | None:
        """Model FLOP utilisation, padding and recomputation not counted; None where the peak is not known."""
        if self.peak is None or self.flops_per_token is None:
            return None
        return tokens_per_second * self.flops_per_token / (self.peak * devices)

    def take_peak_bytes(self) -> int | None:
        """Most memory allocated since the last call."""
        if not self.is_cuda:
            return None
        peak = torch.cuda.max_memory_allocated(self.device)
        torch.cuda.reset_peak_memory_stats(self.device)
        return peak

    def utilization(self) -> float | None:
        """Share of the last second or so in which a kernel ran, by the driver; None where it does not say."""
        if not self.is_cuda:
            return None
        try:
            percent: Any = torch.cuda.utilization(self.device)
        except Exception:  # the package nvidia-ml-py or the driver's library is missing
            return None
        return percent / 100
