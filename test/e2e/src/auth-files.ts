/** A login by `--auth-files`, by a person who opens the address in a browser somewhere. Nothing of the files is left afterwards. */
import { existsSync, readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { TestProfile } from './profile.ts';
import type { BinaryName, Ended } from './run-binary.ts';
import { consent } from './sign-in.ts';

export async function logInThroughFiles(
  profile: TestProfile,
  name: BinaryName,
  args: readonly string[],
): Promise<Ended & { readonly url: string }> {
  const [urlFile, responseFile] = [join(profile.folder, 'url'), join(profile.folder, 'response')];
  const running = profile.start(name, [...args, '--auth-files', `${urlFile}:${responseFile}`]);
  await expect.poll(() => (existsSync(urlFile) ? readFileSync(urlFile, 'utf8') : '')).toMatch(/^https:/);
  const url = await readFile(urlFile, 'utf8');
  await writeFile(responseFile, await consent(url, profile.simulator.caFile));
  const ended = await running.ended;
  expect([existsSync(urlFile), existsSync(responseFile)]).toEqual([false, false]);
  return { ...ended, url };
}
