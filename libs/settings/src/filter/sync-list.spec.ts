import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSyncList, type SyncListRule } from './sync-list-rules.ts';
import { compileSyncList, type SyncListTest } from './sync-list.ts';

function compile(...lines: readonly string[]): SyncListTest {
  const { rules, problems } = parseSyncList(lines.join('\n'));
  expect(problems).toEqual([]);
  return compileSyncList(rules);
}

/** What a walk from the root meets: it enters a directory that is in, or that may hold something. */
function synced(test: SyncListTest, paths: readonly string[]): readonly string[] {
  return paths.filter((path) => test(path, kindOf(path)).type === 'included');
}

/** In these trees what has an extension is a file. */
function kindOf(path: string): 'file' | 'folder' {
  return /[^/]\.[^/]+$/.test(path) ? 'file' : 'folder';
}

interface Scenario {
  readonly label: string;
  readonly rules: readonly string[];
  readonly included: readonly string[];
  readonly excluded: readonly string[];
}

/** The behaviours that the scenarios of the peer's tc0002 establish, on a tree of our own. */
const scenarios: readonly Scenario[] = [
  {
    label: 'an anchored directory with a trailing slash brings everything below and the way to it',
    rules: ['/top/Backup/'],
    included: ['top', 'top/Backup', 'top/Backup/a.txt', 'top/Backup/deep/er/b.txt'],
    excluded: ['top/Other', 'top/Other/Backup', 'other', 'top/Backup2'],
  },
  {
    label: 'an anchored directory without a trailing slash is the same',
    rules: ['/top/Backup'],
    included: ['top', 'top/Backup', 'top/Backup/a.txt'],
    excluded: ['top/Other', 'top/readme'],
  },
  {
    label: 'a bare name matches at any depth and inside names',
    rules: ['Backup'],
    included: ['Backup', 'top/Backup/a.txt', 'top/Random/Backup', 'top/0.1.Backups/archive.bin'],
    excluded: ['top/Blender', 'top/backup'],
  },
  {
    label: 'excluded children take their directory with them',
    rules: ['!/top/Documents/Notes/.config/*', '/top/Documents/'],
    included: [
      'top/Documents',
      'top/Documents/r.docx',
      'top/Documents/Notes',
      'top/Documents/Notes/keep.txt',
    ],
    excluded: ['top/Documents/Notes/.config', 'top/Documents/Notes/.config/app.json', 'top/Backup'],
  },
  {
    label: 'an exclusion that matches anywhere, inside an included tree',
    rules: ['!.gradle/*', '/top/Work/'],
    included: ['top/Work/A/keep.txt', 'top/Work/B/report.docx'],
    excluded: ['top/Work/A/.gradle', 'top/Work/A/.gradle/state.bin', 'top/Backup'],
  },
  {
    label: 'one file without anchor leads through its directories',
    rules: ['top/Documents/report.docx'],
    included: ['top', 'top/Documents', 'top/Documents/report.docx'],
    excluded: ['top/Documents/Notes', 'top/Documents/other.docx', 'top/Backup'],
  },
  {
    label: 'any number of directories between, excluded',
    rules: ['!/top/Code/Android/**/build/*', '!/top/Code/Web/**/build/*', '/top/Code'],
    included: ['top/Code/Android/A1/src/main.kt', 'top/Code/Web/S1', 'top/Code/Java/P/build/x.class'],
    excluded: [
      'top/Code/Android/A1/build',
      'top/Code/Android/A1/build/out.apk',
      'top/Code/Android/A1/deep/build/x/y.dex',
      'top/Code/Web/S1/build/assets/chunk.js',
    ],
  },
  {
    label: 'two segments that match anywhere, excluded',
    rules: ['!build/kotlin/*', '!.venv/*', '!venv/*', '/top/Code'],
    included: ['top/Code/Java/P/build/other', 'top/Code/Py/T/src/main.py'],
    excluded: [
      'top/Code/Java/P/build/kotlin/x.class',
      'top/Code/Py/T/venv',
      'top/Code/Py/T/.venv/bin/python',
    ],
  },
  {
    label: 'many exclusions before many includes',
    rules: [
      '!__pycache__/*',
      '!node_modules/*',
      '!.idea/caches/*',
      '!/top/Documents/Notes/.config/*',
      '!/top/Code/Android/**/.cxx/*',
      '/top/Code',
      '/top/Documents/',
      '/top/Backup/',
      'top/Blender/scene.blend',
    ],
    included: [
      'top/Code/Node/A/src/index.js',
      'top/Documents/report.docx',
      'top/Backup/root.txt',
      'top/Blender/scene.blend',
      'top/Blender',
    ],
    excluded: [
      'top/Code/Py/T/__pycache__/m.pyc',
      'top/Code/Node/A/node_modules/p/index.js',
      'top/Code/Idea/A/.idea/caches/c.db',
      'top/Documents/Notes/.config',
      'top/Code/Android/A/.cxx/tmp/n.o',
      'top/Secret/secret.txt',
      'top/Blender/other.blend',
    ],
  },
  {
    label: 'an anchored exclusion inside an anchored include, with or without trailing slashes',
    rules: ['!/top/Projects/Audio/', '!/top/Projects/Video', '/top/Projects/'],
    included: ['top/Projects', 'top/Projects/Code/J/Exports/f.wav', 'top/Projects/Audiobooks/x'],
    excluded: [
      'top/Projects/Audio',
      'top/Projects/Audio/song.wav',
      'top/Projects/Video/R/r.mov',
      'top/loose.bin',
    ],
  },
  {
    label: 'names that merely begin alike are different',
    rules: ['/top/Projects/Code'],
    included: ['top/Projects/Code/J/Source/main.txt'],
    excluded: ['top/Projects/Code-Archive', 'top/Projects/Codecs/readme.txt', 'top/Projects/Coder'],
  },
  {
    label: 'siblings of included directories with a dot',
    rules: ['/top/Documents/.Libraries/', '/top/Documents/Notes'],
    included: ['top/Documents', 'top/Documents/.Libraries/i.txt', 'top/Documents/Notes/k.txt'],
    excluded: ['top/Documents/.Templates', 'top/Documents/report.pdf'],
  },
  {
    label: 'files of one kind anywhere',
    rules: ['*.docx'],
    included: ['a.docx', 'top/deep/b.docx'],
    excluded: ['top', 'top/a.pdf'],
  },
  {
    label: 'files of one kind below an anchored directory',
    rules: ['/top/*/*.docx'],
    included: ['top', 'top/any', 'top/any/a.docx'],
    excluded: ['other', 'top/any/a.pdf', 'top/any/deeper/a.docx'],
  },
  {
    label: 'an exclusion of all children spares the directory of an included one',
    rules: ['/top/Box/keep.txt', '!/top/Box/*'],
    included: ['top/Box', 'top/Box/keep.txt'],
    excluded: ['top/Box/other.txt'],
  },
  {
    label:
      'an exclusion of all children comes before an include of one: the directory stays, the child does not',
    rules: ['!/top/Box/*', '/top/Box/keep.txt'],
    included: ['top', 'top/Box'],
    excluded: ['top/Box/keep.txt', 'top/Box/other.txt'],
  },
  {
    label: 'an exclusion that comes after an include of class A is never reached',
    rules: ['/top/Box', '!/top/Box/secret'],
    included: ['top/Box/secret'],
    excluded: ['top/Other'],
  },
  {
    label: 'an exclusion of a deep path says nothing about what leads to it',
    rules: ['!top/Projects/Audio', '!/top/Work/*/x', '/top'],
    included: ['top', 'top/Projects', 'top/Work', 'top/Work/a'],
    excluded: ['top/Projects/Audio', 'top/Work/a/x'],
  },
  {
    label: 'only exclusions: nothing is included',
    rules: ['!/top/x', '-y'],
    included: [],
    excluded: ['top', 'top/x', 'a', 'y'],
  },
];

