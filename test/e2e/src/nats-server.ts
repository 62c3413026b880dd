import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { requireCommand } from './namespace.ts';

/** For `tidemark.conf`: the server of a test knows no keys. */
export const withoutKeys = { nats_without_key: 'true' };

/** A real server with JetStream on a free loopback port. */
export type NatsServer = {
  /** `nats://127.0.0.1:port` */
  readonly address: string;
  readonly kill: () => void;
  /** Killed, and there again at the same address with what it had kept. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * @param authorization who may do what, as in its configuration; without it all may do everything
 * @throws Error that says what to install, or what the server said.
 */
export async function startNatsServer(authorization?: string): Promise<NatsServer> {
  requireCommand('nats-server', 'nats-server');
  const folder = await mkdtemp(join(tmpdir(), 'nats-'));
  const configured = authorization === undefined ? [] : ['-c', join(folder, 'server.conf')];
  if (authorization !== undefined) await writeFile(join(folder, 'server.conf'), authorization);
  const spawned = async (port: number): Promise<{ child: ChildProcess; address: string }> => {
    const child = spawn(
      'nats-server',
      [...configured, '-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    const ready = Promise.withResolvers<string>();
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const found = /Listening for client connections on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found !== undefined && said.includes('Server is ready')) ready.resolve(`nats://127.0.0.1:${found}`);
    });
    child.once('exit', () => ready.reject(new Error(`nats-server did not start: ${said}`)));
    return { child, address: await ready.promise };
  };
  const first = await spawned(-1);
  const { address } = first;
  let server = first.child;
  const end = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exit = once(server, 'exit');
    server.kill('SIGKILL');
    await exit;
  };
  return {
    address,
    kill: () => server.kill('SIGKILL'),
    async restart() {
      await end();
      server = (await spawned(Number(new URL(address).port))).child;
    },
    async close() {
      await end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
