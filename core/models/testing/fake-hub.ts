import { createHash } from 'node:crypto';
import { serveBytes, type FileServer } from './file-server.ts';

export interface FakeRepository {
  id: string;
  sha?: string;
  files: Record<string, Buffer>;
  gated?: string;
  license?: string;
  /** What the list says of the hashes instead of the truth. */
  lies?: Record<string, string>;
}

/** Files above this size are LFS's, as on the hub: they redirect to another path with the hash in a header. */
const lfsBytes = 100_000;

/** Answers as the Hugging Face hub does: the list, and each file behind a redirect. */
export function serveRepository(server: FileServer, repository: FakeRepository): void {
  const { id, sha = 'a1b2c3', files, gated = false, license = 'apache-2.0', lies = {} } = repository;
  const siblings = Object.entries(files).map(([rfilename, bytes]) => ({
    rfilename,
    size: bytes.length,
    blobId: createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex'),
    ...(bytes.length > lfsBytes
      ? { lfs: { sha256: lies[rfilename] ?? hashOf(bytes), size: bytes.length, pointerSize: 134 } }
      : {}),
  }));
  const card = {
    sha,
    gated,
    siblings,
    cardData: { license },
    config: { architectures: ['LlamaForCausalLM'] },
  };
  server.behaviours.set(`/api/models/${id}/revision/main`, (request, response) => {
    const isAllowed = gated === false || request.headers.authorization === 'Bearer hf_good';
    if (!isAllowed) return void response.writeHead(401).end('{"error":"Access to this model is restricted"}');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(card));
  });
  for (const [name, bytes] of Object.entries(files)) {
    const file = `/${id}/resolve/${sha}/${name}`;
    if (bytes.length <= lfsBytes) server.behaviours.set(file, serveBytes(bytes, { etag: '"git"' }));
    else {
      const headers = { 'x-linked-etag': `"${hashOf(bytes)}"`, 'x-linked-size': String(bytes.length) };
      server.behaviours.set(
        file,
        (_, response) => void response.writeHead(302, { ...headers, location: `/cdn${file}?signed=1` }).end(),
      );
      server.behaviours.set(`/cdn${file}`, serveBytes(bytes, { etag: `"${hashOf(bytes)}"` }));
    }
  }
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
