/** The merge base decides what reads as deleted and what as new, so one module writes it. */
import { complainAboutLines, isCode, type Rule } from '../repository.ts';

const writer = 'libs/trees/src/base.ts';
const write = new RegExp(`\\.${'synced'}\\s*=(?!=)`);

export const oneWriterOfTheBase: Rule = (files) =>
  files
    .filter((file) => isCode(file) && file.path !== writer)
    .flatMap((file) => complainAboutLines(file, write, () => `only ${writer} writes the merge base`));
