/** Sends requests as fast as asked, in a thread of its own so that the service and the clock do not wait for it. */
import { connect, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

export type FloodOrder = {
  readonly port: number;
  /** Sent in turn. Whole requests, headers included. */
  readonly requests: readonly string[];
  readonly connections: number;
  /** Requests a second; 0: as many as are answered. */
  readonly perSecond: number;
  readonly milliseconds: number;
};

export type FloodResult = {
  readonly sent: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** From sending to the status line. Milliseconds, one for each answer. */
  readonly answersMs: readonly number[];
};

const order = workerData as FloodOrder;
const statuses: Record<string, number> = {};
const answersMs: number[] = [];
let sent = 0;
let isOver = false;
const begunAt = performance.now();

/** One request is under way on it at a time. */
function open(): void {
  if (isOver) return;
  let sentAt = 0;
  let isBusy = false;
  const socket: Socket = connect(order.port, '127.0.0.1');
  socket.setNoDelay(true);
  const send = (): void => {
    if (isOver) return void socket.destroy();
    const dueAt = order.perSecond === 0 ? 0 : begunAt + (sent / order.perSecond) * 1000;
    const waitMs = dueAt - performance.now();
    if (waitMs > 1) return void setTimeout(send, waitMs);
    const request = order.requests[sent % order.requests.length] ?? '';
    sent += 1;
    isBusy = true;
    sentAt = performance.now();
    socket.write(request);
  };
  socket.on('connect', send);
  socket.on('data', (bytes: Buffer) => {
    if (!isBusy) return;
    const text = bytes.toString('latin1');
    const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
    if (status === undefined) return;
    isBusy = false;
    statuses[status] = (statuses[status] ?? 0) + 1;
    answersMs.push(performance.now() - sentAt);
    // A connection carries a hundred requests, and says so with the last one.
    if (/^connection: close/im.test(text)) socket.destroy();
    else send();
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    if (isBusy) statuses['cut'] = (statuses['cut'] ?? 0) + 1;
    if (!isOver) setTimeout(open, 1);
  });
}

for (let count = 0; count < order.connections; count += 1) open();
setTimeout(() => {
  isOver = true;
  parentPort?.postMessage({ sent, statuses, answersMs } satisfies FloodResult);
  setTimeout(() => process.exit(0), 500);
}, order.milliseconds);
