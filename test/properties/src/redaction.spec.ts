/** A redacted incident bundle holds no name, token or content of the log that it was made of, and keeps what names decide. */
import { gunzipSync } from 'node:zlib';
import {
  type Event,
  type EventLog,
  driveItemId,
  localId,
  type LocalRow,
  plainPolicy,
  type RecordedEvent,
  type RemoteRow,
  seq,
} from '@tidemark/contracts';
import { createRulesFor, makeBundle } from '@tidemark/daemon';
import { createPseudonyms, evolve, initialState, plan } from '@tidemark/engine';
import { createMemoryLog, encodeBundle } from '@tidemark/event-log';
import { foldName } from '@tidemark/trees';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runs } from './verdicts.ts';

/** No pseudonym and no word of the format holds it. */
const word = fc
  .tuple(fc.constantFrom('zyx', 'ZYX', 'Zyxü', 'zyxu\u0308', 'zyxß漢'), fc.nat(999_999))
  .map(([start, number]) => `${start}${number}`);
const name = fc.oneof(
  word,
  word.map((stem) => `.${stem}`),
  fc.tuple(word, fc.constantFrom('.docx', '.TXT', '.zyxending')).map(([stem, ending]) => stem + ending),
  word.map((stem) => `${stem}-zyx-host-safeBackup-0001.txt`),
  word.map((stem) => `tidemark-swap-3-${stem}`),
  fc.tuple(word, word).map(([one, other]) => `${one}.${other}`),
);

describe('a redacted bundle', () => {
  it('holds no name, token or content, whether it begins with the log or behind a snapshot', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 4, maxLength: 8 }),
        fc.nat(20),
        async (names, cut) => {
          const log = await logOf(names);
          const from = seq(1 + (cut % log.head));
          const { bundle } = await makeBundle({
            ...{ log, rulesFor: createRulesFor(), from, to: log.head, keepsNames: false },
            ...{ salt: 'salt', version: 'spec', title: 'spec' },
          });
          const text = plainText(gunzipSync(encodeBundle(bundle)).toString());
          for (const secret of ['zyx', 'qqtoken', 'qqcontent', 'qqdrive', 'qqrequest', 'qqurl'])
            expect(text.indexOf(secret), `${secret}: …${around(text, secret)}…`).toBe(-1);
        },
      ),
      runs(0.03),
    );
  });

  it('keeps the names in it when that is asked for, and no secret', async () => {
    const log = await logOf(['zyx1.txt', 'zyx2', 'zyx3', 'zyx4']);
    const { bundle } = await makeBundle({
      ...{ log, rulesFor: createRulesFor(), from: seq(1), to: log.head, keepsNames: true },
      ...{ salt: 'salt', version: 'spec', title: 'spec' },
    });
    const text = gunzipSync(encodeBundle(bundle)).toString();
    expect(text).toContain('zyx1.txt');
    for (const secret of ['qqtoken', 'qqcontent', 'qqdrive', 'qqrequest', 'qqurl'])
      expect(text).not.toContain(secret);
  });
});

it('names that a drive or a disk takes for one name, or for two, are so as pseudonyms', () => {
  fc.assert(
    fc.property(name, name, fc.string(), (one, other, salt) => {
      const names = createPseudonyms(salt);
      names.host('zyx-host');
      const variants = [
        one,
        one.toUpperCase(),
        one.toLowerCase(),
        one.normalize('NFD'),
        one.normalize('NFC'),
        other,
      ];
      for (const left of variants)
        for (const right of variants) {
          const [mine, yours] = [names.name(left), names.name(right)];
          expect(mine === yours, `${left} ${right}`).toBe(left === right);
          expect(foldName(mine) === foldName(yours), `${left} ${right}`).toBe(
            foldName(left) === foldName(right),
          );
        }
    }),
    runs(0.1),
  );
});

