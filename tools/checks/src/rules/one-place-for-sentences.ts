/**
 * What is told of a decision is worded once: in the projects and folders below. Whoever else tells it takes it from there, so that
 * log lines, `explain`, the page and JSON never tell two stories.
 */
import { isForTests } from '../imports.ts';
import { type Complaint, isCode, type Rule, type SourceFile } from '../repository.ts';

const shared = /^(?:libs\/(?:contracts|planner)\/src|libs\/engine\/src\/views|apps\/daemon\/src\/scope)\//;

/** Fewer words stand in many sentences: as a whole, and as a part of a longer one. */
const wordsMin = 4;
const wordsOfPartMin = 6;

export const onePlaceForSentences: Rule = (files) => {
  const told = files.filter(isTelling).map((file) => ({ path: file.path, sentences: sentencesIn(file) }));
  const places = new Map<string, string>();
  for (const { path, sentences } of told)
    if (shared.test(path))
      for (const { text, line } of sentences) if (!places.has(text)) places.set(text, `${path}:${line}`);
  const parts = [...places.keys()].filter((one) => wordsOf(one) >= wordsOfPartMin);
  return told.flatMap(({ path, sentences }) =>
    sentences.flatMap(({ text, line }): Complaint[] => {
      const worded = places.has(text) ? text : parts.find((one) => text.includes(one));
      const place = worded === undefined ? undefined : places.get(worded);
      if (place === undefined || place.startsWith(`${path}:`)) return [];
      return [`${path}:${line}: "${worded}" is worded in ${place}: take it from there`];
    }),
  );
};

const isTelling = (file: SourceFile): boolean =>
  isCode(file) && /^(?:apps|libs|plugins|plugins-extra)\//.test(file.path) && !isForTests(file.path);

interface Sentence {
  readonly text: string;
  readonly line: number;
}

/** The parts of literals that are written out, without what is around their words. */
function sentencesIn({ text }: SourceFile): Sentence[] {
  const code = text.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, (comment) =>
    comment.replace(/[^\n]/g, ' '),
  );
  return [...code.matchAll(literal)].flatMap((match) => {
    const line = code.slice(0, match.index).split('\n').length;
    return match[0]
      .slice(1, -1)
      .split(hole)
      .map((part) => part.replace(/^[^A-Za-z]+|[^A-Za-z]+$/g, ''))
      .filter((part) => wordsOf(part) >= wordsMin)
      .map((part) => ({ text: part, line }));
  });
}

const wordsOf = (text: string): number => text.split(/\s+/).filter((word) => /^[A-Za-z]/.test(word)).length;

const literal = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g;
const hole = /\$\{(?:[^{}]|\{[^{}]*\})*\}/;
