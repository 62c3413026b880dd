/** Runs one command with its handler and turns whatever happens into the one observation that ends it. */
import type {
  Command,
  CommandFailed,
  CommandCompleted,
  CommandType,
  FailureDetails,
  Observation,
} from '@tidemark/contracts';
import { Failure } from '@tidemark/contracts';
import type { Outcome, ReportedObservation } from '@tidemark/plugin-sdk';
import { failureOf } from './fault.ts';
import { faultOfHint } from './hint-shapes.ts';

export interface CommandRun {
  readonly plugin: string;
  readonly command: Command;
  readonly handler: (report: (observation: ReportedObservation) => Promise<void>) => Promise<Outcome>;
  readonly put: (observation: ReportedObservation) => Promise<void>;
  readonly onRefusal: (details: FailureDetails) => void;
}

export async function runCommand(run: CommandRun): Promise<CommandCompleted | CommandFailed> {
  const { plugin, command, handler } = run;
  let ended = false;
  try {
    const outcome: unknown = await handler((observation) => {
      const refusal = refusalOf(observation, run, ended);
      if (refusal === null) return run.put(observation);
      run.onRefusal(refusal.details);
      const refused = Promise.reject(refusal);
      // A plugin that does not await its reports must not bring the process down.
      refused.catch(() => undefined);
      return refused;
    });
    if (!isOutcome(outcome)) throw new TypeError('the handler returned no outcome; {} says "done"');
    return { ...outcome, type: 'CommandSucceeded', command: command.id };
  } catch (error) {
    const failure = failureOf(error, `carry out ${command.type} "${command.path}"`, plugin);
    const remote = error instanceof Failure ? error.remote : undefined;
    return { type: 'CommandFailed', command: command.id, failure, ...(remote && { remote }) };
  } finally {
    ended = true;
  }
}

/** A handler speaks about its own command, while it runs, and leaves the outcome to its end. */
function refusalOf(
  observation: ReportedObservation,
  { plugin, command }: CommandRun,
  ended: boolean,
): Failure | null {
  const { type } = observation;
  if (ended) return fault(plugin, `it reported ${type} after ${command.type} had ended`);
  const about = reportable[type];
  if (about === undefined) return fault(plugin, `"${type}" cannot be reported`);
  if (about !== null && about !== command.type)
    return fault(plugin, `"${type}" is reported by who does ${about}, not ${command.type}`);
  if ('command' in observation && observation.command !== command.id) {
    return fault(plugin, `it reported ${type} for command ${observation.command} while doing ${command.id}`);
  }
  const malformed =
    observation.type === 'HintReceived' || observation.type === 'SubscriptionTold'
      ? faultOfHint(observation)
      : null;
  return malformed === null ? null : fault(plugin, malformed);
}

/** What a look has met belongs to the command that looks; null: any command may bring it. */
const reportable: Readonly<Partial<Record<Observation['type'], CommandType | null>>> = {
  RemotePage: 'ReadRemote',
  LocalListing: 'ScanLocal',
  ContentMatched: null,
  HintReceived: null,
  SubscriptionTold: null,
};

function fault(plugin: string, detail: string): Failure {
  return new Failure({
    code: 'pluginFault',
    detail: `Cannot take over a report of plugin "${plugin}": ${detail}`,
  });
}

function isOutcome(outcome: unknown): outcome is Outcome {
  return typeof outcome === 'object' && outcome !== null && !Array.isArray(outcome);
}
