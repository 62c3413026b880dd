import { describe, expect, it } from 'vitest';
import { checkName, type AccountKind } from './check-name.ts';

const check = (path: string, accountKind: AccountKind = 'personal'): ReturnType<typeof checkName> =>
  checkName(path, path.slice(path.lastIndexOf('/') + 1), { accountKind });

describe('names that are never synced', () => {
  it.each([
    ['.lock', 'Microsoft Naming Convention'],
    ['Desktop.INI', 'Microsoft Naming Convention'],
    ['CON', 'Microsoft Naming Convention'],
    ['nul.txt', 'Microsoft Naming Convention'],
    ['a/prn.tar.gz', 'Microsoft Naming Convention'],
    ['com0', 'Microsoft Naming Convention'],
    ['LPT9.doc', 'Microsoft Naming Convention'],
    ['~$report.docx', 'Microsoft Naming Convention'],
    ['a_vti_b', 'Microsoft Naming Convention'],
    [' a', 'Microsoft Naming Convention'],
    ['a ', 'Microsoft Naming Convention'],
    ['a.', 'Microsoft Naming Convention'],
    ['Forms', 'Microsoft Naming Convention'],
    ['a<b', 'Microsoft Naming Convention'],
    ['a>b', 'Microsoft Naming Convention'],
    ['a:b', 'Microsoft Naming Convention'],
    ['a"b', 'Microsoft Naming Convention'],
    ['a|b', 'Microsoft Naming Convention'],
    ['a?b', 'Microsoft Naming Convention'],
    ['a*b', 'Microsoft Naming Convention'],
    ['a\\b', 'Microsoft Naming Convention'],
    ['a\nb', 'Contains an invalid whitespace character'],
    ['a\tb', 'Contains an invalid whitespace character'],
    ['a&#65;b', 'Contains HTML ASCII Code'],
    ['a\uD800b', 'Invalid UTF-16 encoded path'],
    ['a\u0001b', 'Contains ASCII Control Codes'],
    ['a\u007Fb', 'Contains ASCII Control Codes'],
  ])('%j: %s', (path, reason) => {
    expect(check(path)).toMatchObject({
      reason,
      line: `Skipping item - invalid name (${reason}): ./${path}`,
    });
  });

  it.each([
    'console',
    'nulls.txt',
    'com10',
    'com',
    'x.con',
    'a~$b',
    'a.b',
    '.hidden',
    'lock',
    'a.lock',
    'deep/forms',
    'a&#12345;b',
    'a&#x41;b',
    'smile 😀.txt',
    'ümläut',
    'a b',
    '#%&{}',
  ])('%j is a legal name', (path) => {
    expect(check(path)).toBeUndefined();
  });

  it.each([
    ['personal', 430],
    ['business', 400],
    ['sharepoint', 400],
  ] as const)('a path of a %s drive has at most %i characters', (accountKind, limit) => {
    const path = `${'a/'.repeat(limit / 2 - 1)}bc`;
    expect(path).toHaveLength(limit);
    expect(check(path, accountKind)).toBeUndefined();
    expect(check(`${path}d`, accountKind)).toEqual({
      reason: 'Path too long',
      detail: `${limit + 1} of ${limit} characters`,
      line: `Skipping item '${path}d' due to the full path exceeding ${limit} characters (Microsoft OneDrive limitation)`,
    });
  });
});
