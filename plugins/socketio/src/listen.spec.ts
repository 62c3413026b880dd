import { Failure, type Connection, type HintReceived, type Notice } from '@tidemark/plugin-sdk';
import { createManualClock } from '@tidemark/testkit';
import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { listen } from './listen.ts';

const hint = { type: 'HintReceived', side: 'remote', source: 'socketio' };
const random = { bytes: () => new Uint8Array(), uuid: () => '', fraction: () => 1 };
const hour = 3_600_000;
const opening = '0{"sid":"s","pingInterval":25000,"pingTimeout":20000}';
const joined = '40/notifications,{"sid":"n"}';
const event = '42/notifications,["notification",{}]';

interface Wire {
  readonly url: string;
  readonly sent: string[];
  readonly messages: Subject<string>;
  isClosed: boolean;
}

/** The other end of every connection is in the hands of the test. */
function createWorld(
  options: {
    readonly lifetimeMs?: number | null;
    readonly isSlow?: boolean;
    readonly refusals?: readonly Failure[];
  } = {},
) {
  const clock = createManualClock();
  const wires: Wire[] = [];
  const hints: HintReceived[] = [];
  const notices: Notice[] = [];
  const refusals = [...(options.refusals ?? [])];
  const waiting: (() => void)[] = [];
  const stopping = new AbortController();
  let addresses = 0;
  let connectFailure: Failure | null = null;
  const lifetimeMs = options.lifetimeMs === undefined ? hour : options.lifetimeMs;
  const running = listen(
    {
      clock,
      random,
      notifications: {
        socketAddress: async () => {
          const refusal = refusals.shift();
          if (refusal !== undefined) throw refusal;
          addresses += 1;
          return {
            url: `https://x.svc.ms/notifications?token=${addresses}`,
            expiresAt: lifetimeMs === null ? null : clock.now() + lifetimeMs,
          };
        },
      },
      connect: async (url): Promise<Connection> => {
        if (connectFailure !== null) throw connectFailure;
        const wire: Wire = { url, sent: [], messages: new Subject(), isClosed: false };
        wires.push(wire);
        return {
          messages: wire.messages,
          send: (text) => void wire.sent.push(text),
          close: async () => {
            wire.isClosed = true;
          },
        };
      },
      report: (each) => {
        hints.push(each);
        return options.isSlow === true ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve();
      },
      tell: (notice) => void notices.push(notice),
    },
    stopping.signal,
  );
  const say = async (wire: number, ...frames: readonly string[]): Promise<void> => {
    for (const frame of frames) wires[wire]?.messages.next(frame);
    await clock.advance(0);
  };
  return {
    clock,
    wires,
    hints,
    notices,
    refusals,
    stopping,
    running,
    say,
    addresses: () => addresses,
    failConnect: (failure: Failure | null) => {
      connectFailure = failure;
    },
    take: async () => {
      waiting.shift()?.();
      await clock.advance(0);
    },
    /** Opens the connection that waits. */
    open: async () => {
      await clock.advance(0);
      await say(wires.length - 1, opening, '40{"sid":"d"}', joined);
    },
    types: () => notices.map(({ type }) => type),
  };
}

