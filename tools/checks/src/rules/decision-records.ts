/** Decision records of a folder are counted: a number names one of them, and the heading says it again. */
import type { Rule } from '../repository.ts';

const record = /^(.*\/docs\/adr)\/(\d{4})-[^/]+\.md$/;

export const decisionRecords: Rule = (files) => {
  const taken = new Map<string, string>();
  return files.flatMap(({ path, text }) => {
    const [, folder, number] = record.exec(path) ?? [];
    if (folder === undefined || number === undefined) return [];
    const key = `${folder}/${number}`;
    const other = taken.get(key);
    if (other !== undefined) return [`${path}:1: has the number of ${other}`];
    taken.set(key, path);
    const heading = `# ${Number(number)}. `;
    return text.startsWith(heading) ? [] : [`${path}:1: does not begin with "${heading}"`];
  });
};
