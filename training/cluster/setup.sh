#!/usr/bin/env bash
# Makes env/ beside this file from the locked list of packages, once for each machine (once for all where they share this folder).
# Needs Python 3.11 or newer: PYTHON=/usr/bin/python3.12 bash setup.sh. What is there already is kept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
lock=training/@LOCK@
stamp=$(sha256sum training/requirements*.lock | sha256sum | cut -d ' ' -f 1)
if [ "$(cat env/installed.sha256 2>/dev/null)" = "$stamp" ]; then
  echo "env/ is ready."
  exit 0
fi
python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "setup.sh: $python is $("$python" --version 2>&1); 3.11 or newer is needed. Set PYTHON." >&2
  exit 2
}
[ -x env/bin/python ] || "$python" -m venv env
env/bin/python -m pip install --disable-pip-version-check --no-input --progress-bar off -r "$lock"
echo "$stamp" >env/installed.sha256
echo "env/ is ready."
