/** The plan of an undo in words, for the terminal and for the page of the inspector. Names are as they are: the output escapes them. */
import type { UndoPlan, UndoSpan } from '@tidemark/engine';
import { userChangeText } from '@tidemark/engine';
import { counted } from './counted.ts';

/** Undo changes both sides, which these settings forbid. */
export const oneSideOnly = 'Undo works on both sides, which download_only and upload_only do not allow';
export const nothingPossible = 'Nothing of it can be undone';

export interface ChangesText {
  /** Ends with a colon when something follows. */
  readonly title: string;
  /** What would be changed. */
  readonly changes: readonly string[];
  /** What stays as it is, as a sentence that ends with a colon; null when nothing does. */
  readonly leftTitle: string | null;
  readonly left: readonly string[];
}

export function undoText({ changes, refused }: UndoPlan, { name }: UndoSpan): ChangesText {
  const isNothing = changes.length + refused.length === 0;
  return {
    title: isNothing
      ? `Nothing to undo: ${name} changed nothing that stayed`
      : `To undo ${name}, ${counted(changes.length, 'change')}:`,
    changes: shortened(changes.map(userChangeText)),
    leftTitle:
      refused.length === 0
        ? null
        : `${counted(refused.length, 'item')} ${refused.length === 1 ? 'stays as it is' : 'stay as they are'}:`,
    left: shortened(refused.map(({ path, why }) => `"${path}": ${why}`)),
  };
}

export function undoQuestion({ changes, refused }: UndoPlan): string {
  if (refused.length > 0) return 'Undo what can be undone, and leave the rest?';
  return changes.length === 1 ? 'Make this change?' : `Make these ${changes.length} changes?`;
}

/** For the log. */
export const undoAsked = ({ name }: UndoSpan, path?: string): string =>
  path === undefined ? `undo of ${name}` : `undo of "${path}" in ${name}`;

/** Lists as long as these are for people; the JSON has all of it. */
const linesMax = 40;

export const shortened = (lines: readonly string[]): readonly string[] =>
  lines.length <= linesMax
    ? lines
    : [...lines.slice(0, linesMax), `and ${lines.length - linesMax} more: --json lists all`];
