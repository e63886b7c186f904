import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const trainerDir = resolve(import.meta.dirname, '..', '..', '..', '..', '..', 'training');

/**
 * What the real trainer does to a run's folder, in a hundredth of the time: importing PyTorch takes longer than all else of
 * such a test. Where there is a file `data/hold`, it waits in its middle until that is removed. `whole-run.test.ts` has the real one.
 */
const program = `
import json, os, pathlib, shutil, signal, sys, time
limit = json.loads(pathlib.Path("recipe.yaml").read_text())["max_steps"]
stopping = []
signal.signal(signal.SIGTERM, lambda *_: stopping.append(1))
checkpoints = pathlib.Path("checkpoints")
def say(**event):
    with open("events.jsonl", "a") as file:
        file.write(json.dumps(event) + "\\n")
def save(step):
    aside = checkpoints / ".aside"
    aside.mkdir(parents=True)
    (aside / "weights.bin").write_bytes(os.urandom(200_000))
    aside.rename(checkpoints / f"step-{step:06d}")
    for old in sorted(checkpoints.glob("step-*"))[:-2]:
        shutil.rmtree(old)
found = sorted(checkpoints.glob("step-*")) if "--resume" in sys.argv else []
step = int(found[-1].name[5:]) if found else 0
pathlib.Path("config.yaml").write_text("{}")
say(event="run_started", resumed=bool(found), step=step, max_steps=limit)
print("from step", step, flush=True)
while step < limit and not stopping:
    step += 1
    say(event="step", step=step, loss=1 / step)
    if step % 20 == 0:
        save(step)
    time.sleep(0.01)
    while step == limit // 2 and pathlib.Path("data/hold").exists() and not stopping:
        time.sleep(0.05)
if step % 20:
    save(step)
say(event="run_finished", outcome="stopped" if stopping else "finished", step=step)
pathlib.Path("manifest.json").write_text("{}")
`;

/** A package beside the real launch.py. @returns its folder */
export function writeSmallTrainer(folder: string): string {
  const target = join(folder, 'training');
  mkdirSync(target);
  for (const name of ['launch.py', 'make_environment.py'])
    copyFileSync(join(trainerDir, name), join(target, name));
  for (const name of ['requirements.lock', 'requirements-qlora.lock'])
    writeFileSync(join(target, name), `# ${name}\n`);
  writeFileSync(join(target, '__init__.py'), '');
  writeFileSync(join(target, 'train.py'), program);
  return target;
}
