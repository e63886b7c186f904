"""A SentencePiece tokenizer as a transformers folder holds it: tokenizer.model, tokenizer.json, tokenizer_config.json.

llama.cpp's converter reads tokenizer.model; transformers reads tokenizer.json, whose merges must be listed one by
one. They follow from the scores, as in transformers' own conversion: every pair of pieces that makes a piece, the best
score first.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import sentencepiece

SPACE = "\u2581"  # SentencePiece's mark for a space
# The turns are the dataset's lines: `[INST] question [/INST]`, then ` SQL</s>`. The app renders a user's turn with it
# (see core/generation/runtime/chat-template.test.ts), and so asks in the very tokens of training.
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'] "
    "+ ' [/INST]' }}{% else %}{{ message['content'] + eos_token }}{% endif %}{% endfor %}"
)


def write_tokenizer_folder(model_file: Path, folder: Path) -> None:
    """Write the files into `folder`. model_file: a SentencePiece BPE with byte fallback and a dummy prefix."""
    folder.mkdir(parents=True, exist_ok=True)
    processor = sentencepiece.SentencePieceProcessor(model_file=str(model_file))
    if model_file.resolve() != (folder / "tokenizer.model").resolve():
        shutil.copyfile(model_file, folder / "tokenizer.model")
    _write_json(folder / "tokenizer.json", describe_tokenizer(processor))
    begin, end, unknown = (
        processor.id_to_piece(number) for number in (processor.bos_id(), processor.eos_id(), processor.unk_id())
    )
    settings = {
        "add_bos_token": True,
        "add_eos_token": False,
        "add_prefix_space": True,
        "bos_token": begin,
        "eos_token": end,
        "unk_token": unknown,
        "clean_up_tokenization_spaces": False,
        "model_max_length": 10**30,  # transformers' own number for "no limit"
        "tokenizer_class": "PreTrainedTokenizerFast",
    }
    _write_json(folder / "tokenizer_config.json", settings)


def write_chat_template(folder: Path) -> None:
    """Give a transformers folder the dataset's chat template, in place of the one it may have."""
    file = folder / "tokenizer_config.json"
    settings = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    # gguf-py and transformers prefer what tokenizer_config.json says to chat_template.jinja, so it is said there alone.
    for name in ("chat_template.jinja", "chat_template.json"):
        (folder / name).unlink(missing_ok=True)
    _write_json(file, {**settings, "chat_template": CHAT_TEMPLATE})


def list_merges(processor: sentencepiece.SentencePieceProcessor) -> list[tuple[str, str]]:
    """Pairs of pieces that are merged, in the order of their priority."""
    count = processor.get_piece_size()
    pieces = {processor.id_to_piece(number): number for number in range(count) if _is_text(processor, number)}
    merges = []
    for piece, number in pieces.items():
        for cut in range(1, len(piece)):
            left, right = piece[:cut], piece[cut:]
            if left in pieces and right in pieces:
                merges.append((-processor.get_score(number), number, pieces[left], (left, right)))
    return [pair for *_, pair in sorted(merges)]


def describe_tokenizer(processor: sentencepiece.SentencePieceProcessor) -> dict[str, Any]:
    """The contents of tokenizer.json, as the package tokenizers reads it."""
    special = [processor.unk_id(), processor.bos_id(), processor.eos_id()]
    begin = processor.id_to_piece(processor.bos_id())
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": number, "content": processor.id_to_piece(number), **flags} for number in special],
        "normalizer": {
            "type": "Sequence",
            "normalizers": [
                {"type": "Prepend", "prepend": SPACE},
                {"type": "Replace", "pattern": {"String": " "}, "content": SPACE},
            ],
        },
        "pre_tokenizer": None,
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": begin, "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
            "pair": [
                {"SpecialToken": {"id": begin, "type_id": 0}},
                {"Sequence": {"id": "A", "type_id": 0}},
                {"Sequence": {"id": "B", "type_id": 1}},
            ],
            "special_tokens": {begin: {"id": begin, "ids": [processor.bos_id()], "tokens": [begin]}},
        },
        "decoder": {
            "type": "Sequence",
            "decoders": [
                {"type": "Replace", "pattern": {"String": SPACE}, "content": " "},
                {"type": "ByteFallback"},
                {"type": "Fuse"},
                {"type": "Strip", "content": " ", "start": 1, "stop": 0},
            ],
        },
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": processor.id_to_piece(processor.unk_id()),
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": True,
            "byte_fallback": True,
            "ignore_merges": False,
            "vocab": {processor.id_to_piece(number): number for number in range(processor.get_piece_size())},
            "merges": [list(pair) for pair in list_merges(processor)],
        },
    }


def _is_text(processor: sentencepiece.SentencePieceProcessor, number: int) -> bool:
    return not (processor.is_control(number) or processor.is_unknown(number) or processor.is_byte(number))


def _write_json(file: Path, value: Any) -> None:
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    partial.replace(file)
