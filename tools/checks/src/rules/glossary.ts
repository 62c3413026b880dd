/** One word for one thing: the core uses the terms of ARCHITECTURE's glossary, and not the words that it lists beside them. */
import { complainAboutLines, isCore, type Complaint, type Rule, type SourceFile } from '../repository.ts';

/** In a comment after the line, or the line before: an old log's own word, for example. */
const excused = /glossary: /;

export const wordsOfTheGlossary: Rule = (files) => {
  const page = files.find(({ path }) => path === 'ARCHITECTURE.md');
  if (page === undefined) return [];
  const terms = readGlossary(page);
  if (terms.length === 0) return ['ARCHITECTURE.md:1: has no table under "## Glossary"'];
  return files.filter(isCore).flatMap((file) => terms.flatMap((term) => misuses(file, term)));
};

interface Term {
  readonly word: string;
  /** What the term is not called. */
  readonly instead: readonly string[];
}

function readGlossary({ text }: SourceFile): Term[] {
  const section = text.split(/^## /m).find((part) => part.startsWith('Glossary')) ?? '';
  return section.split('\n').flatMap((line): Term[] => {
    const [, word = '', , instead = ''] = line.split('|').map((cell) => cell.trim());
    if (word === '' || word === 'term' || word.startsWith('-')) return [];
    return [
      {
        word,
        instead: instead
          .split(',')
          .map((one) => one.trim())
          .filter((one) => one !== ''),
      },
    ];
  });
}

function misuses(file: SourceFile, { word, instead }: Term): Complaint[] {
  const lines = file.text.split('\n');
  return instead.flatMap((synonym) =>
    complainAboutLines(file, within(synonym), ([text]) => `"${text}": the glossary says "${word}"`).filter(
      (complaint) => {
        const index = Number(complaint.split(':')[1]) - 1;
        return ![lines[index], lines[index - 1]].some((line) => excused.test(line ?? ''));
      },
    ),
  );
}

/** The word by itself, or as a part of a name in camel case. */
function within(synonym: string): RegExp {
  const capital = synonym.charAt(0).toUpperCase() + synonym.slice(1);
  return new RegExp(`\\b${synonym}(?![a-z])|(?<=[a-z])${capital}(?![a-z])`);
}
