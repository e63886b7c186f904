"""Packing changes what is computed, never what is learnt: every example once, its own loss, its own gradients."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch.nn.attention.flex_attention import create_mask, flex_attention
from torch.utils._python_dispatch import TorchDispatchMode

from training.attention import PackedMask, attend, make_block_mask, make_mask_function
from training.config import Config
from training.data import read_examples
from training.distributed import World
from training.examples import Examples, load_examples
from training.loss import completion_losses, judge_completions
from training.packing import (
    IGNORED,
    STRIDE,
    Batch,
    collate,
    collate_for,
    iterate_packs,
    make_rows,
    plan_epoch,
    plan_evaluation,
    round_up,
    row_length,
    summarize,
)
from training.scratch_model import ScratchModel, to_hf_config
from training.tokenizer import HfTokenizer, Tokenizer, make_tokenizer
from training.weights import Masters, Model, make_model


@pytest.fixture
def tokenizer(small_config: Config, tmp_path: Path) -> Tokenizer:
    return make_tokenizer(small_config, tmp_path)


@pytest.fixture
def examples(small_config: Config, tokenizer: Tokenizer) -> Examples:
    return load_examples(small_config.data.train, tokenizer, small_config.data)


def loss_of(model: Model, batch: Batch, kind: str = "sdpa") -> torch.Tensor:
    hidden = model(batch, PackedMask(batch, kind))
    return completion_losses(hidden, model.head, batch.labels[batch.labels >= 0], 1024).sum()


def gradients_of(model: Model) -> dict[str, torch.Tensor]:
    found = {name: value.grad.clone() for name, value in model.named_parameters() if value.grad is not None}
    model.zero_grad()
    return found


def test_an_epoch_holds_every_example_once_in_packs_that_are_full(examples: Examples, small_config: Config) -> None:
    packs = plan_epoch(examples, small_config.data, 1, 0)
    rows = [row for pack in packs for row in pack]
    assert sorted(np.concatenate(rows).tolist()) == list(range(len(examples)))
    assert all(sum(row_length(examples, row) for row in pack) <= 512 for pack in packs)
    assert all(len(set(examples.cluster[row])) == 1 for row in rows)
    assert summarize(examples, packs, 512).padding_share < 0.15


def test_the_order_is_the_seeds_and_the_epochs_own(examples: Examples, small_config: Config) -> None:
    def order(seed: int, epoch: int) -> list[list[list[int]]]:
        return [[row.tolist() for row in pack] for pack in plan_epoch(examples, small_config.data, seed, epoch)]

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(1, 1) and order(1, 0) != order(2, 0)


def test_packs_go_on_from_any_place(examples: Examples, small_config: Config) -> None:
    straight = iterate_packs(examples, small_config.data, 1)
    passed = [next(straight) for _ in range(15)]
    epoch, place, _, _ = passed[9]
    again = iterate_packs(examples, small_config.data, 1, epoch, place + 1)
    for before in passed[10:]:
        after = next(again)
        assert before[:2] == after[:2] and [r.tolist() for r in before[2]] == [r.tolist() for r in after[2]]


def test_a_row_that_would_not_fit_is_split(examples: Examples, small_config: Config) -> None:
    small_config.data.pack_length = int(examples.lengths.max())
    rows = make_rows(examples, small_config.data, None)
    assert max(row_length(examples, row) for row in rows) <= small_config.data.pack_length
    assert sum(len(row) for row in rows) == len(examples)


def test_evaluation_takes_each_example_once_or_some_evenly_spaced(examples: Examples, small_config: Config) -> None:
    def taken(count: int | None) -> list[int]:
        return sorted(
            int(n) for pack in plan_evaluation(examples, small_config.data, count) for row in pack for n in row
        )

    assert taken(None) == list(range(len(examples)))
    some = taken(10)
    assert len(some) == 10 and some[0] == 0 and some[-1] == len(examples) - 1


def test_labels_are_the_completions_tokens_and_their_end_token_alone(examples: Examples, small_config: Config) -> None:
    packs = plan_epoch(examples, small_config.data, 1, 0)
    batch = collate(examples, packs[:2], pad_to=1200)
    assert batch.tokens.shape == (1, 1200) and (batch.labels[0, batch.token_count :] == IGNORED).all()
    order = [int(number) for pack in packs[:2] for row in pack for number in row]
    for place, number in enumerate(order):
        at = torch.where(batch.examples[0] == place)[0]
        ids = examples.tokens[examples.start[number] : examples.start[number + 1]]
        length = int(examples.prompt_length[number])
        assert batch.labels[0, at].tolist() == ids[length:].tolist()
        assert batch.labels[0, at[-1]] == 2, "the end token is learnt"
        # Each label stands where its predecessor is read, at the position that it has in the example alone.
        assert batch.tokens[0, at].tolist() == ids[length - 1 : -1].tolist()
        assert batch.positions[0, at].tolist() == list(range(length - 1, len(ids) - 1))
    assert batch.learnt == int((batch.labels >= 0).sum())
    learnt = collate(examples, packs[:2], learn_prompt=True)
    assert int((learnt.labels >= 0).sum()) > learnt.learnt == batch.learnt


def test_what_sharing_saves_is_counted_as_it_is_collated(examples: Examples, small_config: Config) -> None:
    packs = plan_epoch(examples, small_config.data, 1, 0)
    summary = summarize(examples, packs, 512)
    batch = collate(examples, packs)
    assert summary.tokens == batch.token_count and summary.completion_tokens == batch.learnt
    assert (
        summary.question_tokens == int((collate(examples, packs, learn_prompt=True).labels >= 0).sum()) - batch.learnt
    )
    assert summary.shared_tokens == int(examples.lengths.sum()) - batch.token_count > 0
    allowed = create_mask(make_mask_function(batch), None, None, batch.token_count, batch.token_count, device="cpu")
    assert summary.mean_attended == pytest.approx(float(allowed.sum()) / batch.token_count)


def one_by_one(model: ScratchModel, config: Config, tokenizer: Tokenizer, numbers: list[int]) -> torch.Tensor:
    """The loss of plain causal texts, one at a time, through transformers' model and none of our packing."""
    from transformers import MistralConfig, MistralForCausalLM

    reference = MistralForCausalLM(MistralConfig(**to_hf_config(config.model, model.vocab_size)))
    for name, ours in dict(model.model.named_parameters()).items():
        module, _, attribute = name.rpartition(".")
        setattr(reference.model.get_submodule(module), attribute, ours)
    reference.lm_head.weight = model.head  # type: ignore[assignment]
    total = torch.zeros(())
    lines = list(read_examples(config.data.train[0]))
    for number in numbers:
        ids, length = tokenizer.encode([lines[number]])[0]
        logits = reference(torch.tensor([ids])).logits[0, length - 1 : -1].float()
        total = total + F.cross_entropy(logits, torch.tensor(ids[length:]), reduction="sum")
    return total