describe('listening', () => {
  it('joins the namespace of the address, then hints once: something may have been missed', async () => {
    const { wires, hints, open, types, notices } = createWorld();
    await open();
    expect(wires.map(({ url, sent }) => [url, sent])).toEqual([
      ['wss://x.svc.ms/socket.io/?EIO=4&transport=websocket&token=1', ['40', '40/notifications,']],
    ]);
    expect(hints).toEqual([hint]);
    expect(types()).toEqual(['channelWanted', 'channelOpened']);
    expect(notices[0]).toEqual({ type: 'channelWanted', isRetry: false });
  });

  it('hints at every notification, and counts it', async () => {
    const { hints, notices, open, say } = createWorld();
    await open();
    await say(0, event);
    await say(0, '42/notifications,["notification","{\\"a\\":1}"]');
    expect(hints).toHaveLength(3);
    expect(notices.slice(2)).toEqual([
      { type: 'signalReceived', count: 1 },
      { type: 'signalReceived', count: 2 },
    ]);
  });

  it('makes one hint of many notifications while the last one is on its way', async () => {
    const { hints, notices, open, say, take } = createWorld({ isSlow: true });
    await open();
    await take();
    await say(0, event);
    await say(0, ...Array.from({ length: 10_000 }, () => event));
    expect(hints).toHaveLength(2);
    await take();
    expect(hints).toHaveLength(3);
    await take();
    await take();
    expect(hints).toHaveLength(3);
    expect(notices.at(-1)).toEqual({ type: 'signalReceived', count: 10_001 });
  });

  it('hears nothing in events of other names', async () => {
    const { hints, open, say } = createWorld();
    await open();
    await say(0, '42/notifications,["news",{}]', '42/notifications,nonsense', '6', 'xyz', '');
    expect(hints).toHaveLength(1);
  });

  it('answers pings and stays as long as they come', async () => {
    const { wires, clock, open, say } = createWorld();
    await open();
    for (let ping = 0; ping < 50; ping++) {
      await clock.advance(25_000);
      await say(0, '2');
    }
    expect(wires).toHaveLength(1);
    expect(wires[0]?.sent.filter((frame) => frame === '3')).toHaveLength(50);
  });

  it('takes a link for dead after a ping interval and a ping timeout of silence', async () => {
    const { wires, clock, open, hints, notices } = createWorld();
    await open();
    await clock.advance(44_999);
    expect(wires[0]?.isClosed).toBe(false);
    await clock.advance(1);
    expect(wires[0]?.isClosed).toBe(true);
    expect(notices.slice(2)).toEqual([
      {
        type: 'channelClosed',
        detail: 'The Socket.IO channel ended: nothing was heard for 45 s',
        retryMs: 1_000,
      },
    ]);
    await clock.advance(1_000);
    await open();
    expect(wires).toHaveLength(2);
    expect(hints).toEqual([hint, hint]);
  });

  it.each([
    ['the service takes us out', '41/notifications,'],
    ['the session is closed', '1'],
    ['the namespace is refused later', '44/notifications,{"message":"Unauthorized"}'],
  ])('begins anew with a new address when %s', async (_, frame) => {
    const { wires, clock, open, say, notices } = createWorld();
    await open();
    await say(0, frame);
    expect(wires[0]?.isClosed).toBe(true);
    await clock.advance(1_000);
    expect(wires[1]?.url).toContain('token=2');
    expect(notices.at(-1)).toEqual({ type: 'channelWanted', isRetry: true });
  });

  it('begins anew when the connection breaks, more slowly each time, up to a minute', async () => {
    const { wires, clock, open, refusals, addresses } = createWorld();
    const pauses: number[] = [];
    for (let round = 0; round < 9; round++) {
      await open();
      wires.at(-1)?.messages.error(new Failure({ code: 'offline', detail: 'gone' }));
      await clock.advance(0);
      pauses.push(clock.sleeping[0] ?? -1);
      await clock.advance(clock.sleeping[0] ?? 0);
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1000));
    expect([addresses(), refusals.length]).toEqual([10, 0]);
  });

  it('forgets earlier failures once a connection was steady', async () => {
    const { clock, open, say } = createWorld();
    await open();
    await say(0, '1');
    await clock.advance(1_000);
    await open();
    for (let ping = 0; ping < 3; ping++) {
      await clock.advance(25_000);
      await say(1, '2');
    }
    await say(1, '1');
    expect(clock.sleeping).toEqual([1_000]);
  });

  it('waits a minute, then longer, when the account has no such channel', async () => {
    const refused = new Failure({ code: 'notSupported', detail: 'Operation not supported' });
    const { clock, notices, addresses } = createWorld({ refusals: [refused, refused] });
    await clock.advance(0);
    expect(notices.at(-1)).toEqual({
      type: 'channelFailed',
      detail: 'Operation not supported',
      retryMs: 75_000,
    });
    await clock.advance(75_000);
    expect(clock.sleeping).toEqual([150_000]);
    await clock.advance(150_000);
    expect(addresses()).toBe(1);
  });

  it('gives up a handshake after ten seconds', async () => {
    const { clock, wires, notices } = createWorld();
    await clock.advance(9_999);
    expect(wires[0]?.isClosed).toBe(false);
    await clock.advance(1);
    expect(wires[0]?.isClosed).toBe(true);
    expect(notices.at(-1)).toMatchObject({ type: 'channelFailed', retryMs: 1_000 });
  });

  it('says why a namespace was refused, and tries another address', async () => {
    const { clock, wires, say, notices, hints } = createWorld();
    await clock.advance(0);
    await say(0, opening, '44/notifications,{"message":"Unauthorized"}');
    expect(notices.at(-1)).toMatchObject({
      type: 'channelFailed',
      detail: 'Cannot listen over Socket.IO: the service refused: Unauthorized',
    });
    await clock.advance(1_000);
    expect(wires).toHaveLength(2);
    expect(hints).toEqual([]);
  });
});

