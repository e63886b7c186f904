"""The weights that a run trains: fp32 masters beside a bf16 module, and how they are saved.

In bf16 the whole pass, adapters included, runs in bfloat16 without casts; a step of the optimiser would be lost in bfloat16's
8 bits, so it is made on fp32 masters (Micikevicius et al., 2017, arXiv:1710.03740), and gradients are summed there.
"""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from training.base_model import BaseModel, save_adapter_config
from training.config import Config
from training.scratch_model import ScratchModel

Model = ScratchModel | BaseModel


def make_model(config: Config, vocab_size: int, device: torch.device) -> Model:
    """The model of the configured method, its fresh weights from the current random state."""
    scratch = config.method == "scratch"
    model = ScratchModel(config.model, vocab_size).to(device) if scratch else BaseModel(config, device)
    return model.train()  # a loaded one is not: its gradient checkpointing and dropout would be off


class Masters:
    """`named[name]` is the fp32 master of each trainable parameter; in fp32 it is the parameter itself."""

    def __init__(self, model: Model, precision: str) -> None:
        self.pairs: list[tuple[nn.Parameter, nn.Parameter]] = []  # parameter, master
        self.named: dict[str, nn.Parameter] = {}
        reduced = precision == "bf16"
        for name, parameter in model.named_parameters():
            if not parameter.requires_grad:
                continue
            master = nn.Parameter(parameter.detach().float().clone()) if reduced else parameter
            if reduced:
                parameter.data = parameter.data.to(torch.bfloat16)
                self.pairs.append((parameter, master))
            self.named[name] = master

    def collect(self) -> None:
        """Add the gradients of one backward pass to the masters'."""
        found = [(parameter, master) for parameter, master in self.pairs if parameter.grad is not None]
        again = [(parameter, master) for parameter, master in found if master.grad is not None]
        if again:  # one kernel for many small matrices
            torch._foreach_add_(
                [master.grad for _, master in again], [parameter.grad.float() for parameter, _ in again]
            )
        for parameter, master in found:
            if master.grad is None:
                master.grad = parameter.grad.float()
            parameter.grad = None

    def drop(self) -> None:
        """Forget all gradients."""
        for parameter, _ in self.pairs:
            parameter.grad = None
        for master in self.named.values():
            master.grad = None

    @torch.no_grad()
    def publish(self) -> None:
        """Round the masters into the module."""
        if self.pairs:
            torch._foreach_copy_([parameter for parameter, _ in self.pairs], [master for _, master in self.pairs])


def saved_name(model: Model, name: str) -> str:
    """A parameter's name in the checkpoint: transformers' own, PEFT's for an adapter."""
    if isinstance(model, ScratchModel):
        return name
    if model.method == "full":
        return name.removeprefix("inner.")
    return name.removeprefix("inner.").replace(".default.", ".")


def weights_file(config: Config, folder: Path) -> Path:
    """Where a checkpoint's weights lie."""
    return folder / "adapter" / "adapter_model.safetensors" if is_adapter(config) else folder / "model.safetensors"


def is_adapter(config: Config) -> bool:
    return config.method in ("lora", "qlora")


def save_weights(config: Config, model: Model, masters: Masters, folder: Path) -> None:
    """Write the masters, fp32, under the names that transformers or PEFT read."""
    target = weights_file(config, folder)
    target.parent.mkdir(parents=True, exist_ok=True)
    named = {saved_name(model, name): master.detach().contiguous() for name, master in masters.named.items()}
    save_file(named, target, metadata={"format": "pt"})
    if isinstance(model, BaseModel) and is_adapter(config):
        save_adapter_config(model, target.parent, config.base.path)


def load_weights(config: Config, model: Model, masters: Masters, folder: Path) -> None:
    """Read what save_weights wrote, into masters and module."""
    stored = load_file(weights_file(config, folder))
    with torch.no_grad():
        for name, master in masters.named.items():
            master.copy_(stored[saved_name(model, name)])
    masters.publish()


def trainable_bytes(masters: Masters) -> int:
    return sum(tensor.numel() * 4 for tensor in masters.named.values())


def count_parameters(model: Model) -> tuple[int, int]:
    """All parameters and the trainable ones. A 4-bit matrix counts by its own shape, not by its packed bytes."""
    total = trainable = 0
    for parameter in model.parameters():
        state = getattr(parameter, "quant_state", None)
        count = state.shape.numel() if state is not None else parameter.numel()
        total += count
        trainable += count if parameter.requires_grad else 0
    return total, trainable
