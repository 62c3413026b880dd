/** How to get back what the last decision about an item took away. */
import { effectOf } from '@tidemark/contracts';
import { askOwnerText, type DriveKind, onWebPageText } from '../undo/undo.ts';
import { quote } from './commands.ts';
import type { Explanation } from './timeline.ts';

export interface Places {
  /** null: not known yet. */
  readonly driveKind: DriveKind | null;
  /** The absolute path of what the log says of the trash; null when it is not known, or not there. */
  fileInTrash(trash: string): string | null;
  /** Commands that take a path work there. Absent: they do. */
  readonly takesCommands?: false;
  /** Where the folder lies that paths are relative to, for commands that take a path. Absent: it is the sync folder. */
  readonly below?: string;
}

/** Sentences, with the command to type; none when nothing was taken away. */
export function waysBack(explanation: Explanation, places: Places): string[] {
  const { conflict } = explanation;
  if (conflict === null) return wayBack(explanation, places);
  const path = quote(inSyncFolder(conflict.path, places));
  const both = `${path} and ${quote(inSyncFolder(conflict.keptPath, places))} are the two versions of a conflict`;
  if (places.takesCommands === false) return [`${both}: remove the one that you do not want`];
  return [
    `${both}: tidemark conflicts show ${path} compares them`,
    `To keep one of them: tidemark conflicts keep local|remote|newest ${path}`,
  ];
}

const inSyncFolder = (path: string, { below }: Places): string =>
  below === undefined ? path : `${below}/${path}`;

function wayBack({ path, lastDecision, pruned }: Explanation, places: Places): string[] {
  const { driveKind, fileInTrash, takesCommands } = places;
  const event = lastDecision?.outcome?.event;
  if (lastDecision === null || event?.type !== 'CommandSucceeded') return [];
  const { displaced } = effectOf(lastDecision.command, event);
  const undo = `tidemark undo ${quote(inSyncFolder(path, places))}`;
  if (takesCommands === false) return withoutCommands(displaced, places);
  switch (displaced?.to) {
    case 'trash': {
      const trash = displaced.path;
      if (trash === null) return [`To get it back: ${undo}`];
      if (pruned.includes(trash))
        return [
          'It left the trash for good. The recycle bin or the versions on the web page of the drive may have it',
        ];
      const file = fileInTrash(trash);
      return [`To get it back: ${undo}${file === null ? '' : `, or copy ${quote(file)}`}`];
    }
    case 'recycleBin':
      if (driveKind === 'shared') return [`To get it back: ${askOwnerText}`];
      return [`To get it back: ${driveKind === 'personal' ? undo : onWebPageText}`];
    case 'versions':
      return [`To get the version back that the drive had before: ${undo}`];
    default:
      return [];
  }
}

function withoutCommands(displaced: ReturnType<typeof effectOf>['displaced'], places: Places): string[] {
  switch (displaced?.to) {
    case 'trash': {
      const file = displaced.path === null ? null : places.fileInTrash(displaced.path);
      return file === null ? [] : [`To get it back: copy ${quote(file)}`];
    }
    case 'recycleBin':
      return [`To get it back: ${askOwnerText}`];
    case 'versions':
      return [
        'To get the version back that the drive had before: see its versions on the web page of the drive',
      ];
    default:
      return [];
  }
}