def test_packed_rows_give_the_loss_and_gradients_of_examples_one_by_one(
    small_config: Config, examples: Examples, tokenizer: Tokenizer
) -> None:
    torch.manual_seed(3)
    model = ScratchModel(small_config.model, tokenizer.vocab_size)
    packs = plan_epoch(examples, small_config.data, 1, 0)[:3]
    assert max(len(row) for pack in packs for row in pack) > 1, "the rows under test share nothing"
    packed = loss_of(model, collate(examples, packs, pad_to=1700))
    packed.backward()
    ours = gradients_of(model)
    single = one_by_one(model, small_config, tokenizer, [int(n) for pack in packs for row in pack for n in row])
    single.backward()
    torch.testing.assert_close(packed, single, rtol=1e-5, atol=1e-4)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(ours[name], parameter.grad, rtol=1e-3, atol=1e-3, msg=name)


@pytest.mark.parametrize("method", ["lora", "full"])
def test_packing_and_sharing_change_no_gradient_of_a_base_model(
    lora_config: Config, tiny_base: Path, method: str
) -> None:
    lora_config.method = method
    lora_config.adapter.dropout = 0.0
    lora_config.train.precision = "fp32"
    examples = load_examples(lora_config.data.train, HfTokenizer(str(tiny_base)), lora_config.data)
    torch.manual_seed(4)
    model = make_model(lora_config, 512, World().device)
    masters = Masters(model, "fp32")
    for name, master in masters.named.items():  # LoRA's B is zero at first, which hides A's gradient
        torch.nn.init.normal_(master, std=0.05) if "lora_B" in name else None
    packs = plan_epoch(examples, lora_config.data, 1, 0)[:2]
    packed = loss_of(model, collate(examples, packs))
    packed.backward()
    together = gradients_of(model)
    alone = torch.zeros(())
    for number in (int(n) for pack in packs for row in pack for n in row):
        loss = loss_of(model, collate(examples, [[np.asarray([number])]]))
        loss.backward()
        alone = alone + loss.detach()
    torch.testing.assert_close(packed.detach(), alone, rtol=1e-5, atol=1e-4)
    single = gradients_of(model)
    assert set(single) == set(together) and len(single) == len(masters.named)
    for name, gradient in together.items():
        torch.testing.assert_close(gradient, single[name], rtol=1e-3, atol=1e-4, msg=name)


