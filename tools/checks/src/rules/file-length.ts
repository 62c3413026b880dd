/** Files are short. More than 300 lines deserve a second look, more than 500 a split. */
import { isCode, type Rule, type SourceFile } from '../repository.ts';

const linesMax = 500;
const linesToLookAt = 300;

const lineCount = ({ text }: SourceFile): number => text.split('\n').length - 1;

export const fileLength: Rule = (files) =>
  files
    .filter((file) => isCode(file) && lineCount(file) > linesMax)
    .map((file) => `${file.path}:${lineCount(file)}: more than ${linesMax} lines`);

/** Not wrong, but worth a second look: `path: lines`. */
export const longFiles: Rule = (files) =>
  files
    .filter((file) => isCode(file) && lineCount(file) > linesToLookAt)
    .map((file) => `${file.path}: ${lineCount(file)} lines`);
