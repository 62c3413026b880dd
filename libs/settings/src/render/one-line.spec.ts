import { expect, it } from 'vitest';
import { oneLine } from './one-line.ts';

it.each([
  ['an escape sequence', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
  ['one of eight bits', 'a\u009b2Jb', 'a\\u009b2Jb'],
  ['a line end', 'a\nERROR: b', 'a\\u000aERROR: b'],
  ['a line separator', 'a\u2028b', 'a\\u2028b'],
  ['a direction override', 'a\u202egpj.exe', 'a\\u202egpj.exe'],
  ['a direction isolate', 'a\u2066b', 'a\\u2066b'],
  ['half a character', 'a\ud800b', 'a\\ud800b'],
])('%s is spelled out', (_, text, shown) => {
  expect(oneLine(text)).toBe(shown);
});

it('what people write stays as it is', () => {
  const names = 'Ünïcode – 写真 שלום 👨‍👩‍👧 "a" \\ b';
  expect(oneLine(names)).toBe(names);
});

it('a tab stays as it is: a printed server block is indented by it', () => {
  expect(oneLine('\tlisten 443 ssl;')).toBe('\tlisten 443 ssl;');
});

it('JSON stays the same data', () => {
  const data = { name: 'a\u202e\u009b\n\ud800b' };
  expect(JSON.parse(oneLine(JSON.stringify(data)))).toEqual(data);
});
