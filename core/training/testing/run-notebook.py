"""Validates a notebook and runs its cells in order: `python run-notebook.py NOTEBOOK FOLDER`. Prints each cell's output."""

import sys

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

notebook = nbformat.read(sys.argv[1], as_version=4)
nbformat.validate(notebook)
client = NotebookClient(
    notebook,
    timeout=300,
    kernel_name="python3",
    resources={"metadata": {"path": sys.argv[2]}},
)
failed = None
try:
    client.execute()
except CellExecutionError as error:
    failed = str(error)
for cell in notebook.cells:
    if cell.cell_type == "code":
        texts = [
            output.get("text", "")
            for output in cell.outputs
            if output.output_type == "stream"
        ]
        print(f"## {cell.id}\n{''.join(texts)}")
if failed:
    sys.exit(failed)
