import delta from '@tidemark/plugin-delta';
import downloader from '@tidemark/plugin-downloader';
import { definePlugin, type Plugin } from '@tidemark/plugin-sdk';
import uploader from '@tidemark/plugin-uploader';
import watcher from '@tidemark/plugin-watcher';
import { describe, expect, it } from 'vitest';
import { type HandlerCase, handlerConformance } from './index.ts';

const file = { 'a.txt': 'the version of a' };
const other = { 'a.txt': 'another version' };

describe.each([
  [delta, [{ type: 'ReadRemote', path: '', drive: file }]],
  [
    watcher,
    [
      { type: 'ScanLocal', path: '', disk: file },
      { type: 'HashFile', path: 'a.txt', disk: file },
    ],
  ],
  [
    uploader,
    [
      { type: 'UploadFile', path: 'a.txt', disk: file },
      { type: 'UploadFile', path: 'a.txt', disk: file, drive: other },
      { type: 'CreateRemoteFolder', path: 'folder' },
      { type: 'MoveRemote', path: 'a.txt', drive: file },
      { type: 'DeleteRemote', path: 'a.txt', drive: file },
      { type: 'SetRemoteTime', path: 'a.txt', drive: file },
    ],
  ],
  [
    downloader,
    [
      { type: 'DownloadFile', path: 'a.txt', drive: file, disk: other },
      { type: 'KeepRemoteCopy', path: 'a.txt', drive: file, disk: other },
      { type: 'CreateLocalFolder', path: 'folder' },
      { type: 'MoveLocal', path: 'a.txt', disk: file },
      { type: 'DeleteLocal', path: 'a.txt', disk: file },
      { type: 'SetLocalTime', path: 'a.txt', disk: file },
    ],
  ],
] satisfies readonly (readonly [Plugin, readonly HandlerCase[]])[])('%o, one of ours', (plugin, cases) => {
  for (const { title, check } of handlerConformance(plugin, cases)) it(title, check);
});

/** What each check says of a handler; empty where it holds. */
async function complaints(plugin: Plugin, one: HandlerCase): Promise<readonly string[]> {
  const said: string[] = [];
  for (const { title, check } of handlerConformance(plugin, [one])) {
    await check().catch((error: Error) => said.push(`${title.replace(/^.*" /, '')}: ${error.message}`));
  }
  return said;
}

const hash = { type: 'HashFile', path: 'a.txt', disk: file } as const;
const remove = { type: 'DeleteRemote', path: 'a.txt', drive: file } as const;

it('a handler that does nothing right is told so check by check', async () => {
  const useless = definePlugin({
    name: 'useless',
    handle: {
      HashFile: async () => {
        throw new Error('no idea');
      },
    },
  });
  expect(await complaints(useless, hash)).toEqual([
    expect.stringMatching(/^is carried out: it ended with pluginFault: .*no idea/),
    expect.stringMatching(/^given twice ends like given once: the first time it ended with pluginFault/),
    expect.stringMatching(/^leaves alone what changed meanwhile: it ended with pluginFault/),
  ]);
});

it('a handler that takes whatever version is there is found out', async () => {
  const careless = definePlugin({
    name: 'careless',
    needs: { drive: 'write' },
    handle: {
      DeleteRemote: async ({ driveItemId }, { drive }) => {
        const now = await drive.item(driveItemId);
        if (now !== null && 'eTag' in now) await drive.delete(driveItemId, now.eTag);
        return {};
      },
    },
  });
  expect(await complaints(careless, remove)).toEqual([
    'leaves alone what changed meanwhile: it ended with success although another version is there',
  ]);
});

it('a handler that hides why it failed is found out', async () => {
  const vague = definePlugin({
    name: 'vague',
    needs: { disk: 'read' },
    handle: {
      HashFile: async ({ path, expected }, { disk }) => {
        const before = await disk.stat(path).catch(() => null);
        if (before === null) throw new Error('it did not work');
        await disk.hash(path, expected);
        return {};
      },
    },
  });
  expect(await complaints(vague, hash)).toEqual([
    expect.stringMatching(
      /^fails with the failure that it met, and loses nothing: when stat "a.txt" failed it ended with pluginFault/,
    ),
  ]);
});

it('a handler that waits for ever is found out', async () => {
  const stubborn = definePlugin({
    name: 'stubborn',
    needs: { disk: 'read' },
    handle: {
      HashFile: async ({ path, expected }, { disk, clock, signal }) => {
        await disk.hash(path, expected);
        // Without the signal.
        if (signal.aborted) await clock.sleep(60_000);
        return {};
      },
    },
  });
  expect(await complaints(stubborn, hash)).toEqual([
    'ends when the run stops, and loses nothing: when the run stopped at hash "a.txt" the handler did not end',
  ]);
});

it('a handler that does its work once more each time is found out', async () => {
  let copies = 0;
  const doubling = definePlugin({
    name: 'doubling',
    needs: { disk: 'write' },
    handle: {
      CreateLocalFolder: async ({ path }, { disk }) => {
        copies += 1;
        await disk.createFolder(`${path} ${copies}`);
        return {};
      },
    },
  });
  expect(await complaints(doubling, { type: 'CreateLocalFolder', path: 'folder' })).toEqual([
    expect.stringMatching(/^given twice ends like given once: the second time changed what was there/),
  ]);
});

it('a handler that destroys what it was not asked to is found out', async () => {
  const rough = definePlugin({
    name: 'rough',
    needs: { disk: 'read', drive: 'write' },
    handle: {
      HashFile: async ({ path, expected }, { disk, drive }) => {
        const row = await drive.child((await drive.info()).rootId, path);
        const nothing = { sizeBytes: 0, open: async function* () {}, finish: async () => undefined };
        if (row !== null) await drive.upload({ as: 'version', id: row.id, ifMatch: row.eTag }, nothing, 1);
        await disk.hash(path, expected);
        return {};
      },
    },
  });
  expect(await complaints(rough, { ...hash, drive: other })).toContain(
    'fails with the failure that it met, and loses nothing: when hash "a.txt" failed the content "another version" was lost',
  );
});
