/** A story as lines of text: what fits on a screen, or everything. */
import { failureGuide } from '@tidemark/contracts';
import type { Story, StoryGroup, StoryKind } from './story.ts';

/** `name`: what part of the log it is. `formatTime`: turns milliseconds since 1970 into what the reader prefers. */
export interface StoryRendering {
  readonly name: string;
  readonly formatTime: (at: number) => string;
  /** Every entry, however many there are. */
  readonly everything: boolean;
  /** Lines at most without that. */
  readonly linesMax: number;
}

export function renderStory({ from, to, groups }: Story, rendering: StoryRendering): string[] {
  const { name, formatTime, everything, linesMax } = rendering;
  const span = from === null || to === null ? '' : `, ${formatTime(from)} to ${formatTime(to)}`;
  const head = `${name}${span}:`;
  if (groups.length === 0) return [`${head} nothing was changed, and everything is in sync`];
  if (everything) return [head, ...bodyOf(groups, Infinity)];
  // As many entries of each group as the screen has room for.
  for (let each = linesMax; each >= 0; each--) {
    const lines = [head, ...bodyOf(groups, each)];
    if (lines.length <= linesMax) return lines;
  }
  const lines = [head, ...bodyOf(groups, 0)];
  const more = lines.length - linesMax + 1;
  return [...lines.slice(0, linesMax - 1), `and ${more} more kinds of change: --verbose tells all`];
}

const bodyOf = (groups: readonly StoryGroup[], each: number): string[] =>
  groups.flatMap((group) => linesOf(group, each));

function linesOf({ kind, because, entries }: StoryGroup, each: number): string[] {
  const head = `${headings[kind]}${because === null ? '' : `, because ${because}`}`;
  const left = entries.length - each;
  // A line that says "and 1 more" is no shorter than that one.
  const shown = left === 1 && each > 0 ? entries : entries.slice(0, each);
  const more = entries.length - shown.length;
  if (shown.length === 0) return [`${head}: ${entries.length}`];
  return [
    `${head}:`,
    ...shown.map(
      ({ seq, sentence, failure }) =>
        `  ${seq === null ? '' : `#${seq} `}${sentence}${failure === null ? '' : ` (${failureGuide[failure.code].remedy})`}`,
    ),
    ...(more === 0 ? [] : [`  and ${more} more: --verbose tells all`]),
  ];
}

const headings: Readonly<Record<StoryKind, string>> = {
  deletedOnDisk: 'Deleted on disk',
  deletedOnDrive: 'Deleted on the drive',
  bothKept: 'Both versions kept',
  downloaded: 'Downloaded',
  uploaded: 'Uploaded',
  moved: 'Moved',
  dated: 'Modification time set',
  asked: 'You asked for',
  dropped: 'Equal copies of conflicts',
  pruned: 'Removed from the trash for good',
  pending: 'Still to be done',
  waiting: 'Waiting',
  problem: 'Failed',
  ignored: 'Left alone',
  blocked: 'Cannot be synced before something changes there',
  held: 'Held',
};
