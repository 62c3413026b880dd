/**
 * The wire protocol as a JSON Schema, out of the shapes by which the daemon reads: for authors in other languages. What a shape says beyond
 * its form (a path stays within the folder, an outcome fits its command) the page says in words.
 */
import type { CommandType } from '@tidemark/contracts';
import { z } from '@tidemark/plugin-sdk';
import { hintShapes } from '../hint-shapes.ts';
import { commandShapes } from './read-command.ts';
import {
  acceptedShape,
  greetingShape,
  helloShape,
  mayHandleElsewhere,
  protocolVersion,
  reportedShape,
  takenShape,
} from './protocol.ts';
import { failed, outcomes, toldNotices } from './read-observation.ts';

const observation = z.union([
  ...Object.values(hintShapes),
  failed,
  ...new Set(Object.values(outcomes).filter((outcome) => outcome !== undefined)),
]);

const elsewhere = (Object.keys(commandShapes) as CommandType[]).filter((type) => mayHandleElsewhere[type]);

/** By the names of the page: what is said, and what is answered. */
const messages = {
  hello: helloShape,
  greeting: greetingShape,
  observation: reportedShape.extend({ observations: z.array(observation).min(1).max(256) }),
  taken: takenShape,
  command: z.union(elsewhere.map((type) => commandShapes[type])),
  accepted: acceptedShape,
  notice: toldNotices.theirs,
} as const satisfies Record<string, z.ZodType>;

export type WireMessage = keyof typeof messages;

export const wireMessages = Object.keys(messages) as readonly WireMessage[];

/** A schema of one kind of message. */
export const messageSchema = (name: WireMessage): Readonly<Record<string, unknown>> =>
  z.toJSONSchema(messages[name], {
    io: 'input',
    unrepresentable: 'any',
    override({ jsonSchema }) {
      if (jsonSchema.pattern === noControl.unicode) jsonSchema.pattern = noControl.portable;
    },
  });

/** Text without control characters, for regular expressions that know the properties of Unicode, and for the others. */
const noControl = { unicode: '^\\P{Cc}*$', portable: '^[^\\u0000-\\u001F\\u007F-\\u009F]*$' };

/** As the file holds it: one definition for each kind of message. */
export function wireSchemaText(): string {
  const $defs = Object.fromEntries(
    wireMessages.map((name) => {
      const { $schema: _schema, ...schema } = messageSchema(name);
      return [name, schema];
    }),
  );
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: `Plugins of Tidemark in another process, protocol ${protocolVersion}`,
    $defs,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
