/** What a program that takes the place of `onedrive` has to prove, and which tests do. */

export interface Claim {
  readonly claim: string;
  readonly tests: readonly Evidence[];
}

/** `spec`: from the root of the repository. `says`: what stands in it. */
export interface Evidence {
  readonly spec: string;
  readonly says: string;
}

const e2e = (spec: string, says: string): Evidence => ({ spec: `test/e2e/src/${spec}`, says });
const settings = (spec: string, says: string): Evidence => ({ spec: `libs/settings/src/${spec}`, says });

export const checklist: readonly Claim[] = [
  {
    claim:
      'Each key of `config`: default, a good value, one out of range, one that is malformed; with its line and exit code',
    tests: [
      settings('options.spec.ts', 'has the 85 keys of config with their defaults'),
      settings('config-file.spec.ts', "it.each(keysOfType('boolean'))"),
      settings('config-file.spec.ts', 'it.each(integers)'),
      settings('config-file.spec.ts', "it.each(keysOfType('choice'))"),
      settings('config-file.spec.ts', "it.each(keysOfType('text'))"),
      settings('config-file.spec.ts', "it.each(keysOfType('list'))"),
      e2e('options/options-table.spec.ts', 'has a row with an answer for each of the 85 options'),
    ],
  },
  {
    claim: 'Each combination that is refused: its line, and exit code 1',
    tests: [
      settings('load-settings.spec.ts', "describe('refused combinations'"),
      e2e('options/refused.spec.ts', 'each is refused with its line and exit code 1'),
    ],
  },
  {
    claim:
      'When `--resync` is asked for: each key, changed, added and removed, in the file and on the command line; exit code 78 where that is wanted',
    tests: [
      settings('resync.spec.ts', 'describe.each(watched)'),
      settings('resync.spec.ts', 'different on the command line'),
      e2e('contract/contract.spec.ts', 'exit code 78'),
    ],
  },
  {
    claim: 'The login goes to the peer and back',
    tests: [e2e('drop-in.spec.ts', 'the peer can have its profile back')],
  },
  {
    claim: '`sync_list`: scenarios as pure functions, and generated trees against a second evaluator',
    tests: [
      settings('filter/sync-list.spec.ts', 'it.each(scenarios)'),
      settings('filter/sync-list.spec.ts', 'agrees with a reference made of regular expressions'),
      {
        spec: 'test/filters/src/filters.spec.ts',
        says: 'the filters say of any tree what the evaluator says',
      },
    ],
  },
  {
    claim:
      'Conflicts: a test for each row of the table, and a crash between any two steps of putting a version in its place',
    tests: [
      { spec: 'libs/planner/src/reconcile.spec.ts', says: 'every rule of the planner has a row' },
      { spec: 'libs/disk/src/crash.spec.ts', says: 'after a reboot only flushed bytes are trusted' },
      {
        spec: 'test/crash-points/src/crash-points.spec.ts',
        says: 'the table in table.md is what was played',
      },
      e2e('crash.spec.ts', 'it.each(moments(kills'),
    ],
  },
  {
    claim: 'Webhook: validation, bursts, forged notifications, 409, 404, expiry during sleep, both wordings',
    tests: [
      e2e('webhook/document.spec.ts', 'prints the lines of step 8 in their order'),
      e2e('flood.spec.ts', 'notifications forged, repeated and lost change nothing'),
      { spec: 'plugins/webhook/src/answers.spec.ts', says: 'are forged, and answered like every other' },
      { spec: 'plugins/webhook/src/webhook.spec.ts', says: 'that is alive already is taken over' },
      {
        spec: 'plugins/webhook/src/webhook.spec.ts',
        says: 'that the service has forgotten is reported as gone',
      },
      e2e('monitor-trouble.spec.ts', 'a night of sleep'),
      { spec: 'plugins/reporter/src/webhook.spec.ts', says: 'tells it in both' },
    ],
  },
  {
    claim: 'Output of the commands, word for word',
    tests: [
      settings('render/configuration.spec.ts', 'is the peer’s text, line for line'),
      e2e('contract/contract.spec.ts', '--display-sync-status'),
      e2e('account-commands.spec.ts', 'prints the five lines'),
      e2e('account-commands.spec.ts', 'lists files and folders with who shares them'),
      e2e('account-commands.spec.ts', 'prints the libraries of a site'),
      e2e('account-commands.spec.ts', '--get-file-link prints its web address'),
      e2e('online-commands.spec.ts', "describe('--create-share-link'"),
      e2e('online-commands.spec.ts', "describe('--create-directory'"),
      e2e('online-commands.spec.ts', "describe('--remove-directory'"),
      e2e('online-commands.spec.ts', "describe('--source-directory with --destination-directory'"),
      {
        spec: 'plugins/reporter/src/reporter.spec.ts',
        says: 'prints the figures of a transfer when asked to',
      },
    ],
  },
  {
    claim: 'Lines that scripts look for, from runs on simulated accounts',
    tests: [e2e('log-lines/log-lines.spec.ts', 'each run ends as it should')],
  },
  {
    claim: 'No deletion without a recorded cause of an accepted kind',
    tests: [
      { spec: 'test/properties/src/structure.spec.ts', says: '[L9]' },
      { spec: 'test/properties/src/structure.spec.ts', says: 'every deletion can be explained' },
    ],
  },
];

/** `test/e2e/docs/checklist.md`. */
export function checklistPage(): string {
  const name = (spec: string): string => spec.slice(spec.lastIndexOf('/') + 1);
  return [
    '# What taking the place of `onedrive` asks for',
    '',
    'Made by `contract.spec.ts` (`npx vitest run --project e2e contract -u`); do not edit.',
    '',
    '| What has to hold | Shown by |',
    '| --- | --- |',
    ...checklist.map(({ claim, tests }) => {
      const specs = [...new Set(tests.map(({ spec }) => spec))];
      return `| ${claim} | ${specs.map((spec) => `[${name(spec)}](../../../${spec})`).join(', ')} |`;
    }),
    '',
    'Line by line: [options and switches](options.md), [lines that scripts look for](log-lines.md).',
    '',
  ].join('\n');
}
