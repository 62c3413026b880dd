import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { subcommands } from '../command-line/subcommands.ts';
import { switches } from '../command-line/switches.ts';
import { configOptions, tidemarkOptions } from '../options.ts';
import { renderHelp, renderMissingMode } from './help.ts';
import { optionReferencePage, renderOptionReference } from './reference.ts';

describe('help', () => {
  it('begins with the line, the usage and the options that front ends know', () => {
    const lines = renderHelp('onedrive');
    expect(lines[0]).toBe('onedrive - A client for the Microsoft OneDrive Cloud Service');
    expect(lines.indexOf('Usage:')).toBe(2);
    const names = lines
      .slice(lines.indexOf('Options:'), lines.indexOf('Commands:'))
      .flatMap((line) => /^ {2}--([\w-]+)/.exec(line)?.[1] ?? []);
    expect(names).toEqual(switches.map(({ long }) => long));
    expect(lines).toContain('  --sync -s');
    expect(lines).toContain('  --syncdir PATH');
  });

  it('has a summary below every name', () => {
    const lines = renderHelp('onedrive');
    const below = lines.filter((_, index) => /^ {2}\S/.test(lines[index - 1] ?? ''));
    expect(below.length).toBeGreaterThan(switches.length);
    expect(below.filter((line) => !/^ {6}\S/.test(line))).toEqual([]);
  });

  it('explains each command', () => {
    for (const { name, summary } of subcommands) {
      const lines = renderHelp('tidemark', name);
      expect(lines.slice(0, 3)).toEqual([
        expect.stringMatching(new RegExp(`^tidemark ${name}`)),
        `      ${summary}`,
        '',
      ]);
      expect(lines).toContain('Options:');
    }
  });

  it('explains each step of a command by itself, with its own options', () => {
    for (const { name, steps } of subcommands)
      for (const step of steps) {
        expect(renderHelp('tidemark', name)).toContain(`      ${step.summary}`);
        expect(renderHelp('tidemark', name, step.name).slice(0, 4)).toEqual([
          expect.stringMatching(new RegExp(`^tidemark ${name} ${step.name}`)),
          `      ${step.summary}`,
          '',
          'Options:',
        ]);
      }
    const optionsOf = (step: string): readonly string[] =>
      renderHelp('tidemark', 'plugin', step).flatMap((line) => /^ {2}--([\w-]+)/.exec(line)?.[1] ?? []);
    expect(optionsOf('new')).toEqual(['confdir', 'help', 'in', 'verbose']);
    expect(optionsOf('run')).toEqual(['bus', 'confdir', 'drive', 'help', 'json', 'verbose']);
  });

  it('promises no option that a step refuses', () => {
    for (const { name, steps, toAction } of subcommands)
      for (const { name: step, operands, takes } of steps)
        for (const long of takes) {
          const action = toAction({
            operands: [
              step,
              ...operands.map((operand) => operand.replace(/\|.*/, '')).filter((one) => one !== '[PATH]'),
            ],
            output: long === 'json' ? 'json' : 'text',
            value: (asked) => (asked === long || (asked === 'all' && step === 'keep') ? 'true' : undefined),
            values: () => [],
          });
          expect(action, `${name} ${step} --${long}`).toMatchObject({ type: name });
        }
  });

  it('says what is missing when no mode was given', () => {
    expect(renderMissingMode('onedrive')).toEqual([
      expect.stringMatching(
        /^Your command line input is missing either the '--sync' or '--monitor' switches\. /,
      ),
    ]);
  });
});

describe('the reference', () => {
  it('is the page docs/options.md (npm run pages writes it anew)', () => {
    expect(readFileSync(new URL('../../docs/options.md', import.meta.url), 'utf8')).toBe(
      optionReferencePage(),
    );
  });

  it('has one row for every option', () => {
    const keys = [...renderOptionReference().matchAll(/^\| `(\w+)` \|/gm)].map(([, key]) => key);
    expect(keys.toSorted()).toEqual(
      [...Object.keys(configOptions), ...Object.keys(tidemarkOptions)].toSorted(),
    );
  });

  it('tells each switch, beside its option or by itself', () => {
    const page = optionReferencePage();
    expect(switches.filter(({ long }) => !new RegExp(`\`--${long}[ \`]`).test(page))).toEqual([]);
  });

  it('escapes what would end a cell, and shows defaults as one writes them', () => {
    const rows = renderOptionReference().split('\n');
    expect(rows.find((row) => row.startsWith('| `skip_file`'))).toContain(
      '`~*\\|.~*\\|*.tmp\\|*.swp\\|*.partial`',
    );
    expect(rows.find((row) => row.startsWith('| `space_reservation`'))).toContain(
      '| `50` | megabytes, at least 1 | `--space-reservation` |',
    );
  });
});
