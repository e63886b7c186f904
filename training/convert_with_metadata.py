"""Run one of llama.cpp's converters with metadata of our own: `… convert_with_metadata.py SCRIPT KEYS.json ARGUMENTS…`.

The converters write only the keys that they know (not even all of their own `--metadata` option), and adding keys to a
finished file means copying all of it: 14.5 GB for a 7B model. So they are added where the converter writes its header.
This file runs as a process of its own and imports nothing of the trainer.
"""

import json
import runpy
import sys
from pathlib import Path


def main() -> None:
    script, metadata = Path(sys.argv[1]).resolve(), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    # As if the script had been started itself: its folder first, not this one, whose modules have common names.
    sys.path[0] = str(script.parent)
    sys.path.insert(1, str(script.parent / "gguf-py"))
    sys.argv = [str(script), *sys.argv[3:]]
    add_to_header(metadata)
    runpy.run_path(str(script), run_name="__main__")


def add_to_header(metadata: dict[str, str | int]) -> None:
    import gguf

    write_header = gguf.GGUFWriter.write_header_to_file

    def write_header_with_metadata(writer: gguf.GGUFWriter, path: Path | None = None) -> None:
        for key, value in metadata.items():
            (writer.add_uint32 if isinstance(value, int) else writer.add_string)(key, value)
        write_header(writer, path)

    gguf.GGUFWriter.write_header_to_file = write_header_with_metadata


if __name__ == "__main__":
    main()
