import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseAllowList } from './allow-list.ts';

it('takes addresses and ranges, each once, with notes between them', () => {
  const text = '# as of May\n20.20.32.0/19\n\n52.159.23.209, 52.159.23.209\n2603:1030:8::/48 # new\n';
  expect(parseAllowList(text, 'a.txt')).toEqual({
    ok: true,
    addresses: ['20.20.32.0/19', '52.159.23.209', '2603:1030:8::/48'],
  });
});

it.each([
  ['graph.microsoft.com', 'is neither an address nor a range'],
  ['52.159.23', 'is neither an address nor a range'],
  ['052.159.23.9', 'is neither an address nor a range'],
  ['0x34.1.1.1', 'is neither an address nor a range'],
  ['52.159.23.0/33', 'has more than 32 bits'],
  ['52.159.23.0/24/8', 'is neither an address nor a range'],
  ['52.159.23.9/24', 'has bits beyond its length: 52.159.23.0/24 is meant?'],
  ['0.0.0.0/0', 'would let in a great part of the internet'],
  ['::/0', 'would let in a great part of the internet'],
  ['10.0.0.0/8', 'is no public address (private)'],
  ['127.0.0.1', 'is no public address (loopback)'],
  ['fe80::1%eth0', 'is neither an address nor a range'],
  ['all;', 'is neither an address nor a range'],
])('refuses %s: it %s', (word, why) => {
  const read = parseAllowList(`52.159.23.209\n${word}\n`, 'a.txt');
  expect(read).toMatchObject({ ok: false });
  expect(read.ok ? [] : read.problems).toEqual([expect.stringContaining(why)]);
  expect(read.ok ? [] : read.problems).toEqual([expect.stringMatching(/^a\.txt:2: /)]);
});

it('is no list when it is empty', () => {
  expect(parseAllowList('# nothing\n', 'a.txt')).toEqual({
    ok: false,
    problems: ['a.txt: there is no address in it'],
  });
});

it('lets nothing through that nginx would read as more than an address', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const read = parseAllowList(text, 'a.txt');
      for (const address of read.ok ? read.addresses : []) expect(address).toMatch(/^[0-9a-f.:]+(?:\/\d+)?$/);
    }),
  );
});
