"""Mistral's tokenizer, written from the package's vocabulary, encodes as the package does, and as transformers does."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import sentencepiece

from training.llama_cpp import ROOT, ToolError, find_node
from training.mistral_tokenizer import PACKAGE_FILE, VocabularyError, read_merges, read_vocabulary, write_mistral_folder
from training.tests.make_prompts import make_prompts
from training.tokenizer_folder import list_merges

ENCODE = """
import tokenizer from {package};
import {{ readFileSync }} from 'node:fs';
const prompts = JSON.parse(readFileSync({prompts}, 'utf8'));
console.log(JSON.stringify(prompts.map((prompt) => tokenizer.encode(prompt))));
"""
pytestmark = pytest.mark.skipif(
    not PACKAGE_FILE.exists(), reason="node_modules/mistral-tokenizer-js is not installed (npm ci)"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mistral")
    write_mistral_folder(folder)
    return folder


@pytest.fixture(scope="module")
def processor(folder: Path) -> sentencepiece.SentencePieceProcessor:
    return sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))


def read_prompts() -> list[str]:
    """1,000 made-up prompts, and as many of the dataset where it has been made."""
    prompts = make_prompts(1000) + [" " * count + "x" for count in range(40)]
    dataset = ROOT / "data/processed/train_mistral.jsonl"
    if dataset.exists():
        lines = dataset.read_text(encoding="utf-8").splitlines()
        prompts += [json.loads(line)["prompt"] for line in lines[:: max(1, len(lines) // 1000)]]
    return prompts


def encode_in_node(prompts: list[str], folder: Path) -> list[list[int]]:
    try:
        node = find_node()
    except ToolError as error:
        pytest.skip(f"needs Node: {error}")
    file = folder / "prompts.json"
    file.write_text(json.dumps(prompts), encoding="utf-8")
    script = ENCODE.format(package=json.dumps(PACKAGE_FILE.as_uri()), prompts=json.dumps(str(file)))
    done = subprocess.run([node, "--input-type=module", "-e", script], capture_output=True, check=True)
    return json.loads(done.stdout)


def test_special_tokens_are_mistrals(processor: sentencepiece.SentencePieceProcessor) -> None:
    assert (processor.unk_id(), processor.bos_id(), processor.eos_id(), processor.pad_id()) == (0, 1, 2, -1)
    assert processor.get_piece_size() == 32_000
    assert processor.encode("\n") == [28705, 13]


def test_merges_that_the_scores_imply_are_the_packages(processor: sentencepiece.SentencePieceProcessor) -> None:
    pieces = read_vocabulary()
    assert list_merges(processor) == [(pieces[left], pieces[right]) for left, right in read_merges()]


def test_the_packages_own_test_cases(processor: sentencepiece.SentencePieceProcessor) -> None:
    source = PACKAGE_FILE.read_text(encoding="utf-8")
    cases = re.findall(r"^ +testCase\((?:\"(.*)\"|'(.*)'), *(?:\n *)?(\[[\d, ]+\])\)", source, re.MULTILINE)
    assert len(cases) >= 11
    for double, single, ids in cases:
        text = (double or single).replace("\\n", "\n").replace('\\"', '"')
        assert [1, *processor.encode(text)] == json.loads(ids), text


def test_encodes_as_the_package_does(folder: Path, processor: sentencepiece.SentencePieceProcessor) -> None:
    prompts = read_prompts()
    expected = encode_in_node(prompts, folder)
    assert len(prompts) >= 1000
    assert [[1, *processor.encode(prompt)] for prompt in prompts] == expected


def test_transformers_reads_the_same_ids(folder: Path, processor: sentencepiece.SentencePieceProcessor) -> None:
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    prompts = read_prompts()
    assert tokenizer(prompts)["input_ids"] == [[1, *processor.encode(prompt)] for prompt in prompts]
    assert tokenizer.decode(processor.encode(prompts[0])) == prompts[0]
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id) == (1, 2, None)


def test_says_what_to_do_without_the_package(tmp_path: Path) -> None:
    with pytest.raises(VocabularyError, match="npm ci"):
        write_mistral_folder(tmp_path, tmp_path / "absent.js")
    (tmp_path / "other.js").write_text("export default {}")
    with pytest.raises(VocabularyError, match="another version"):
        write_mistral_folder(tmp_path, tmp_path / "other.js")
