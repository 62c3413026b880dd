/** Lines about items that are left alone. */
import type { ItemVerdict } from '@tidemark/plugin-sdk';
import type { HeldChanges } from '@tidemark/plugin-sdk/unstable';
import { heldChangesText } from '@tidemark/plugin-sdk/unstable';
import type { Line } from './line.ts';
import { info, verbose } from './line.ts';
import { dotted } from './paths.ts';

export function renderVerdicts(batch: readonly ItemVerdict[]): readonly Line[] {
  const others = batch.filter(({ code }) => code !== 'quotaReached');
  const waiting = batch.length - others.length;
  return [
    ...others.flatMap(renderVerdict),
    ...(waiting === 0
      ? []
      : [info(`Items that wait for space on the drive: ${waiting} (tidemark status names them)`)]),
  ];
}

function renderVerdict({ path, standing, detail, code }: ItemVerdict): readonly Line[] {
  const whole = detail.replace(fromPlugin, '');
  if (whole.startsWith('Skipping ')) return [standing === 'ignored' ? verbose(whole) : info(whole)];
  switch (standing) {
    case 'ignored': {
      const line = `Skipping item - ${detail}: ${dotted(path)}`;
      return [code === 'incomplete' ? info(line) : verbose(line)];
    }
    case 'held':
      return [verbose(`Waiting for a confirmation - ${detail}: ${dotted(path)}`)];
    case 'problem': {
      const named = problems.get(code ?? '');
      return [
        info(`Skipping item - ${named ?? detail}: ${dotted(path)}`),
        ...(named === undefined ? [] : [verbose(`  ${detail}`)]),
      ];
    }
  }
}

/** A filter's own line, with the name of the plugin that said it before it. */
const fromPlugin = /^[a-z][a-z0-9-]*: (?=Skipping )/;

const problems: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({
    invalidName: 'invalid name (Microsoft Naming Convention)',
    caseClash: "has a 'case-insensitive match' in the same folder",
  }),
);

/** Who loses what. Of deletions on the drive three lines come first that scripts look for (tc0024). */
export function renderHeld(held: HeldChanges & { readonly hash: string }): readonly Line[] {
  const sentences = heldChangesText(held).map((sentence) => info(`WARNING: ${sentence}`));
  if (held.deletionsOnDrive === 0) return sentences;
  return [
    info(
      'ERROR: An attempt to remove a large volume of data from OneDrive has been detected. Exiting client to preserve your data on Microsoft OneDrive',
    ),
    info(`ERROR: The total number of items being deleted is: ${held.deletionsOnDrive}`),
    info(
      "ERROR: To delete a large volume of data use --force or increase the config value 'classify_as_big_delete' to a larger value",
    ),
    ...sentences,
  ];
}