describe('sync_list', () => {
  it.each(scenarios)('$label', ({ rules, included, excluded }) => {
    const test = compile(...rules);
    expect(synced(test, [...included, ...excluded])).toEqual(included);
  });

  it('knows where something may lie below an excluded directory', () => {
    expect(compile('Backup')('top', 'folder')).toEqual({ type: 'excluded', below: 'maybe something' });
    expect(compile('/top')('other', 'folder')).toEqual({ type: 'excluded', below: 'nothing' });
    expect(compile('!/top/x', 'Backup')('top/x', 'folder')).toMatchObject({
      type: 'excluded',
      below: 'nothing',
    });
    expect(compile('Backup', '!/top/x')('top/x', 'folder')).toMatchObject({
      type: 'excluded',
      below: 'maybe something',
    });
  });

  it('reads rules from a file as people write it', () => {
    const { rules, problems } = parseSyncList('\uFEFF# c\r\n ; d\r\n\r\n  !/a/b/ \r\n- c\r\n/d\r\n');
    expect(problems).toEqual([]);
    expect(rules.map(({ text, effect, anchor, pattern }) => [text, effect, anchor, pattern])).toEqual([
      ['!/a/b/', 'exclude', 'root', 'a/b'],
      ['- c', 'exclude', 'anywhere', 'c'],
      ['/d', 'include', 'root', 'd'],
    ]);
  });
});

