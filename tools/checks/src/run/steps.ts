/** What a full test run consists of, in the order in which faults are cheapest to find. */

export interface Step {
  readonly name: string;
  readonly command: string;
  readonly words: readonly string[];
  /** A vitest project: its tests are counted. Other steps count only when they fail, as one. */
  readonly isProject: boolean;
  /** The step is pointless after a failure of that one. */
  readonly needs?: string;
  readonly timeoutMs: number;
}

const minuteMs = 60_000;
const script = (name: string, timeoutMs: number): Step => ({
  name,
  command: 'npm',
  words: ['run', '--silent', name],
  isProject: false,
  timeoutMs,
});
const project = (name: string, timeoutMs: number, needs?: string): Step => ({
  name,
  command: 'vitest',
  words: [
    'run',
    '--project',
    // `unit*` is `unit` and `unit-apart`.
    `${name}*`,
    '--reporter=default',
    `--reporter=${new URL('./count-reporter.ts', import.meta.url).pathname}`,
  ],
  isProject: true,
  timeoutMs,
  ...(needs === undefined ? {} : { needs }),
});

/** The limits end what hangs; a machine under load may need several times what an idle one does. */
export const steps: readonly Step[] = [
  script('check:types', 3 * minuteMs),
  script('check:lint', minuteMs),
  script('check:format', 2 * minuteMs),
  project('checks', 3 * minuteMs),
  project('unit', 15 * minuteMs),
  script('build', minuteMs),
  project('e2e', 25 * minuteMs, 'build'),
];
