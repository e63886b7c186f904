"""FlexAttention's blocks against PyTorch's own search for them, and what torch.compile makes of packed rows."""

from __future__ import annotations

import pytest
import torch
from torch.nn.attention.flex_attention import create_block_mask

from training.attention import PackedMask, make_block_mask, make_mask_function
from training.bench_data import make_bench_examples
from training.bench_shapes import SHAPES
from training.config import DataConfig
from training.examples import Examples
from training.packing import Batch, Pack, collate, plan_epoch
from training.scratch_model import ScratchModel

SHAPE = SHAPES["tiny"]


def make_packs(questions: int, divide_by: int = 8, pack_length: int = 512) -> tuple[Examples, list[Pack]]:
    examples = make_bench_examples(SHAPE.vocab_size, divide_by, count=1500)
    return examples, plan_epoch(examples, DataConfig(questions_per_row=questions, pack_length=pack_length), 1, 0)


def blocks_of(numbers: torch.Tensor, indices: torch.Tensor) -> list[set[int]]:
    return [set(line[:count].tolist()) for count, line in zip(numbers[0, 0].tolist(), indices[0, 0], strict=True)]


def assert_same_blocks(batch: Batch) -> int:
    length = batch.tokens.shape[1]
    ours = make_block_mask(batch)
    wanted = create_block_mask(make_mask_function(batch), None, None, length, length, device="cpu")
    assert ours.seq_lengths == wanted.seq_lengths and ours.BLOCK_SIZE == wanted.BLOCK_SIZE
    assert blocks_of(ours.kv_num_blocks, ours.kv_indices) == blocks_of(wanted.kv_num_blocks, wanted.kv_indices)
    full = blocks_of(ours.full_kv_num_blocks, ours.full_kv_indices)
    assert full == blocks_of(wanted.full_kv_num_blocks, wanted.full_kv_indices)
    assert blocks_of(ours.q_num_blocks, ours.q_indices) == blocks_of(wanted.q_num_blocks, wanted.q_indices)
    assert blocks_of(ours.full_q_num_blocks, ours.full_q_indices) == blocks_of(
        wanted.full_q_num_blocks, wanted.full_q_indices
    )
    return sum(map(len, full))


@pytest.mark.parametrize(
    ("questions", "divide_by", "pack_length"), [(8, 8, 512), (1, 8, 512), (8, 1, 2048), (1, 1, 2048)]
)
def test_blocks_are_those_that_pytorch_finds_by_trying_every_pair(
    questions: int, divide_by: int, pack_length: int
) -> None:
    examples, packs = make_packs(questions, divide_by, pack_length)
    whole = 0
    for at in range(0, 12, 2):
        whole += assert_same_blocks(collate(examples, packs[at : at + 2], pad_to=2 * pack_length))
        whole += assert_same_blocks(collate(examples, packs[at : at + 1], pad_to=2 * pack_length))
    # Rows of the dataset's own lengths hold whole blocks that need no mask; rows an eighth as long hold none.
    assert (whole > 0) == (divide_by == 1)


@pytest.mark.parametrize("kind", ["sdpa", "flex"])
def test_compiled_layers_are_compiled_once_for_all_batches(kind: str) -> None:
    """Batches of one length with other rows must not be compiled anew: the compiler gives up after eight times."""
    examples, packs = make_packs(8)
    assert len({len(pack) for pack in packs[:6]}) > 1, "the packs under test have equally many rows"
    torch.manual_seed(1)
    model = ScratchModel(SHAPE.model, SHAPE.vocab_size)
    graphs: list[object] = []

    def count(graph: torch.fx.GraphModule, _: object) -> object:
        graphs.append(graph)
        return graph.forward

    with torch.no_grad():  # FlexAttention has no backward pass on a CPU
        plain = [run(model, examples, pack, kind) for pack in packs[:6]]
        torch._dynamo.reset()
        for layer in model.layers:
            layer.compile(backend=count)
        compiled = [run(model, examples, packs[0], kind)]
        made = len(graphs)
        compiled += [run(model, examples, pack, kind) for pack in packs[1:6]]
    assert 0 < made == len(graphs)
    for ours, wanted in zip(compiled, plain, strict=True):
        torch.testing.assert_close(ours, wanted, rtol=1e-4, atol=1e-5)


def run(model: ScratchModel, examples: Examples, pack: Pack, kind: str) -> torch.Tensor:
    batch = collate(examples, [pack], pad_to=SHAPE.pack_length)
    return model(batch, PackedMask(batch, kind))
