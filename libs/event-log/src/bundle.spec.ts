import { gunzipSync, gzipSync } from 'node:zlib';
import { itemId, type RecordedEvent, seq } from '@tidemark/contracts';
import { describe, expect, it } from 'vitest';
import { type Bundle, encodeBundle, openBundle } from './bundle.ts';

describe('an incident bundle', () => {
  it('is read as a log that begins behind its snapshot', async () => {
    const log = openBundle(encodeBundle(bundle), 'x.gz');
    expect([log.first, log.head, log.bundle.about]).toEqual([5, 7, ['spec']]);
    expect(await collect(log.read())).toEqual(bundle.batches);
    expect(await collect(log.read({ from: seq(6), to: seq(6) }))).toEqual([[hint(6)]]);
    expect((await collect(log.history(itemId(7)))).map((one) => one.seq)).toEqual([7]);
    const snapshot = await log.latestSnapshot();
    expect([snapshot?.seq, snapshot && (await collect(snapshot.chunks))]).toEqual([4, ['head', 'items']]);
    expect(await log.latestSnapshot(seq(3))).toBeNull();
    expect(() => log.read({ from: seq(4) })).toThrow('it begins at event 5');
    await expect(log.append([])).rejects.toThrow('Cannot write to an incident bundle');
  });

  it('says what it is about in its first line', () => {
    const [about] = gunzipSync(encodeBundle(bundle)).toString().split('\n');
    expect(JSON.parse(about ?? '')).toEqual({ about: ['spec'] });
  });

  it('is refused with one other byte, cut short, or when it is something else', () => {
    const text = gunzipSync(encodeBundle(bundle)).toString();
    for (const [content, why] of [
      [gzipSync(text.replace('hint 6', 'hint 9')), 'it has other bytes than were written'],
      [gzipSync(text.split('\n').slice(0, -2).join('\n')), 'it has other bytes than were written'],
      [encodeBundle(bundle).subarray(0, 60), 'it is no Tidemark incident bundle, or was cut short'],
      [Buffer.from('a letter'), 'it is no Tidemark incident bundle'],
      [gzipSync('{}\n{}\n'), 'it has other bytes than were written'],
    ] as const)
      expect(() => openBundle(content, 'x.gz'), why).toThrow(`Cannot read "x.gz": ${why}`);
  });
});

const hint = (at: number): RecordedEvent => ({
  ...{ seq: seq(at), at, source: 'spec', items: [itemId(at)] },
  event: { type: 'HintReceived', side: 'remote', source: `hint ${at}` },
});

const bundle: Bundle = {
  about: ['spec'],
  head: { version: '1', names: 'redacted', before: seq(4), last: seq(7), digest: 'd', rules: [] },
  chunks: ['head', 'items'],
  batches: [[hint(5), hint(6)], [hint(7)]],
};

async function collect<Value>(values: AsyncIterable<Value>): Promise<Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}
