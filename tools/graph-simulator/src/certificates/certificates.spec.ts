import { readFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startSimulator, type Simulator } from '../simulator.ts';
import { certificatesIn } from './certificates.ts';

let folder: string;
let simulator: Simulator;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'certificates-'));
  simulator = await startSimulator({ stateFolder: folder });
});

afterEach(async () => {
  await simulator.close();
  await rm(folder, { recursive: true });
});

function statusFor(servername: string, host: string, ca: Buffer): Promise<number | undefined> {
  const { port } = new URL(simulator.loginUrl);
  const options = { host: '127.0.0.1', port, servername, ca, headers: { host }, agent: false, path: '/' };
  return new Promise((resolve, reject) => {
    get(options, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}

it('one listener is trusted under every name it plays, and under no other', async () => {
  const ca = await readFile(simulator.caFile);
  for (const name of [
    'login.microsoftonline.com',
    'graph.microsoft.com',
    'contoso-my.sharepoint.com',
    'localhost',
  ]) {
    expect(await statusFor(name, name, ca), name).toBeTypeOf('number');
  }
  await expect(statusFor('example.com', 'example.com', ca)).rejects.toThrow(/altnames/i);
});

it('certificates are kept, and their key is for the owner alone', async () => {
  const again = await certificatesIn(folder);
  expect(again.certificate).toBe(await readFile(join(folder, 'server.pem'), 'utf8'));
  expect((await stat(join(folder, 'server-key.pem'))).mode & 0o777).toBe(0o600);
});
