/** Samples of what others really send, small. An input that found something is added here, with the fix. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordsOf } from '../../../libs/event-log/src/record-file.ts';
import { encodeBatch, noChain } from '../../../libs/event-log/src/stored-batch.ts';

const item = {
  '@odata.etag': '"{5E8C6B5C},2"',
  id: '01BYE5RZ5MYLM2SMX75ZBIPQZIHT6OAYPB',
  name: 'Résumé 2026.docx',
  size: 18_420,
  eTag: '"{5E8C6B5C},2"',
  cTag: '"c:{5E8C6B5C},3"',
  lastModifiedDateTime: '2026-01-31T12:00:00.123Z',
  fileSystemInfo: { createdDateTime: '2026-01-30T00:00:00Z', lastModifiedDateTime: '2026-01-31T11:59:59Z' },
  parentReference: { driveId: 'b!drive', driveType: 'business', id: '01ROOT', path: '/drives/b!drive/root:' },
  file: { mimeType: 'application/octet-stream', hashes: { quickXorHash: 'aCgDG9jwBgAAAAAABQAAAAAAAAA=' } },
  '@microsoft.graph.downloadUrl': 'https://example.sharepoint.com/download?tempauth=secret',
};
const page = (...value: unknown[]): string =>
  JSON.stringify({
    value,
    '@odata.deltaLink': 'https://graph.microsoft.com/v1.0/drives/b!drive/root/delta?token=x',
  });

export const deltaPages: readonly string[] = [
  page(item),
  page({ ...item, deleted: { state: 'deleted' } }, { id: '01GONE', deleted: {} }),
  page({ ...item, file: undefined, folder: { childCount: 3 }, name: 'Work' }),
  page({
    id: '01ROOT',
    name: 'root',
    root: {},
    folder: { childCount: 1 },
    parentReference: { driveId: 'b!drive' },
  }),
  page({ ...item, id: 'D8EBBD13A0551216!105', parentReference: { id: 'd8ebbd13a0551216!101' } }),
  page({ ...item, file: undefined, package: { type: 'oneNote' } }),
  page({ ...item, malware: { description: 'x' } }),
  page({ ...item, remoteItem: { id: 'x', parentReference: { driveId: 'other' } } }),
];

const innerError = { code: 'nameAlreadyExists', 'request-id': 'a1b2', date: '2026-01-31T12:00:00' };

export const graphRefusals: readonly string[] = [
  JSON.stringify({ error: { code: 'invalidRequest', message: 'The name "a" is taken', innerError } }),
  JSON.stringify({
    error: { code: 'InvalidAuthenticationToken', message: 'Bearer eyJ0eXAi.eyJhdWQi.sig is expired' },
  }),
  JSON.stringify({
    error: { code: 'x', message: 'See https://example.com/a?tempauth=secret&token=t', innererror: {} },
  }),
];

const notification = {
  subscriptionId: '7f105c7d-2dc5-4530-97cd-4e7ae6534c07',
  subscriptionExpirationDateTime: '2026-02-20T18:23:45.9356913Z',
  clientState: 'secretClientValue',
  changeType: 'updated',
  resource: 'drives/b!drive/root',
  tenantId: '84bd8158-6d4d-4958-8b9f-9d6445542f95',
  resourceData: { '@odata.type': '#Microsoft.Graph.driveItem' },
};
const { changeType: _changeType, ...lifecycle } = notification;

export const notifications: readonly string[] = [
  JSON.stringify({ value: [notification] }),
  JSON.stringify({ value: [notification, { ...notification, clientState: 'another' }] }),
  JSON.stringify({ value: [{ ...lifecycle, lifecycleEvent: 'reauthorizationRequired' }] }),
  JSON.stringify({ value: [{ ...lifecycle, lifecycleEvent: 'subscriptionRemoved' }], validationTokens: [] }),
];

export const socketFrames: readonly string[] = [
  '0{"sid":"abc","upgrades":[],"pingInterval":25000,"pingTimeout":60000,"maxPayload":1000000}',
  '2',
  '3probe',
  '40/notifications,{"sid":"x"}',
  '41/notifications,',
  '42/notifications,["notification","{\\"subscriptionId\\":\\"x\\",\\"clientState\\":null}"]',
  '421["event.name-1",{"a":[1,2]}]',
  '44/notifications,{"message":"Not authorized","data":{"code":401}}',
  '451-["binary",{"_placeholder":true,"num":0}]',
];

const expected = { id: 'L1', stamp: '1-2-3', kind: 'file', hash: null };

export const hashFileCommand = JSON.stringify({
  id: '7/0',
  type: 'HashFile',
  item: 1,
  path: 'a/b.txt',
  reason: { rule: 'compare-content', differs: 'remote≠local', causes: [1] },
  expected,
});

export const pluginMessages: readonly string[] = [
  JSON.stringify({
    ...{ protocol: 1, version: '1.2.3', instance: 'instance-1', needs: { disk: 'read' } },
    ...{ observes: ['HintReceived'], handles: ['HashFile'], rules: [], leaving: false },
  }),
  JSON.stringify({
    instance: 'instance-1',
    observations: [
      { type: 'HintReceived', side: 'local', source: 'mine', folders: ['a/b', 'c'] },
      { type: 'SubscriptionTold', subscriptionId: 's', told: 'removed' },
      { type: 'CommandFailed', command: '7/0', failure: { code: 'offline', detail: 'Cannot', afterMs: 5 } },
      {
        type: 'CommandSucceeded',
        command: '7/0',
        local: { ...expected, parentId: 'root', name: 'b.txt', sizeBytes: 3, modifiedAt: 1, hash: 'aaaa' },
      },
    ],
  }),
  JSON.stringify({
    instance: 'instance-1',
    notices: [
      { at: 1, notice: { type: 'signalReceived', count: 3 } },
      { at: 2, notice: { type: 'refused', reasons: { rate: 2 } } },
    ],
  }),
  JSON.stringify({ taken: 3 }),
  JSON.stringify({ refused: 'it is too late' }),
];

const digest = 'A'.repeat(43);

export const relayMessages: readonly string[] = [
  JSON.stringify({ version: 1, known: [{ subscriptionId: 's', digest, forMs: 60_000 }], asking: true }),
  JSON.stringify({ version: 1, known: [{ subscriptionId: null, digest, forMs: null }], asking: false }),
  JSON.stringify({ version: 1, subscriptionId: 's', told: 'missed' }),
  JSON.stringify({ version: 1, known: [{ subscriptionId: 's', digest, until: null }], askingUntil: 5 }),
];

export const configs: readonly string[] = [
  '# A comment\nsync_dir = "~/OneDrive"\nskip_file = "~*|.~*|*.tmp"\nmonitor_interval = "300"\nthreads = "8"\n',
  'skip_dir = "node_modules|/build"\nskip_dir_strict_match = "true"\nclassify_as_big_delete = "1000"\n',
  '; tidemark.conf\ntrash_days = "30"\ntrash_size = "20480"\nlog_retention_days = "30"\n',
  'azure_ad_endpoint = "USL4"\ncreate_new_file_version = "false"\nsync_file_permissions = "600"\nrate_limit = "131072"\n',
];

export const syncLists: readonly string[] = [
  '# What is synced\n/Work\nBackup/*.tar\n!/Work/tmp/*\n-/Private\nDocuments/**/drafts\n',
  '!node_modules/*\n/\n/*\n./wrong\n*\n/a/*/c?d\n!*.tmp\n',
  'Pictures/Camera Roll\n/Résumé/*\n~*|.~*\n',
];