describe('renewal', () => {
  it('comes two minutes before the address ends, and the old connection serves until the new one is up', async () => {
    const { clock, wires, open, say, hints } = createWorld({ lifetimeMs: 10 * 60_000 });
    await open();
    await untilAlive(clock, say, 8 * 60_000 - 1);
    expect(wires).toHaveLength(1);
    await clock.advance(1);
    expect(wires).toHaveLength(2);
    await say(0, event);
    expect(hints).toHaveLength(2);
    expect(wires[0]?.isClosed).toBe(false);
    await open();
    expect(wires.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(hints).toHaveLength(3);
    await say(1, event);
    expect(hints).toHaveLength(4);
  });

  it('that fails does not drop the working connection, and is tried again after a minute', async () => {
    const { clock, wires, open, say, refusals, hints, types } = createWorld({ lifetimeMs: 10 * 60_000 });
    await open();
    refusals.push(new Failure({ code: 'serviceUnavailable', detail: 'later' }));
    await untilAlive(clock, say, 8 * 60_000);
    expect(types()).toContain('channelFailed');
    expect(types()).not.toContain('channelClosed');
    expect(wires[0]?.isClosed).toBe(false);
    await say(0, event);
    expect(hints).toHaveLength(2);
    await untilAlive(clock, say, 60_000);
    await open();
    expect(wires.map(({ isClosed }) => isClosed)).toEqual([true, false]);
  });

  it('of a short-lived address comes at half its time', async () => {
    const { clock, wires, open, say } = createWorld({ lifetimeMs: 60_000 });
    await open();
    await untilAlive(clock, say, 30_000);
    expect(wires).toHaveLength(2);
  });

  it('is noticed within minutes when the wall clock jumps over it', async () => {
    const { clock, wires, open, say } = createWorld();
    await open();
    clock.jump(2 * hour);
    await untilAlive(clock, say, 5 * 60_000);
    expect(wires).toHaveLength(2);
  });

  it('never comes when the address has no end', async () => {
    const { clock, wires, open, say } = createWorld({ lifetimeMs: null });
    await open();
    await untilAlive(clock, say, 24 * hour);
    expect(wires).toHaveLength(1);
  });
});

describe('the end', () => {
  it('closes the connection and says goodbye', async () => {
    const { wires, open, stopping, running, hints } = createWorld();
    await open();
    stopping.abort();
    await running;
    expect(wires[0]).toMatchObject({ isClosed: true });
    expect(wires[0]?.sent.at(-1)).toBe('1');
    expect(hints).toHaveLength(1);
  });

  it('comes at once while waiting for the next attempt or for an answer', async () => {
    for (const code of ['notSupported', 'offline'] as const) {
      const { clock, stopping, running, failConnect } = createWorld();
      failConnect(new Failure({ code, detail: 'no' }));
      await clock.advance(0);
      stopping.abort();
      await running;
      expect(clock.sleeping).toEqual([]);
    }
    const { clock, stopping, running, wires } = createWorld();
    await clock.advance(0);
    stopping.abort();
    await running;
    expect(wires[0]?.isClosed).toBe(true);
  });

  it('tells the host of what is no failure but a bug', async () => {
    const clock = createManualClock();
    const broken = listen(
      {
        clock,
        random,
        notifications: { socketAddress: () => Promise.reject(new TypeError('a bug')) },
        connect: () => Promise.reject(new Error('not reached')),
        report: () => Promise.resolve(),
        tell: () => undefined,
      },
      new AbortController().signal,
    );
    await expect(broken).rejects.toThrow('a bug');
  });
});

/** Lets time go by with a ping on every connection that is open, as the service does. */
async function untilAlive(
  clock: ReturnType<typeof createManualClock>,
  say: (wire: number, ...frames: readonly string[]) => Promise<void>,
  forMs: number,
): Promise<void> {
  for (let leftMs = forMs; leftMs > 0; leftMs -= 25_000) {
    await clock.advance(Math.min(25_000, leftMs));
    await say(0, '2');
  }
}
