/** A real nats-server with JetStream, on a free port of the loopback interface, with a store of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface NatsServer {
  readonly url: string;
  /** Ends the process as a crash would, and starts it again on the same port and store. */
  restart(): Promise<void>;
  /** Ends the process as a crash would. */
  kill(): Promise<void>;
  /** Stops the process where it is: connections stay, nothing is answered. Only `kill` ends that. */
  freeze(): void;
  start(): Promise<void>;
  /** Ends it and removes its store. */
  stop(): Promise<void>;
}

/** Throws when there is no nats-server: tests against another thing would prove nothing. */
export async function startNatsServer(
  options: readonly string[] = [],
  scheme: 'nats' | 'tls' = 'nats',
): Promise<NatsServer> {
  const store = await mkdtemp(join(tmpdir(), 'tidemark-nats-'));
  let port = -1;
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const server = spawn(
      'nats-server',
      ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', store, '--no_advertise', ...options],
      // Debian puts it where only root's PATH points.
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { ...process.env, PATH: [process.env['PATH'], '/usr/sbin', '/usr/local/bin'].join(delimiter) },
      },
    );
    const failed = once(server, 'error').then(([error]: unknown[]) => {
      throw new Error('Cannot start nats-server: install nats-server (Debian: apt-get install nats-server)', {
        cause: error,
      });
    });
    port = await Promise.race([readPort(server), failed]);
    child = server;
  }

  async function kill(): Promise<void> {
    if (child === undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    child = undefined;
    await exited;
  }

  await start();
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    start,
    kill,
    freeze: () => void child?.kill('SIGSTOP'),
    async restart() {
      await kill();
      await start();
    },
    async stop() {
      await kill();
      await rm(store, { recursive: true });
    },
  };
}

/** Reads its messages until it is ready. */
async function readPort(server: ChildProcess): Promise<number> {
  if (server.stderr === null) throw new Error('stderr is a pipe');
  const said: string[] = [];
  let port: number | undefined;
  for await (const line of createInterface({ input: server.stderr })) {
    said.push(line);
    const match = /Listening for client connections on 127\.0\.0\.1:(\d+)/.exec(line);
    if (match !== null) port = Number(match[1]);
    if (port !== undefined && line.includes('Server is ready')) {
      server.stderr.resume();
      return port;
    }
  }
  throw new Error(`nats-server ended before it was ready:\n${said.join('\n')}`);
}
