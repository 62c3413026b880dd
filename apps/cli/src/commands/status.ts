/** `status`: what the log says of both sides. Nothing is contacted. */
import { existsSync } from 'node:fs';
import { statusOf } from '@tidemark/engine';
import { createRulesFor, logFolder, stateFromLog } from '@tidemark/daemon';
import { escaped } from '@tidemark/disk';
import type { CommandContext } from '../context.ts';
import { readLog } from '../read-log.ts';
import { settingsRules } from '../settings-rules.ts';

export async function status(context: CommandContext): Promise<number> {
  const { commandLine, output, profile } = context;
  const json = commandLine.action.type === 'status' && commandLine.action.output === 'json';
  const folder = logFolder(profile);
  if (!existsSync(folder)) {
    output.line(json ? JSON.stringify({ schema: 1, state: 'neverSynced' }) : 'Nothing has been synced yet');
    return 0;
  }
  return readLog(context, folder, async (log) => {
    const { state } = await stateFromLog(log, createRulesFor(await settingsRules(profile)));
    const { items, atRest, notAtRest, oddities, halted } = statusOf(state);
    if (json) {
      output.line(
        JSON.stringify({
          schema: 1,
          state: 'known',
          seq: state.seq,
          items,
          atRest,
          notAtRest,
          oddities,
          halted,
        }),
      );
      return 0;
    }
    output.line(`Drive:    ${state.started?.drive.kind ?? 'unknown'} ${state.started?.drive.id ?? ''}`);
    output.line(`Folder:   ${profile.settings.sync_dir}`);
    output.line(`Log:      ${folder}, ${state.seq} events`);
    output.line(`In sync:  ${atRest} of ${items} items, as of the last run`);
    for (const item of notAtRest)
      output.line(`  ${item.standing.padEnd(8)} "${escaped(item.path)}": ${escaped(item.detail)}`);
    for (const oddity of oddities)
      output.line(`  skipped  "${escaped(oddity.path)}": ${escaped(oddity.detail)}`);
    if (halted !== null) output.line(`The last run was stopped: ${escaped(halted.detail)}`);
    return 0;
  });
}
