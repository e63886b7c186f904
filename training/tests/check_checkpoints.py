"""Whether every checkpoint of a run is whole: `python check_checkpoints.py RUN_DIR` prints a JSON list of faults.

Standard library only, so that it takes no seconds: safetensors files are as long as their header says, and the optimiser's
archive holds to its own checksums.
"""

from __future__ import annotations

import json
import struct
import sys
import zipfile
from pathlib import Path

FILES = ("state.json", "config.yaml", "training.pt")


def find_faults(checkpoint: Path) -> list[str]:
    faults = [f"{checkpoint.name}/{name} is missing" for name in FILES if not (checkpoint / name).is_file()]
    weights = list(checkpoint.rglob("*.safetensors"))
    if not weights:
        faults.append(f"{checkpoint.name} holds no weights")
    faults += [f"{file.relative_to(checkpoint.parent)} is cut short" for file in weights if not is_whole(file)]
    try:
        json.loads((checkpoint / "state.json").read_text())
        broken = zipfile.ZipFile(checkpoint / "training.pt").testzip()
        if broken:
            faults.append(f"{checkpoint.name}/training.pt: {broken} is damaged")
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        faults.append(f"{checkpoint.name}: {error}")
    return faults


def is_whole(file: Path) -> bool:
    content = file.read_bytes()
    try:
        (length,) = struct.unpack("<Q", content[:8])
        header = json.loads(content[8 : 8 + length])
        ends = [item["data_offsets"][1] for key, item in header.items() if key != "__metadata__"]
    except (struct.error, ValueError, KeyError):
        return False
    return len(content) == 8 + length + max(ends, default=0)


if __name__ == "__main__":
    folder = Path(sys.argv[1]) / "checkpoints"
    found = sorted(folder.glob("step-*")) if folder.is_dir() else []
    print(json.dumps([fault for checkpoint in found for fault in find_faults(checkpoint)]))
