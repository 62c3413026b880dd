/** Records the terminal in the README anew: `npm run pictures`. What is shown was printed by the built command, at the pace at which it was. */
import { spawn } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { terminalSvg, typingMs, type Shown } from './pages/terminal-svg.ts';
import { openProfile, type TestProfile } from './profile.ts';
import { distFolder } from './run-binary.ts';

const picture = join(import.meta.dirname, '../../../apps/cli/docs/pictures/terminal.svg');

/** What a reader needs to see what came. */
const pauseMs = 1_400;

it('records a session', async () => {
  const profile = await openProfile({
    tree: [
      { path: '/Documents/plan.txt', content: 'Monday: sails\n' },
      { path: '/Documents/letter.odt', content: 'Dear Ada' },
    ],
  });
  // As a user has it: everything in the places where the command looks by itself.
  const home = join(profile.folder, 'home');
  await mkdir(join(home, '.config'), { recursive: true });
  await symlink(profile.configFolder, join(home, '.config/onedrive'));
  await profile.setConfig({ sync_dir: join(home, 'OneDrive') });
  const session = createSession(profile, home);
  await session.run('tidemark sync');
  await session.run("echo 'Monday: sails, Tuesday: anchor' > ~/OneDrive/Documents/plan.txt");
  session.note('# meanwhile another device writes something else into it');
  profile.drive.modify('/Documents/plan.txt', 'Monday: sails, Tuesday: ropes\n');
  await session.run('tidemark sync');
  await session.run('ls ~/OneDrive/Documents');
  await session.run('tidemark explain Documents/plan.txt | tail -n 7');
  const svg = terminalSvg(session.lines);
  expect(svg.length).toBeLessThan(40_000);
  await mkdir(join(picture, '..'), { recursive: true });
  await writeFile(picture, svg);
});

function createSession(
  profile: TestProfile,
  home: string,
): {
  readonly lines: Shown[];
  readonly run: (command: string) => Promise<void>;
  readonly note: (text: string) => void;
} {
  const lines: Shown[] = [];
  let atMs = 500;
  const environment = { PATH: `${distFolder}:/usr/bin:/bin`, HOME: home, LANG: 'C.UTF-8' };
  const type = (text: string): void => {
    lines.push({ atMs, kind: 'command', text });
    atMs += typingMs(text) + 300;
  };
  return {
    lines,
    note: (text) => {
      type(text);
      atMs += pauseMs;
    },
    run: async (command) => {
      type(command);
      const started = performance.now();
      const child = spawn('sh', ['-c', `${command} 2>&1`], {
        env: environment,
        cwd: home,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      for await (const text of createInterface({ input: child.stdout }))
        lines.push({
          atMs: atMs + performance.now() - started,
          kind: 'output',
          text: text.replaceAll(profile.folder, ''),
        });
      atMs += performance.now() - started + pauseMs;
    },
  };
}
