/** What cannot be synced, and is no failure: it is named, the rest is synced, and the run ends with 0, as in the peer. */
import { execFileSync } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { openProfile } from './profile.ts';

const naming = 'Skipping item - invalid name (Microsoft Naming Convention)';
const skipped: Readonly<Record<string, string>> = {
  con: naming,
  'aux.txt': naming,
  'a:b': naming,
  'end.': naming,
  ' lead': naming,
  '~$x.docx': naming,
  '.lock': naming,
  'desktop.ini': naming,
  x_vti_y: naming,
  forms: naming,
  'a&#38;b': 'Skipping item - invalid name (Contains HTML ASCII Code)',
  'line\nbreak': 'Skipping item - invalid name (Contains an invalid whitespace character)',
  'bell\u0007': 'Skipping item - invalid name (Contains ASCII Control Codes)',
};

it.each(['personal', 'business'] as const)(
  'names and kinds that OneDrive does not take (%s)',
  async (flavour) => {
    const profile = await openProfile({ flavour, tree: [{ path: '/ok.txt', content: 'ok' }] });
    for (const name of Object.keys(skipped)) await profile.write(name, 'x');
    await profile.write(`${`${'d'.repeat(50)}/`.repeat(9)}x.txt`, 'x');
    await symlink('nowhere', profile.at('dangling'));
    execFileSync('mkfifo', [profile.at('fifo')]);
    await writeFile(Buffer.concat([Buffer.from(`${profile.syncFolder}/`), Buffer.from([0xff, 0xfe])]), 'x');

    const { text } = await profile.sync('--verbose');
    for (const [name, line] of Object.entries(skipped))
      expect(text).toContain(`${line}: ./${name.replace('\n', '\\n').replace('\u0007', '\\x07')}\n`);
    expect(text).toMatch(/^Skipping item 'd+\/.* due to the full path exceeding (430|400) characters/m);
    expect(text).toContain('Skipping item - invalid symbolic link: ./dangling\n');
    expect(text).toContain('Skipping item - item is not a valid file: ./fifo\n');
    expect(text).toContain('Skipping item - invalid character encoding sequence: ./\\xff\\xfe\n');
    expect(await profile.read('ok.txt')).toBe('ok');
    const online = Object.keys(profile.remote());
    expect(online.filter((path) => Object.hasOwn(skipped, path.slice(1)))).toEqual([]);
  },
);
