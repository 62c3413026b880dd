import { expect, it } from 'vitest';
import { places } from './completion-places.ts';
import { renderCompletions, shells } from './completions.ts';

it.each(shells)('%s has every switch and every word of each place', (shell) => {
  const text = renderCompletions(shell);
  for (const { path, switches, words } of places) {
    const here = text
      .split('\n')
      .filter((line) => line.includes(shell === 'fish' ? `at "${path}"'` : `'${path}') `));
    const told = path === '' && shell !== 'fish' ? text : here.join('\n');
    for (const { long } of switches)
      expect(told, `${path} --${long}`).toMatch(new RegExp(`(?:--|-l )${long}\\b`));
    for (const { name } of words) expect(told, `${path} ${name}`).toMatch(new RegExp(`[ ('=]${name}[ )']`));
  }
});
