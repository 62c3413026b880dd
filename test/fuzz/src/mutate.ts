/** Makes an input out of samples: a little wrong at one place or at a few, since what is wrong everywhere gets no further than the first look. */
import type { Chance } from './chance.ts';

export type Mutate<Input> = (samples: readonly Input[], chance: Chance) => Input;

const oddTexts = [
  '',
  ' ',
  '\0',
  '\r\n',
  '"',
  "'",
  '\\',
  '\\u0000',
  '/',
  '//',
  '../',
  '*',
  '**',
  '*a*a*a*a*a*a*a*a*b',
  '?',
  '!',
  '-',
  '[',
  ']',
  '{',
  '}',
  '(',
  ')',
  '|',
  ',',
  ':',
  '=',
  '#',
  '0',
  '-1',
  '1e999',
  '9007199254740993',
  'NaN',
  'null',
  'true',
  '__proto__',
  'constructor',
  'toString',
  '\u202e',
  '\ufeff',
  '\ud800',
  'é',
  'e\u0301',
  '😀',
  'a'.repeat(300),
  'a'.repeat(70_000),
  '*'.repeat(60),
  '['.repeat(3000),
  '{"a":'.repeat(3000),
  '/a'.repeat(2000),
] as const;

const oddValues: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  -0.5,
  1e308,
  2 ** 53,
  '',
  [],
  {},
  [[]],
  [null],
  { ['__proto__']: 1 },
  { constructor: null },
  JSON.parse('{"__proto__":{"polluted":true}}'),
  ...oddTexts,
];

/** Words and signs of one text come out, double, change places, or give way to odd ones. */
export const mutateText: Mutate<string> = (samples, chance) => {
  const tokens = chance.pick(samples).match(/\w+|\s+|[^\w\s]/gu) ?? [];
  for (let changes = 1 + chance.below(4); changes > 0; changes--) {
    const at = chance.below(tokens.length + 1);
    const kind = chance.below(6);
    if (kind === 0) tokens.splice(at, 1 + chance.below(4));
    else if (kind === 1) tokens.splice(at, 0, chance.pick(oddTexts));
    else if (kind === 2) tokens.splice(at, 1, chance.pick(oddTexts));
    else if (kind === 3) tokens.splice(at, 0, ...tokens.slice(at, at + 1 + chance.below(8)));
    else if (kind === 4) tokens.length = at;
    else {
      const other = chance.pick(samples);
      tokens.splice(at, 0, other.slice(chance.below(other.length)));
    }
  }
  return tokens.join('');
};

/** Mostly another value somewhere in it, so that it stays JSON; else another text. */
export const mutateJson: Mutate<string> = (samples, chance) => {
  if (chance.below(4) === 0) return mutateText(samples, chance);
  const root: { value: unknown } = { value: JSON.parse(chance.pick(samples)) };
  for (let changes = 1 + chance.below(3); changes > 0; changes--) changeIn(root, chance);
  const text = JSON.stringify(root.value);
  // More than a bus or a listener lets in: nobody gets to read it.
  return text.length <= charactersMax ? text : mutateText(samples, chance);
};

const charactersMax = 1_000_000;

function changeIn(root: { value: unknown }, chance: Chance): void {
  let parent: Record<string, unknown> = root;
  let key = 'value';
  for (;;) {
    const child = parent[key];
    if (typeof child !== 'object' || child === null || chance.below(5) === 0) break;
    const keys = Object.keys(child);
    if (keys.length === 0) break;
    parent = child as Record<string, unknown>;
    key = chance.pick(keys);
  }
  const kind = chance.below(5);
  if (kind === 0 && parent !== root) delete parent[key];
  else if (kind === 1 && typeof parent[key] === 'string')
    parent[key] = mutateText([parent[key] as string], chance);
  else if (kind === 2) {
    const child = parent[key];
    const room = Math.floor(charactersMax / ((JSON.stringify(child) ?? '').length + 1));
    parent[key] = Array.from({ length: Math.min(2 + chance.below(120), room) }, () => child);
  } else parent[key] = structuredClone(chance.pick(oddValues));
}

/** Bits turn, and pieces come out, double or are from elsewhere. */
export const mutateBytes: Mutate<Buffer> = (samples, chance) => {
  let bytes = Buffer.from(chance.pick(samples));
  for (let changes = 1 + chance.below(4); changes > 0; changes--) {
    const at = chance.below(bytes.length + 1);
    const length = 1 + chance.below(1 << chance.below(10));
    const kind = chance.below(5);
    if (kind === 0 && at < bytes.length) bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
    else if (kind === 1 && at < bytes.length) bytes[at] = chance.pick([0, 1, 0x7f, 0x80, 0xff]);
    else if (kind === 2) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    else if (kind === 3) bytes = bytes.subarray(0, at);
    else {
      const other = chance.pick(samples);
      const from = chance.below(other.length);
      bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at)]);
    }
  }
  return bytes;
};
