import { quickXorHash } from '@tidemark/quickxor';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { generatedContent, heldContent, wholeContent } from './content.ts';

it('a slice of any content is that part of the whole', () => {
  const cuts = fc.tuple(fc.nat(700_000), fc.nat(700_000));
  const generated = generatedContent(700_000, 5);
  const whole = wholeContent(generated);
  const held = heldContent([whole.subarray(0, 10), whole.subarray(10, 300_000), whole.subarray(300_000)]);
  fc.assert(
    fc.property(cuts, ([one, other]) => {
      const [start, end] = [Math.min(one, other), Math.max(one, other)];
      const expected = whole.subarray(start, end);
      for (const content of [generated, held]) {
        expect(Buffer.concat([...content.slices(start, end)]).equals(expected)).toBe(true);
      }
    }),
    { numRuns: 50 },
  );
});

it('content is hashed as OneDrive hashes it, and repeats itself from its seed', () => {
  const content = generatedContent(300_001, 8);
  expect(content.quickXorHash()).toBe(quickXorHash(wholeContent(content)));
  expect(generatedContent(300_001, 8).quickXorHash()).toBe(content.quickXorHash());
  expect(generatedContent(300_001, 9).quickXorHash()).not.toBe(content.quickXorHash());
  expect(heldContent([Buffer.from('abc')]).quickXorHash()).toBe(quickXorHash(Buffer.from('abc')));
});
