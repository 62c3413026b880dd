/** Binds a server to its address, in words a user can act on when that fails. */
import { chmod, lstat, unlink } from 'node:fs/promises';
import { connect, type Server } from 'node:net';
import type { ListenAddress } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';

/** Resolves to the port, 0 over a Unix socket. Throws Failure `listenerFailed`. */
export async function openAddress(server: Server, address: ListenAddress): Promise<number> {
  try {
    if (!('socketPath' in address)) return await bind(server, { ...address, host: hostOf(address.host) });
    // The reverse proxy is in our group; everybody else stays outside.
    const { socketPath: path, socketMode = 0o660 } = address;
    try {
      await bind(server, { path });
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE' || !(await isLeftOver(path))) throw error;
      await unlink(path);
      await bind(server, { path });
    }
    await chmod(path, socketMode);
    return 0;
  } catch (error) {
    server.close();
    const where = 'socketPath' in address ? address.socketPath : `${hostOf(address.host)}:${address.port}`;
    const code = codeOf(error);
    const why = reasons.get(code) ?? (error instanceof Error ? error.message : String(error));
    throw new Failure(
      { code: 'listenerFailed', detail: `Cannot listen on ${where}: ${why} (${code})` },
      { cause: error },
    );
  }
}

const reasons: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    EADDRINUSE: 'another program uses it',
    EADDRNOTAVAIL: 'this machine has no such address',
    EACCES: 'ports below 1024, and folders of others, need more rights',
    ENOTFOUND: 'there is no such host name',
    ENOENT: 'its folder does not exist',
  }),
);

const hostOf = (host: string): string => (host === '' ? '0.0.0.0' : host);

function bind(server: Server, where: { port?: number; host?: string; path?: string }): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(where, () => {
      server.off('error', reject);
      const bound = server.address();
      resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
    });
  });
}

/** A socket file on which no program answers: what a crash leaves behind. */
async function isLeftOver(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSocket()) return false;
  return new Promise((resolve) => {
    const probe = connect(path);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error) => resolve(codeOf(error) === 'ECONNREFUSED'));
  });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
