/** A GGUF file, with the LoRA adapter that it runs with. */
export interface ModelReference {
  path: string;
  adapterPath?: string | undefined;
}

const mark = '#adapter=';

/** `/models/base.gguf#adapter=/models/shop.gguf`: what stands where a model's path does. */
export function formatModelReference({ path, adapterPath }: ModelReference): string {
  return adapterPath === undefined ? path : `${path}${mark}${encodeURIComponent(adapterPath)}`;
}

/** Reads what stands where a model's path does; a server's address comes back as it is (see `parseEndpoint`). */
export function parseModelReference(text: string): ModelReference {
  const at = /^https?:\/\//i.test(text) ? -1 : text.lastIndexOf(mark);
  if (at < 0) return { path: text };
  return { path: text.slice(0, at), adapterPath: decodeURIComponent(text.slice(at + mark.length)) };
}
