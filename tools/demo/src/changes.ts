/** What people do on both sides between two syncs. Every change is noted in the version book and told in words. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DriveOperations } from '@tidemark/graph-simulator';
import { hashOfFile } from './sides.ts';
import type { VersionBook } from './version-book.ts';

export const conflictPath = 'Documents/plan.txt';

export type Worlds = {
  readonly folder: string;
  readonly drive: DriveOperations;
  readonly versions: VersionBook;
};

/** @returns what was done, in words */
export function changeFolder({ folder, versions }: Worlds): string[] {
  const at = (path: string): string => join(folder, path);
  const save = (path: string, content: string): void => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
    versions.wrote(hashOfFile(at(path)), path, 'on this machine');
  };
  const edit = (path: string, content: string): void => {
    versions.replaced(hashOfFile(at(path)));
    save(path, content);
  };
  edit(conflictPath, 'The plan, as changed on this machine\n');
  edit('Documents/Letters/letter 03.txt', 'Dear reader, this letter was rewritten on this machine\n');
  save('Notes/made here.md', '# Made on this machine\n');
  mkdirSync(at('Notes/Empty here'));
  renameSync(at('Photos/2023'), at('Photos/2023 Lisbon'));
  renameSync(at('Documents/todo.txt'), at('Projects/Boat/todo.txt'));
  rmSync(at('Documents/Letters/letter 10.txt'));
  return [
    `edited   ${conflictPath} and Documents/Letters/letter 03.txt`,
    'created  Notes/made here.md and the empty folder Notes/Empty here',
    'renamed  the folder Photos/2023 to Photos/2023 Lisbon',
    'moved    Documents/todo.txt to Projects/Boat/todo.txt',
    'deleted  Documents/Letters/letter 10.txt',
  ];
}

/** @returns what was done, in words */
export function changeDrive({ drive, versions }: Worlds): string[] {
  const save = (path: string, content: string): void => {
    const { quickXorHash } = drive.create(`/${path}`, content);
    versions.wrote(quickXorHash ?? '', path, 'on another device');
  };
  const edit = (path: string, content: string): void => {
    versions.replaced(drive.stat(`/${path}`)?.quickXorHash ?? '');
    save(path, content);
  };
  edit(conflictPath, 'The plan, as changed on another device\n');
  edit('Documents/Letters/letter 04.txt', 'Dear reader, this letter was rewritten on another device\n');
  save('Shared/from afar.md', '# Made on another device\n');
  drive.rename('/Documents/Taxes/2022', '2022 (done)');
  drive.move('/Projects/House/Drawings/sheet 01.dwg', '/Projects/Garden/sheet from the house.dwg');
  drive.remove('/Documents/Letters/letter 20.txt');
  return [
    `edited   ${conflictPath} and Documents/Letters/letter 04.txt`,
    'created  Shared/from afar.md',
    'renamed  the folder Documents/Taxes/2022 to Documents/Taxes/2022 (done)',
    'moved    Projects/House/Drawings/sheet 01.dwg to Projects/Garden/sheet from the house.dwg',
    'deleted  Documents/Letters/letter 20.txt',
  ];
}
