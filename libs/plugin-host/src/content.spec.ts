/** Content plugins in the host: what they get, what they may answer, and what comes of a plugin that does otherwise. */
import type { ByteSource } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Plugin } from '@tidemark/plugin-sdk';
import { createMemorySpool } from '@tidemark/testkit';
import { describe, expect, it } from 'vitest';
import { createHost, type Host } from './host.ts';
import { assertCanLeave } from './remote/run-remote-plugin.ts';
import { createSpecWorld } from './spec-world.ts';

type Way = NonNullable<Plugin['content']>;

const spool = createMemorySpool();
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
async function* given(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield bytesOf(text);
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const piece of bytes) text += new TextDecoder().decode(piece);
  return text;
}

const wholeOf = (source: ByteSource): Promise<string> => textOf(source.open(0));

const asItIs: Way = { format: 'spec', up: (bytes) => bytes, down: (bytes) => bytes };
const pluginWith = (ways: Partial<Way>, name = 'spec'): Plugin => ({ name, content: { ...asItIs, ...ways } });

async function hostWith(...plugins: readonly Plugin[]): Promise<Host> {
  const host = createHost({
    ...createSpecWorld().options,
    spool,
    plugins: plugins.map((plugin) => ({ plugin })),
  });
  await host.start();
  return host;
}

async function changeOf(plugin: Plugin, path = 'a.txt') {
  const { content } = await hostWith(plugin);
  const change = content.of(path);
  if (change === null) throw new Error('it leaves it as it is');
  return change;
}

async function* sealed(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield bytesOf('seal ');
  yield* bytes;
}

describe('content plugins in the host', () => {
  it('of several the first that applies takes a file, and a file that none applies to goes as it is', async () => {
    const { content } = await hostWith(
      pluginWith({ applies: ({ name }) => name.endsWith('.md') }, 'first'),
      pluginWith({ applies: ({ path }) => path.startsWith('notes/') }, 'second'),
    );
    expect(content.of('notes/a.md')?.plugin).toBe('first');
    expect(content.of('notes/a.txt')?.plugin).toBe('second');
    expect(content.of('a.txt')).toBeNull();
  });

  it('what goes up has the figures of both sides, and is found again under its key while the plugin is the same', async () => {
    let made = 0;
    const counting = (format: string): Plugin =>
      pluginWith({
        format,
        up: (bytes) => {
          made += 1;
          return sealed(bytes);
        },
      });
    const change = await changeOf(counting('wax'));
    const first = await change.up('a.txt', 'key', () => given('te', 'xt'));
    expect(first.disk.sizeBytes).toBe(4);
    expect(first.drive.sizeBytes).toBe(first.sizeBytes);
    expect(await wholeOf(first)).toBe('seal text');
    const again = await change.up('a.txt', 'key', () => given('not read'));
    expect({ ...again.disk, made }).toEqual({ ...first.disk, made: 1 });
    await (await changeOf(counting('lead'))).up('a.txt', 'key', () => given('text'));
    expect(made).toBe(2);
    await first.discard();
    await change.up('a.txt', 'key', () => given('text'));
    expect(made).toBe(3);
  });

  it('what is left of it and has other bytes by now is made anew', async () => {
    const change = await changeOf(pluginWith({ up: sealed }));
    await change.up('a.txt', 'key', () => given('text'));
    const key = spool.keys().find((one) => one.startsWith('key spec')) ?? '';
    const kept = await spool.find(key);
    const writer = await spool.create(key, 'a.txt');
    await writer.write(bytesOf('seal t'));
    await writer.finish(kept?.note ?? '');
    expect(await wholeOf(await change.up('a.txt', 'key', () => given('text')))).toBe('seal text');
  });

  it.each([
    [
      'throws',
      { up: () => Promise.reject(new Error('no key')) },
      /^Cannot upload "a\.txt": plugin "spec" .* no key$/,
    ],
    ['gives what are no bytes', { up: () => ['text'] as never }, /no Uint8Array/],
    ['does not read to the end', { up: () => given('done') }, /did not read all/],
    [
      'throws something that would end the run',
      { up: () => Promise.reject(new Failure({ code: 'loginRequired', detail: 'x' })) },
      /^Cannot upload "a\.txt"/,
    ],
  ] satisfies readonly (readonly [string, Partial<Way>, RegExp])[])(
    'one that %s fails the file by its name',
    async (_, ways, message) => {
      const change = await changeOf(pluginWith(ways));
      const before = spool.keys().length;
      const failing = change.up('a.txt', null, () => given('text', 'text'));
      await expect(failing).rejects.toMatchObject({
        code: 'contentFailed',
        message: expect.stringMatching(message),
      });
      expect(spool.keys()).toHaveLength(before);
    },
  );

  it('one that never ends fails the file before it has filled the disk', async () => {
    const piece = new Uint8Array(256 * 1024 * 1024);
    async function* endless(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      for await (const _ of bytes);
      for (;;) yield piece;
    }
    const change = await changeOf(pluginWith({ down: endless }));
    let pieces = 0;
    const taking = async (): Promise<void> => {
      for await (const _ of change.down('a.txt', given('text'))) pieces += 1;
    };
    await expect(taking()).rejects.toMatchObject({
      code: 'contentFailed',
      message:
        'Cannot download "a.txt": plugin "spec" could not change its content: it made more than 1073758208 bytes of 4',
    });
    expect(pieces).toBe(4);
  });

  it('what the disk failed with is told as it is', async () => {
    const change = await changeOf(pluginWith({ up: sealed }));
    const failure = new Failure({ code: 'changedMeanwhile', detail: 'saved again' });
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield bytesOf('te');
      throw failure;
    }
    await expect(change.up('a.txt', null, broken)).rejects.toBe(failure);
    await expect(textOf(change.down('a.txt', broken()))).rejects.toBe(failure);
  });

  it.each<[string, NonNullable<Way['applies']>]>([
    [
      'no opinion',
      () => {
        throw new Error('no opinion');
      },
    ],
    ['it answered neither true nor false', (async () => false) as never],
  ])('a file of which it cannot say whether it applies does not go as it is: %s', async (why, applies) => {
    const { content } = await hostWith(pluginWith({ applies }));
    expect(() => content.of('a.txt')).toThrow(why);
    expect(() => content.of('a.txt')).toThrow(expect.objectContaining({ code: 'contentFailed' }));
  });

  it('cannot be given to another process, where no upload would ask it', () => {
    expect(() => assertCanLeave(pluginWith({}))).toThrow(/changes content/);
  });

  it('no run begins with a format that is no short text, without a place for what is made, or past a handler that does not ask', async () => {
    const long = await hostWith(pluginWith({ format: () => 'x'.repeat(101) }));
    expect(() => long.contentFormats()).toThrow(/format/);
    const { options } = createSpecWorld();
    const plugin = pluginWith({});
    expect(() => createHost({ ...options, plugins: [{ plugin }] })).toThrow(/no place/);
    const uploader: Plugin = { name: 'other', handle: { UploadFile: async () => ({}) } };
    const both = [{ plugin }, { plugin: uploader }];
    expect(() => createHost({ ...options, spool, plugins: both })).toThrow(/passes by plugin "spec"/);
  });
});
