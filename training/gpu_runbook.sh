#!/bin/sh
# Everything that only a GPU can show, in at most ten minutes; GPU.md says what, and what to do with the result.
# Arguments go on to training/gpu_runbook.py: --out FOLDER, --continue RESULT, --sections NAMES, --rehearse.
cd "$(dirname "$0")/.." || exit 2
export PYTHONUNBUFFERED=1 TOKENIZERS_PARALLELISM=false
exec "${PYTHON:-python3}" -m training.gpu_runbook "$@"