const folder = join(import.meta.dirname, '../corpus');

/** Files of a small log, as LevelDB wrote them. */
export const logFiles: readonly Buffer[] = readdirSync(folder)
  .toSorted()
  .map((name) => Buffer.from(readFileSync(join(folder, name), 'latin1'), 'base64'));

/** The records of those files, without the checksums around them. */
export const logRecords: readonly Buffer[] = logFiles.flatMap((file) => [...recordsOf(file)]);

const recorded = (event: unknown): unknown => ({ seq: 1, at: 1, source: 'spec', event, items: [1] });
const batch = (format: number, ...events: unknown[]): Buffer =>
  encodeBatch(
    { format, previous: noChain, commit: 1, count: events.length },
    Buffer.from(JSON.stringify(events.map(recorded))),
  );

export const storedBatches: readonly Buffer[] = [
  batch(4, { type: 'HintReceived', side: 'local', source: 'x' }, { type: 'Woke' }),
  batch(1, { type: 'Started', policy: {} }, { type: 'Planned', commands: [{ type: 'ScanLocal' }] }),
  batch(3, { type: 'CommandSucceeded', agreed: 'both', remote: { kind: 'folder' } }),
  batch(2, { type: 'RemoteRoundCompleted', absent: [] }, { type: 'LocalScanCompleted', gone: ['L1'] }),
];

export const snappyBlocks: readonly Buffer[] = [
  Buffer.from([5, 4 << 2, ...Buffer.from('hello')]),
  Buffer.from([12, 3 << 2, ...Buffer.from('abcd'), (4 << 2) | 1, 4]),
  Buffer.from([70, 60 << 2, 63, ...Buffer.alloc(64, 120), (5 << 2) | 2, 64, 0]),
];

export const trashAges: readonly string[] = [
  JSON.stringify({
    at: 1_700_000_000_000,
    passedMs: 86_400_000,
    days: { '2026-01-31': { mark: 'a.b', sinceMs: 5 } },
  }),
  JSON.stringify({ at: 1, passedMs: 0, days: {} }),
];
