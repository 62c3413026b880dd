import { driveItemId, Failure, type DriveItemId, type RemoteRow } from '@tidemark/contracts';
import { startSimulator, type Simulator } from '@tidemark/graph-simulator';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { memorySink, startRig, type Rig } from '../testing/rig.ts';
import { createSharedFilesDrive } from './shared-files-drive.ts';
import type { GraphDrive } from '../drive/graph-drive.ts';

let rig: Rig<Simulator>;
let sam: ReturnType<Simulator['sharedDrive']>;
let known: DriveItemId[];
let gone: DriveItemId[];
let files: GraphDrive;

beforeEach(async () => {
  rig = await startRig(await startSimulator({ flavour: 'business' }));
  sam = rig.simulator.sharedDrive();
  sam.create('/Work/plan.txt', 'plan');
  sam.create('/Home/plan.txt', 'another plan');
  sam.create('/Team/inside.txt', 'inside a folder that is shared');
  sam.share('/Work/plan.txt', 'read');
  sam.share('/Team', 'read');
  [known, gone] = [[], []];
  files = createSharedFilesDrive({
    own: rig.drive,
    openItem: (folder) => rig.anotherDrive({ folder }),
    known: () => known,
    onGone: (id) => void gone.push(id),
  });
});
afterEach(() => rig.close());

async function listed(): Promise<readonly RemoteRow[]> {
  const { rows } = await files.delta(null);
  return rows.flatMap((row) => ('deleted' in row ? [] : [row]));
}

async function pathsNow(): Promise<readonly string[]> {
  const rows = await listed();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return rows.flatMap(({ kind, parentId, name }) =>
    kind === 'file' ? [`${byId.get(parentId)?.name}/${name}`] : [],
  );
}

it('has a folder for each person, and in it the single files of that person', async () => {
  rig.simulator.sharedDrive('robin').create('/note.txt', 'note');
  rig.simulator.sharedDrive('robin').share('/note.txt', 'write');
  expect([...(await pathsNow())].sort()).toEqual([
    'Robin Simulated (robin@contoso.example)/note.txt',
    'Sam Simulated (sam@contoso.example)/plan.txt',
  ]);
});

it('tells two files of one name apart, and each keeps its bytes', async () => {
  sam.share('/Home/plan.txt', 'read');
  const names = (await listed()).filter(({ kind }) => kind === 'file');
  expect(names.map(({ name }) => name)).toEqual([
    'plan.txt',
    expect.stringMatching(/^plan \([0-9a-f]{8}\)\.txt$/),
  ]);
  const texts = await Promise.all(
    names.map(async ({ id, eTag }) => {
      const sink = memorySink();
      await files.download(id, sink, { eTag });
      return Buffer.from(sink.bytes()).toString();
    }),
  );
  expect(texts.sort()).toEqual(['another plan', 'plan']);
});

it('makes a harmless folder of the name of any person, and leaves a file alone whose name is none', async () => {
  const [item] = await rig.drive.account.sharedItems();
  const { row } = item ?? expect.fail('nothing is shared');
  const of = (name: string, email: string, id: string) => ({
    ...({
      ...(item ?? expect.fail()),
      kind: 'file',
      id,
      row: { ...row, kind: 'file', name: `${id}.txt` },
    } as const),
    sharedBy: { name, email },
  });
  const shared = [
    of('../../etc', '', '1'),
    of('..', '', '2'),
    of('', 'a/b\n@contoso.example', '3'),
    of('', '', '4'),
    {
      ...of('Sam', '', '5'),
      row: { ...row, kind: 'opaque', name: '\ufffd', oddity: 'its name is none' } as const,
    },
  ];
  const account = { ...rig.drive.account, sharedItems: async () => shared };
  files = createSharedFilesDrive({
    ...{
      own: { ...rig.drive, account },
      openItem: () => rig.drive,
      known: () => [],
      onGone: () => undefined,
    },
  });
  expect([...(await listed())].map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    'folder ..\ufffd..\ufffdetc',
    'folder \ufffd\ufffd',
    'folder a\ufffdb\ufffd@contoso.example',
    'folder Unknown',
    'folder Sam',
    ...['file 1.txt', 'file 2.txt', 'file 3.txt', 'file 4.txt', 'opaque \ufffd'],
  ]);
});

it('refuses whatever would change something', async () => {
  const [file] = (await listed()).filter(({ kind }) => kind === 'file');
  const { id, parentId, eTag } = file ?? expect.fail('nothing is listed');
  const source = { sizeBytes: 0, open: async function* () {} };
  for (const change of [
    () => files.delete(id, eTag),
    () => files.move(id, { parentId, name: 'x', modifiedAt: 0 }, eTag),
    () => files.setModifiedAt(id, 0, eTag),
    () => files.createFolder(parentId, 'x'),
    () => files.upload({ as: 'version', id, ifMatch: eTag }, source, 0),
  ])
    await expect(change()).rejects.toMatchObject({ code: 'accessDenied' } satisfies Partial<Failure>);
  expect(sam.read('/Work/plan.txt').toString()).toBe('plan');
});

it.each(['accessDenied', 'itemNotFound'] as const)(
  'a file that its owner takes back (%s) is gone, and said',
  async (hiddenAnswer) => {
    rig.simulator.set({ hiddenAnswer });
    known = (await listed()).map(({ id }) => id);
    sam.unshare('/Work/plan.txt');
    expect(await pathsNow()).toEqual([]);
    expect(gone).toEqual(known.filter((id) => id.startsWith('file:')));
    expect(await files.items(known)).toEqual(known.map((id) => ({ id, deleted: true })));
  },
);

it('a file that the search leaves out is still there as long as it can be read', async () => {
  sam.share('/Home', 'read');
  known = [driveItemId(`file:${sam.driveId}/${sam.stat('/Home/plan.txt')?.id}`)];
  expect(await pathsNow()).toHaveLength(2);
  expect(gone).toEqual([]);
});
