import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { metered, onBattery } from './pause-conditions.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pause-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As /sys/class/power_supply has them. */
function supply(name: string, attributes: Readonly<Record<string, string>>): void {
  mkdirSync(join(folder, name));
  for (const [attribute, value] of Object.entries(attributes))
    writeFileSync(join(folder, name, attribute), `${value}\n`);
}
const mains = (online: '0' | '1') => supply('AC', { type: 'Mains', online });
const battery = (status: string) => supply('BAT0', { type: 'Battery', status });

test('a machine without a battery never runs on one', async () => {
  expect(await onBattery(folder).holds()).toBe(false);
});

test('a battery that is drained while no mains is connected is what it runs on', async () => {
  mains('0');
  battery('Discharging');
  expect(await onBattery(folder).holds()).toBe(true);
});

test('it does not as long as the mains is connected, or a charger at USB', async () => {
  battery('Discharging');
  supply('ucsi', { type: 'USB', online: '1' });
  expect(await onBattery(folder).holds()).toBe(false);
});

test('the battery of a mouse is not that of the machine', async () => {
  supply('hidpp_battery_0', { type: 'Battery', scope: 'Device', status: 'Discharging' });
  expect(await onBattery(folder).holds()).toBe(false);
});

/** In place of the real one, which needs a system bus. */
function busctl(script: string): Record<string, string> {
  const program = join(folder, 'busctl');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  return { PATH: folder };
}

test.each([
  ['yes', 1, true],
  ['no', 2, false],
  ['a guess that it is', 3, true],
  ['a guess that it is not', 4, false],
  ['unknown', 0, false],
])('NetworkManager says of the line: %s', async (_what, value, holds) => {
  expect(await metered(busctl(`echo "u ${value}"`)).holds()).toBe(holds);
});

test('a system that cannot tell is named, and not taken for a line that is free', async () => {
  await expect(metered(busctl('echo "no such service" >&2; exit 1')).holds()).rejects.toThrow(
    'no such service',
  );
  await expect(metered(busctl('echo s')).holds()).rejects.toThrow('NetworkManager answered');
});
