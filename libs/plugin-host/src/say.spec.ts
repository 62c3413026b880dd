import type { Notice } from '@tidemark/plugin-sdk';
import { expect, it } from 'vitest';
import { createSay } from './say.ts';
import { createSpecClock } from './spec-world.ts';

function world() {
  const told: Notice[] = [];
  const clock = createSpecClock();
  return { told, clock, say: createSay((notice) => told.push(notice), clock) };
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
