import { describe, expect, it } from 'vitest';
import { recordsOf } from '../../../libs/event-log/src/record-file.ts';
import { fuzz } from './fuzz.ts';
import { mutateText } from './mutate.ts';
import { targets, withChecksum } from './targets.ts';

const now = (): number => performance.now();

describe('what others send', () => {
  it.each(Object.entries(targets))(
    '%s: no input is thrown at or takes long, beginning with every sample',
    (_name, target) => {
      const { inputs, findings } = fuzz(target, { seed: 1, inputs: 300, now, limitMs: 10_000 });
      expect(findings).toEqual([]);
      expect(inputs).toBe(target.samples.length + 300);
    },
  );
});

it('a record with its checksum is one that the log reads', () => {
  expect([...recordsOf(withChecksum(Buffer.from('data')))]).toEqual([Buffer.from('data')]);
});

describe('fuzzing', () => {
  const target = (parse: (input: string | Buffer) => void) => ({
    ...{ samples: ['{"a": [1, "two"]}'], parse },
    mutate: (samples: readonly (string | Buffer)[], chance: Parameters<typeof mutateText>[1]) =>
      mutateText(samples.map(String), chance),
  });

  it('finds what a parser throws at, and finds it again by its seed', () => {
    const parse = (input: string | Buffer): void => void JSON.parse(String(input));
    const { findings } = fuzz(target(parse), { seed: 1, inputs: 100, now });
    const [first] = findings;
    expect(first?.what).toContain('SyntaxError');
    const again = fuzz(target(parse), { seed: first?.seed ?? NaN, inputs: 1, now });
    expect(again.findings.map(({ input }) => input)).toEqual([first?.input]);
  });

  it('finds what takes long', () => {
    let clock = 0;
    const { findings } = fuzz(
      target(() => void (clock += 1500)),
      { seed: 1, inputs: 1, now: () => clock },
    );
    expect(findings.map(({ what }) => what)).toEqual(['1500 ms', '1500 ms']);
  });
});
