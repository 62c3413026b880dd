import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesThatSet } from './config-file.ts';
import { withSetting } from './with-setting.ts';

const id = '11111111-2222-3333-4444-555555555555';

it.each([
  ['an empty file gets its first line', '', `application_id = "${id}"\n`],
  [
    'a setting goes to the end',
    '# mine\nthreads = "4"\n',
    `# mine\nthreads = "4"\napplication_id = "${id}"\n`,
  ],
  ['a last line without an end gets one', 'threads = "4"', `threads = "4"\napplication_id = "${id}"\n`],
  [
    'a setting goes behind the comment that shows it',
    '# application_id = ""\n# threads = "8"\n',
    `# application_id = ""\napplication_id = "${id}"\n# threads = "8"\n`,
  ],
  [
    'of several lines the one that holds is changed',
    'application_id = "a"\n  application_id = "b"\nthreads = "4"\n',
    `application_id = "a"\n  application_id = "${id}"\nthreads = "4"\n`,
  ],
  [
    'line ends stay what they are',
    'threads = "4"\r\n# x\r\n',
    `threads = "4"\r\n# x\r\napplication_id = "${id}"\r\n`,
  ],
  ['a mark of the byte order stays', '\uFEFFapplication_id = ""\n', `\uFEFFapplication_id = "${id}"\n`],
])('%s', (_, text, expected) => {
  expect(withSetting(text, 'application_id', id)).toBe(expected);
});

it('sets what is asked for, and keeps every other line', () => {
  const line = fc.constantFrom(
    '',
    '# a comment',
    '; application_id = "no"',
    '# application_id = "shown"',
    'application_id = "old"',
    '  application_id="older" ',
    'threads = "4"',
    'skip_file = "a|b "c" d"',
  );
  fc.assert(
    fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), fc.boolean(), (lines, end, isEnded) => {
      const text = lines.join(end) + (isEnded ? end : '');
      const changed = withSetting(text, 'application_id', id);
      expect(linesThatSet('application_id', changed).at(-1)?.value).toBe(id);
      const others = (all: string): string[] =>
        all.split(/\r?\n/).filter((one) => one !== '' && !/^\s*application_id/.test(one));
      expect(others(changed)).toEqual(others(text));
    }),
  );
});
