"""Hold a GGUF file to the run it was exported from: `python -m training.parity --run RUN_DIR --gguf FILE.gguf`.

Two questions. Does llama.cpp read each prompt of the dataset as the very tokens that the model was trained on? And does the
file write, greedily, what the checkpoint writes in PyTorch? The app's own code answers for llama.cpp (`models
check`), for the text as it is and, in the chat form, for a turn in the file's chat template.

The cases are a JSON list of {prompt, kind, tokens, written?}: `kind` is "prompt", or "chat" for a user's turn in the
chat template; `written` holds greedy ids, the end token the last of them where it is reached, cut before the first choice
between two tokens that are nearly even. `--out` keeps the cases.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from training.checkpoint import CheckpointError, best_checkpoint
from training.config import Config, ConfigError, load_run_config
from training.data import DataError, read_examples
from training.events import log
from training.llama_cpp import ToolError, check_model
from training.tokenizer import Tokenizer, make_tokenizer
from training.whole_model import ExportError, load_causal

# Logits. In 16 bits the best two change places where they are nearer than rounding: such a choice proves nothing, nor does
# what is written after it.
NEARLY_EVEN = 0.1
CHAT_BEGIN, CHAT_END = "[INST] ", " [/INST]"
Case = dict[str, Any]


def read_prompts(file: Path, count: int) -> list[str]:
    """`count` different prompts of example lines, evenly spaced; all where there are fewer. Raises DataError."""
    prompts = list(dict.fromkeys(example.prompt for example in read_examples(file)))
    step = max(1.0, len(prompts) / count)
    return [prompts[int(number * step)] for number in range(min(count, len(prompts)))]


def make_cases(prompts: Sequence[str], tokenizer: Tokenizer) -> list[Case]:
    """Every prompt with its tokens; every second one of the chat form as a user's turn."""
    cases = []
    for number, prompt in enumerate(prompts):
        case: Case = {"prompt": prompt, "kind": "prompt", "tokens": tokenizer.encode_prompt(prompt)}
        if number % 2 and prompt.startswith(CHAT_BEGIN) and prompt.endswith(CHAT_END):
            case |= {"prompt": prompt[len(CHAT_BEGIN) : -len(CHAT_END)], "kind": "chat"}
        cases.append(case)
    return cases


def add_written(cases: Sequence[Case], causal: Any, end_id: int, count: int, length: int) -> None:
    """Give `count` of the cases, evenly spaced, what `causal` writes after their tokens; none where nothing is clear."""
    step = max(1.0, len(cases) / max(1, count))
    for number in range(min(count, len(cases))):
        case = cases[int(number * step)]
        written = write_greedily(causal, case["tokens"], end_id, length)
        if written:
            case["written"] = written


@torch.no_grad()
def write_greedily(causal: Any, tokens: list[int], end_id: int, length: int) -> list[int]:
    """Up to `length` ids, the end token the last of them where it is reached; cut before a choice that is nearly even.

    One prompt at a time: no padding."""
    ids = torch.tensor([tokens])
    output = causal.generate(
        input_ids=ids,
        attention_mask=torch.ones_like(ids),
        max_new_tokens=length,
        do_sample=False,
        num_beams=1,
        eos_token_id=end_id,
        pad_token_id=end_id,
        output_logits=True,
        return_dict_in_generate=True,
    )
    best = torch.cat(output.logits).float().topk(2).values
    uneven = (best[:, 0] - best[:, 1] > NEARLY_EVEN).tolist()
    clear = uneven.index(False) if False in uneven else len(uneven)
    return output.sequences[0, len(tokens) :][:clear].tolist()


def write_cases(cases: Sequence[Case], file: Path) -> None:
    """One case a line."""
    lines = ",\n".join(f" {json.dumps(case, ensure_ascii=False)}" for case in cases)
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f".{file.name}.partial")
    partial.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    partial.replace(file)


def prepare_cases(options: argparse.Namespace) -> list[Case]:
    """Raises ConfigError, CheckpointError, DataError, ExportError."""
    config = load_run_config(options.run)
    tokenizer = make_tokenizer(config, options.run)
    file = options.prompts or choose_file(config)
    cases = make_cases(read_prompts(file, options.count), tokenizer)
    if not cases:
        raise DataError(f"{file} holds no examples")
    if options.written:
        checkpoint = options.checkpoint or best_checkpoint(options.run / "checkpoints")
        if checkpoint is None:
            raise ExportError(f"{options.run / 'checkpoints'} holds no checkpoint. Train first, or give --written 0.")
        causal = load_causal(config, checkpoint, tokenizer.vocab_size)
        add_written(cases, causal, tokenizer.end_id, options.written, options.length)
    log(f"{len(cases)} prompts of {file}, {sum('written' in case for case in cases)} with what the checkpoint writes")
    return cases


def choose_file(config: Config) -> Path:
    """The training data: its prompts are the ones whose tokens were learned."""
    return Path(config.data.train[0])


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.parity", description=__doc__.splitlines()[0])
    parser.add_argument("--run", type=Path, required=True, help="the run's folder")
    parser.add_argument("--gguf", type=Path, help="the exported file; without it the cases are only written to --out")
    parser.add_argument("--adapter", type=Path, help="a GGUF adapter to use with --gguf, which is then the base's file")
    parser.add_argument("--checkpoint", type=Path, help="default: the best")
    parser.add_argument("--prompts", type=Path, help="example lines; default: the run's first training file")
    parser.add_argument("--count", type=int, default=1000, help="prompts whose tokens are compared; default: 1000")
    parser.add_argument("--written", type=int, default=12, help="prompts whose greedy output is compared; default: 12")
    parser.add_argument("--length", type=int, default=32, help="tokens of a greedy output at most; default: 32")
    parser.add_argument(
        "--min-written-share", type=float, default=1.0,
        help="share of greedy outputs that must be equal; default: 1, right for F16 (a quantized file may differ)",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, help="keep the cases in this JSON file")
    return parser


def main(arguments: list[str] | None = None) -> int:
    parser = make_parser()
    options = parser.parse_args(arguments)
    if not options.gguf and not options.out:
        parser.error("give --gguf, --out or both")
    try:
        for file in (options.gguf, options.adapter):
            if file and not file.is_file():
                raise ConfigError(
                    f"there is no file {file}; `python -m training.export --run {options.run}` writes GGUF files"
                )
        cases = prepare_cases(options)
        if options.out:
            write_cases(cases, options.out)
        if not options.gguf:
            return 0
        with tempfile.TemporaryDirectory() as folder:
            file = options.out or Path(folder, "cases.json")
            write_cases(cases, file)
            report = check_model(options.gguf, file, options.adapter, options.min_written_share)
    except (ConfigError, CheckpointError, DataError, ExportError) as error:
        log(str(error))
        return 2
    except ToolError as error:
        log(str(error))
        return 1
    print(json.dumps(report))
    if "error" in report:  # the app's own words for a file that it cannot run
        log(f"{report['error'].get('message')} {report['error'].get('hint') or ''}".strip())
    return 0 if report.get("passed") else 1


if __name__ == "__main__":
    sys.exit(main())
