/** The register: who has announced what. It tells for which drive a notification is, and that it is no forged one. */
import type { NatsRecords } from '@tidemark/bus';
import type { Announcement, Clock, RelayedNotification } from '@tidemark/contracts';
import { createKnownSenders, type KnownSenders, type Row } from '@tidemark/plugin-webhook';
import type { DriveRecord } from './protocol.ts';
import { readRecord, written } from './protocol.ts';

export interface Relayed extends RelayedNotification {
  readonly drive: string;
}

export interface Register {
  /** Takes the place of what the drive announced before. Resolves when it is kept. */
  take(drive: string, announcement: Announcement): Promise<void>;
  /** null: its sender has no secret that was announced. `at`: milliseconds since 1970. */
  newsOf(row: Row, at: number): Relayed | null;
  /** Whether the service may ask for the address of any drive then. */
  expectsValidation(at: number): boolean;
  /** How many have announced themselves, and how many of them have a subscription. */
  drives(): { readonly registered: number; readonly subscribed: number };
  /** One for each drive that has a subscription. */
  subscribed(): readonly Relayed[];
}

interface Entry {
  readonly senders: KnownSenders;
  readonly record: DriveRecord;
}

/** An announcement that its daemon does not take back ends by itself. Milliseconds. */
const askingMaxMs = 60_000;
/** More than one small host serves. */
const drivesMax = 10_000;

/** Begins with what was announced before. */
export async function openRegister(
  records: NatsRecords,
  clock: Pick<Clock, 'now'>,
  matches: (text: string, digest: string) => boolean,
): Promise<Register> {
  const entries = new Map<string, Entry>();
  /** Which drives a subscription may belong to. Knowing an id proves nothing, so there may be several. */
  const bySubscription = new Map<string, Set<string>>();
  const unnamed = new Set<string>();
  const writing = new Map<string, Promise<void>>();

  for (const [drive, value] of await records.all()) {
    const record = readRecord(value);
    if (record !== null) enter(drive, record);
  }

  function enter(drive: string, record: DriveRecord): void {
    leave(drive);
    const senders = createKnownSenders();
    senders.know(record.known);
    senders.expectValidation(record.askingUntil);
    entries.set(drive, { senders, record });
    for (const { subscriptionId } of record.known) {
      if (subscriptionId === null) unnamed.add(drive);
      else bySubscription.set(subscriptionId, (bySubscription.get(subscriptionId) ?? new Set()).add(drive));
    }
  }

  function leave(drive: string): void {
    unnamed.delete(drive);
    for (const { subscriptionId } of entries.get(drive)?.record.known ?? []) {
      if (subscriptionId === null) continue;
      const drives = bySubscription.get(subscriptionId);
      drives?.delete(drive);
      if (drives?.size === 0) bySubscription.delete(subscriptionId);
    }
    entries.delete(drive);
  }

  function subscribed(): readonly Relayed[] {
    return [...entries].flatMap(([drive, { record }]) => {
      const named = record.known.find(({ subscriptionId }) => subscriptionId !== null);
      return named?.subscriptionId == null
        ? []
        : [{ drive, subscriptionId: named.subscriptionId, told: null }];
    });
  }

  return {
    async take(drive, { known, asking }) {
      if (!entries.has(drive) && entries.size >= drivesMax)
        throw new Error(`this relay serves ${drivesMax} drives already`);
      const at = clock.now();
      const record: DriveRecord = {
        known: known.map(({ forMs, ...sender }) => ({
          ...sender,
          until: forMs === null ? null : at + forMs,
        })),
        askingUntil: asking ? at + askingMaxMs : null,
      };
      enter(drive, record);
      // One after the other, so that the newest is what is kept.
      const put = (): Promise<void> => records.put(drive, written(record));
      const kept = (writing.get(drive) ?? Promise.resolve()).then(put, put);
      writing.set(drive, kept);
      await kept.finally(() => {
        if (writing.get(drive) === kept) writing.delete(drive);
      });
    },

    newsOf(row, at) {
      const { subscriptionId, told } = row;
      for (const drives of [bySubscription.get(subscriptionId) ?? [], unnamed]) {
        for (const drive of drives) {
          if (entries.get(drive)?.senders.recognises(row, at, matches) === true)
            return { drive, subscriptionId, told };
        }
      }
      return null;
    },

    expectsValidation(at) {
      for (const { senders } of entries.values()) if (senders.expectsValidation(at)) return true;
      return false;
    },

    drives: () => ({ registered: entries.size, subscribed: subscribed().length }),
    subscribed,
  };
}
