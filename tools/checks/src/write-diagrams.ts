/** `npm run diagrams`: writes the pictures of the charts into the docs of libs/machines. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { diagram, diagramNames } from '@tidemark/machines';

const docs = new URL('../../../libs/machines/docs/', import.meta.url);
mkdirSync(docs, { recursive: true });
for (const name of diagramNames) writeFileSync(new URL(`${name}.md`, docs), diagram(name));
