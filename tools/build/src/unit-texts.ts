/** Units for systemd, sorted into the folders that its two managers read. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';

const units = {
  system: ['apps/daemon/packaging/tidemark@.service', 'apps/relay/packaging/tidemark-relay.service'],
  user: ['apps/daemon/packaging/tidemark.service', 'apps/daemon/packaging/tidemark-plugin@.service'],
} as const;

/** By path below the target. @param repository absolute path with a slash at its end */
export async function unitTexts(repository: string): Promise<ReadonlyMap<string, string>> {
  const texts = Object.entries(units).flatMap(([manager, paths]) =>
    paths.map(async (path) => {
      const text = await readFile(`${repository}${path}`, 'utf8');
      return [`systemd/${manager}/${basename(path)}`, text] as const;
    }),
  );
  return new Map(await Promise.all(texts));
}
