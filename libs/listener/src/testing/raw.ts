/** Talks to a listener byte by byte. For tests only. */
import { connect, type Socket } from 'node:net';

export interface RawConnection {
  readonly socket: Socket;
  /** Everything received so far. */
  text(): string;
  send(bytes: string | Uint8Array): void;
  /** Resolves when the text holds so many answers, or the other side closed. */
  answers(count: number): Promise<string>;
  /** Resolves when the other side has closed. */
  closed(): Promise<void>;
}

export async function openRaw(where: number | string): Promise<RawConnection> {
  const socket = typeof where === 'number' ? connect(where, '127.0.0.1') : connect(where);
  let text = '';
  let isClosed = false;
  const watchers = new Set<() => void>();
  const changed = (): void => {
    for (const watcher of watchers) watcher();
  };
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    text += piece;
    changed();
  });
  // A reset is one way of being refused.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isClosed = true;
    changed();
  });
  await new Promise<void>((resolve) => {
    socket.once('connect', resolve);
    socket.once('close', () => resolve());
  });
  const until = (done: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!done()) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
    });
  return {
    socket,
    text: () => text,
    send: (bytes) => void socket.write(bytes),
    answers: async (count) => {
      await until(() => isClosed || text.split('HTTP/1.1 ').length > count);
      return text;
    },
    closed: () => until(() => isClosed),
  };
}

export const post = (headers: readonly string[], body = '', target = '/hook'): string =>
  [`POST ${target} HTTP/1.1`, 'Host: hooks.example.org', ...headers, '', body].join('\r\n');

/** Status codes of all answers in the text. */
export const statusesIn = (text: string): readonly number[] =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
