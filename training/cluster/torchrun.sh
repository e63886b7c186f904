#!/usr/bin/env bash
# Trains the run beside this file, @NAME@, on one machine or several under torchrun. Start it on every machine:
#
#   NNODES=2 NODE_RANK=0 MASTER_ADDR=10.0.0.1 bash torchrun.sh     # the first machine, whose address this is
#   NNODES=2 NODE_RANK=1 MASTER_ADDR=10.0.0.1 bash torchrun.sh     # the second one
#
# Start it again after an interruption, the same way on every machine: it goes on from the newest checkpoint.
# Ctrl-C, SIGTERM or SIGUSR1 to one of them: all finish the step at hand, save a checkpoint and end.
#
# NNODES          machines                                             default: 1
# NODE_RANK       this one's number, from 0; 0 writes the run's folder  default: 0
# NPROC_PER_NODE  processes here, one a GPU                            default: the GPUs that there are, else 1
#                 NNODES x NPROC_PER_NODE must divide @PACKS@, the recipe's train.packs_per_step.
# MASTER_ADDR     the first machine, as the others reach it            needed where NNODES is above 1
# MASTER_PORT     a free port of it, that the others may reach         default: 29500
# RDZV_ID         the run's name at the meeting of the machines        default: @NAME@
# RUN_DIR         recipe.yaml, data/, and what the run makes           default: run, beside this file
#                 With several machines: on a folder that all share; or give MIRROR.
# MIRROR          a folder that outlives these machines, such as a mounted bucket: the run is copied there as it goes, and
#                 brought back from there at the start                 default: none
# MIRROR_SECONDS  between two copies                                   default: 30
# PYTHON          Python with the trainer's packages                   default: env/bin/python (setup.sh makes it), else python3
# SHUTDOWN_SECONDS  what torchrun waits for the last step and checkpoint  default: 600
#
# Exit code: 0 finished (or another machine was told to stop), 75 saved after SIGUSR1 (start it again), 143 saved after SIGTERM or
# Ctrl-C; anything else: failed, the output says why.
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
nodes=${NNODES:-1}
node=${NODE_RANK:-0}
run_dir=${RUN_DIR:-$here/run}
mirror=${MIRROR:-}

fail() {
  echo "torchrun.sh: $1" >&2
  exit 2
}

torchrun='' stopped=0 interrupted=0
# The trainers themselves are told, whichever they are: each asks all the others at every step, so that all save and end together.
# shellcheck disable=SC2317  # called by the traps
stop() {
  echo "torchrun.sh: $1: the step at hand is finished, then a checkpoint is written." >&2
  stopped=$2 interrupted=1
  [ -n "$torchrun" ] || exit "$stopped"
  local file line fields
  for file in /proc/[0-9]*/stat; do
    read -r line 2>/dev/null <"$file" || continue
    read -ra fields <<<"${line##*) }"
    if [ "${fields[1]}" = "$torchrun" ]; then kill -TERM "$(basename "$(dirname "$file")")" 2>/dev/null; fi
  done
}
trap 'stop SIGUSR1 75' USR1
trap 'stop SIGTERM 143' TERM
trap 'stop Ctrl-C 143' INT

python=${PYTHON:-}
if [ -z "$python" ]; then
  if [ -x "$here/env/bin/python" ]; then python=$here/env/bin/python; else python=python3; fi
fi
[ -f "$run_dir/recipe.yaml" ] || fail "$run_dir holds no recipe.yaml. Bring the whole folder here, or set RUN_DIR."
[ "$nodes" -eq 1 ] || [ -n "${MASTER_ADDR:-}" ] || fail "with NNODES=$nodes, MASTER_ADDR must name the first machine."
devices=$("$python" -c 'import torch; print(max(1, torch.cuda.device_count()))') ||
  fail "$python has no PyTorch. Run setup.sh first, or set PYTHON."
for folder in "$run_dir" ${mirror:+"$mirror"}; do
  [ -f "$folder/manifest.json" ] || continue
  echo "The run is complete: $folder/manifest.json is there. To train on, raise the limits in recipe.yaml and remove that file." >&2
  exit 0
done

# The trainer is the package beside this file. The run's folder is where it works, and must not be searched for modules.
export PYTHONPATH="$here${PYTHONPATH:+:$PYTHONPATH}" PYTHONSAFEPATH=1 PYTHONUNBUFFERED=1
export SQLCODEGEN_PRINT_EVENTS=text TOKENIZERS_PARALLELISM=false
if [ -n "$mirror" ]; then
  mkdir -p "$mirror" || fail "the mirror $mirror cannot be written."
  "$python" "$here/training/mirror.py" restore "$run_dir" "$mirror" || fail "the run was not brought back from $mirror."
fi
# Killed before it had begun, there is nothing to go on from yet.
resume=()
if [ -f "$run_dir/config.yaml" ]; then resume=(--resume); fi

cd "$run_dir" || fail "$run_dir cannot be entered."
log=trainer.log
[ "$node" -eq 0 ] || log=trainer-$node.log
# What prints must outlive the signals that come to all of this script's group.
exec 3> >(trap '' USR1 TERM INT && exec tee -a "$log")
printer=$!
# A group of its own, so that a signal reaches this script and not torchrun, which would end without its peers. Slurm signals every
# process of a job: SIGUSR1 would kill those that do not expect it. SIGTERM torchrun passes on, and waits.
set -m
(trap '' USR1 && exec "$python" -m torch.distributed.run \
  --nnodes="$nodes" --node-rank="$node" --nproc-per-node="${NPROC_PER_NODE:-$devices}" \
  --rdzv-backend=static --rdzv-id="${RDZV_ID:-@NAME@}" \
  --master-addr="${MASTER_ADDR:-127.0.0.1}" --master-port="${MASTER_PORT:-29500}" \
  --max-restarts=0 --shutdown-timeout="${SHUTDOWN_SECONDS:-600}" \
  -m training.train --config recipe.yaml "${resume[@]}" >&3 2>&3 3>&-) &
torchrun=$!
keeper=""
if [ -n "$mirror" ] && [ "$node" -eq 0 ]; then
  # Its last copy comes after the trainer's end.
  (trap '' USR1 TERM INT && exec "$python" "$here/training/mirror.py" keep "$run_dir" "$mirror" \
    --while "$torchrun" --seconds "${MIRROR_SECONDS:-30}" 2>&3 3>&-) &
  keeper=$!
fi
set +m

# A signal ends `wait` before its process has ended: then once more.
wait_for() {
  while :; do
    interrupted=0
    wait "$1"
    code=$?
    [ "$interrupted" -eq 1 ] || return "$code"
  done
}
wait_for "$torchrun"
ended=$?
if [ -n "$keeper" ] && ! wait_for "$keeper"; then
  echo "torchrun.sh: $mirror lacks the newest of the run." >&2
fi
exec 3>&-
wait "$printer"
if [ -f manifest.json ]; then exit 0; fi
if [ "$stopped" -ne 0 ]; then exit "$stopped"; fi
exit "$ended"
