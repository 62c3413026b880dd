import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256 } from './sha-256.ts';

it('is what the platform computes over the same code units', () => {
  const expected = (text: string): string =>
    createHash('sha256').update(Buffer.from(text, 'utf16le').swap16()).digest('hex');
  for (let length = 0; length < 70; length++)
    expect(sha256('x'.repeat(length))).toBe(expected('x'.repeat(length)));
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => sha256(text) === expected(text)),
  );
});
