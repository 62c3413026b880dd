import type { Notice, OwnNotice } from '@tidemark/plugin-sdk';
import { expect, it } from 'vitest';

import { createSpecClock } from './spec-world.ts';
import { createSpeech } from './speech.ts';

function world(ours = false) {
  const told: (Notice | OwnNotice)[] = [];
  const faults: string[] = [];
  const clock = createSpecClock();
  const speech = createSpeech({
    ...{ plugin: 'tide', ours, clock, publish: (notice) => told.push(notice) },
    onFault: ({ detail }) => faults.push(detail),
  });
  return { told, faults, clock, ...speech };
}

it('what a plugin says is one line, with a level', () => {
  const { told, say } = world();
  say('two\n  lines\u001b[2J', 'warning');
  say('x'.repeat(1_001));
  say('loud', 'shouting' as never);
  expect(told).toEqual([
    { type: 'said', level: 'warning', text: 'two lines [2J' },
    { type: 'said', level: 'info', text: `${'x'.repeat(1_000)}…` },
    { type: 'said', level: 'info', text: 'loud' },
  ]);
});

it('a text of any length costs no more than what is shown of it', () => {
  const { told, say } = world();
  const text = 'a\n \u202e'.repeat(2_500_000);
  for (let line = 0; line < 100; line += 1) say(text);
  expect(told).toHaveLength(100);
  expect(told[0]).toEqual({ type: 'said', level: 'info', text: `${'a  '.repeat(333)}a…` });
});

it('a plugin that says more than anybody can read is cut short, and how much is told', async () => {
  const { told, clock, say } = world();
  for (let line = 0; line < 130; line += 1) say(`line ${line}`);
  expect(told).toHaveLength(100);
  await clock.advance(10_000);
  say('again');
  expect(told.slice(100)).toEqual([
    { type: 'said', level: 'warning', text: 'it said 30 lines more, too many to show' },
    { type: 'said', level: 'info', text: 'again' },
  ]);
});

it('words that are told as a notice are lines like any other', () => {
  const { told, tell } = world();
  tell({ type: 'said', level: 'shouting' as never, text: `two\n  lines\u001b[2J${'x'.repeat(2_000)}` });
  expect(told).toEqual([{ type: 'said', level: 'info', text: `two lines [2J${'x'.repeat(987)}…` }]);
  for (let line = 0; line < 130; line += 1) tell({ type: 'said', level: 'info', text: 'again' });
  expect(told).toHaveLength(100);
});

it('a notice under a name of its own has words and, for programs, data', () => {
  const { told, tell, faults } = world();
  tell({ type: 'tide/turned', text: 'the tide\n turned', data: { heightCm: 120 } });
  tell({ type: 'tide/slack', text: 'no current' });
  expect(told).toEqual([
    { type: 'tide/turned', text: 'the tide turned', data: { heightCm: 120 } },
    { type: 'tide/slack', text: 'no current' },
  ]);
  expect(faults).toEqual([]);
});

const circle: { self?: unknown } = {};
circle.self = circle;

it.each([
  [{ type: 'moon/rose', text: 'x' }, 'its type has to be "tide/" and a name of letters, digits and dashes'],
  [{ type: 'tide/', text: 'x' }, 'its type has to be "tide/" and a name of letters, digits and dashes'],
  [
    { type: 'pluginAbsentToo', text: 'x' },
    'its type has to be "tide/" and a name of letters, digits and dashes',
  ],
  [{ type: 'tide/turned' }, 'it has no text'],
  [{ type: 'tide/turned', text: 'x', data: circle }, 'its data is no JSON'],
  [{ type: 'tide/turned', text: 'x', data: 'y'.repeat(5_000) }, 'its data takes more than 4096 characters'],
  [null, 'it is no object'],
])('the notice %o is a fault of the plugin, and nobody is told', (notice, reason) => {
  const { told, tell, faults } = world();
  tell(notice as never);
  expect(told).toEqual([]);
  expect(faults).toEqual([`Cannot tell a notice of plugin "tide": ${reason}`]);
});

it.each([
  [{ type: 'refused' }, /reasons/],
  [{ type: 'signalReceived', count: 'many' }, /count/],
  [{ type: 'channelFailed', detail: 'a\nb', retryMs: 1 }, /detail/],
  [{ type: 'confirmationWanted', hash: 'abc' }, /is told by Tidemark itself/],
  [{ type: 'pluginAbsent', detail: 'gone' }, /is told by Tidemark itself/],
])('a notice of ours in a wrong shape is a fault of a plugin from elsewhere: %o', (notice, reason) => {
  const { told, tell, faults } = world();
  tell(notice as never);
  expect(told).toEqual([]);
  expect(faults).toEqual([expect.stringMatching(reason)]);
});

it('a plugin from elsewhere that tells the notices of ours tells no more of them than lines', () => {
  const [theirs, ours] = [world(), world(true)];
  for (const { tell } of [theirs, ours])
    for (let count = 0; count < 130; count += 1) tell({ type: 'signalReceived', count });
  expect(theirs.told).toHaveLength(100);
  expect(ours.told).toHaveLength(130);
});

it('notices of its own count as lines, so that a flood of them is cut short as well', () => {
  const { told, tell, say } = world();
  for (let line = 0; line < 60; line += 1) {
    say(`line ${line}`);
    tell({ type: 'tide/turned', text: 'again' });
  }
  expect(told).toHaveLength(100);
});
