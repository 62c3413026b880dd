import { Failure, type ByteSink, type DriveItemId } from '@tidemark/contracts';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { afterEach, describe, expect, it } from 'vitest';
import { memorySink, named, readRound, someBytes, startRig, type Rig } from '../testing/rig.ts';

const bytes = someBytes(900_000);
let rig: Rig<Simulator>;
afterEach(() => rig.close());

async function start(options: Parameters<typeof startSimulator>[0] = {}): Promise<DriveItemId> {
  const simulator = await startSimulator({ tree: [{ path: '/a.bin', content: bytes }], ...options });
  rig = await startRig(simulator, { network: { answerTimeoutMs: 300, idleTimeoutMs: 300 } });
  return named((await readRound(rig.drive)).rows, 'a.bin').id;
}
const count = (kind: 'contentDownload' | 'contentRedirect') => rig.simulator.counters().byKind[kind];
const failureOf = async (promise: Promise<unknown>): Promise<Failure> => {
  const error = await promise.then(
    () => new Error('it succeeded'),
    (reason: unknown) => reason,
  );
  if (error instanceof Failure) return error;
  throw error;
};

describe('a download', () => {
  it('goes on where the connection broke, as often as it makes progress', async () => {
    const id = await start();
    rig.simulator.addFault({
      kind: 'contentDownload',
      times: 5,
      effect: { type: 'dropMidBody', afterBytes: 150_000 },
    });
    const sink = memorySink();
    const done: number[] = [];
    await rig.drive.download(id, sink, { progress: (doneBytes) => done.push(doneBytes) });
    expect(sink.bytes().equals(bytes)).toBe(true);
    expect(sink.restarts).toBe(0);
    expect(count('contentDownload')).toBe(6);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  it('ends when the sink refuses what comes, also where the body has no end', async () => {
    const id = await start();
    rig.simulator.addFault({ kind: 'contentDownload', effect: { type: 'endlessBody' } });
    const sink = memorySink();
    const write = sink.write.bind(sink);
    let bytesTaken = 0;
    sink.write = (chunk) => {
      bytesTaken += chunk.byteLength;
      if (bytesTaken > bytes.byteLength) throw new Failure({ code: 'contentMismatch', detail: 'too much' });
      return write(chunk);
    };
    expect((await failureOf(rig.drive.download(id, sink))).code).toBe('contentMismatch');
    expect(count('contentDownload')).toBe(1);
  });

  it('starts again when the service ignores the range', async () => {
    const id = await start({ settings: { downloadRanges: 'ignored' } });
    rig.simulator.addFault({
      kind: 'contentDownload',
      times: 1,
      effect: { type: 'dropMidBody', afterBytes: 150_000 },
    });
    const sink = memorySink();
    await rig.drive.download(id, sink);
    expect(sink.bytes().equals(bytes)).toBe(true);
    expect(sink.restarts).toBe(1);
  });

  it('fetches only what an earlier attempt left missing', async () => {
    const id = await start();
    const sink = memorySink(bytes.subarray(0, 700_000));
    rig.simulator.resetCounters();
    await rig.drive.download(id, sink);
    expect(sink.bytes().equals(bytes)).toBe(true);
    expect(rig.simulator.counters().bytesOut).toBeLessThan(250_000);
  });

  it('is complete at once when nothing is missing, and starts again when too much is there', async () => {
    const id = await start();
    const whole = memorySink(bytes);
    await rig.drive.download(id, whole);
    expect(whole.restarts).toBe(0);
    const tooMuch = memorySink(Buffer.concat([bytes, Buffer.from('more')]));
    await rig.drive.download(id, tooMuch);
    expect(tooMuch.restarts).toBe(1);
    expect(tooMuch.bytes().equals(bytes)).toBe(true);
  });

  it('replaces an expired address by a fresh one, once', async () => {
    const id = await start({ settings: { downloadUrlLifetimeMs: 60_000 } });
    rig.simulator.advance(2 * 60_000);
    const sink = memorySink();
    await rig.drive.download(id, sink);
    expect(sink.bytes().equals(bytes)).toBe(true);
    expect(count('contentRedirect')).toBe(1);
  });

  it('asks once more when a fresh address expires before it is used', async () => {
    const id = await start();
    rig.simulator.addFault({ kind: 'contentDownload', times: 3, effect: { type: 'status', status: 403 } });
    const sink = memorySink();
    await rig.drive.download(id, sink);
    expect(sink.bytes().equals(bytes)).toBe(true);
    expect(count('contentRedirect')).toBe(3);
  });

  it('replaces the address as often as it expires, as long as there is progress', async () => {
    const id = await start();
    await rig.drive.download(id, memorySink());
    rig.simulator.resetCounters();
    for (let round = 0; round < 3; round += 1) {
      rig.simulator.addFault({
        kind: 'contentDownload',
        times: 1,
        effect: { type: 'dropMidBody', afterBytes: 150_000 },
      });
      rig.simulator.addFault({ kind: 'contentDownload', times: 1, effect: { type: 'status', status: 403 } });
    }
    const sink = memorySink();
    await rig.drive.download(id, sink);
    expect(sink.bytes().equals(bytes)).toBe(true);
    expect(count('contentRedirect')).toBe(4);
  });

  it('asks for the address when the listing named none', async () => {
    const id = await start();
    await rig.drive.download(id, memorySink());
    const sink = memorySink();
    await rig.drive.download(id, sink);
    expect(sink.bytes().equals(bytes)).toBe(true);
    expect(count('contentRedirect')).toBe(1);
  });

  it.each([
    ['malware', { type: 'status', status: 403, code: 'malwareDetected' }],
    ['accessDenied', { type: 'status', status: 403, code: 'accessDenied' }],
    ['notFound', { type: 'status', status: 404, code: 'itemNotFound' }],
    [
      'serviceUnavailable',
      { type: 'status', status: 302, headers: { location: 'https://evil.example/x?tempauth=1' } },
    ],
    ['serviceUnavailable', { type: 'status', status: 302, headers: { location: 'http://127.0.0.1/x' } }],
    ['serviceUnavailable', { type: 'status', status: 302 }],
    ['serviceUnavailable', { type: 'status', status: 503 }],
    ['offline', { type: 'htmlBody', status: 200 }],
  ] as const)('fails with %s when the address is answered with %j', async (code, effect) => {
    const id = await start();
    await rig.drive.download(id, memorySink());
    rig.simulator.addFault({ kind: 'contentRedirect', effect });
    const failed = await failureOf(rig.drive.download(id, memorySink()));
    expect(failed.code).toBe(code);
    expect(failed.message).not.toContain('tempauth');
  });

  it.each([
    ['timedOut', { type: 'hang' }],
    ['offline', { type: 'drop' }],
    ['serviceUnavailable', { type: 'status', status: 500 }],
    ['serviceUnavailable', { type: 'status', status: 401 }],
    ['serviceUnavailable', { type: 'status', status: 403, code: 'accessDenied' }],
    ['serviceUnavailable', { type: 'status', status: 404, code: 'itemNotFound' }],
  ] as const)('fails with %s when the content is answered with %j again and again', async (code, effect) => {
    const id = await start();
    rig.simulator.addFault({ kind: 'contentDownload', effect });
    const failed = await failureOf(rig.drive.download(id, memorySink()));
    expect(failed.code).toBe(code);
    expect(failed.message).toMatch(/^Cannot download item "/);
  });

  it('hands over what it got when the body is short, and leaves the judgement to the receiver', async () => {
    const id = await start();
    rig.simulator.addFault({
      kind: 'contentDownload',
      times: 1,
      effect: { type: 'truncatedBody', bytes: 1_000 },
    });
    const sink = memorySink();
    await rig.drive.download(id, sink);
    expect(sink.bytes().length).toBe(1_000);
  });

  it('waits for a slow receiver and loses nothing', async () => {
    const id = await start();
    const chunks: Buffer[] = [];
    let writing = 0;
    const sink: ByteSink = {
      offset: 0,
      write: async (chunk) => {
        writing += 1;
        expect(writing).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        chunks.push(Buffer.from(chunk));
        writing -= 1;
      },
      restart: async () => {},
    };
    await rig.drive.download(id, sink);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
  });

  it.each(['thrown', 'rejected'] as const)('passes on what the receiver failed with (%s)', async (way) => {
    const id = await start();
    const full = new Failure({ code: 'diskFull', detail: 'Cannot write' });
    const sink: ByteSink = {
      offset: 0,
      write: () => {
        if (way === 'thrown') throw full;
        return Promise.reject(full);
      },
      restart: async () => {},
    };
    expect(await failureOf(rig.drive.download(id, sink))).toBe(full);
    // The connection pool has survived it.
    await rig.drive.download(id, memorySink());
  });

  it('leaves timers their turn, although the receiver is always done in the turn that brought the piece', async () => {
    const id = await start();
    let received = 0;
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    const ticksThen: number[] = [];
    await rig.drive.download(id, {
      offset: 0,
      async write(chunk) {
        received += chunk.length;
        ticksThen.push(ticks);
        const until = performance.now() + 2;
        while (performance.now() < until);
      },
      async restart() {},
    });
    clearInterval(timer);
    expect(received).toBe(bytes.length);
    // A timer that is due comes before the piece after the next.
    expect(new Set(ticksThen).size).toBeGreaterThan(ticksThen.length / 3);
  });

  it('is written in order although the connection ends while the receiver is busy', async () => {
    const id = await start();
    const order: number[] = [];
    let received = 0;
    let isWriting = false;
    await rig.drive.download(id, {
      offset: 0,
      async write(chunk) {
        expect(isWriting).toBe(false);
        isWriting = true;
        await new Promise((resolve) => setImmediate(resolve));
        isWriting = false;
        order.push((received += chunk.length));
      },
      async restart() {},
    });
    expect(received).toBe(bytes.length);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  });

  it('stops when told to', async () => {
    const id = await start();
    const controller = new AbortController();
    rig.simulator.addFault({ kind: 'contentDownload', effect: { type: 'latency', delayMs: 200 } });
    const loading = failureOf(rig.drive.download(id, memorySink(), { signal: controller.signal }));
    controller.abort();
    expect((await loading).message).toContain('stopped by the caller');
  });

  it('of an empty file is empty', async () => {
    await start({ tree: [{ path: '/a.bin', content: '' }] });
    const id = named((await readRound(rig.drive)).rows, 'a.bin').id;
    const sink = memorySink();
    await rig.drive.download(id, sink);
    expect(sink.bytes().length).toBe(0);
  });
});
