/** Small files that are replaced as a whole: the login, secrets, sessions, what the last start was accepted with. */
import { join } from 'node:path';
import { real } from './watched-calls.ts';

// Behind the watched calls: they take the functions when they are loaded.
const { createTokenFile } = await import('@tidemark/graph');
const { createSecretFiles } = await import('@tidemark/secrets');
const { createSessionFiles } = await import('../../../apps/daemon/src/session-files.ts');
const { acceptStart } = await import('../../../apps/cli/src/accepted-start.ts');

export interface TextKeeper {
  readonly name: string;
  /** Whether the new text has to be there when `write` has resolved: else it may be the old one again after a power cut. */
  readonly isDurable: boolean;
  write(folder: string, text: string): Promise<void>;
  read(folder: string): Promise<string | null>;
}

export const outcomeOf = ({ isDurable }: TextKeeper): string =>
  isDurable
    ? 'the old text or the new one; the new one once it is told'
    : 'the old text or the new one, whole';

export const textKeepers: readonly TextKeeper[] = [
  {
    name: 'the login is renewed',
    isDurable: true,
    write: (folder, text) => createTokenFile({ path: join(folder, 'refresh_token') }).write(text),
    read: (folder) => createTokenFile({ path: join(folder, 'refresh_token') }).read(),
  },
  {
    name: 'a plugin keeps a secret',
    isDurable: true,
    write: (folder, text) => createSecretFiles(folder)('webhook').write('subscription', text),
    read: (folder) => createSecretFiles(folder)('webhook').read('subscription'),
  },
  {
    name: 'an upload session is kept',
    isDurable: false,
    write: (folder, text) => createSessionFiles(folder).save('key', text),
    read: (folder) => createSessionFiles(folder).load('key'),
  },
  {
    name: 'the settings of a start are kept for the next one',
    isDurable: false,
    async write(folder, text) {
      const profile = { locations: { directory: folder }, configText: text, syncListText: null };
      acceptStart(profile as unknown as Parameters<typeof acceptStart>[0], (line) => {
        throw new Error(line);
      });
    },
    read: async (folder) => real.readFileSync(join(folder, '.config.backup'), 'utf8'),
  },
];
