/** `npm run demo`: the main job from beginning to end, on this machine alone, with everything checked. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Counters } from '@tidemark/graph-simulator';
import { changeDrive, changeFolder, conflictPath } from './changes.ts';
import { driveContent } from './drive-content.ts';
import { command, runTidemark, type Ended } from './run-tidemark.ts';
import { compareSides, readDrive, readFolder } from './sides.ts';
import { openStage, removeStage, type Stage } from './stage.ts';
import { createVersionBook, type VersionBook } from './version-book.ts';

const usage = `Usage: npm run demo [-- --clean]

  --clean  remove the demonstration's folder at the end
`;

/** What the demonstration promised and did not keep. */
class Broken extends Error {}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const step = (title: string): void => say(`\n${title}`);
const fact = (text: string): void => say(`  ${text}`);
const proved = (text: string): void => say(`  ✓ ${text}`);

process.exitCode = await main();

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { clean: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const stage = await openStage(driveContent());
  try {
    await demonstrate(stage);
    if (!values.clean) showTheWay(stage);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    process.stderr.write(`\nFAILED: ${error.message}\nLook at what is left in ${stage.folder}\n`);
    return 1;
  } finally {
    await stage.close();
  }
  if (values.clean) {
    removeStage(stage);
    say('\nDone, and everything removed.');
  }
  return 0;
}

async function demonstrate(stage: Stage): Promise<void> {
  const { simulator, syncFolder, folder } = stage;
  const drive = simulator.drive();
  const versions = createVersionBook();

  step('1. A drive, played by a simulated Microsoft Graph on this machine');
  const items = drive.dump();
  const files = items.filter((item) => item.kind === 'file');
  for (const { quickXorHash, path } of files) versions.wrote(quickXorHash ?? '', path.slice(1), 'at first');
  const megabytes = (files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) / 1e6).toFixed(0);
  fact(
    `${files.length} files (${megabytes} MB) in ${items.length - files.length} folders at ${simulator.graphUrl}`,
  );

  step('2. First sync, into a new folder');
  await sync(stage, 'sync-1');
  sidesAreEqual(stage);

  step('3. Changes while nobody syncs');
  const worlds = { folder: syncFolder, drive, versions };
  fact('on this machine:');
  for (const line of changeFolder(worlds)) fact(`  ${line}`);
  fact('on another device:');
  for (const line of changeDrive(worlds)) fact(`  ${line}`);

  step('4. Second sync');
  await sync(stage, 'sync-2');
  sidesAreEqual(stage);
  nothingIsLost(stage, versions);
  changesArrived(stage);

  step('5. Third sync: there is nothing left to do');
  await sync(stage, 'sync-3');
  const { byKind } = simulator.counters();
  const transfers = byKind.contentDownload + byKind.simpleUpload + byKind.sessionCreate;
  const changes = byKind.patch + byKind.delete + byKind.createFolder;
  check(transfers + changes === 0, 'the third sync transferred or changed something');
  proved('nothing was transferred, nothing was changed');

  step('6. Replay: the whole event log once more, every decision derived anew');
  const replayed = await tidemark(stage, ['replay'], join(folder, 'replay.txt'));
  check(/\b0 divergences; hash chain intact/.test(replayed.text), `replay says: ${replayed.text}`);
  for (const line of replayed.text.trim().split('\n')) proved(line);

  step(`7. Why is ${conflictPath} as it is? (tidemark explain "${conflictPath}")`);
  const explained = await tidemark(stage, ['explain', conflictPath], join(folder, 'explain.txt'));
  check(/conflict/.test(explained.text) && /request [0-9a-f-]{36}/.test(explained.text), explained.text);
  say(explained.text.trim().replace(/^/gm, '  | '));
}

async function sync(stage: Stage, name: string): Promise<void> {
  stage.simulator.resetCounters();
  const { text, seconds } = await tidemark(stage, ['--sync'], join(stage.folder, `${name}.txt`));
  check(existsSync(stage.syncFolder), `the sync made no folder:\n${text}`);
  check(!/^ERROR/m.test(text), `the sync reported an error:\n${text}`);
  fact(`${seconds.toFixed(1)} s; ${requests(stage.simulator.counters())}`);
}

