import { spawn } from 'node:child_process';
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
  const server = spawn('nats-server', [...configured, '-a', '127.0.0.1', '-p', '-1', '-js', '-sd', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  server.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const close = async (): Promise<void> => {
    if (server.exitCode === null && server.signalCode === null) {
      const exit = once(server, 'exit');
      server.kill('SIGKILL');
      await exit;
    }
    await rm(folder, { recursive: true, force: true });
  };
  const ready = Promise.withResolvers<string>();
  server.stderr.on('data', () => {
    const port = /Listening for client connections on 127\.0\.0\.1:(\d+)/.exec(said)?.[1];
    if (port !== undefined && said.includes('Server is ready')) ready.resolve(`nats://127.0.0.1:${port}`);
  });
  server.once('exit', () => ready.reject(new Error(`nats-server did not start: ${said}`)));
  return { address: await ready.promise, kill: () => server.kill('SIGKILL'), close };
}
