/** What parses something that others sent, one function each. It may return whatever it likes, and throws nothing but what its callers expect. */
import { readAnnouncement, readNotification, readRecord, driveIn } from '../../../apps/relay/src/protocol.ts';
import { agesIn } from '../../../libs/disk/src/trash/ages.ts';
import { crc32c } from '../../../libs/event-log/src/crc32c.ts';
import { liveFiles } from '../../../libs/event-log/src/manifest.ts';
import { brokenRecordAt, recordsOf } from '../../../libs/event-log/src/record-file.ts';
import { decodeHeader, decodePayload } from '../../../libs/event-log/src/stored-batch.ts';
import { decompressSnappy } from '../../../libs/event-log/src/snappy.ts';
import { tableDamage } from '../../../libs/event-log/src/table-file.ts';
import { writesOfRecord } from '../../../libs/event-log/src/write.ts';
import { refusal } from '../../../libs/graph/src/errors.ts';
import { upcaster } from '../../../libs/event-log/src/upcast.ts';
import { downloadUrlOf, readItem, readRow } from '../../../libs/graph/src/drive/rows.ts';
import { parseTime } from '../../../libs/graph/src/drive/times.ts';
import { helloShape, reportedShape, takenShape } from '../../../libs/plugin-host/src/remote/protocol.ts';
import {
  endedCommand,
  readHint,
  readNotices,
  readOutcome,
} from '../../../libs/plugin-host/src/remote/read-observation.ts';
import { compileSkipDirectory, compileSkipFile } from '../../../libs/settings/src/filter/skip-patterns.ts';
import { compileSyncList } from '../../../libs/settings/src/filter/sync-list.ts';
import { parseSyncList } from '../../../libs/settings/src/filter/sync-list-rules.ts';
import { readConfigFile } from '../../../libs/settings/src/config-file.ts';
import { configOptions, tidemarkOptions } from '../../../libs/settings/src/options.ts';
import { readFrame } from '../../../plugins/socketio/src/frame.ts';
import { readNotifications } from '../../../plugins/webhook/src/read-notifications.ts';
import { type Command, driveItemId, Failure } from '../../../libs/contracts/src/index.ts';
import * as corpus from './corpus.ts';
import { type Mutate, mutateBytes, mutateJson, mutateText } from './mutate.ts';

export interface Target {
  readonly samples: readonly (string | Buffer)[];
  readonly mutate: Mutate<string | Buffer>;
  readonly parse: (input: string | Buffer) => void;
}

const ofText = (
  samples: readonly string[],
  mutate: Mutate<string>,
  parse: (text: string) => void,
): Target => ({
  samples,
  mutate: (from, chance) => mutate(from.map(String), chance),
  parse: (input) => parse(String(input)),
});

const ofBytes = (samples: readonly Buffer[], parse: (bytes: Buffer) => void): Target => ({
  samples,
  mutate: (from, chance) =>
    mutateBytes(
      from.map((sample) => Buffer.from(sample)),
      chance,
    ),
  parse: (input) => parse(Buffer.from(input)),
});

/** What the bus does before anybody reads it: text that is no JSON goes no further. */
function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** As the callers of what reads the log's files do. */
function takingDamage(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
}

/** As one whole record of a file of LevelDB, so that nothing is stopped by its checksum. */
export function withChecksum(data: Buffer): Buffer {
  const record = Buffer.concat([Buffer.alloc(7), data.subarray(0, 30_000)]);
  record.writeUInt16LE(record.length - 7, 4);
  record.writeUInt8(1, 6);
  const sum = crc32c(record, 6, record.length);
  record.writeUInt32LE((((sum >>> 15) | (sum << 17)) + 0xa282_ead8) >>> 0, 0);
  return record;
}

const drives = [
  { id: 'b!drive', rootId: driveItemId('01ROOT'), idPrefix: null },
  { id: 'd8ebbd13a0551216', rootId: driveItemId('D8EBBD13A0551216!101'), idPrefix: 'D8EBBD13A0551216!' },
] as const;

