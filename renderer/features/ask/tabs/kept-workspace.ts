import { workspaceSchema, type CoreClient, type Workspace } from '../../../../core/contract/index.ts';

const storageKey = 'sqlcodegen.workspace';
/** Typing is kept by the core this long after the last key. */
const saveAfterMs = 400;

let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Keeps the tabs: at once in this window's own storage, which a reload brings back even while the core is away, and
 * soon after by the core, which outlives the window.
 */
export function keepWorkspace(core: CoreClient, workspace: Workspace): void {
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(workspace));
  } catch {
    // A full or refused storage costs no more than what was typed in the last moment.
  }
  clearTimeout(timer);
  timer = setTimeout(() => saveWorkspace(core, workspace), saveAfterMs);
}

/** Brings the core what this window last kept; without a connection it goes with the next change. */
export function saveWorkspace(core: CoreClient, workspace: Workspace): void {
  clearTimeout(timer);
  core['workspace.save'](workspace).catch(() => undefined);
}

/** This window's own copy first: a reload must not lose what was typed since the core was last told. */
export async function readWorkspace(core: CoreClient): Promise<Workspace> {
  const own = readOwn();
  if (own) return own;
  try {
    return await core['workspace.get']({});
  } catch {
    return { tabs: [] };
  }
}

function readOwn(): Workspace | undefined {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null');
    return workspaceSchema.safeParse(kept).data;
  } catch {
    return undefined;
  }
}