def test_a_base_model_reads_packs_as_transformers_reads_texts(lora_config: Config, tiny_base: Path) -> None:
    from transformers import AutoModelForCausalLM

    lora_config.train.precision = "fp32"
    tokenizer = HfTokenizer(str(tiny_base))
    examples = load_examples(lora_config.data.train, tokenizer, lora_config.data)
    model = make_model(lora_config, 512, World().device).eval()
    packs = plan_epoch(examples, lora_config.data, 1, 0)[:1]
    with torch.no_grad():
        ours = loss_of(model, collate(examples, packs))
        reference = AutoModelForCausalLM.from_pretrained(tiny_base, dtype=torch.float32)
        theirs = torch.zeros(())
        for number in (int(n) for row in packs[0] for n in row):
            ids = torch.tensor(examples.tokens[examples.start[number] : examples.start[number + 1]].astype(np.int64))
            length = int(examples.prompt_length[number])
            theirs += F.cross_entropy(reference(ids[None]).logits[0, length - 1 : -1], ids[length:], reduction="sum")
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-3)


def test_flex_attention_sees_what_row_by_row_attention_sees(examples: Examples, small_config: Config) -> None:
    """Forward only: FlexAttention has no backward pass on a CPU. gpu_runbook.sh compares the gradients."""
    batch = collate(examples, plan_epoch(examples, small_config.data, 1, 0)[:2], pad_to=1200)
    torch.manual_seed(6)
    query, key, value = torch.randn(1, 4, 1200, 16), torch.randn(1, 2, 1200, 16), torch.randn(1, 2, 1200, 16)
    rows = attend(query, key, value, PackedMask(batch, "sdpa"))
    mask = PackedMask(batch, "flex")
    flex = attend(query, key, value, mask)
    torch.testing.assert_close(rows[:, : batch.token_count], flex[:, : batch.token_count], rtol=1e-4, atol=1e-5)
    assert torch.isfinite(flex).all()
    # Blocks that hold nothing to compute are skipped: that is its point.
    assert make_block_mask(batch).sparsity() > 20
    assert flex_attention is not None


def test_the_fused_and_the_plain_kernel_of_a_row_agree(examples: Examples, small_config: Config) -> None:
    from training.attention import _attend_row_fused, _attend_row_plain, make_row_masks

    batch = collate(examples, plan_epoch(examples, small_config.data, 1, 0)[:1])
    torch.manual_seed(7)
    at = 0
    for length, mask in zip(batch.row_lengths, make_row_masks(batch), strict=True):
        parts = [torch.randn(1, heads, length, 16) for heads in (4, 2, 2)]
        torch.testing.assert_close(
            _attend_row_fused(*parts, mask), _attend_row_plain(*parts, mask), rtol=1e-4, atol=1e-5
        )
        at += length


def test_a_chunked_loss_is_the_whole_loss_and_never_makes_all_logits() -> None:
    torch.manual_seed(8)
    hidden, head = torch.randn(50, 8, requires_grad=True), torch.randn(30, 8, requires_grad=True)
    labels = torch.randint(0, 30, (50,))
    whole = F.cross_entropy(hidden @ head.T, labels, reduction="none")
    whole.sum().backward()
    expected = hidden.grad.clone(), head.grad.clone()
    hidden.grad = head.grad = None
    kept: list[int] = []
    with torch.autograd.graph.saved_tensors_hooks(
        lambda tensor: kept.append(tensor.numel()) or tensor, lambda tensor: tensor
    ):
        parts = completion_losses(hidden, head, labels, 16)
    parts.sum().backward()
    torch.testing.assert_close(parts, whole)
    torch.testing.assert_close((hidden.grad, head.grad), expected)
    assert max(kept) < 50 * 30, "the logits of all positions were kept for the backward pass"
    losses, right = judge_completions(hidden.detach(), head.detach(), labels, 16)
    torch.testing.assert_close(losses, whole.detach())
    assert right.tolist() == ((hidden @ head.T).argmax(-1) == labels).tolist()


