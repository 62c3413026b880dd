/** A table that is asked with text from outside is a Map: every object answers to `constructor` and `valueOf`. */
import { isForTests } from '../imports.ts';
import { type Complaint, isCode, type Rule, type SourceFile } from '../repository.ts';

export const tablesOfTextAreMaps: Rule = (files) => files.filter(isProduction).flatMap(complaintsOf);

const isProduction = (file: SourceFile): boolean =>
  isCode(file) && /^(?:apps|libs|plugins|plugins-extra)\//.test(file.path) && !isForTests(file.path);

function complaintsOf({ path, text }: SourceFile): Complaint[] {
  return text
    .split('\n')
    .flatMap((line, index) =>
      /^(?:export )?const \w+: (?:Readonly<)?(?:Partial<)?Record<string, .*= *\{/.test(line)
        ? [`${path}:${index + 1}: a table that is asked with any text is a Map`]
        : [],
    );
}
