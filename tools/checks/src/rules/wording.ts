/** Words that have no place in code. The patterns are put together so that this file does not contain what it forbids. */
import { complainAboutLines, isCode, isCore, type Rule } from '../repository.ts';

const escapeHatch = new RegExp(`\\b${'as'} any\\b`);
export const noEscapeHatches: Rule = (files) =>
  files.filter(isCode).flatMap((file) => complainAboutLines(file, escapeHatch, ([text]) => `"${text}"`));

const focused = new RegExp(`\\.${'only'}\\(`);
const skipped = new RegExp(`\\.(?:${'skip'}|${'skipIf'}|${'runIf'}|${'todo'})\\(`);

/** A test may be skipped for a reason that stands beside it; it may never be the only one. */
export const noForgottenTests: Rule = (files) =>
  files
    .filter(({ path }) => path.endsWith('.spec.ts'))
    .flatMap((file) => {
      const lines = file.text.split('\n');
      return [
        ...complainAboutLines(file, focused, () => 'other tests are switched off'),
        ...lines.flatMap((line, index) => {
          const hasReason = [line, lines[index - 1] ?? ''].some((text) => /\/\/ \w|\*\/\s*$/.test(text));
          return skipped.test(line) && !hasReason
            ? [`${file.path}:${index + 1}: skipped without a reason in a comment on this or the line before`]
            : [];
        }),
      ];
    });

const later = new RegExp(
  `\\b(?:${['TO', 'FIX', 'HA', 'XX'].map((head, index) => head + ['DO', 'ME', 'CK', 'X'][index]).join('|')})\\b(?!.*#\\d)`,
);
export const noLooseEnds: Rule = (files) =>
  files
    .filter((file) => isCode(file) || file.path.endsWith('.sh'))
    .flatMap((file) => complainAboutLines(file, later, ([word]) => `${word} without an issue number`));

const vague = '(?:Manager|Helper|Util(?:s|ities|ity)?)';
const vagueName = new RegExp(
  `\\b(?:class|interface|type|function|const|let|var)\\s+(\\w*${vague}(?![a-z])\\w*|(?:manager|helpers?|utils?)\\b)`,
);
const vagueFile = /(?:^|[/.-])(?:manager|helpers?|utils?|utilities)(?=[/.-])/i;

/** Names say what a thing knows, not that it is useful. */
export const noVagueNames: Rule = (files) =>
  files
    .filter(isCode)
    .flatMap((file) => [
      ...(vagueFile.test(file.path) ? [`${file.path}:1: the file's name does not say what it knows`] : []),
      ...complainAboutLines(file, vagueName, ([, name]) => `"${name}" does not say what it knows`),
    ]);

const unnamed = '(?:whom?ever|somebody|someone|nobody|anybody|anyone)';
const unnamedActor = new RegExp(`\\b${unnamed}\\b`, 'i');
const unnamedInComment = new RegExp(`(?:^\\s*\\/?\\*|\\/\\/ ).*\\b(${unnamed})\\b`, 'i');
const production =
  /^(?:apps|libs|plugins|plugins-extra)\/(?!testkit\/)[^/]+\/src\/(?!.*(?:\.spec\.ts$|\bspec-|\btesting\/))/;

/** Comments say who acts: the planner, the caller, a user, another program. In the core test names and READMEs do as well. */
export const namesWhoActs: Rule = (files) => [
  ...files
    .filter(isCore)
    .flatMap((file) => complainAboutLines(file, unnamedActor, ([word]) => `"${word}" does not say who acts`)),
  ...files
    .filter((file) => isCode(file) && production.test(file.path) && !isCore(file))
    .flatMap((file) =>
      complainAboutLines(file, unnamedInComment, ([, word]) => `"${word}" does not say who acts`),
    ),
];
