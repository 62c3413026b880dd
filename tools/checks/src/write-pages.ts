/** `npm run pages`: writes the pages that are made from code: the pictures of the charts, and the reference of the options. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { diagram, diagramNames } from '@tidemark/machines';
import { optionReferencePage } from '@tidemark/settings';

const libs = new URL('../../../libs/', import.meta.url);
for (const name of diagramNames) write(`machines/docs/${name}.md`, diagram(name));
write('settings/docs/options.md', optionReferencePage());

function write(path: string, text: string): void {
  const page = new URL(path, libs);
  mkdirSync(new URL('.', page), { recursive: true });
  writeFileSync(page, text);
}
