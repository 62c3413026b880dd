import type { Output } from '@tidemark/plugin-sdk';
import { beforeEach, expect, it } from 'vitest';
import { createCycle, type Cycle } from './cycle.ts';
import { passLines } from './pass-lines.ts';

const { begins, examines, complete, incomplete, interrupted } = passLines;
let lines: string[];
let cycle: Cycle;
let say: (key: string, ...texts: readonly string[]) => void;

beforeEach(() => {
  lines = [];
  cycle = createCycle('own');
  const output: Output = {
    line: (text) => void lines.push(text),
    errorLine: (text) => void lines.push(text),
    ...{ status: () => undefined, isTerminal: false, columns: 80 },
  };
  say = (key, ...texts) => texts.forEach((text) => cycle.output(key, output).line(text));
});

it('tells the beginning once, and that it is complete when all are', () => {
  cycle.expect('shared');
  say('own', begins, 'a', examines, complete, 'Summary: 1 up');
  cycle.expect('sam');
  cycle.ended('shared');
  say('sam', begins, 'Downloading file: From Sam/b ... done', examines);
  expect(lines).not.toContain(complete);
  say('sam', complete, 'Summary in From Sam: 1 down');
  cycle.ended('sam');
  expect(lines).toEqual([
    ...[begins, 'a', 'Downloading file: From Sam/b ... done', examines, complete],
    ...['Summary: 1 up', 'Summary in From Sam: 1 down'],
  ]);
});

it('tells of a pass of one place alone, and of the next one', () => {
  for (const key of ['own', 'sam', 'own']) say(key, begins, complete);
  expect(lines).toEqual([begins, complete, begins, complete, begins, complete]);
});

it('is not complete where a place has items that failed, and is again after that', () => {
  say('own', begins);
  say('sam', begins, incomplete, 'Failed to upload: From Sam/a');
  say('own', complete);
  expect(lines).toEqual([begins, incomplete, 'Failed to upload: From Sam/a']);
  say('own', begins, complete);
  expect(lines.slice(3)).toEqual([begins, complete]);
});

it('waits for no place whose run is over, and tells an interruption once', () => {
  say('own', begins);
  cycle.expect('sam');
  say('own', complete, 'Summary: nothing changed');
  say('sam', interrupted);
  say('robin', interrupted);
  expect(lines).toEqual([begins, interrupted]);
  cycle.ended('sam');
  expect(lines).toEqual([begins, interrupted, complete, 'Summary: nothing changed']);
});
