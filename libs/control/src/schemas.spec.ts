import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EventType } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import type { ShownEvent } from './event-schema.ts';
import { type PublishedSchema, publishedSchemas, schemaText } from './schemas.ts';

const names = Object.keys(publishedSchemas) as PublishedSchema[];

test.each(names)('%s is the schema in use; `npm run pages` writes it anew', (name) => {
  const page = fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
  expect(JSON.parse(readFileSync(page, 'utf8'))).toEqual(JSON.parse(schemaText(name)));
});

test('each type of event has its place in the schema, and no other one has', () => {
  // The compiler says so.
  const described: ShownEvent['event']['type'] = 'Woke' as EventType;
  const recorded: EventType = 'Woke' as ShownEvent['event']['type'];
  expect(described).toBe(recorded);
});
