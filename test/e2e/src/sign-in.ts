import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { join } from 'node:path';

/** Where the sign-in page leads a browser whose user consents. */
export async function consent(url: string, caFile: string): Promise<string> {
  const ca = await readFile(caFile);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  get(url, { ca }, (answer) => {
    answer.resume();
    resolve(answer.headers.location ?? '');
  }).on('error', reject);
  return promise;
}

/** The environment of a graphical session whose browser is this script; `$1` is the address that it shows. */
export async function graphicalSession(folder: string, script: string): Promise<Record<string, string>> {
  const bin = join(folder, 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { PATH: `${bin}:/usr/bin:/bin`, DISPLAY: ':0' };
}
