/*
 * The notebook's cells, in their order. They are few and short: what they call is training/cloud_sync.py, which the
 * trainer's tests run. Off Colab (on a machine of one's own, in tests) what only Colab has is skipped, with the reason.
 */

export const introduction = `# SQL Codegen Studio: train on Colab

The app has put the trainer, the recipe and the data into your bucket. Choose a GPU (*Runtime → Change runtime type*), then run all cells from the
top (*Runtime → Run all*). The run's page in the app is live from the first heartbeat on.

If Colab ends the session, open this notebook and run all cells again: the run goes on from its last checkpoint.`;

export const gpuCheck = `# GPU
import shutil, subprocess

if shutil.which("nvidia-smi"):
    print(subprocess.run(["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv"], capture_output=True, text=True).stdout)
elif IN_COLAB and REQUIRE_GPU:
    raise SystemExit("This runtime has no GPU. Choose one under Runtime, Change runtime type, then run all cells again.")
else:
    print("Skipped: this machine has no nvidia-smi, so no GPU that the trainer could use. It trains on the processor.")`;

export const signIn = `# Google sign-in
if IN_COLAB:
    from google.colab import auth

    auth.authenticate_user(project_id=PROJECT_ID)
    print("Signed in.")
elif os.environ.get("STORAGE_EMULATOR_HOST"):
    print("Skipped: STORAGE_EMULATOR_HOST names an emulator, which asks nobody who they are.")
else:
    print("Skipped: this is not Colab. The sign-in of gcloud on this machine is used (gcloud auth login).")`;

export const bucket = `# Bucket: the trainer, the recipe, the data, and what an earlier session has left
import hashlib, urllib.parse, urllib.request

def bring_file(name, sha256):
    """One file of the trainer, held against the hash that the app wrote into this notebook."""
    emulator = os.environ.get("STORAGE_EMULATOR_HOST")
    path = urllib.parse.quote("/".join(filter(None, [PREFIX.strip("/"), RUN_ID, "code/training", name])), safe="")
    request = urllib.request.Request(f"{emulator or 'https://storage.googleapis.com'}/storage/v1/b/{BUCKET_NAME}/o/{path}?alt=media")
    if not emulator:
        token = subprocess.run(["gcloud", "auth", "print-access-token"], capture_output=True, text=True, check=True).stdout.strip()
        request.add_header("Authorization", f"Bearer {token}")
    content = urllib.request.urlopen(request, timeout=60).read()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SystemExit(f"{name} in the bucket is not the one of this notebook. Save the notebook from the run's page again.")
    (WORK_DIR / name).write_bytes(content)

WORK_DIR.mkdir(parents=True, exist_ok=True)
for name, sha256 in FILES.items():
    bring_file(name, sha256)
sys.path.insert(0, str(WORK_DIR))
import cloud_sync

run = cloud_sync.CloudRun(BUCKET_NAME, PREFIX, RUN_ID, WORK_DIR, every_seconds=SYNC_SECONDS)
run.bring()`;

export const environment = `# Environment: the trainer's packages, in the versions that it was last run with
run.install(REQUIREMENTS)`;

export const preflight = `# Preflight: would this run be wasted?
trainer_env = {**os.environ, "PYTHONPATH": str(WORK_DIR / "code"), "PYTHONSAFEPATH": "1"}
doctor = subprocess.run([sys.executable, "-m", "training.doctor", "--config", "recipe.yaml"], cwd=run.run_dir, env=trainer_env, capture_output=True, text=True)
print(doctor.stdout + doctor.stderr)
if doctor.returncode != 0:
    raise SystemExit("The doctor found what would waste this run: see above. Change it in the app and start again.")`;

export const tensorboard = `# TensorBoard
log_dir = run.run_dir / "tensorboard"
log_dir.mkdir(exist_ok=True)
if IN_COLAB:
    get_ipython().run_line_magic("load_ext", "tensorboard")
    get_ipython().run_line_magic("tensorboard", f"--logdir {log_dir}")
else:
    from tensorboard import program

    board = program.TensorBoard()
    board.configure(argv=[None, "--logdir", str(log_dir), "--host", "127.0.0.1", "--port", "0"])
    print(f"TensorBoard: {board.launch()}")`;

export const train = `# Train. The trainer is a process of its own: interrupting this cell does not end it, running it again attaches.
# Events, log, checkpoints and a heartbeat go into the bucket; stop and cancel come from the app.
ended = run.train()`;

export const sync = `# Sync: whether everything that the run made is in the bucket, by its hashes
run.check()`;

export const testPrompt = `# A test prompt: what the best checkpoint writes for questions that it was not trained on
tried = subprocess.run([sys.executable, "-m", "training.try_prompt", "--run", "."], cwd=run.run_dir, env=trainer_env, capture_output=True, text=True)
print(tried.stdout if tried.returncode == 0 else tried.stderr[-2000:])`;
