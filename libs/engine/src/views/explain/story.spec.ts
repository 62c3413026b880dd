import { localId } from '@tidemark/contracts';
import { expect, it } from 'vitest';
import { initialState } from '../../fold/state.ts';
import { goneFromDrive, onDisk, onDrive, SpecRun } from '../../testing/spec-run.ts';
import { renderStory } from './render-story.ts';
import type { Story } from './story.ts';
import { StoryTeller } from './story.ts';

function storyOf({ log, rulesFor }: SpecRun): Story {
  const teller = new StoryTeller(initialState(), rulesFor);
  for (const recorded of log) teller.take(recorded);
  return teller.story;
}

const render = (story: Story, linesMax = 24, everything = false): string[] =>
  renderStory(story, { name: 'Run 1', formatTime: (at) => `${at} ms`, linesMax, everything });

/** A file that was deleted online, and uploads of so many files, all but the last of them done. */
function busy(count: number): SpecRun {
  const run = new SpecRun();
  run.start();
  run.driveShows(onDrive('D0', 'old.txt', 'old'));
  run.diskShows(onDisk('L0', 'old.txt', 'old'));
  run.record([{ type: 'HintReceived', side: 'remote', source: 'spec' }]);
  run.driveShows(goneFromDrive('D0'));
  const { id: deletion } = run.command('DeleteLocal');
  run.observe({
    ...{ type: 'CommandSucceeded', command: deletion },
    local: { id: localId('L0'), gone: true, trash: 'files/old.txt' },
  });
  run.record([{ type: 'HintReceived', side: 'local', source: 'spec' }]);
  const names = Array.from({ length: count }, (_, index) => `${index}.txt`);
  run.scan(names.map((name) => onDisk(`L-${name}`, name, name)));
  run.observe(
    ...[...run.state.inFlight.values()].slice(0, -1).map(({ id, path }) => ({
      ...{ type: 'CommandSucceeded' as const, command: id },
      remote: onDrive(`D-${path}`, path, path),
    })),
  );
  return run;
}

it('says what was changed and why, deletions first, and what was not in sync at the end', () => {
  const lines = render(storyOf(busy(3)));
  expect(lines).toEqual([
    expect.stringMatching(/^Run 1, \d+ ms to \d+ ms:$/),
    'Deleted on disk, because it was deleted on the drive and had not changed on disk since the last agreement:',
    expect.stringMatching(/^ {2}#\d+ "old\.txt": Done, and the trash has it as "files\/old\.txt"$/),
    'Still to be done:',
    '  "2.txt": under way: upload "2.txt" as a new file',
    'Uploaded, because it is new on disk:',
    expect.stringMatching(/^ {2}#\d+ "0\.txt": Done$/),
    expect.stringMatching(/^ {2}#\d+ "1\.txt": Done$/),
  ]);
});

it('fits on a screen however much happened, and tells everything when asked', () => {
  const story = storyOf(busy(60));
  for (const linesMax of [4, 5, 8, 24]) {
    const lines = render(story, linesMax);
    expect(lines.length).toBeLessThanOrEqual(linesMax);
    expect(lines.join('\n')).toMatch(/Deleted on disk/);
    expect(lines.at(-1)).toMatch(/^ {2}and \d+ more: --verbose tells all$|^Uploaded, .*: 59$/);
  }
  expect(render(story, 2).at(-1)).toBe('and 3 more kinds of change: --verbose tells all');
  expect(render(story, 24, true).filter((line) => /\d+\.txt": Done/.test(line))).toHaveLength(59);
});

it('says so when nothing happened', () => {
  const run = new SpecRun();
  run.start();
  run.driveShows();
  run.diskShows();
  expect(render(storyOf(run))).toEqual([
    expect.stringMatching(/: nothing was changed, and everything is in sync$/),
  ]);
});
