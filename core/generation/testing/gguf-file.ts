import { writeFile } from 'node:fs/promises';

/** The smallest GGUF: a header with text values and no weights. @see the GGUF specification, version 3 */
export async function writeGgufHeader(file: string, metadata: Record<string, string>): Promise<void> {
  const parts: Buffer[] = [Buffer.from('GGUF'), uint32(3), uint64(0), uint64(Object.keys(metadata).length)];
  const stringType = 8;
  for (const [key, value] of Object.entries(metadata)) parts.push(text(key), uint32(stringType), text(value));
  await writeFile(file, Buffer.concat(parts));
}

function text(value: string): Buffer {
  return Buffer.concat([uint64(Buffer.byteLength(value)), Buffer.from(value)]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
