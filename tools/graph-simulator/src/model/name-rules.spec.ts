import { describe, expect, it } from 'vitest';
import type { Flavour } from './flavour.ts';
import { checkName, checkPathLength } from './name-rules.ts';

const refused: readonly (readonly [string, Flavour])[] = [
  ...['a:b', 'a*b', 'a?', 'a<b', 'a>b', 'a|b', 'a\\b', 'a/b', '"a"', 'a\nb', 'a\u0000', '', '.', '..'].map(
    (name) => [name, 'personal'] as const,
  ),
  ...[
    ' a',
    'a ',
    'a.',
    '~$a.docx',
    '.lock',
    'CON',
    'con.txt',
    'NUL.tar.gz',
    'COM0',
    'lpt9',
    'Desktop.ini',
    'x_vti_y',
  ].map((name) => [name, 'business'] as const),
  ['a&#39;b', 'business'],
  ['Forms', 'library'],
  ['x'.repeat(256), 'personal'],
];

const accepted: readonly (readonly [string, Flavour])[] = [
  ['a#b%c', 'business'],
  ['.hidden', 'business'],
  ['console.txt', 'personal'],
  ['COM10', 'business'],
  ['Forms', 'business'],
  ['~backup', 'personal'],
  ['Größe ✓', 'library'],
];

describe('names', () => {
  it.each(refused)('%j is refused on a %s drive', (name, flavour) => {
    expect(() => checkName(name, flavour, 'atRoot', 'folder')).toThrow('cannot be used');
  });

  it.each(accepted)('%j is accepted on a %s drive', (name, flavour) => {
    expect(() => checkName(name, flavour, 'atRoot', 'folder')).not.toThrow();
  });

  it('may begin with a tilde as a file but not as a folder on a work drive', () => {
    expect(() => checkName('~x', 'business', 'below', 'folder')).toThrow();
    expect(() => checkName('~x', 'business', 'below', 'file')).not.toThrow();
  });

  it('have a longest path of 400 characters on SharePoint and 430 on a personal drive', () => {
    expect(() => checkPathLength(401, 'library')).toThrow('too long');
    expect(() => checkPathLength(430, 'personal')).not.toThrow();
    expect(() => checkPathLength(431, 'personal')).toThrow('too long');
  });
});
