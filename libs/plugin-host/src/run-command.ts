/** Runs one command with its handler and turns whatever happens into the one observation that ends it. */
import type { Command, CommandFailed, CommandSucceeded } from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Outcome, ReportedObservation } from '@tidemark/plugin-sdk';
import { failureOf } from './fault.ts';

export interface CommandRun {
  readonly plugin: string;
  readonly command: Command;
  readonly handler: (report: (observation: ReportedObservation) => Promise<void>) => Promise<Outcome>;
  readonly put: (observation: ReportedObservation) => Promise<void>;
}

export async function runCommand(run: CommandRun): Promise<CommandSucceeded | CommandFailed> {
  const { plugin, command, handler } = run;
  let ended = false;
  try {
    const outcome: unknown = await handler(async (observation) => {
      assertReportable(observation, run, ended);
      await run.put(observation);
    });
    if (!isOutcome(outcome)) throw new TypeError('the handler returned no outcome; {} says "done"');
    return { ...outcome, type: 'CommandSucceeded', command: command.id };
  } catch (error) {
    const failure = failureOf(error, `carry out ${command.type} "${command.path}"`, plugin);
    return { type: 'CommandFailed', command: command.id, failure };
  } finally {
    ended = true;
  }
}

/** A handler speaks about its own command, while it runs, and leaves the outcome to its end. */
function assertReportable(
  observation: ReportedObservation,
  { plugin, command }: CommandRun,
  ended: boolean,
): void {
  if (ended) throw fault(plugin, `it reported ${observation.type} after ${command.type} had ended`);
  if (!reportable.has(observation.type)) throw fault(plugin, `"${observation.type}" cannot be reported`);
  if ('command' in observation && observation.command !== command.id) {
    throw fault(
      plugin,
      `it reported ${observation.type} for command ${observation.command} while doing ${command.id}`,
    );
  }
}

const reportable: ReadonlySet<string> = new Set<ReportedObservation['type']>([
  'RemotePage',
  'RemoteReset',
  'LocalListing',
  'LocalScanEnded',
  'HintReceived',
]);

function fault(plugin: string, detail: string): Failure {
  return new Failure({
    code: 'pluginFault',
    detail: `Cannot take over a report of plugin "${plugin}": ${detail}`,
  });
}

function isOutcome(outcome: unknown): outcome is Outcome {
  return typeof outcome === 'object' && outcome !== null && !Array.isArray(outcome);
}