/** Both sides show the names, one in the other as folders; a command fails, and what it says names all that it knows. */
async function logOf(names: readonly string[]): Promise<EventLog> {
  const log = createMemoryLog();
  const state = initialState();
  const rulesFor = createRulesFor();
  const record = async (...events: readonly Event[]): Promise<void> => {
    const recorded: RecordedEvent[] = [];
    const fold = (event: Event): void => {
      const next = { seq: seq(state.seq + 1), at: 1000 * state.seq, source: 'spec', event };
      recorded.push({ ...next, items: evolve(state, next, rulesFor) });
    };
    for (const event of events) fold(event);
    const commands = plan(state, seq(state.seq + 1));
    if (commands.length > 0) fold({ type: 'Planned', commands });
    await log.append(recorded);
  };
  const [first = '', second = '', ...others] = names;
  const filter = {
    ...plainPolicy.filter,
    skipFile: `*.tmp|${first}|~*`,
    skipDir: 'zyxskipped/*',
    syncList: '/zyxroot/*.doc\n!zyxout',
  };
  const subscription = {
    url: 'https://qqurl.example/qqtoken',
    lifetimeMs: 1000,
    renewBeforeMs: 100,
    retryMs: 10,
  };
  await record({
    ...{ type: 'Started', version: 'spec', plugins: [], forget: 'the log in /home/zyxuser was damaged' },
    policy: { ...plainPolicy, hostName: 'zyx-host', filter, pace: { ...plainPolicy.pace, subscription } },
    drive: { id: 'qqdrive!1', kind: 'personal', rootId: driveItemId('qqdrive!root') },
    root: { id: localId('1.2'), marker: 'qqtoken', fileSystem: 'zyxfs' },
  });
  const remote: RemoteRow[] = others.map((name, index) => ({
    ...{
      id: driveItemId(`qqdrive!${index}`),
      parentId: driveItemId(index === 0 ? 'qqdrive!root' : 'qqdrive!0'),
      name,
    },
    ...{
      kind: index === 0 ? 'folder' : 'file',
      sizeBytes: index === 0 ? 0 : 9,
      hash: index === 0 ? null : `qqcontent${index}`,
    },
    ...{ modifiedAt: 100, eTag: `"qqdrive,${index}"`, cTag: null },
  }));
  const local: LocalRow[] = [first, second].map((name, index) => ({
    ...{ id: localId(`9.${index}~zyxplace`), parentId: localId('1.2'), name, kind: 'file', sizeBytes: 5 },
    ...{ modifiedAt: 100, stamp: `5 ${index} 7`, hash: `qqcontent${index}` },
  }));
  await record({ type: 'RemoteSeen', rows: remote });
  const looks = [state.remote.look.command, state.local.look.command];
  await record(
    {
      ...{ type: 'RemoteRoundCompleted', command: looks[0]?.id ?? ('' as never), full: true, unseen: [] },
      cursor: 'https://graph.example/delta?token=qqtoken',
    },
    { type: 'LocalSeen', rows: local },
    {
      ...{ type: 'LocalScanCompleted', command: looks[1]?.id ?? ('' as never), unseen: [] },
      oddities: [
        {
          path: 'zyxodd',
          code: 'symlink',
          detail: 'it leads to "/home/zyxuser"',
          holds: { folder: localId('1.2'), name: 'zyxodd' },
        },
      ],
      mounts: [{ path: 'zyxmount', id: localId('8.8'), fileSystem: 'zyxfs', target: '/mnt/zyx' }],
    },
  );
  const subscribing = state.subscription.underWay;
  if (subscribing !== null) await record(failureOf(subscribing.id, ''));
  const looksThen = [state.remote.look.command, state.local.look.command];
  for (const look of looksThen) if (look !== null) await record(failureOf(look.id, ''));
  for (const { id, path } of [...state.inFlight.values()]) await record(failureOf(id, path));
  await record({
    ...{ type: 'SharedFolderTold', path: 'zyxshared', told: 'folderMoved', toPath: 'zyxmoved' },
  });
  await record({
    type: 'PruningPlanned',
    files: [{ trash: `files/${first}`, sizeBytes: 5, pathKey: 'zyxkey', why: 'overdue' }],
  });
  return log;
}

const failureOf = (command: RecordedCommand, path: string): Event => ({
  ...{ type: 'CommandFailed', command },
  failure: {
    ...{
      code: 'accessDenied',
      detail: `Cannot do "${path}": zyx said no to qqtoken`,
      requestId: 'qqrequest',
    },
    answer: { status: 403, code: 'denied', message: 'zyx may not, says qqdrive' },
  },
});
type RecordedCommand = Extract<Event, { type: 'CommandFailed' }>['command'];

const plainText = (text: string): string => text.normalize('NFC').toLowerCase();
const around = (text: string, secret: string): string => {
  const at = text.indexOf(secret);
  return at < 0 ? '' : text.slice(Math.max(0, at - 60), at + 40);
};
