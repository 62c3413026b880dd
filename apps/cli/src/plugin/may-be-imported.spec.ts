import { expect, it } from 'vitest';
import { mayBeImported } from './may-be-imported.ts';

it.each([
  ['plugin.ts', true],
  ['src/words.mjs', true],
  ['list.json', true],
  ['dev.log', false],
  ['plugin.ts~', false],
  ['.git/index', false],
  ['.plugin.ts.swp', false],
  ['.cache/made.js', false],
  ['node_modules/rxjs/index.js', false],
])('a change of %s is one of the plugin: %s', (path, isOne) => {
  expect(mayBeImported(path)).toBe(isOne);
});
