import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { definePlugin, type Plugin } from '@tidemark/plugin-sdk';
import { describe, expect, it, test } from 'vitest';
import { contentConformance, runPlugin } from './index.ts';

type Way = NonNullable<Plugin['content']>;

const pluginWith = (ways: Partial<Way>): Plugin => ({
  name: 'spec',
  content: { format: 'spec', ...asItIs, ...ways },
});
const asItIs: Pick<Way, 'up' | 'down'> = { up: (bytes) => bytes, down: (bytes) => bytes };

const gzip = definePlugin({
  name: 'gzip',
  content: {
    format: 'gzip',
    up: (bytes) => bytes.pipeThrough(new CompressionStream('gzip')),
    down: (bytes) => Readable.fromWeb(bytes as never).compose(createGunzip()),
  },
});

describe('a plugin that compresses', () => {
  for (const { title, check } of contentConformance(gzip)) test(title, check);
});

it('what it makes is there to be looked at', async () => {
  await using run = await runPlugin(gzip);
  const made = await run.up('a.txt', 'hello '.repeat(100));
  expect(made?.length).toBeLessThan(100);
  expect(new TextDecoder().decode((await run.down('a.txt', made ?? new Uint8Array())) ?? undefined)).toBe(
    'hello '.repeat(100),
  );
});

async function* whole(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bytes) pieces.push(piece);
  yield Buffer.concat(pieces);
}

async function* swallowing(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch {
    // As if that were all.
  }
}

describe.each([
  [
    'loses the last byte',
    {
      down: async function* (bytes) {
        for await (const one of bytes) yield one.subarray(0, -1);
      },
    },
    /came back as/,
  ],
  ['holds all of a file on its way up', { up: whole }, /had read/],
  ['holds all of a file on its way down', { down: whole }, /had read/],
  ['finds no damage', {}, /With .* it gave/],
] satisfies readonly (readonly [string, Partial<Way>, RegExp])[])(
  'a plugin that %s',
  (_, ways, complaint) => {
    it('is named by one of the checks', async () => {
      const said: string[] = [];
      for (const { check } of contentConformance(pluginWith(ways), { findsDamage: true }))
        await check().catch((error: unknown) => said.push(String(error)));
      expect(said.join('\n')).toMatch(complaint);
    });
  },
);

it('what keeps a file from being read is told, though the plugin takes it for the end', async () => {
  for (const { check } of contentConformance(pluginWith({ up: swallowing, down: swallowing }))) await check();
});
