import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sdkVersion } from './index.ts';

it('the SDK tells the version of its package', () => {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(manifest.version).toBe(sdkVersion);
});
