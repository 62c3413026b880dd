/**
 * Frames of Engine.IO 4 with Socket.IO 5 inside, as far as a listener needs them. One digit is Engine.IO's type, the next one
 * Socket.IO's; then the namespace, and JSON.
 *
 * @see https://socket.io/docs/v4/engine-io-protocol/ and https://socket.io/docs/v4/socket-io-protocol/
 */
export type Frame =
  | { readonly type: 'opened'; readonly heartbeat: Heartbeat }
  | { readonly type: 'closed' }
  | { readonly type: 'ping' }
  | { readonly type: 'joined'; readonly namespace: string }
  | { readonly type: 'left'; readonly namespace: string }
  | { readonly type: 'refused'; readonly namespace: string; readonly why: string }
  | { readonly type: 'event'; readonly namespace: string; readonly name: string }
  /** Something this listener has no use for. */
  | { readonly type: 'other' };

export interface Heartbeat {
  readonly pingIntervalMs: number;
  readonly pingTimeoutMs: number;
}

/** Until the server says its own: what the peer client assumes. */
export const usualHeartbeat: Heartbeat = { pingIntervalMs: 25_000, pingTimeoutMs: 60_000 };

export const pong = '3';
export const join = (namespace: string): string => `40${namespace === '/' ? '' : `${namespace},`}`;
export const leave = '1';

/** What comes from outside may be anything; nothing here throws. */
export function readFrame(text: string): Frame {
  switch (text[0]) {
    case '0':
      return { type: 'opened', heartbeat: heartbeatIn(text.slice(1)) };
    case '1':
      return { type: 'closed' };
    case '2':
      return { type: 'ping' };
    case '4':
      return readPacket(text);
    default:
      return { type: 'other' };
  }
}

const packet = /^4(\d)(?:(\/[^,]*)(?:,|$))?(.*)$/s;

function readPacket(text: string): Frame {
  const [, kind, namespace = '/', rest = ''] = packet.exec(text) ?? [];
  switch (kind) {
    case '0':
      return { type: 'joined', namespace };
    case '1':
      return { type: 'left', namespace };
    case '2':
      return { type: 'event', namespace, name: eventName(rest) };
    case '4':
      return { type: 'refused', namespace, why: messageIn(rest) };
    default:
      return { type: 'other' };
  }
}

/** The name alone: what changed is for the drive to say, so the payload is not even parsed. */
function eventName(rest: string): string {
  return /^\d*\["([\w.-]{1,64})"/.exec(rest)?.[1] ?? '';
}

const heartbeatMaxMs = 10 * 60_000;

function heartbeatIn(text: string): Heartbeat {
  const said = objectIn(text);
  return {
    pingIntervalMs: durationIn(said['pingInterval']) ?? usualHeartbeat.pingIntervalMs,
    pingTimeoutMs: durationIn(said['pingTimeout']) ?? usualHeartbeat.pingTimeoutMs,
  };
}

function durationIn(value: unknown): number | null {
  return typeof value === 'number' && value > 0 && value <= heartbeatMaxMs ? value : null;
}

/** Text of strangers, for a notice: short, and without anything a terminal could act on. */
function messageIn(text: string): string {
  const { message } = objectIn(text);
  return typeof message === 'string'
    ? message.replace(/[^\x20-\x7e]/g, '?').slice(0, 200)
    : 'no reason given';
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
