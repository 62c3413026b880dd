/** Whether the network is metered and whether the machine runs on battery, as the system tells. */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { PauseReason } from '@tidemark/contracts';
import type { Settings } from '@tidemark/settings';

type Environment = Readonly<Record<string, string | undefined>>;

export interface PauseCondition {
  readonly why: Exclude<PauseReason, 'user'>;
  /** Throws an Error when the system cannot tell. */
  holds(): Promise<boolean>;
}

/** Those that the settings name. */
export const conditionsOf = (
  settings: Pick<Settings, 'pause_on_metered' | 'pause_on_battery'>,
  environment: Environment,
): readonly PauseCondition[] => [
  ...(settings.pause_on_metered ? [metered(environment)] : []),
  ...(settings.pause_on_battery ? [onBattery()] : []),
];

/** NetworkManager knows it, or guesses: a telephone that shares its line says so. */
export const metered = (environment: Environment): PauseCondition => ({
  why: 'metered',
  async holds() {
    const { stdout } = await promisify(execFile)('busctl', [...meteredQuery], {
      env: environment,
      timeout: answerMaxMs,
    });
    const value = /^u (\d+)\s*$/.exec(stdout)?.[1];
    if (value === undefined) throw new Error(`NetworkManager answered ${JSON.stringify(stdout)}`);
    return value === nmMetered.yes || value === nmMetered.guessYes;
  },
});

const meteredQuery = [
  ...['--system', 'get-property', 'org.freedesktop.NetworkManager', '/org/freedesktop/NetworkManager'],
  ...['org.freedesktop.NetworkManager', 'Metered'],
] as const;

/** NMMetered. */
const nmMetered = { yes: '1', guessYes: '3' } as const;
const answerMaxMs = 5_000;

/** No mains is connected, and a battery is being drained. The battery of a mouse is none of the machine's. */
export const onBattery = (folder = '/sys/class/power_supply'): PauseCondition => ({
  why: 'battery',
  async holds() {
    let isDrained = false;
    for (const name of await readdir(folder)) {
      const supply = join(folder, name);
      const type = await valueOf(supply, 'type');
      if ((await valueOf(supply, 'scope')) === 'Device') continue;
      if (type !== 'Battery' && type !== 'UPS') {
        if ((await valueOf(supply, 'online')) === '1') return false;
      } else if ((await valueOf(supply, 'status')) === 'Discharging') isDrained = true;
    }
    return isDrained;
  },
});

/** null: it has no such attribute. */
async function valueOf(supply: string, attribute: string): Promise<string | null> {
  try {
    return (await readFile(join(supply, attribute), 'utf8')).trim();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    // ENODEV: it was unplugged as it was read.
    if (code === 'ENOENT' || code === 'ENODEV') return null;
    throw error;
  }
}
