import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from './crc32c.ts';
import { liveFiles } from './manifest.ts';
import { openLevelStore } from './level-store.ts';
import { brokenRecordAt } from './record-file.ts';
import { decompressSnappy } from './snappy.ts';
import { tableDamage } from './table-file.ts';
import { sampleBatch } from './testing/sample-events.ts';
import { openFor, scratchFolder } from './testing/sample-log.ts';

test.for([
  ['', 0],
  ['123456789', 0xe306_9283],
  ['\0'.repeat(32), 0x8a91_36aa],
  ['The quick brown fox jumps over the lazy dog', 0x2262_0404],
] as const)('crc32c of %j is what the RFC says', ([text, expected]) => {
  const bytes = Buffer.from(text);
  expect(crc32c(bytes, 0, bytes.length)).toBe(expected);
});

test('crc32c does not depend on where the bytes lie', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 20 }), (bytes, shift) => {
      const shifted = Buffer.concat([Buffer.alloc(shift, 7), bytes, Buffer.alloc(3)]);
      expect(crc32c(shifted, shift, shift + bytes.length)).toBe(crc32c(bytes, 0, bytes.length));
    }),
  );
});

test('decompresses literals and copies, also copies that overlap themselves', () => {
  expect(decompressSnappy(Buffer.from([5, 16, 104, 101, 108, 108, 111])).toString()).toBe('hello');
  // One literal "ab", then a copy of length 6 from two bytes back.
  expect(decompressSnappy(Buffer.from([8, 4, 97, 98, ((6 - 4) << 2) | 1, 2])).toString()).toBe('abababab');
  expect(() => decompressSnappy(Buffer.from([8, 4, 97, 98, 9, 3]))).toThrow(RangeError);
});

test('finds no damage in the files of a busy log, of whatever size and in the midst of compactions', async () => {
  const folder = join(await scratchFolder(), 'log');
  const log = await openFor(folder);
  let tables = 0;
  for (let round = 0; round < 12; round += 1) {
    await log.append(sampleBatch(log.head + 1, 5000));
    await log.saveSnapshot(log.head, [
      's'.repeat(300_000),
      ...Array.from({ length: 2000 }, (_, n) => `chunk ${n}`),
    ]);
    const logFolder = join(folder, 'log');
    const current = (await readFile(join(logFolder, 'CURRENT'), 'latin1')).trimEnd();
    const manifest = await readFile(join(logFolder, current));
    expect(brokenRecordAt(manifest)).toBeUndefined();
    const live = liveFiles(manifest);
    for (const name of await readdir(logFolder)) {
      // LevelDB may remove a file between the listing and the reading.
      const file = await readFile(join(logFolder, name)).catch(() => undefined);
      if (file === undefined) continue;
      if (name.endsWith('.log')) expect(brokenRecordAt(file)).toBeUndefined();
      const expected = name.endsWith('.ldb') ? live.tables.get(parseInt(name, 10))?.sizeBytes : undefined;
      if (expected === undefined) continue;
      expect([name, file.length, tableDamage(file)]).toEqual([name, expected, undefined]);
      tables += 1;
    }
  }
  expect(tables).toBeGreaterThan(20);
});

test('knows tables whose blocks were stored without compression', async () => {
  const folder = await scratchFolder();
  const store = await openLevelStore(folder, true);
  const noise = Buffer.from(
    Array.from({ length: 60_000 }, (_, at) => (at * at * 31 + (at >> 3) * 17) & 0xff),
  );
  for (let key = 0; key < 100; key += 1)
    await store.commit([{ key: Buffer.from(`key ${key}`), value: noise }]);
  await store.close();
  await (await openLevelStore(folder, false)).close();
  const tables = (await readdir(folder)).filter((name) => name.endsWith('.ldb'));
  expect(tables.length).toBeGreaterThan(0);
  for (const name of tables) expect(tableDamage(await readFile(join(folder, name)))).toBeUndefined();
});
