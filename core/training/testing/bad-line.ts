import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** What the line does to the connections that are opened from now on. */
export interface BadLine {
  endpoint: string;
  /** Cuts the next connection once so many bytes went that way; then the line is good again. */
  cutNext(way: 'up' | 'down', bytes: number): void;
  /** Changes this byte (from the end, for a body's end is where it is) of the next answer that is longer than `minBytes`. */
  flipNext(fromEnd: number, minBytes: number): void;
  /** Answers each of the next requests so, without asking the service. */
  answerNext(count: number, status: number): void;
  /** Takes back what has not happened yet. */
  mend(): void;
  /** Of every request, its first line. */
  readonly requests: string[];
  close(): Promise<void>;
}

interface Faults {
  cut?: { way: 'up' | 'down'; bytes: number } | undefined;
  flip?: { fromEnd: number; minBytes: number } | undefined;
  answers: { count: number; status: number };
}

/** A line to the emulator that fails when it is told to. */
export async function openBadLine(port: number): Promise<BadLine> {
  const faults: Faults = { answers: { count: 0, status: 0 } };
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    sockets.add(near);
    near.once('close', () => sockets.delete(near));
    near.on('error', () => undefined);
    near.once('data', (first) => {
      requests.push(String(first.subarray(0, first.indexOf('\r\n'))));
      if (faults.answers.count > 0) return refuse(near, faults.answers);
      join(near, first, port, faults);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  };
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cutNext: (way, bytes) => (faults.cut = { way, bytes }),
    flipNext: (fromEnd, minBytes) => (faults.flip = { fromEnd, minBytes }),
    answerNext: (count, status) => (faults.answers = { count, status }),
    mend: () => Object.assign(faults, { cut: undefined, flip: undefined, answers: { count: 0, status: 0 } }),
    requests,
    close,
  };
}

function refuse(near: Socket, answers: Faults['answers']): void {
  answers.count -= 1;
  const body = JSON.stringify({ error: { message: 'Invalid Credentials' } });
  near.end(
    `HTTP/1.1 ${answers.status} No\r\nContent-Length: ${body.length}\r\nConnection: close\r\nContent-Type: application/json\r\n\r\n${body}`,
  );
}

function join(near: Socket, first: Buffer, port: number, faults: Faults): void {
  const far = connect(port, '127.0.0.1');
  const cut = faults.cut;
  faults.cut = undefined;
  const sent = { up: 0, down: 0 };
  const end = () => {
    near.destroy();
    far.destroy();
  };
  far.on('error', end);
  near.on('close', () => (isCut ? undefined : far.end()));
  let isCut = false;
  const pass = (way: 'up' | 'down', bytes: Buffer, to: Socket) => {
    if (isCut) return;
    const room = cut?.way === way ? cut.bytes - sent[way] : Infinity;
    sent[way] += bytes.length;
    if (room > bytes.length) return void to.write(bytes);
    // What is before the cut still arrives.
    isCut = true;
    if (room > 0) to.write(bytes.subarray(0, room), () => to.end(end));
    else end();
  };
  pass('up', first, far);
  near.on('data', (bytes) => pass('up', bytes, far));
  if (faults.flip) return flipAnswer(far, near, faults);
  far.on('data', (bytes) => pass('down', bytes, near));
  far.on('end', () => near.end());
}

function flipAnswer(far: Socket, near: Socket, faults: Faults): void {
  const parts: Buffer[] = [];
  far.on('data', (bytes) => parts.push(bytes));
  far.on('end', () => {
    const answer = Buffer.concat(parts);
    const { flip } = faults;
    if (flip && answer.length > flip.minBytes) {
      faults.flip = undefined;
      const at = answer.length - flip.fromEnd;
      answer[at] = (answer[at] ?? 0) ^ 1;
    }
    near.end(answer);
  });
}
