/** The key file, as `age-keygen` writes it: one identity a line. The first one encrypts, each of them decrypts. */
import { identityToRecipient } from 'age-encryption';
// oxlint-disable-next-line no-restricted-imports -- the key lies where its user keeps it, and outlives the state of the client
import { open } from 'node:fs/promises';

export interface Key {
  readonly identities: readonly string[];
  readonly recipient: string;
  /** The end of the recipient: tells keys apart, and opens nothing. */
  readonly id: string;
}

/** Throws an Error that names the file, and nothing in it. */
export async function readKey(path: string): Promise<Key> {
  const file = await open(path).catch(({ code }: NodeJS.ErrnoException) => {
    throw new Error(`the key file ${path} cannot be read (${code}); age-keygen -o ${path} makes one`);
  });
  try {
    if (((await file.stat()).mode & 0o077) !== 0)
      throw new Error(`other users may use the key file ${path}: chmod 600 ${path}`);
    const lines = (await file.readFile('utf8')).split('\n').map((line) => line.trim());
    const identities = lines.filter((line) => line.startsWith('AGE-SECRET-KEY-'));
    const [first] = identities;
    if (first === undefined) throw new Error(`the key file ${path} holds no key that age-keygen made`);
    const recipient = await identityToRecipient(first).catch(() => {
      throw new Error(`the key in ${path} is damaged`);
    });
    return { identities, recipient, id: recipient.slice(-8) };
  } finally {
    await file.close();
  }
}
