/** Changes that a user asked a tool for, in words. */
import type { UserChange } from '@tidemark/contracts';
import { quote } from './commands.ts';

/** Follows "to". Names are as they are: the output escapes them. */
export function userChangeText(change: UserChange): string {
  const path = quote(change.path);
  switch (change.type) {
    case 'RestoreOnDrive':
      return change.unlessOther === null
        ? `restore ${path} from the recycle bin of the drive`
        : `restore ${path} from the recycle bin of the drive, if it is still there`;
    case 'MakeFolder':
      return `make the folder ${path}`;
    case 'PutBack': {
      const [source] = change.sources;
      const what = change.expected === null ? `put back ${path}` : `give ${path} back the content it had`;
      return `${what}, ${sourceTexts[source?.in ?? 'trash']}`;
    }
    case 'Move':
      return `move ${path} to ${quote(change.toPath)}`;
    case 'Remove':
      return change.kind === 'folder'
        ? `remove the folder ${path}`
        : `remove ${path}: it goes to the trash and, on the drive, to the recycle bin`;
  }
}

const sourceTexts = {
  trash: 'from the trash',
  versions: 'from the versions on the drive',
  folder: 'of its copy',
} as const;
