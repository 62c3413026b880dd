import { expect, it } from 'vitest';
import { coalesced } from './coalesce.ts';

/** Sends that end when they are told to. */
function createSends() {
  const sent: { readonly news: string; end(how?: 'well' | 'badly'): Promise<void> }[] = [];
  const send = (news: string): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    sent.push({
      news,
      async end(how = 'well') {
        if (how === 'well') resolve();
        else reject(new Error('refused'));
        await new Promise(setImmediate);
      },
    });
    return promise;
  };
  return { sent, put: coalesced(send) };
}

it('lets what comes while one is on its way wait for one more, which stands for all of it', async () => {
  const { sent, put } = createSends();
  void put('a');
  const later = [put('a'), put('a'), put('a')];
  expect(sent).toHaveLength(1);
  await sent[0]?.end();
  expect(sent).toHaveLength(2);
  await sent[1]?.end();
  await Promise.all(later);
  expect(sent).toHaveLength(2);
});

it('never joins one that was sent before', async () => {
  const { sent, put } = createSends();
  void put('a');
  void put('a');
  await sent[0]?.end();
  let done = false;
  // The second is on its way by now, so this is a third.
  void put('a').then(() => (done = true));
  await sent[1]?.end();
  expect([sent.length, done]).toEqual([3, false]);
  await sent[2]?.end();
  expect(done).toBe(true);
});

it('goes on after one that was refused', async () => {
  const { sent, put } = createSends();
  const first = put('a').catch(String);
  const second = put('a');
  await sent[0]?.end('badly');
  await sent[1]?.end();
  expect(await first).toBe('Error: refused');
  await second;
  void put('a');
  expect(sent).toHaveLength(3);
});

it('keeps kinds apart', () => {
  const { sent, put } = createSends();
  for (const news of ['a', 'b', 'a', 'c']) void put(news);
  expect(sent.map(({ news }) => news)).toEqual(['a', 'b', 'c']);
});
