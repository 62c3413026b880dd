import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sdkReferencePage } from './sdk-reference.ts';

const page = sdkReferencePage();

test('the reference of the plugin SDK is made from its declarations; `npm run pages` writes it anew', () => {
  const place = new URL('../../../libs/plugin-sdk/docs/reference.md', import.meta.url);
  expect(readFileSync(place, 'utf8')).toBe(page);
});

test('it shows of drive and disk what a plugin can be given, and no more', () => {
  expect(page).toMatch(/^export interface Disk \{\n  \/\*\*[^]*?\n  scan\(/m);
  expect(page).toMatch(/^  setModifiedAt\(.*;\n\}$/m);
  expect(page).toMatch(/^  download\($/m);
  expect(page).not.toMatch(/^  (root|inTrash|readTrash|restore)\(/m);
});

test('it has each name once, whole, and nothing of how it is made', () => {
  expect(page.match(/^export function definePlugin</gm)).toHaveLength(2);
  expect(page.match(/^export interface PluginHead</gm)).toHaveLength(1);
  expect(page).toContain('\nexport const failureGuide');
  expect(page).not.toContain('return work ===');
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
  expect(blocks.length).toBeGreaterThan(10);
  for (const text of blocks) {
    const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'[^'\n]*'|`[^`\n]*`/g, '');
    expect([code.match(/\{/g)?.length, code.match(/\(/g)?.length]).toEqual([
      ...[code.match(/\}/g)?.length, code.match(/\)/g)?.length],
    ]);
  }
});
