"""Mistral-7B-v0.1's own tokenizer, made without a download: `python -m training.mistral_tokenizer --out FOLDER`.

The npm package mistral-tokenizer-js (MIT), which the app uses to count tokens, holds the vocabulary and its merges.
A SentencePiece BPE merges by its pieces' scores alone: minus a piece's place after the byte pieces, and -1e9 for runs
of spaces, which therefore merge last (Llama 2's vocabulary, models/ggml-vocab-llama-spm.gguf in llama.cpp, has the same
scores). So the file can be written again. Tests hold it to the package's merges and to its encoder.
"""

from __future__ import annotations

import argparse
import base64
import re
import struct
import sys
from pathlib import Path

from training.tokenizer_folder import SPACE, write_tokenizer_folder

ROOT = Path(__file__).resolve().parent.parent
PACKAGE_FILE = ROOT / "node_modules/mistral-tokenizer-js/mistral-tokenizer.js"
VOCAB_SIZE = 32_000
UNKNOWN_ID, BEGIN_ID, END_ID = 0, 1, 2
FIRST_BYTE_ID = 3
FIRST_MERGED_ID = FIRST_BYTE_ID + 256
SPACES_SCORE = -1e9
# SentencePiece's sentencepiece_model.proto: ModelProto.SentencePiece.Type, TrainerSpec.ModelType.
NORMAL, UNKNOWN, CONTROL, BYTE = 1, 2, 3, 6
BPE = 2


class VocabularyError(RuntimeError):
    """The package that holds the vocabulary is absent or not the known one; the message says what to do."""


def read_vocabulary(package_file: Path = PACKAGE_FILE) -> list[str]:
    """The 32,000 pieces in the order of their ids. Raises VocabularyError."""
    try:
        source = package_file.read_text(encoding="utf-8")
    except OSError as error:
        raise VocabularyError(f"{package_file} cannot be read ({error.strerror}). Run `npm ci` first.") from error
    pieces = _read_constant(source, "vocab_base64", package_file).decode("utf-8").split("\n")
    if len(pieces) != VOCAB_SIZE:
        raise VocabularyError(f"{package_file} holds {len(pieces)} pieces, not {VOCAB_SIZE}. Run `npm ci` again.")
    return pieces


def read_merges(package_file: Path = PACKAGE_FILE) -> list[tuple[int, int]]:
    """The merges in the order of their priority, as pairs of ids. Only tests need them: the scores say the same."""
    numbers = _read_constant(package_file.read_text(encoding="utf-8"), "merges_binary", package_file)
    ids = struct.unpack(f"<{len(numbers) // 2}H", numbers)
    return list(zip(ids[::2], ids[1::2], strict=True))


def _read_constant(source: str, name: str, package_file: Path) -> bytes:
    found = re.search(rf'const {name} = "([A-Za-z0-9+/=]+)"', source)
    if not found:
        raise VocabularyError(f"{package_file} has no {name}: it is another version than the one pinned. Run `npm ci`.")
    return base64.b64decode(found[1])


def write_mistral_tokenizer(target: Path, package_file: Path = PACKAGE_FILE) -> Path:
    """Write `target` (tokenizer.model, about 0.5 MB), aside and renamed. Raises VocabularyError."""
    model = encode_model(read_vocabulary(package_file))
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.partial")
    partial.write_bytes(model)
    partial.replace(target)
    return target


def write_mistral_folder(folder: Path, package_file: Path = PACKAGE_FILE) -> None:
    """Write the tokenizer's files as a transformers folder holds them. Raises VocabularyError."""
    write_tokenizer_folder(write_mistral_tokenizer(folder / "tokenizer.model", package_file), folder)


def encode_model(pieces: list[str]) -> bytes:
    """The bytes of a SentencePiece ModelProto: pieces (1), trainer_spec (2), normalizer_spec (3)."""
    trainer = [
        _number(3, BPE),
        _number(4, len(pieces)),
        _number(35, 1),  # byte_fallback
        _number(40, UNKNOWN_ID),
        _number(41, BEGIN_ID),
        _number(42, END_ID),
        _number(43, -1),  # no padding: it must never be the end token
    ]
    # name, add_dummy_prefix, remove_extra_whitespaces, escape_whitespaces; no charsmap: characters stay as they are.
    normalizer = [_bytes(1, b"identity"), _number(3, 1), _number(4, 0), _number(5, 1)]
    encoded = [_bytes(1, _encode_piece(piece, number)) for number, piece in enumerate(pieces)]
    return b"".join([*encoded, _bytes(2, b"".join(trainer)), _bytes(3, b"".join(normalizer))])


def _encode_piece(piece: str, number: int) -> bytes:
    kind = NORMAL
    if number < FIRST_MERGED_ID:
        kind = UNKNOWN if number == UNKNOWN_ID else CONTROL if number < FIRST_BYTE_ID else BYTE
    score = score_piece(piece, number)
    return _bytes(1, piece.encode()) + _varint(2 << 3 | 5) + struct.pack("<f", score) + _number(3, kind)


def score_piece(piece: str, number: int) -> float:
    """The higher, the earlier a pair that makes this piece is merged."""
    return SPACES_SCORE if set(piece) == {SPACE} else float(min(0, FIRST_MERGED_ID - number))


def _varint(value: int) -> bytes:
    """Protocol Buffers' base-128 number; a negative one is its 64-bit two's complement."""
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m training.mistral_tokenizer", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder to write the tokenizer's files into")
    options = parser.parse_args(arguments)
    try:
        write_mistral_folder(options.out)
    except VocabularyError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