def test_masters_keep_what_bf16_would_lose(small_config: Config) -> None:
    torch.manual_seed(9)
    model = ScratchModel(small_config.model, 400)
    masters = Masters(model, "bf16")
    name = "model.layers.0.mlp.up_proj.weight"
    parameter = dict(model.named_parameters())[name]
    before = parameter.detach().clone()
    assert parameter.dtype == torch.bfloat16 and masters.named[name].dtype == torch.float32
    with torch.no_grad():
        for _ in range(300):  # each step is below bf16's resolution of these weights
            masters.named[name].add_(masters.named[name].abs() * 1e-4)
            masters.publish()
    change = ((parameter.detach() - before).float().abs() / before.float().abs().clamp(min=1e-3)).mean().item()
    assert change == pytest.approx(0.03, abs=0.01)


def test_gradients_of_several_passes_are_summed_in_fp32(small_config: Config, examples: Examples) -> None:
    torch.manual_seed(10)
    small_config.model.initializer_range = 0.1
    vocab = int(examples.tokens.max()) + 1
    exact, rounded = ScratchModel(small_config.model, vocab), ScratchModel(small_config.model, vocab)
    rounded.load_state_dict(exact.state_dict())
    packs = plan_epoch(examples, small_config.data, 1, 0)[:4]
    masters = Masters(rounded, "bf16")
    losses = []
    for pack in packs:
        batch = collate(examples, [pack])
        loss_of(exact, batch).backward()
        loss = loss_of(rounded, batch)
        loss.backward()
        masters.collect()
        losses.append(loss)
    for name, parameter in exact.named_parameters():
        gradient = masters.named[name].grad
        assert gradient is not None and gradient.dtype == torch.float32
        if parameter.dim() > 1:
            assert F.cosine_similarity(gradient.flatten(), parameter.grad.flatten(), dim=0) > 0.99, name


class ProductShapes(TorchDispatchMode):
    """The shapes of all matrix products."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: set[tuple[Any, ...]] = set()

    def __torch_dispatch__(self, function: Any, types: Any, arguments: Any = (), options: Any = None) -> Any:
        if function.overloadpacket in (torch.ops.aten.mm, torch.ops.aten.bmm, torch.ops.aten.addmm):
            self.seen.add((function.overloadpacket, *(tuple(one.shape) for one in arguments if torch.is_tensor(one))))
        return function(*arguments, **(options or {}))


def test_rows_of_like_length_share_their_products_shapes_on_a_cpu(
    small_config: Config, examples: Examples, tokenizer: Tokenizer
) -> None:
    """Each shape costs time and memory for good: with every length as it comes a run grows for hundreds of steps."""
    torch.manual_seed(3)
    model = ScratchModel(small_config.model, tokenizer.vocab_size)
    rows = make_rows(examples, small_config.data, None)
    lengths = np.asarray([row_length(examples, row) for row in rows])
    common = round_up(int(np.median(lengths)))
    alike = [row for row, length in zip(rows, lengths, strict=True) if round_up(length) == common][:8]
    assert len({row_length(examples, row) for row in alike}) > 1, "the rows under test have one length"
    found = []
    for row in alike:
        with ProductShapes() as shapes:
            batch = collate_for(torch.device("cpu"), examples, [[row]], small_config.data.pack_length)
            loss_of(model, batch).backward()
        found.append(shapes.seen)
        assert batch.tokens.shape[1] == common and common % STRIDE == 0
    assert len(found[0]) > 5 and all(shapes == found[0] for shapes in found)


def test_a_padded_row_attends_as_an_unpadded_one() -> None:
    from training.attention import _attend_row_plain

    torch.manual_seed(4)
    for length in (STRIDE - 3, STRIDE, STRIDE + 1):
        parts = [torch.randn(1, heads, length, 8, requires_grad=True) for heads in (4, 2, 2)]
        mask = torch.ones(length, length, dtype=torch.bool).tril()
        mask[5:, 2:4] = False
        for chosen in (None, mask):
            given = mask.new_ones(length, length).tril() if chosen is None else mask
            expected = F.scaled_dot_product_attention(*parts, attn_mask=given, enable_gqa=True).transpose(1, 2)
            found = _attend_row_plain(*parts, chosen)
            torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)
            for ours, theirs in zip(
                torch.autograd.grad(found.square().sum(), parts),
                torch.autograd.grad(expected.square().sum(), parts),
                strict=True,
            ):
                torch.testing.assert_close(ours, theirs, rtol=1e-3, atol=1e-4)
