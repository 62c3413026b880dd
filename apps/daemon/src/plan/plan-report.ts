/** A plan as programs are told it: by `plan --json`, and over the control socket. */
import type { Command } from '@tidemark/contracts';
import { commandEffects, ruleTexts } from '@tidemark/contracts';
import type { PlanReport } from '@tidemark/control';
import { planSchemaVersion } from '@tidemark/control';
import { planHash } from '@tidemark/engine';
import type { Ahead } from './look-ahead.ts';

export function planReport({ commands, held, status }: Ahead): PlanReport {
  return {
    schema: planSchemaVersion,
    hash: planHash(commands, held?.commands ?? []),
    commands: commands.map(shown),
    held: held && { ...held.plan, commands: held.commands.map(shown) },
    leftAlone: status.notAtRest
      .filter(({ standing }) => standing !== 'held')
      .map(({ path, standing, detail, failure }) => ({
        ...{ path, standing, detail },
        failure: failure && { code: failure.code, detail: failure.detail },
      })),
    oddities: status.oddities.map(({ path, code, detail }) => ({ path, code, detail })),
  };
}

type Shown = PlanReport['commands'][number];

const shown = (command: Command): Shown => ({
  ...command,
  reason: { ...command.reason, causes: [...command.reason.causes] },
  side: commandEffects[command.type] === 'writesDrive' ? 'drive' : 'disk',
  because: ruleTexts[command.reason.rule],
});
