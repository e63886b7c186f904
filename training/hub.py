"""The hub that base models come from, where they are no folder."""

from __future__ import annotations

import os
import urllib.error
import urllib.request
from pathlib import Path

from training.config import Config

HUB_SECONDS = 10


def prepare_hub(config: Config) -> None:
    """Turn to the hub's cache alone where the hub does not answer: its client would try for minutes, file by file.

    To be called before the client is imported: it reads the variable once."""
    is_hub_id = config.method != "scratch" and not Path(config.base.path).is_dir()
    if not is_hub_id or os.environ.get("HF_HUB_OFFLINE"):
        return
    request = urllib.request.Request(os.environ.get("HF_ENDPOINT", "https://huggingface.co"), method="HEAD")
    try:
        urllib.request.urlopen(request, timeout=HUB_SECONDS).close()
    except urllib.error.HTTPError:
        return  # an answer of any kind: it is there
    except (OSError, ValueError):
        os.environ["HF_HUB_OFFLINE"] = "1"
