/**
 * The outbox of one plugin: observations on their way to the engine, in order. What arrives within one step, or while
 * the bus is busy, travels as one message. A bus that is away is tried again; a fact is never dropped for it. What the
 * bus can never take, because it is no JSON or too large, goes back to the plugin that put it.
 */
import type { Bus, Clock, CommandId, Observation } from '@tidemark/contracts';
import { rowsIn, waitingRowsMax } from '@tidemark/engine';
import { hintKey, joined } from './hints.ts';

export interface Outbox {
  /**
   * Resolves when the bus took it over, which is the backpressure; after `close` at once, dropping it. Rejects when the
   * bus can never take it. A caller that does not await it need not catch it.
   */
  put(observation: Observation): Promise<void>;
  /**
   * The same for what is told while that command is under way, but resolves at once as long as few rows wait: so the last part of
   * a look and its end travel together. What the bus can never take makes the success of the command one that it cannot take
   * either: `put` rejects it.
   */
  report(observation: Observation, command: CommandId): Promise<void>;
  /** Resolves when everything put so far was taken over. */
  empty(): Promise<void>;
  /** Nothing is published after it. Drops what is left. */
  close(): void;
}

export interface OutboxOptions {
  readonly bus: Bus;
  readonly subject: string;
  readonly clock: Clock;
  /** Told of each failed attempt. */
  readonly onTrouble: (error: unknown) => void;
  /** What is put until it resolves travels as one message. Without it, what one step brings. */
  readonly gather?: () => Promise<void>;
}

const messageMax = 256;
const firstPauseMs = 100;
const lastPauseMs = 5_000;

export function createOutbox({
  bus,
  subject,
  clock,
  onTrouble,
  gather = () => Promise.resolve(),
}: OutboxOptions): Outbox {
  const queue: Entry[] = [];
  const hints = new Map<string, Entry>();
  /** Commands about which something was refused, until they end. */
  const broken = new Map<string, unknown>();
  const closing = new AbortController();
  let rows = 0;
  let draining: Promise<void> | null = null;

  return {
    put: (observation) => put(observation, null),
    async report(observation, command) {
      const taken = put(observation, command);
      if (rows >= waitingRowsMax) await taken;
    },
    async empty() {
      while (draining !== null) await draining;
    },
    close() {
      closing.abort();
      for (const { taken } of queue.splice(0)) taken.resolve();
    },
  };

  function put(observation: Observation, command: CommandId | null): Promise<void> {
    if (closing.signal.aborted) return Promise.resolve();
    const key = hintKey(observation);
    // A hint says "look": while one waits, another of the same kind at most widens it.
    const waiting = key === null ? undefined : hints.get(key);
    if (waiting !== undefined) {
      waiting.observation = joined(waiting.observation, observation);
      return waiting.taken.promise;
    }
    const entry = { observation, command, taken: createTaken() };
    if (key !== null) hints.set(key, entry);
    queue.push(entry);
    rows += rowsIn(observation);
    draining ??= drain();
    return entry.taken.promise;
  }

  async function drain(): Promise<void> {
    await gather();
    while (queue.length > 0) {
      const entries = queue.splice(0, messageMax);
      hints.clear();
      await deliver(entries.filter(isSound));
      rows = queue.reduce((sum, { observation }) => sum + rowsIn(observation), 0);
    }
    draining = null;
  }

  async function deliver(entries: readonly Entry[]): Promise<void> {
    const [first] = entries;
    if (first === undefined) return;
    const refusal = await publish(entries.map(({ observation }) => observation));
    if (refusal === null) for (const { taken } of entries) taken.resolve();
    else if (entries.length === 1) {
      if (first.command !== null) broken.set(first.command, refusal.error);
      first.taken.reject(refusal.error);
    }
    // One of them is to blame; the others must not suffer for it.
    else for (const entry of entries) if (isSound(entry)) await deliver([entry]);
  }

  /** False, and given back, when it tells of the success of a command about which something was refused. */
  function isSound({ observation, taken }: Entry): boolean {
    if (observation.type !== 'CommandSucceeded' && observation.type !== 'CommandFailed') return true;
    const { type, command } = observation;
    const error = broken.get(command);
    const wasBroken = broken.delete(command);
    if (wasBroken && type === 'CommandSucceeded') taken.reject(error);
    return !wasBroken || type === 'CommandFailed';
  }

  /** null: taken over, or the outbox was closed. */
  async function publish(observations: readonly Observation[]): Promise<{ readonly error: unknown } | null> {
    for (let pauseMs = firstPauseMs; !closing.signal.aborted; pauseMs = Math.min(pauseMs * 2, lastPauseMs)) {
      try {
        await bus.publish(subject, observations);
        return null;
      } catch (error) {
        if (isForGood(error)) return { error };
        onTrouble(error);
        await clock.sleep(pauseMs, closing.signal);
      }
    }
    return null;
  }
}

/** Codes of the bus, and of a daemon in another process, for payloads that no other attempt will get through. */
const forGood: readonly unknown[] = ['invalidPayload', 'payloadTooLarge', 'refused'];

function isForGood(error: unknown): boolean {
  return error instanceof Error && 'code' in error && forGood.includes(error.code);
}

interface Entry {
  observation: Observation;
  /** It is told while that command is under way. */
  readonly command: CommandId | null;
  readonly taken: Taken;
}

interface Taken {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

function createTaken(): Taken {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
