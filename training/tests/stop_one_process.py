"""Run under torchrun: one of two processes notices a signal just before an evaluation, the other does not."""

from __future__ import annotations

import sys

from training.config import load_config
from training.train import Trainer


class StoppedTrainer(Trainer):
    def run_evaluation(self) -> bool:
        self.stop.requested = self.world.is_first
        return super().run_evaluation()


if __name__ == "__main__":
    trainer = StoppedTrainer(load_config(sys.argv[1]), resume=False)
    print(trainer.run(), trainer.step, file=sys.stderr)
    trainer.world.close()
