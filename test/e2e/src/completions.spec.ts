/** What bash, fish and zsh complete, asked of these shells themselves, against the tables. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { places } from '@tidemark/settings';
import { expect, it } from 'vitest';
import { atTerminal } from './at-terminal.ts';
import { distFolder } from './run-binary.ts';

const completions = join(distFolder, 'completions');
const namesOf = (all: readonly { readonly long: string }[]): string[] =>
  all.map(({ long }) => `--${long}`).toSorted();
/** What one may have typed at each place before a switch, and before a word. */
const lines = places.flatMap(({ path, switches, words }) => [
  { typed: [...path.split(' ').filter(Boolean), '--'], offered: namesOf(switches) },
  ...(words.length === 0
    ? []
    : [
        {
          typed: [...path.split(' ').filter(Boolean), ''],
          offered: words.map(({ name }) => name).toSorted(),
        },
      ]),
]);

it('the tables have places of every kind', () => {
  expect(places[0]?.words.map(({ name }) => name)).toContain('undo');
  expect(places.find(({ path }) => path === 'undo')?.switches.map(({ long }) => long)).toContain('run');
  expect(places.find(({ path }) => path === 'auth')?.words.map(({ name }) => name)).toEqual([
    'login',
    'logout',
    'status',
  ]);
  expect(places.find(({ path }) => path === 'plugin new')).toMatchObject({ takesPath: false });
});

/** What `_tidemark` offers for each of these lines. */
function inBash(typed: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const asked = typed.map((words) => {
    const all = words.map((word) => `'${word}'`).join(' ');
    return `COMP_WORDS=(${all}); COMP_CWORD=${words.length - 1}; _tidemark; echo '> '; printf '%s\\n' "\${COMPREPLY[@]}"`;
  });
  const script = [`. ${completions}/tidemark.bash; cd /etc`, ...asked].join('\n');
  return parts(execFileSync('bash', ['-c', script], { encoding: 'utf8' }));
}

const parts = (text: string): readonly (readonly string[])[] =>
  text
    .split('> \n')
    .slice(1)
    .map((part) => part.split('\n').filter((line) => line !== ''));

/** Where a file may stand as well as a word, files are offered besides. */
function expectOffered(found: readonly (readonly string[])[]): void {
  for (const [index, { typed, offered }] of lines.entries()) {
    const own = found[index]?.filter((one) => typed.at(-1) === '--' || offered.includes(one));
    expect(own?.toSorted(), typed.join(' ')).toEqual(offered);
  }
}

it('bash offers at each place what the tables say', () => {
  expectOffered(inBash(lines.map(({ typed }) => ['tidemark', ...typed])));
  const [switchBegun, file, afterEquals, free] = inBash([
    ['tidemark', 'undo', '--run', 'x', '--d'],
    ['tidemark', 'apply', '--plan', 'host'],
    ['onedrive', '--confdir', '=', 'host'],
    ['tidemark', 'log', '--since', ''],
  ]);
  expect(switchBegun).toEqual(['--dry-run']);
  expect(file).toContain('hosts');
  expect(afterEquals).toContain('hosts');
  expect(free).toEqual([]);
});

/** Types the beginnings of a command line, each completed with the key for that. @param prepare what makes the shell complete */
async function completeAt(shell: string, prepare: string): Promise<void> {
  const terminal = atTerminal(`exec ${shell}`, shell, { HOME: '/nonexistent' });
  // In two pieces, so that only the prompt looks like it.
  terminal.type(`PS1='ne''xt> '; ${prepare}`);
  await terminal.shows(/next> /);
  for (const [begun, whole] of [
    ['tidemark plu', 'plugin'],
    ['che', 'check'],
    ['--js', '--json'],
  ] as const) {
    terminal.begin(begun);
    terminal.press('Tab');
    await terminal.shows(new RegExp(`${whole} `));
  }
}

it('bash completes what is typed at a terminal', () =>
  completeAt('bash --norc --noprofile -i', `. '${completions}/tidemark.bash'`));

const isMissing = (shell: string): boolean => spawnSync(shell, ['--version']).error !== undefined;

// fish is welcome, not needed: CONTRIBUTING.md.
it.skipIf(isMissing('fish'))('fish offers at each place what the tables say', () => {
  const commands = lines.map(({ typed }) => `echo '> '; complete -C 'tidemark ${typed.join(' ')}'`);
  const script = `source ${completions}/tidemark.fish; cd /etc; ${commands.join('; ')}; echo '> '; complete -C 'onedrive --display-q'`;
  const text = execFileSync('fish', ['--no-config', '--command', script], { encoding: 'utf8' });
  const found = parts(text).map((offered) => offered.map((line) => line.split('\t')[0] ?? ''));
  expectOffered(found);
  expect(found.at(-1)).toEqual(['--display-quota']);
});

// zsh is welcome, not needed: CONTRIBUTING.md.
it.skipIf(isMissing('zsh'))('zsh completes what is typed at a terminal, from a folder of its path', () =>
  completeAt(
    'zsh -f -i',
    `fpath=('${completions}' $fpath) && autoload -Uz compinit && compinit -u -D && bindkey -e`,
  ),
);
