import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openProfile } from './profile.ts';

it('a run that starves its timers is deaf to SIGTERM, and is ended with words within a minute of work (B10)', async () => {
  const profile = await openProfile({ tree: [{ path: '/a.txt', content: 'a' }] });
  const path = join(profile.folder, 'spins.ts');
  await writeFile(
    path,
    [
      `import { definePlugin } from '@tidemark/plugin-sdk';`,
      `const spin = () => { process.kill(process.pid, 'SIGTERM'); process.stdout.write('spins\\n'); for (;;); };`,
      `export default definePlugin({ name: 'spins', version: '1.0.0', rules: { ignore: spin } });`,
    ].join('\n'),
  );
  await writeFile(join(profile.configFolder, 'tidemark.conf'), `plugins = "${path}"\n`, { flag: 'a' });
  const running = profile.start('onedrive', ['--sync'], { limitMs: 280_000 });
  const { exitCode, stderr } = await running.ended;
  expect(running.child.signalCode).toBe('SIGKILL');
  expect(exitCode).toBeNull();
  expect(stderr).toMatch(/^ERROR: Cannot go on: .* served no timer, transfer or signal$/m);
  expect(stderr).toContain('Nothing is lost');
}, 300_000);
