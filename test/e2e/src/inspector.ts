/** `tidemark inspect` as a test starts it. */
import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import type { TestProfile } from './profile.ts';

/** Resolves to the address that it prints. It is ended when the test ends. */
export async function startInspector(profile: TestProfile, ...args: readonly string[]): Promise<string> {
  const { child, ended } = profile.start('tidemark', ['inspect', ...args]);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    expect((await ended).exitCode).toBe(0);
  });
  let text = '';
  for (;;) {
    const found = /http:\S+/.exec(text)?.[0];
    if (found !== undefined) return found;
    if (child.stdout === null) throw new Error('nothing to read');
    const [piece] = await Promise.race([once(child.stdout, 'data'), ended.then((end) => [end.text])]);
    text += String(piece);
    if (child.exitCode !== null) throw new Error(`it has ended: ${text}`);
  }
}
