"""Several processes stop together, whichever of them noticed the signal."""

from __future__ import annotations

import subprocess
import sys

from training.config import Config
from training.tests.processes import ROOT, config_file, environment, of_kind, read_events


def test_a_signal_that_one_process_noticed_before_an_evaluation_ends_both(small_config: Config) -> None:
    small_config.train.packs_per_step, small_config.train.max_steps = 2, 8
    small_config.train.evaluate_every_steps = 3
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    done = subprocess.run(
        [*launcher, "-m", "training.tests.stop_one_process", str(config_file(small_config))],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=150,  # they would wait for each other until torchrun's own limit
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("stopped 3") == 2
    events = read_events(small_config.run_dir)
    assert (events[-1]["event"], events[-1]["outcome"], events[-1]["step"]) == ("run_finished", "stopped", 3)
    assert not of_kind(events, "eval")
