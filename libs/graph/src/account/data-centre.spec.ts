import { expect, it } from 'vitest';
import { mayReadSites } from './data-centre.ts';

it.each([
  [['Files.ReadWrite.All', 'Sites.ReadWrite.All'], true],
  [['https://graph.microsoft.com/Sites.Read.All'], true],
  [['Files.ReadWrite.All', 'Sites.Selected', 'MySites.Read.All'], false],
  [[], false],
] as const)('knows whether sites may be read with %j', (granted, may) => {
  expect(mayReadSites(granted)).toBe(may);
});
