import { AppError } from '../../../../core/contract/index.ts';

/** The part of the File System Access API that is used; Chromium has it, other browsers do not. */
interface PickedFile {
  name: string;
  createWritable(): Promise<WritableStream<Uint8Array>>;
}

type SavePicker = (options: { suggestedName: string }) => Promise<PickedFile>;

function findPicker(): SavePicker | undefined {
  return (window as { showSaveFilePicker?: SavePicker }).showSaveFilePicker;
}

/** @returns `none` where the browser has no picker or does not let it open; `cancelled` when the user changes their mind */
export async function pickFile(suggestedName: string): Promise<PickedFile | 'cancelled' | 'none'> {
  try {
    return (await findPicker()?.({ suggestedName })) ?? 'none';
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError' ? 'cancelled' : 'none';
  }
}

/** Streams an answer of the host into a file, which the browser writes aside until it is whole. */
export async function saveFrom(
  address: string,
  file: PickedFile,
  signal: AbortSignal,
  onProgress: (bytes: number) => void,
): Promise<void> {
  const response = await fetch(address, { signal });
  if (!response.ok || !response.body) throw new AppError('SQL_EXECUTION', (await response.text()).trim());
  let bytes = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      onProgress(bytes);
      controller.enqueue(chunk);
    },
  });
  await response.body.pipeThrough(counting).pipeTo(await file.createWritable(), { signal });
}

/** Lets the browser save what an address answers with. */
export function downloadFrom(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}
