import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { settingChoices, settingsIn } from './setting-choices.ts';
import { defaultSettings } from './settings.ts';

it('every default is a possible value', () => {
  expect(settingsIn({ ...defaultSettings() })).toEqual(defaultSettings());
});

it('every setting and each of its values stands on the page that documents them', async () => {
  const page = await readFile(new URL('../../docs/control-api.md', import.meta.url), 'utf8');
  for (const [name, choices] of Object.entries(settingChoices)) {
    const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${name}\``));
    expect(row, name).toBeDefined();
    for (const choice of choices === 'number' ? [] : choices) expect(row, name).toContain(`\`${choice}\``);
  }
});
