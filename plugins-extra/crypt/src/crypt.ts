/** Files are encrypted on the drive and plain on disk, in the format of `age`: with the key they can be read without Tidemark. */
import { definePlugin, type GivenBytes, z } from '@tidemark/plugin-sdk';
import { Decrypter, Encrypter } from 'age-encryption';
import { type Key, readKey } from './key.ts';

const config = z.strictObject({
  /** Absolute path of a file that `age-keygen` made. */
  keyFile: z.string().startsWith('/', 'must be an absolute path'),
  /** Only what is in these folders; absent: everything. */
  folders: z.array(z.string().min(1)).optional(),
  /** Files on the drive that are not encrypted come down as they are. Off: they fail, since a stranger may have put them there. */
  takePlain: z.boolean().default(false),
});

export default definePlugin({
  name: 'crypt',
  version: '1.0.0',
  sdk: '^1.0.0',
  config,
  setup: ({ config: { keyFile } }): Promise<Key> => readKey(keyFile),
  content: {
    format: ({ state: { id } }) => `age, key ${id}`,
    applies: ({ path }, { config: { folders } }) =>
      folders === undefined || folders.some((folder) => path.startsWith(`${folder}/`)),
    up(bytes, { state: { recipient } }) {
      const encrypter = new Encrypter();
      encrypter.addRecipient(recipient);
      return encrypter.encrypt(bytes);
    },
    async down(bytes, { state: { identities, id }, config: { takePlain } }) {
      const { isEncrypted, stream } = await look(bytes);
      if (!isEncrypted && takePlain) return stream;
      if (!isEncrypted) throw new Error('it is not encrypted; takePlain would take it as it is');
      const decrypter = new Decrypter();
      for (const identity of identities) decrypter.addIdentity(identity);
      return decrypter.decrypt(stream).catch((error: unknown) => {
        throw isOfAnother(error) ? new Error(`it is encrypted for another key than ${id}`) : error;
      });
    },
  },
});

const isOfAnother = (error: unknown): boolean =>
  error instanceof Error && error.message.startsWith('no identity matched');

const magic = new TextEncoder().encode('age-encryption.org/v1\n');

/** The stream begins anew: what was read to look at is put in front of it. */
async function look(
  bytes: GivenBytes,
): Promise<{ readonly isEncrypted: boolean; readonly stream: GivenBytes }> {
  const reader = bytes.getReader();
  let first = new Uint8Array();
  let isOver = false;
  while (!isOver && first.length < magic.length) {
    const { done, value } = await reader.read();
    if (done) isOver = true;
    else first = new Uint8Array([...first, ...value]);
  }
  const isEncrypted = magic.every((byte, index) => first[index] === byte);
  let isGiven = first.length === 0;
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      const next = !isGiven ? first : isOver ? undefined : (await reader.read()).value;
      isGiven = true;
      if (next === undefined) controller.close();
      else controller.enqueue(next);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { isEncrypted, stream };
}
