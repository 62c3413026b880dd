/** The table of options: no gap, nothing claimed that no test mentions, and every face of the command tells the same. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { configOptions, subcommands, switches } from '@tidemark/settings';
import { describe, expect, it } from 'vitest';
import { requireCommand } from '../namespace.ts';
import { openProfile } from '../profile.ts';
import { evidenceInAnyCase, optionEvidence, shownOtherwise, switchEvidence } from './evidence.ts';
import { optionsTablePage, rows } from './options-table.ts';

const repository = fileURLToPath(new URL('../../../../', import.meta.url));
const built = (path: string): string => readFileSync(`${repository}dist/${path}`, 'utf8');

it('has a row with an answer for each of the 85 options and the 67 switches', () => {
  const missing = rows().flatMap(({ key, cli, standing }) =>
    standing.type === 'missing' ? [key ?? cli] : [],
  );
  expect(missing).toEqual([]);
  expect(rows().filter(({ key }) => key !== null)).toHaveLength(85);
  const onTheCommandLine = rows().flatMap(({ cli }) => cli ?? []);
  expect(new Set(onTheCommandLine).size).toBe(67);
});

it('names a spec that mentions the option, and no option that there is not', () => {
  const wrong = rows().flatMap(({ key, cli, standing }) => {
    if (standing.type !== 'works' && standing.type !== 'always') return [];
    const path = repository + standing.spec;
    if (!existsSync(path)) return [`${key ?? cli}: ${standing.spec} does not exist`];
    const text = readFileSync(path, 'utf8');
    const isNamed = [key, cli].some((name) => name !== null && text.includes(name));
    return isNamed || (standing.type === 'works' && standing.why !== undefined)
      ? []
      : [`${key ?? cli} is not in ${standing.spec}`];
  });
  expect(wrong).toEqual([]);
  const known = new Set<string>([...Object.keys(configOptions), ...switches.map(({ long }) => long)]);
  const claimed = [optionEvidence, evidenceInAnyCase, shownOtherwise, switchEvidence].flatMap((table) =>
    Object.keys(table),
  );
  expect(claimed.filter((name) => !known.has(name))).toEqual([]);
});

it('is the page of the docs', async () => {
  await expect(optionsTablePage()).toMatchFileSnapshot('../../docs/options.md');
});

it('each option that does nothing says so once when it is set', async () => {
  const idle = rows().flatMap(({ key, standing }) =>
    standing.type === 'accepted' && key !== null ? [key] : [],
  );
  const profile = await openProfile({ config: Object.fromEntries(idle.map((key) => [key, 'true'])) });
  const { stdout } = await profile.sync();
  for (const key of idle)
    expect(stdout.split(`WARNING: '${key}' has no effect in this version: `), key).toHaveLength(2);
});

describe('every face of the command', () => {
  const visible = switches.map(({ long, summary }) => ({ long, summary }));

  it('--help tells each switch with the words of the table', async () => {
    const profile = await openProfile();
    const { exitCode, stdout } = await profile.onedrive(['--help']);
    expect(exitCode).toBe(0);
    const lines = stdout.split('\n');
    for (const { long, summary } of visible) {
      const at = lines.findIndex((line) => line.split(' ')[2] === `--${long}`);
      expect(lines[at + 1], long).toBe(`      ${summary}`);
    }
  });

  it.each(['tidemark', 'onedrive'])(
    'man %s tells each switch and each option, and man can read it',
    (name) => {
      requireCommand('man', 'man-db');
      const page = built(`man/${name}.1`);
      const { stdout: read, stderr } = spawnSync(
        'man',
        ['--warnings', '-l', `${repository}dist/man/${name}.1`],
        {
          env: { ...process.env, MANWIDTH: '500', LC_ALL: 'C.UTF-8', MANPAGER: 'cat' },
          encoding: 'utf8',
        },
      );
      expect(stderr).toBe('');
      for (const { long, summary } of visible) {
        expect(read).toMatch(new RegExp(`^\\s+--${long}\\b`, 'm'));
        expect(read).toContain(summary);
      }
      for (const key of Object.keys(configOptions)) expect(page).toContain(`.B ${key}\n`);
      const parts = read.split(/^ {3}(?=\S)/m);
      for (const { name: command, switches: taken, steps } of subcommands) {
        const part = parts.find((one) => new RegExp(`^${command}(?: |$)`, 'm').test(one)) ?? '';
        for (const step of steps) expect(part, command).toContain(step.summary);
        for (const one of taken.filter((each) => !switches.includes(each))) {
          expect(part, command).toMatch(new RegExp(`^ +--${one.long}\\b`, 'm'));
          expect(part, command).toContain(one.summary);
        }
      }
    },
  );

  it('the page of commands has a row for each, with each switch of its own', () => {
    const rowsOf = readFileSync(`${repository}apps/cli/docs/commands.md`, 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('|'));
    const shared = new Set(['json', ...visible.map(({ long }) => long)]);
    for (const { name: command, switches: taken, steps } of subcommands) {
      const own = rowsOf.filter((row) => new RegExp(`tidemark ${command}\\b`).test(row)).join('\n');
      expect(own, command).not.toBe('');
      for (const step of steps) expect(own, command).toContain(step.name);
      for (const { long } of taken.filter((one) => !shared.has(one.long)))
        expect(own, command).toContain(`--${long}`);
    }
  });
});
