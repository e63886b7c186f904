import { lockNameOf } from '../../environment/index.ts';
import * as cells from './notebook-cells.ts';

export interface NotebookOptions {
  projectId: string;
  bucketName: string;
  prefix: string;
  /** Its folder below the prefix. Empty where there is no run yet: the user fills it in. */
  runId: string;
  needsQuantizedBase: boolean;
  /** SHA-256 of what the notebook brings first, by name. */
  files: Record<string, string>;
}

interface Cell {
  id: string;
  cell_type: 'code' | 'markdown';
  source: string;
}

/** The notebook of a run, as nbformat 4.5 has it. */
export function buildNotebook(options: NotebookOptions): string {
  const list: Cell[] = [
    markdown('about', cells.introduction),
    code('settings', settings(options)),
    code('gpu', cells.gpuCheck),
    code('sign-in', cells.signIn),
    code('bucket', cells.bucket),
    code('environment', cells.environment),
    code('preflight', cells.preflight),
    code('tensorboard', cells.tensorboard),
    code('train', cells.train),
    code('sync', cells.sync),
    code('test-prompt', cells.testPrompt),
  ];
  const notebook = {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      accelerator: 'GPU',
      colab: { name: `${options.runId || 'training'}.ipynb`, provenance: [] },
      kernelspec: { name: 'python3', display_name: 'Python 3' },
      language_info: { name: 'python' },
    },
    cells: list.map(toCell),
  };
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

function settings({
  projectId,
  bucketName,
  prefix,
  runId,
  needsQuantizedBase,
  files,
}: NotebookOptions): string {
  const lock = lockNameOf(needsQuantizedBase);
  return `# Settings, filled in by the app
import importlib.util, os, sys
from pathlib import Path

PROJECT_ID = ${python(projectId)}
BUCKET_NAME = ${python(bucketName)}
PREFIX = ${python(prefix)}
RUN_ID = ${python(runId)}  # the run's folder in the bucket, below the prefix
REQUIREMENTS = ${python(lock)}
REQUIRE_GPU = True
SYNC_SECONDS = float(os.environ.get("SQLCODEGEN_SYNC_SECONDS", 10))
FILES = ${python(files)}

IN_COLAB = "google.colab" in sys.modules or os.path.isdir("/content") and importlib.util.find_spec("google.colab") is not None
WORK_DIR = (Path("/content") if IN_COLAB else Path.cwd()) / "sqlcodegen" / RUN_ID
print(f"gs://{BUCKET_NAME}/{PREFIX}/{RUN_ID} → {WORK_DIR}")`;
}

/** JSON's strings and objects are Python's too. */
function python(value: string | Record<string, string>): string {
  return JSON.stringify(value);
}

function markdown(id: string, source: string): Cell {
  return { id, cell_type: 'markdown', source };
}

function code(id: string, source: string): Cell {
  return { id, cell_type: 'code', source };
}

function toCell({ id, cell_type, source }: Cell): object {
  const lines = source.split('\n').map((line, at, all) => (at === all.length - 1 ? line : `${line}\n`));
  const base = { id, cell_type, metadata: {}, source: lines };
  return cell_type === 'code' ? { ...base, execution_count: null, outputs: [] } : base;
}
