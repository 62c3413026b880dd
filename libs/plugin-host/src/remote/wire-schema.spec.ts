import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from '@tidemark/plugin-sdk';
import { expect, it } from 'vitest';
import { greetingShape, helloShape, takenShape } from './protocol.ts';
import { messageSchema, wireMessages, wireSchemaText, type WireMessage } from './wire-schema.ts';

const docs = fileURLToPath(new URL('../../../plugin-sdk/docs/', import.meta.url));

const fits = (name: WireMessage, message: unknown): boolean =>
  z.fromJSONSchema(messageSchema(name) as never).safeParse(message).success;

it('the published schema is the one in use; `npm run pages` writes it anew', () => {
  const published = JSON.parse(readFileSync(`${docs}wire-v1.schema.json`, 'utf8'));
  expect(published).toEqual(JSON.parse(wireSchemaText()));
  expect(Object.keys(published.$defs)).toEqual(wireMessages);
});

const page = readFileSync(`${docs}wire-protocol.md`, 'utf8');
const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text));

it('the examples of the page fit it', () => {
  const [hello, observations] = examples;
  expect(fits('hello', hello)).toBe(true);
  expect(fits('observation', observations)).toBe(true);
  expect(examples).toHaveLength(2);
});

const instance = 'instance-1';
const told = (notice: object): object => ({ instance, notices: [{ at: 0, notice }] });
const reported = (observation: object): object => ({ instance, observations: [observation] });
const hash = 'A'.repeat(27) + '=';
const row = {
  ...{ id: '1', parentId: '0', name: 'a', kind: 'file', sizeBytes: 1, modifiedAt: 1, stamp: 's', hash },
};

it.each<readonly [WireMessage, boolean, unknown]>([
  ['hello', true, { protocol: 1, version: '1.0.0', instance }],
  ['hello', false, { protocol: 1, version: '1.0.0' }],
  ['hello', false, { protocol: 1, version: '1.0.0', instance, observes: ['RemotePage'] }],
  ['greeting', true, { welcome: { run: 'r', helloEveryMs: 2_000 } }],
  ['greeting', true, { refused: { code: 'occupied', detail: 'a', remedy: 'b' } }],
  ['greeting', false, { refused: { code: 'tired', detail: 'a', remedy: 'b' } }],
  ['observation', true, reported({ type: 'HintReceived', side: 'local', source: 'a', folders: [''] })],
  ['observation', false, reported({ type: 'HintReceived', side: 'above', source: 'a' })],
  ['observation', true, reported({ type: 'CommandSucceeded', command: '7/0', local: row })],
  [
    'observation',
    false,
    reported({ type: 'CommandSucceeded', command: '7/0', local: { ...row, hash: 'x' } }),
  ],
  ['observation', false, { instance, observations: [] }],
  ['taken', true, { taken: 1 }],
  ['taken', false, { taken: 'all' }],
  ['accepted', false, { accepted: false }],
  ['notice', true, told({ type: 'said', level: 'info', text: 'hello' })],
  ['notice', true, told({ type: 'far/moved', text: 'hello', data: { a: 1 } })],
  ['notice', false, told({ type: 'said', level: 'loud', text: 'hello' })],
])('says of a message "%s": %s, %j', (name, isOne, message) => {
  expect(fits(name, message)).toBe(isOne);
});

it('says the same as the shapes by which the daemon reads', () => {
  const shapes = { hello: helloShape, greeting: greetingShape, taken: takenShape };
  const candidates = [...examples, { taken: 3 }, { again: 'later' }, { refused: 'never' }, {}, null, 7, []];
  for (const [name, shape] of Object.entries(shapes)) {
    for (const message of candidates)
      expect(fits(name as WireMessage, message), name).toBe(shape.safeParse(message).success);
  }
});
