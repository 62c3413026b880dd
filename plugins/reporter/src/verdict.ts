/** Lines about items that are left alone. */
import type { ItemVerdict } from '@tidemark/plugin-sdk';
import type { Line } from './line.ts';
import { info, verbose } from './line.ts';
import { dotted } from './paths.ts';

export function renderVerdict({ path, standing, detail, code, count }: ItemVerdict): readonly Line[] {
  if (code === 'massDelete') return renderMassDelete(count ?? 0);
  if (detail.startsWith('Skipping ')) return [standing === 'ignored' ? verbose(detail) : info(detail)];
  switch (standing) {
    case 'ignored':
      return [verbose(`Skipping item - ${detail}: ${dotted(path)}`)];
    case 'held':
      return [info(`Waiting for a confirmation - ${detail}: ${dotted(path)}`)];
    case 'problem':
      return [info(`Skipping item - ${problems[code ?? ''] ?? detail}: ${dotted(path)}`), verbose(detail)];
  }
}

const problems: Readonly<Record<string, string>> = {
  invalidName: 'invalid name (Microsoft Naming Convention)',
  caseClash: "has a 'case-insensitive match' in the same folder",
};

/** Three lines that scripts look for (tc0024). */
function renderMassDelete(count: number): readonly Line[] {
  return [
    info(
      'ERROR: An attempt to remove a large volume of data from OneDrive has been detected. Exiting client to preserve your data on Microsoft OneDrive',
    ),
    info(`ERROR: The total number of items being deleted is: ${count}`),
    info(
      "ERROR: To delete a large volume of data use --force or increase the config value 'classify_as_big_delete' to a larger value",
    ),
  ];
}
