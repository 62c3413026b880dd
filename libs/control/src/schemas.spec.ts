import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { CommandType, EventType } from '@tidemark/contracts';
import { commandEffects } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { type KnownCommand, knownCommandSchema } from './command-schema.ts';
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

test('each type of command has its place in the schema, and no other one has', () => {
  // The compiler says so, and the schema at run time.
  const described: KnownCommand['type'] = 'HashFile' as CommandType;
  const planned: CommandType = 'HashFile' as KnownCommand['type'];
  expect(described).toBe(planned);
  const types = knownCommandSchema.options.map(({ shape }) => shape.type.value);
  expect(types.toSorted()).toEqual(Object.keys(commandEffects).toSorted());
});

test('a command without what its type says is none', () => {
  const onItem = { id: '1/0', item: 1, path: 'a', reason: { rule: 'local-new', differs: '', causes: [] } };
  const remove = { ...onItem, type: 'DeleteRemote', establishes: ['gone'], driveItemId: 'A', ifMatch: 'e' };
  expect(knownCommandSchema.safeParse({ ...remove, itemCount: 1, later: 'field' }).success).toBe(true);
  expect(knownCommandSchema.safeParse(remove).success).toBe(false);
  expect(knownCommandSchema.safeParse({ ...remove, itemCount: 1, establishes: ['x'] }).success).toBe(false);
  expect(knownCommandSchema.safeParse({ ...onItem, type: 'Unheard' }).success).toBe(false);
});
