import { rm, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { certificatesIn } from '@tidemark/graph-simulator';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNamespace, requireCommand, type Namespace } from '../namespace.ts';
import { openNamespacedService } from './service.ts';

describe('a namespace', () => {
  let namespace: Namespace;
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'namespace-spec-'));
    const { caFile } = await certificatesIn(folder);
    namespace = await openNamespace({ hostNames: ['graph.microsoft.com'], caFile });
  });

  afterEach(async () => {
    await namespace.close();
    await rm(folder, { recursive: true });
  });

  it('has loopback and nothing else, so nothing can leave the machine', async () => {
    const { stdout } = await namespace.run('ip', ['-brief', 'address']);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(stdout).toMatch(/^lo +UNKNOWN +127\.0\.0\.1\/8/);
    expect((await namespace.run('getent', ['hosts', 'graph.microsoft.com'])).stdout).toMatch(
      /^127\.0\.0\.1 /,
    );
    expect((await namespace.run('getent', ['hosts', 'example.com'])).status).not.toBe(0);
  });

  it('takes none of the caller’s certificates, proxies or home into its programs', async () => {
    process.env['NODE_EXTRA_CA_CERTS'] = '/nowhere';
    const { stdout } = await namespace.run('env', []);
    delete process.env['NODE_EXTRA_CA_CERTS'];
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.toSorted()).toEqual(['HOME', 'LANG', 'PATH']);
  });

  it('kills a program that outlasts its limit', async () => {
    const result = await namespace.run('sleep', ['60'], { limitMs: 100 });
    expect(result.status).toBeUndefined();
  });

  it('says which package is missing', () => {
    expect(() => requireCommand('no-such-program', 'its-package')).toThrow("'apt-get install its-package'");
  });
});

it('curl, which knows only the system’s certificates, trusts the service under its real names', async () => {
  const service = await openNamespacedService('business');
  try {
    const hosts = ['graph.microsoft.com', 'login.microsoftonline.com', 'contoso-my.sharepoint.com'];
    for (const host of hosts) {
      const { status, stderr } = await service.namespace.run('curl', ['-sS', `https://${host}/`]);
      expect([host, status, stderr]).toEqual([host, 0, '']);
    }
  } finally {
    await service.close();
  }
});
