import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { expect, it } from 'vitest';
import { createNameCache } from './name-cache.ts';

const here: LookupAddress = { address: '127.0.0.1', family: 4 };
const there: LookupAddress = { address: '::1', family: 6 };

function createWorld(keepMs: number) {
  const world = { at: 0, asked: [] as string[], refuses: false };
  const lookUp = createNameCache({
    keepMs,
    now: () => world.at,
    onAsked: (name) => void world.asked.push(name),
    ask: (_name, { family }) => {
      if (world.refuses) return Promise.reject(new Error('ENOTFOUND'));
      return Promise.resolve(family === 6 ? [there] : [here, there]);
    },
  });
  return { world, lookUp };
}

const ask = (lookUp: LookupFunction, name: string, wish: Parameters<LookupFunction>[1]) =>
  new Promise((resolve, reject) => {
    lookUp(name, wish, (error, address) => (error === null ? resolve(address) : reject(error)));
  });

it('asks once for all connections that are made in that time, and again after it', async () => {
  const { world, lookUp } = createWorld(60_000);
  const both = [ask(lookUp, 'a.example', { all: true }), ask(lookUp, 'a.example', { all: true })];
  expect(await Promise.all(both)).toEqual([
    [here, there],
    [here, there],
  ]);
  world.at = 59_999;
  expect(await ask(lookUp, 'a.example', { all: false })).toBe('127.0.0.1');
  expect(world.asked).toEqual(['a.example']);
  world.at = 60_000;
  await ask(lookUp, 'a.example', { all: true });
  expect(world.asked).toEqual(['a.example', 'a.example']);
});

it('keeps hosts and families apart', async () => {
  const { world, lookUp } = createWorld(60_000);
  await ask(lookUp, 'a.example', { all: true });
  expect(await ask(lookUp, 'a.example', { family: 6 })).toBe('::1');
  await ask(lookUp, 'b.example', { all: true });
  expect(world.asked).toHaveLength(3);
});

it('keeps nothing for no time, and no refusal', async () => {
  const { world, lookUp } = createWorld(0);
  for (let index = 0; index < 3; index += 1) await ask(lookUp, 'a.example', { all: true });
  expect(world.asked).toHaveLength(3);

  const keeping = createWorld(60_000);
  keeping.world.refuses = true;
  await expect(ask(keeping.lookUp, 'a.example', { all: true })).rejects.toThrow('ENOTFOUND');
  keeping.world.refuses = false;
  expect(await ask(keeping.lookUp, 'a.example', { all: true })).toEqual([here, there]);
});
