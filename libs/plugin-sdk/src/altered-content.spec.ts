import { expect, it } from 'vitest';
import { isAlteredByService } from './altered-content.ts';

it.each([
  ['business', 'letter.docx', true],
  ['documentLibrary', 'Report.PDF', true],
  ['business', 'data.bin', false],
  ['business', 'photo.heic', false],
  ['personal', 'photo.HEIC', true],
  ['personal', 'letter.docx', false],
  ['personal', 'data.bin', false],
  ['business', 'docx', true],
  ['business', 'a.docx.bin', false],
] as const)('a %s drive: %s may be altered: %s', (kind, name, altered) => {
  expect(isAlteredByService(kind, name)).toBe(altered);
});
