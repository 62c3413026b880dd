/** `npm run pages`: writes the pages that are made from code: the pictures of the charts, the reference of the options, what a login meets, and JSON Schemas. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { type PublishedSchema, publishedSchemas, schemaText } from '@tidemark/control';
import { loginRemediesPage } from '@tidemark/graph';
import { diagram, diagramNames } from '@tidemark/machines';
import { wireSchemaText } from '@tidemark/plugin-host';
import { sdkReferencePage } from './sdk-reference.ts';
import { optionReferencePage } from '@tidemark/settings';

const libs = new URL('../../../libs/', import.meta.url);
for (const name of diagramNames) write(`machines/docs/${name}.md`, diagram(name));
write('graph/docs/login-refusals.md', loginRemediesPage());
write('settings/docs/options.md', optionReferencePage());
write('plugin-sdk/docs/reference.md', sdkReferencePage());
write('plugin-sdk/docs/wire-v1.schema.json', wireSchemaText());
for (const name of Object.keys(publishedSchemas) as PublishedSchema[])
  write(`control/docs/${name}`, schemaText(name));

function write(path: string, text: string): void {
  const page = new URL(path, libs);
  mkdirSync(new URL('.', page), { recursive: true });
  writeFileSync(page, text);
}