const hashFile = JSON.parse(corpus.hashFileCommand) as Command;
const paths = ['a', 'Work/report.txt', 'a/b/c/d/e/f/g/h', '.hidden/x', 'a'.repeat(200), 'a/'.repeat(100)];

export const targets = {
  'delta-page': ofText(corpus.deltaPages, mutateJson, (text) => {
    const page = jsonIn(text);
    const { value } = Object(page);
    for (const json of Array.isArray(value) ? value : [page])
      for (const drive of drives) {
        readRow(json, drive);
        readItem(json, drive);
        downloadUrlOf(json);
        parseTime(Object(json)['lastModifiedDateTime']);
      }
  }),
  'graph-refusal': ofText(corpus.graphRefusals, mutateJson, (text) => {
    const empty = { requestId: undefined, location: undefined, challenge: undefined, retryAfterMs: null };
    for (const status of [200, 400, 404, 409, 429, 507])
      refusal('Cannot read it', { ...empty, status, json: jsonIn(text) });
  }),
  notification: ofText(corpus.notifications, mutateJson, (text) => {
    readNotifications({ headers: { 'content-type': 'application/json' }, body: Buffer.from(text) } as never);
  }),
  'socket-frame': ofText(corpus.socketFrames, mutateText, readFrame),
  'plugin-message': ofText(corpus.pluginMessages, mutateJson, (text) => {
    const payload = jsonIn(text);
    for (const shape of [helloShape, takenShape]) shape.safeParse(payload);
    const reported = reportedShape.safeParse(payload);
    for (const one of reported.success ? reported.data.observations : [payload]) {
      readHint(one, ['HintReceived', 'SubscriptionTold']);
      endedCommand(one);
      readOutcome(one, hashFile);
    }
    for (const isOurs of [true, false]) readNotices(payload, 'far', 'instance-1', 0, isOurs);
  }),
  'relay-message': ofText(corpus.relayMessages, mutateJson, (text) => {
    const payload = jsonIn(text);
    readAnnouncement(payload);
    readNotification(payload);
    readRecord(payload);
    driveIn(text);
  }),
  config: ofText(corpus.configs, mutateText, (text) => {
    const other = { fileName: 'tidemark.conf', table: tidemarkOptions };
    readConfigFile(text, configOptions, '/home/me', other);
    readConfigFile(text, tidemarkOptions, '/home/me', { fileName: 'config', table: configOptions });
  }),
  'sync-list': ofText(corpus.syncLists, mutateText, (text) => {
    const { rules } = parseSyncList(text);
    const test = rules.length === 0 ? null : compileSyncList(rules);
    const patterns = text.split('\n');
    const skips = [compileSkipFile(patterns), compileSkipDirectory(patterns, 'any segment')];
    for (const path of paths) {
      test?.(path, 'file');
      for (const skip of skips) skip(path);
    }
  }),
  'log-file': ofBytes(corpus.logFiles, (bytes) => {
    brokenRecordAt(bytes);
    for (const record of recordsOf(bytes)) decodeHeader(record);
    tableDamage(bytes);
  }),
  'log-record': ofBytes(corpus.logRecords, (bytes) => {
    for (const read of [() => [...writesOfRecord(bytes)], () => liveFiles(withChecksum(bytes))])
      takingDamage(read);
  }),
  'log-batch': ofBytes(corpus.storedBatches, (bytes) => {
    const header = decodeHeader(bytes);
    try {
      for (const event of decodePayload(bytes) ?? []) upcaster.upcast(event, header?.format ?? 1);
    } catch (error) {
      // Its callers take these for damage, or for a newer version.
      if (!(error instanceof Failure || error instanceof SyntaxError)) throw error;
    }
  }),
  snappy: ofBytes(corpus.snappyBlocks, (bytes) => {
    takingDamage(() => decompressSnappy(bytes));
  }),
  'trash-ages': ofText(corpus.trashAges, mutateJson, agesIn),
} as const satisfies Readonly<Record<string, Target>>;

export type TargetName = keyof typeof targets;