const name = fc.constantFrom('a', 'b', 'ab', '.c');
const paths = fc.array(name, { minLength: 1, maxLength: 3 }).map((segments) => segments.join('/'));
const patternSegment = fc.constantFrom('a', 'b', 'ab', '.c', '*', 'a*', '**');
const ruleLines = fc
  .tuple(
    fc.constantFrom('', '!'),
    fc.constantFrom('', '/', '/'),
    fc.array(patternSegment, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '/'),
  )
  .map(([sign, anchor, segments, end]) => `${sign}${anchor}${segments.join('/')}${end}`)
  .filter((line) => !['/*', '!/*', '/*/', '!/*/'].includes(line));
const ruleLists = fc.array(ruleLines, { minLength: 1, maxLength: 5 });

/** The table of the contract written down with regular expressions and lists of paths. */
function reference(rules: readonly SyncListRule[], path: string): 'included' | 'excluded' {
  let isIncluded = false;
  for (const rule of rules) {
    const covers = coversIn(rule, path);
    const leads = leadsIn(rule, path);
    if (rule.effect === 'include' && (covers || leads)) {
      isIncluded = true;
      if (rule.anchor === 'anywhere' || !rule.hasWildcard) break;
    }
    if (rule.effect === 'exclude' && (covers || takesContainer(rules, rule, path))) return 'excluded';
  }
  return isIncluded ? 'included' : 'excluded';
}

const prefixesOf = (path: string): readonly string[] =>
  path.split('/').map((_, index, segments) => segments.slice(0, index + 1).join('/'));

function coversIn(rule: SyncListRule, path: string): boolean {
  if (rule.anchor === 'anywhere') {
    const source = escaped(rule.pattern.replace(/\/\*$/, '')).replaceAll('*', '.*');
    return new RegExp(source).test(`/${path}`);
  }
  return prefixesOf(path).some((prefix) =>
    segmentExpression(rule.pattern.replace(/\/\*\*$/, '/*')).test(`/${prefix}`),
  );
}

/** Whether some made-up continuation of the path would be covered: the alphabet is small enough to try all. */
function leadsIn(rule: SyncListRule, path: string): boolean {
  if (rule.anchor === 'anywhere') return rule.pattern.replace(/\/\*$/, '').startsWith(`${path}/`);
  return continuations(rule.pattern.split('/').length).some((rest) => coversIn(rule, `${path}/${rest}`));
}

function continuations(depth: number): readonly string[] {
  const names = ['a', 'b', 'ab', '.c'];
  let level: readonly string[] = names;
  const all = [...level];
  for (let count = 1; count < depth; count += 1) {
    level = level.flatMap((head) => names.map((tail) => `${head}/${tail}`));
    all.push(...level);
  }
  return all;
}

function takesContainer(rules: readonly SyncListRule[], rule: SyncListRule, path: string): boolean {
  const container = /^(.*)\/\*\*?$/.exec(rule.pattern)?.[1];
  if (rule.anchor === 'anywhere' || container === undefined) return false;
  const isSpared = rules.some(
    (other) =>
      other.effect === 'include' && other.anchor === 'root' && other.pattern.startsWith(`${container}/`),
  );
  return !isSpared && prefixesOf(path).some((prefix) => segmentExpression(container).test(`/${prefix}`));
}

function segmentExpression(pattern: string): RegExp {
  const source = pattern.split('/').map((segment) => {
    if (segment === '**') return '(?:/[^/]+)*';
    return `/${escaped(segment).replaceAll('*', '[^/]*')}`;
  });
  return new RegExp(`^${source.join('')}$`);
}

const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&');

describe('the evaluator', () => {
  it('agrees with a reference made of regular expressions', () => {
    fc.assert(
      fc.property(ruleLists, fc.array(paths, { minLength: 1, maxLength: 8 }), (lines, tried) => {
        const { rules } = parseSyncList(lines.join('\n'));
        fc.pre(rules.length > 0);
        const test = compileSyncList(rules);
        for (const path of tried)
          expect([path, test(path, 'folder').type]).toEqual([path, reference(rules, path)]);
      }),
      { numRuns: 500 },
    );
  });

  it('never includes an item below a directory that it called empty of interest', () => {
    fc.assert(
      fc.property(ruleLists, paths, (lines, path) => {
        const { rules } = parseSyncList(lines.join('\n'));
        fc.pre(rules.length > 0);
        const test = compileSyncList(rules);
        if (test(path, 'folder').type === 'excluded') return;
        for (const ancestor of prefixesOf(path)) {
          expect([ancestor, test(ancestor, 'folder')]).not.toMatchObject([ancestor, { below: 'nothing' }]);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
