/** Changes between two runs, that a user asked for or that the client makes by itself, in words. */
import type { RecordedEvent, UserChange } from '@tidemark/contracts';
import { quote } from './commands.ts';
import type { TimelineEntry } from './timeline.ts';

interface MadeChange {
  readonly change: UserChange;
  readonly entry: TimelineEntry;
}

/** Which changes a user asked for were made, by path. Told of each event in turn. */
export class AskedChanges {
  #asked = '';
  #isUnasked = false;
  #changes: readonly UserChange[] = [];
  readonly #made = new Map<string, TimelineEntry[]>();

  /** The change that the event ends; null when it ends none, or it failed. */
  take({ seq, at, event }: RecordedEvent): MadeChange | null {
    if (event.type === 'UserChangesPlanned') {
      this.#asked = event.asked;
      this.#changes = event.changes;
      this.#isUnasked = event.unasked === true;
    }
    if (event.type !== 'UserChangeEnded' || event.failure !== undefined) return null;
    const change = this.#changes[event.index];
    if (change === undefined) return null;
    const trash = event.trash === undefined ? '' : `. The trash has what was there as ${quote(event.trash)}`;
    const what = userChangeText(change);
    const sentence = this.#isUnasked
      ? `${what}${trash}`
      : `You asked for the ${this.#asked}, and so it was made: ${what}${trash}`;
    const entry = { seq, at, sentence };
    const to = 'toPath' in change ? change.toPath : change.type === 'Remove' ? null : change.path;
    if (to !== null) this.#made.set(to, [...(this.#made.get(to) ?? []), entry]);
    return { change, entry };
  }

  /** What was put there; once. */
  madeAt(path: string): readonly TimelineEntry[] {
    const made = this.#made.get(path) ?? [];
    this.#made.delete(path);
    return made;
  }
}

/** Follows "to"; what the client does by itself is a whole sentence. Names are as they are: the output escapes them. */
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
      if (change.equalTo !== undefined)
        return `${path} is the copy that a conflict kept, and has the same content as ${quote(change.equalTo.path)} by now, on both sides: it goes to the trash and, on the drive, to the recycle bin`;
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
