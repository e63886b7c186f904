import { AppError, frameSchema, protocolVersion, wrongProtocol } from '../contract/index.ts';
import type { Entry, Frame, HandlerContext, HandlersOf, Transport } from '../contract/index.ts';
import type { z } from 'zod';

export interface ServeOptions {
  /** Told of every failure that is not the caller's doing. Defaults to nothing. */
  onInternalError?(method: string, error: AppError): void;
}

/** What a handler is once its types are checked at its definition. */
type UntypedHandler = (input: unknown, context: HandlerContext) => Promise<unknown> | AsyncIterable<unknown>;

interface Session {
  contract: Record<string, Entry>;
  handlers: Record<string, UntypedHandler>;
  transport: Transport;
  open: Map<number, AbortController>;
  greeted: boolean;
  options: ServeOptions;
}

/**
 * Answers the calls that come over one transport. Inputs and outputs are checked by the contract: a wrong input fails
 * with INVALID_INPUT and names the place, a wrong output is our own fault and fails with INTERNAL.
 * Closing the transport aborts every open call.
 */
export function serveTransport<C extends Record<string, Entry>>(
  contract: C,
  handlers: HandlersOf<C>,
  transport: Transport,
  options: ServeOptions = {},
): void {
  const session: Session = {
    contract,
    // The values are checked by the contract's schemas on their way in and out.
    handlers: handlers as unknown as Record<string, UntypedHandler>,
    transport,
    open: new Map(),
    greeted: false,
    options,
  };
  transport.onClose(() => {
    for (const controller of session.open.values()) controller.abort();
    session.open.clear();
  });
  transport.onMessage((message) => receive(session, message));
  void transport.send({ type: 'hello', protocol: protocolVersion });
}

function receive(session: Session, message: unknown): void {
  const parsed = frameSchema.safeParse(message);
  if (!parsed.success) {
    reject(
      session,
      new AppError('INVALID_INPUT', 'The core got a message that is no frame of its protocol.'),
    );
    return;
  }
  const frame = parsed.data;
  if (frame.type === 'hello') greet(session, frame.protocol);
  else if (!session.greeted) reject(session, new AppError('INVALID_INPUT', 'The first frame must be hello.'));
  else if (frame.type === 'cancel') session.open.get(frame.id)?.abort();
  else if (frame.type === 'ping' && !frame.reply) void session.transport.send({ type: 'ping', reply: true });
  else if (frame.type === 'call') void answer(session, frame);
}

function greet(session: Session, protocol: number): void {
  if (protocol === protocolVersion) session.greeted = true;
  else reject(session, wrongProtocol(protocol));
}

/** The other side does not speak our protocol: say why, then hang up. */
function reject(session: Session, error: AppError): void {
  void session.transport.send({ type: 'fail', id: null, error: error.toPayload() });
  session.transport.close();
}

async function answer(session: Session, frame: Extract<Frame, { type: 'call' }>): Promise<void> {
  const { id, method } = frame;
  if (session.open.has(id)) {
    reject(session, new AppError('INVALID_INPUT', `Call ${id} is open already.`));
    return;
  }
  const controller = new AbortController();
  session.open.set(id, controller);
  try {
    const value = await perform(session, frame, controller.signal);
    session.open.delete(id);
    await session.transport.send({ type: 'done', id, value });
  } catch (thrown) {
    session.open.delete(id);
    const error = controller.signal.aborted ? asCancelled(thrown) : AppError.from(thrown);
    if (error.code === 'INTERNAL') session.options.onInternalError?.(method, error);
    await session.transport.send({ type: 'fail', id, error: error.toPayload() });
  }
}

async function perform(
  session: Session,
  { id, method, input }: Extract<Frame, { type: 'call' }>,
  signal: AbortSignal,
): Promise<unknown> {
  const entry = Object.hasOwn(session.contract, method) ? session.contract[method] : undefined;
  const handler = session.handlers[method];
  if (!entry || !handler) {
    throw new AppError('NOT_FOUND', `The core has no method ${method}.`, {
      hint: 'Reload the page, so that both sides come from the same version.',
    });
  }
  const answered = handler(parseInput(method, entry.input, input), { signal });
  if (entry.kind === 'call') return parseOutput(method, entry.output, await answered);
  for await (const item of answered as AsyncIterable<unknown>) {
    if (signal.aborted) break;
    await session.transport.send({ type: 'item', id, value: parseOutput(method, entry.item, item) });
  }
  return undefined;
}

function parseInput(method: string, schema: z.ZodType, input: unknown): unknown {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [path, reason] = describeIssue(parsed.error);
  const place = path === '' ? '' : ` at ${path}`;
  // A sentence is the contract's own, written for who typed it; anything else is a fault of the caller's program.
  const message = reason.endsWith('.') ? reason : `Invalid input for ${method}${place}: ${reason}.`;
  throw new AppError('INVALID_INPUT', message, { details: { path } });
}

function parseOutput(method: string, schema: z.ZodType, output: unknown): unknown {
  const parsed = schema.safeParse(output);
  if (parsed.success) return parsed.data;
  const [path, reason] = describeIssue(parsed.error);
  throw new AppError(
    'INTERNAL',
    `${method} answered outside its contract at ${path || 'the top'}: ${reason}.`,
  );
}

/** The first issue: a dotted path and what is wrong there. */
function describeIssue(error: z.ZodError): [path: string, reason: string] {
  const issue = error.issues[0];
  return [issue?.path.join('.') ?? '', issue?.message ?? 'invalid'];
}

function asCancelled(thrown: unknown): AppError {
  if (thrown instanceof AppError && thrown.code === 'CANCELLED') return thrown;
  return new AppError('CANCELLED', 'The request was cancelled.', { cause: thrown });
}
