import { Writable } from 'node:stream';
import { expect, it } from 'vitest';
import {
  createLineWriter,
  drained,
  fileSink,
  type LineWriter,
  type Sink,
  streamSink,
} from './line-writer.ts';

/** A file on a disk with so much room. */
function diskWith(room: number) {
  const disk = { room, text: '' };
  const sink = fileSink(1, (_fd, bytes) => {
    if (disk.room === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    const written = bytes.subarray(0, disk.room);
    disk.room -= written.length;
    disk.text += written.toString();
    return written.length;
  });
  return { disk, sink };
}

function writerOn(sink: Sink): { writer: LineWriter; told: (string | number)[] } {
  const told: (string | number)[] = [];
  const writer = createLineWriter({
    sink,
    onTrouble: (why) => void told.push(why),
    onGap: (lines) => void told.push(lines),
  });
  return { writer, told };
}

it('counts the lines for which a full disk has no room, and tells of them once when there is room again', () => {
  const { disk, sink } = diskWith(6);
  const { writer, told } = writerOn(sink);
  writer.write('first');
  writer.write('second');
  writer.write('third\nand fourth');
  expect([writer.missing, told]).toEqual([3, ['no space is left']]);
  disk.room = 100;
  writer.write('fifth');
  writer.write('sixth');
  expect(disk.text).toBe('first\nfifth\nsixth\n');
  expect([writer.missing, told]).toEqual([0, ['no space is left', 3]]);
});

it('begins a new line behind one of which only a part had room', () => {
  const { disk, sink } = diskWith(3);
  const { writer } = writerOn(sink);
  writer.write('first');
  expect(writer.missing).toBe(1);
  disk.room = 100;
  writer.write('second');
  expect(disk.text).toBe('fir\nsecond\n');
});

it('holds only so much for a reader that does not read, and goes on when it reads again', () => {
  let read: (() => void) | undefined;
  let received = 0;
  const pipe = new Writable({
    write(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      read = done;
    },
  });
  const { writer, told } = writerOn(streamSink(pipe, 1000, () => {}));
  for (let line = 0; line < 1000; line += 1) writer.write('0123456789');
  expect(pipe.writableLength).toBeLessThan(1100);
  expect([writer.missing > 800, told]).toEqual([true, ['its reader does not read']]);
  const { missing } = writer;
  while (pipe.writableLength > 0) read?.();
  writer.write('again');
  expect(told).toEqual(['its reader does not read', missing]);
  expect(received).toBe((1000 - missing) * 11 + 6);
});

it('tells that the reader has gone away, and takes the lines after that for lost', async () => {
  let isGone = false;
  const pipe = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('gone'), { code: 'EPIPE' })),
  });
  const { writer } = writerOn(streamSink(pipe, 1000, () => (isGone = true)));
  const closed = new Promise((resolve) => pipe.once('close', resolve));
  writer.write('one');
  await closed;
  writer.write('two');
  expect([isGone, writer.missing]).toEqual([true, 1]);
});

it('a long answer that waits for its reader leaves nothing behind with each wait', async () => {
  const pipe = new Writable({
    highWaterMark: 1,
    write: (_chunk, _encoding, done) => void setImmediate(done),
  });
  const listeners = (): number => pipe.listenerCount('drain') + pipe.listenerCount('close');
  const before = listeners();
  for (let line = 0; line < 20; line += 1) {
    pipe.write('a line');
    await drained(pipe);
  }
  expect(listeners()).toBe(before);
});

it('a reader that has gone away is waited for no longer', async () => {
  const pipe = new Writable({ highWaterMark: 1, write: () => {} });
  pipe.write('a line');
  const waited = drained(pipe);
  pipe.destroy();
  await waited;
  expect(pipe.listenerCount('drain')).toBe(0);
});