async function tidemark(stage: Stage, args: readonly string[], transcript: string): Promise<Ended> {
  const ended = await runTidemark([...args, '--confdir', stage.configFolder], transcript);
  check(ended.exitCode === 0, `tidemark ${args.join(' ')} ended with ${ended.exitCode}:\n${ended.text}`);
  return ended;
}

function requests({ byKind, total }: Counters): string {
  const kinds = Object.entries(byKind).filter(([, count]) => count > 0);
  return `${total} requests: ${kinds.map(([kind, count]) => `${count} ${kind}`).join(', ')}`;
}

function sidesAreEqual({ syncFolder, simulator }: Stage): void {
  const local = readFolder(syncFolder);
  const differences = compareSides(local, readDrive(simulator.drive()));
  check(differences.length === 0, `the two sides differ:\n  ${differences.slice(0, 20).join('\n  ')}`);
  proved(`both sides hold the same ${local.size} files and folders (compared by QuickXorHash)`);
}

function nothingIsLost({ syncFolder, simulator, trashFolder }: Stage, versions: VersionBook): void {
  const drive = simulator.drive();
  const contents = (side: ReadonlyMap<string, string>): Set<string> => new Set(side.values());
  const missing = versions.missingFrom([
    contents(readFolder(syncFolder)),
    contents(readDrive(drive)),
    existsSync(trashFolder) ? contents(readFolder(trashFolder)) : new Set(),
    new Set(drive.recycled().map((item) => item.quickXorHash ?? '')),
  ]);
  check(missing.length === 0, `these versions are nowhere any more:\n  ${missing.join('\n  ')}`);
  proved(
    `all ${versions.size()} versions are there: in the folder, on the drive, in the trash or in the recycle bin`,
  );
}

/** Beyond equality: the changes themselves have happened, on the side where nobody made them. */
function changesArrived({ syncFolder, simulator }: Stage): void {
  const local = readFolder(syncFolder);
  const remote = readDrive(simulator.drive());
  const has = (side: ReadonlyMap<string, string>, ...paths: string[]): void => {
    for (const path of paths) check(side.has(path), `"${path}" has not arrived`);
  };
  const lacks = (side: ReadonlyMap<string, string>, ...paths: string[]): void => {
    for (const path of paths) check(!side.has(path), `"${path}" should be gone`);
  };
  has(
    remote,
    'Notes/made here.md',
    'Notes/Empty here',
    'Photos/2023 Lisbon/IMG_01.jpg',
    'Projects/Boat/todo.txt',
  );
  lacks(remote, 'Photos/2023', 'Documents/todo.txt', 'Documents/Letters/letter 10.txt');
  has(local, 'Shared/from afar.md', 'Documents/Taxes/2022 (done)/month 01.csv');
  has(local, 'Projects/Garden/sheet from the house.dwg', 'Odd names/Empty folder ☐');
  lacks(local, 'Documents/Taxes/2022', 'Documents/Letters/letter 20.txt');
  const kept = [...local.keys()].filter((path) => /^Documents\/plan-.*-safeBackup-\d{4}\.txt$/.test(path));
  check(kept.length === 1, `one copy of the conflict was expected, not ${kept.length}`);
  const { byKind } = simulator.counters();
  check(byKind.patch === 2, `one rename and one move are two requests, not ${byKind.patch}`);
  proved('what was done here has happened there, and the other way round; a folder rename costs one request');
  proved(`both versions of the conflict are kept: ${conflictPath} and ${kept[0]}`);
}

function showTheWay({ folder, syncFolder, configFolder, logFolder, trashFolder }: Stage): void {
  step('Done. Everything is still there to look at:');
  fact(`synced folder  ${syncFolder}`);
  fact(`config         ${configFolder}`);
  fact(`event log      ${logFolder}`);
  fact(`trash          ${trashFolder}`);
  fact(`transcripts    ${join(folder, 'sync-1.txt')}, sync-2.txt, sync-3.txt`);
  say('\nLook further (nothing of this needs the drive, which ends now):');
  for (const words of ['status', 'log', `explain "Documents/Letters/letter 10.txt"`, 'replay'])
    fact(`${command} ${words} --confdir ${configFolder}`);
  say(`\nRemove it all: rm -r ${folder}`);
}

function check(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Broken(otherwise);
}
