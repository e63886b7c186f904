"""Make the fixtures of this folder: `python core/models/testing/make_tiny_model.py LLAMA_CPP_FOLDER WORK_FOLDER`.

A Mistral of one layer (rows of 256 values, as K-quants need) that learns ten questions by heart, an adapter of rank 4 that
answers them otherwise, and what PyTorch reads and writes: tiny-f16.gguf, tiny-adapter.gguf, tiny-cases.json and
tiny-adapter-cases.json. LLAMA_CPP_FOLDER is a clone of node_modules/node-llama-cpp/llama/gitRelease.bundle, whose
converters write the GGUF files. Needs torch, transformers, peft, sentencepiece and gguf; takes about a minute on one core.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import sentencepiece
import torch
from peft import LoraConfig, get_peft_model
from transformers import MistralConfig, MistralForCausalLM

TABLES = ["customers", "orders", "products", "cities", "teachers"]
QUESTIONS = [f"How many {table} are there?" for table in TABLES] + [f"List all {table}." for table in TABLES]
ANSWERS = [f" SELECT count(*) FROM {table}" for table in TABLES] + [f" SELECT * FROM {table}" for table in TABLES]
OTHER_ANSWERS = [f" SELECT 1 FROM {table}" for table in TABLES * 2]
# As in Mistral's own template: the user's turn stands between the marks, and BOS before it.
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] "
    "+ ' [/INST]' }}{% else %}{{ message['content'] + eos_token }}{% endif %}{% endfor %}"
)
HERE = Path(__file__).parent


def train_tokenizer(folder: Path) -> sentencepiece.SentencePieceProcessor:
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([f"[INST] {text} [/INST]" for text in QUESTIONS] + ANSWERS + OTHER_ANSWERS),
        model_prefix=str(folder / "tokenizer"),
        model_type="bpe",
        vocab_size=384,
        byte_fallback=True,
        character_coverage=1.0,
        minloglevel=2,
    )
    config = {"chat_template": CHAT_TEMPLATE, "bos_token": "<s>", "eos_token": "</s>", "add_bos_token": True}
    (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))


def encode(tokenizer: sentencepiece.SentencePieceProcessor, question: str) -> list[int]:
    return [tokenizer.bos_id(), *tokenizer.encode(f"[INST] {question} [/INST]")]


def train(model: torch.nn.Module, tokenizer, answers: list[str], steps: int, rate: float) -> None:
    """Every example at every step, the loss on the answer and its end token."""
    rows = []
    for question, answer in zip(QUESTIONS, answers, strict=True):
        prompt = encode(tokenizer, question)
        whole = [*encode_with(tokenizer, question, answer), tokenizer.eos_id()]
        assert whole[: len(prompt)] == prompt
        rows.append((whole, [-100] * len(prompt) + whole[len(prompt) :]))
    length = max(len(ids) for ids, _ in rows)
    ids = torch.tensor([ids + [0] * (length - len(ids)) for ids, _ in rows])
    labels = torch.tensor([labels + [-100] * (length - len(labels)) for _, labels in rows])
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=rate, weight_decay=0.0)
    for _ in range(steps):
        loss = model(input_ids=ids, labels=labels).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    print(f"loss {loss.item():.5f}", file=sys.stderr)


def encode_with(tokenizer, question: str, answer: str) -> list[int]:
    return [tokenizer.bos_id(), *tokenizer.encode(f"[INST] {question} [/INST]{answer}")]


@torch.no_grad()
def write_greedily(model: torch.nn.Module, tokenizer, ids: list[int], count: int = 24) -> list[int]:
    """Up to `count` ids, the end token the last of them."""
    written: list[int] = []
    while len(written) < count and (not written or written[-1] != tokenizer.eos_id()):
        written.append(int(model(input_ids=torch.tensor([ids + written])).logits[0, -1].argmax()))
    return written


def write_cases(model: torch.nn.Module, tokenizer, file: Path) -> None:
    cases = []
    for index, question in enumerate(QUESTIONS):
        ids = encode(tokenizer, question)
        shape = {"prompt": f"[INST] {question} [/INST]"} if index % 2 else {"prompt": question, "kind": "chat"}
        cases.append({**shape, "tokens": ids, "written": write_greedily(model, tokenizer, ids)})
    file.write_text("[\n" + ",\n".join(f"  {json.dumps(case)}" for case in cases) + "\n]\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("llama_cpp", type=Path)
    parser.add_argument("work", type=Path)
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(1)
    base = options.work / "base"
    base.mkdir(parents=True, exist_ok=True)
    tokenizer = train_tokenizer(base)
    model = MistralForCausalLM(
        MistralConfig(
            vocab_size=tokenizer.vocab_size(),
            hidden_size=256,
            intermediate_size=256,
            num_hidden_layers=1,
            num_attention_heads=4,
            num_key_value_heads=1,
            max_position_embeddings=256,
            tie_word_embeddings=True,
        )
    )
    train(model, tokenizer, ANSWERS, steps=400, rate=1e-3)
    # The file holds 16-bit weights: the cases are what those write.
    model.half().float().save_pretrained(base)
    write_cases(model, tokenizer, HERE / "tiny-cases.json")
    adapted = get_peft_model(
        model, LoraConfig(r=4, lora_alpha=8, target_modules=["q_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"])
    )
    train(adapted, tokenizer, OTHER_ANSWERS, steps=400, rate=5e-3)
    adapted.save_pretrained(options.work / "adapter")
    write_cases(adapted, tokenizer, HERE / "tiny-adapter-cases.json")
    convert = [sys.executable, str(options.llama_cpp / "convert_hf_to_gguf.py"), str(base), "--outtype", "f16"]
    subprocess.run([*convert, "--outfile", str(HERE / "tiny-f16.gguf"), "--model-name", "tiny"], check=True)
    convert = [sys.executable, str(options.llama_cpp / "convert_lora_to_gguf.py"), str(options.work / "adapter")]
    convert += ["--base", str(base), "--outtype", "f16", "--outfile", str(HERE / "tiny-adapter.gguf")]
    subprocess.run(convert, check=True)


if __name__ == "__main__":
    main()
