/** `bisect`: the first event of a log after which something holds. */
import type { EventLog, Seq } from '@tidemark/contracts';
import { seq } from '@tidemark/contracts';
import { escaped } from '@tidemark/disk';
import type { Moment, Predicate, RulesFor } from '@tidemark/engine';
import { askState, findFirstMoment, globToRegExp, laws } from '@tidemark/engine';
import type { Action } from '@tidemark/settings';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { foldBegin, logOf, readLog, rulesOf } from '../read-log.ts';
import { renderStep, stateBefore } from '../replay/event-steps.ts';
import { halve, type Span } from '../replay/halve.ts';

type BisectAction = Extract<Action, { type: 'bisect' }>;

export async function bisect(context: CommandContext): Promise<number> {
  const { commandLine, output } = context;
  const { action } = commandLine;
  if (action.type !== 'bisect') return 2;
  const refuse = (problem: string): number => {
    output.errorLine(`ERROR: ${problem}`);
    return exitCodeOf('usage', commandLine);
  };
  const predicate = predicateOf(action);
  if (typeof predicate === 'string') return refuse(predicate);
  const folder = logOf(context, action.log);
  if (folder === null) return exitCodeOf('configuration', commandLine);
  return readLog(context, folder, async (log) => {
    if (log.head === 0) return refuse('The log has no events');
    const rulesFor = await rulesOf(context, log);
    const begin = await foldBegin(context, log, rulesFor);
    const whole: Span = { from: seq((begin.first ?? 1) - 1), to: log.head };
    const span = await spanToRead({ action, predicate, log, rulesFor, whole });
    if (typeof span === 'string') return refuse(span);
    const search = await read(context, { predicate, log, rulesFor, span });
    return tell(context, action, { ...search, span, isHalved: action.between !== undefined });
  });
}

function predicateOf({ asks, on }: BisectAction): Predicate | string {
  const sides =
    on === 'both'
      ? (['remote', 'local'] as const)
      : on === 'drive'
        ? (['remote'] as const)
        : (['local'] as const);
  switch (asks.type) {
    case 'absent':
    case 'hash':
      return { ...asks, path: asks.path.replace(/^\/+|\/+$/g, ''), sides };
    case 'conflict':
      return { type: 'conflict', matches: globToRegExp(asks.glob) };
    case 'law': {
      const law = laws.find(({ name }) => name === asks.name);
      if (law !== undefined) return { type: 'law', law };
      return `There is no law '${asks.name}': ${laws.map(({ name, says }) => `${name} (${says})`).join(', ')}`;
    }
  }
}

interface Search {
  readonly predicate: Predicate;
  readonly log: EventLog;
  readonly rulesFor: RulesFor;
}

/** After its first event it does not hold. A text: why there is none. */
async function spanToRead({
  action: { between },
  predicate,
  log,
  rulesFor,
  whole,
}: Search & { readonly action: BisectAction; readonly whole: Span }): Promise<Span | string> {
  if (between === undefined) return whole;
  const holds = askState(predicate);
  if (holds === null)
    return 'What was decided shows in no state: leave out --between, then all events are read';
  if (between.from < whole.from || between.to > whole.to)
    return `--between: states can be told after the events ${whole.from} to ${whole.to}`;
  return halve(log, rulesFor, holds, { from: seq(between.from), to: seq(between.to) });
}

interface Result {
  readonly moment: Moment | null;
  readonly holdsAtBegin: boolean;
  readonly wasThere: boolean;
  readonly events: number;
}

async function read(
  { drained }: CommandContext,
  { predicate, log, rulesFor, span }: Search & { readonly span: Span },
): Promise<Result> {
  const state = await stateBefore(log, rulesFor, seq(span.from + 1));
  const first = findFirstMoment(predicate, state, rulesFor);
  let moment: Moment | null = null;
  if (!first.holdsAtBegin)
    for await (const batch of log.read({ from: seq(span.from + 1), to: span.to })) {
      moment = first.take(batch);
      if (moment !== null) break;
      await drained();
    }
  const events = (moment?.recorded.seq ?? (first.holdsAtBegin ? span.from : span.to)) - span.from;
  return { moment, holdsAtBegin: first.holdsAtBegin, wasThere: first.wasThere, events };
}

function tell(
  { commandLine, output }: CommandContext,
  { asks, on, output: form }: BisectAction,
  {
    moment,
    holdsAtBegin,
    wasThere,
    events,
    span,
    isHalved,
  }: Result & { readonly span: Span; readonly isHalved: boolean },
): number {
  const at: Seq | null = moment?.recorded.seq ?? null;
  const what = inWords(asks, on);
  if (form === 'json') {
    output.line(
      JSON.stringify({
        ...{ asks, on, seq: at, holdsAtBegin, eventsRead: events, isFirst: !isHalved },
        event: moment?.recorded ?? null,
        changes: moment?.changes ?? [],
        detail: moment?.detail ?? null,
      }),
    );
  } else if (moment === null) {
    output.line(
      escaped(
        holdsAtBegin
          ? `After event ${span.from}, the first whose state can be told, ${what} already`
          : wasThere
            ? `There is no event from ${span.from + 1} to ${span.to} after which ${what}`
            : `Nothing was ever there: ${what} from event ${span.from + 1} to ${span.to}`,
      ),
    );
  } else {
    output.line(escaped(`Event ${at} is ${isHalved ? 'one' : 'the first'} after which ${what}`));
    output.line(
      isHalved
        ? `Found by halving: it does not hold after event ${span.from}, but may have held before. Without --between every event is read`
        : `Every event before it was read: ${events}`,
    );
    if (moment.detail !== null) output.line(escaped(`  ${moment.detail}`));
    for (const line of renderStep(moment)) output.line(line);
  }
  return moment === null ? exitCodeOf('failed', commandLine) : 0;
}

function inWords(asks: BisectAction['asks'], on: BisectAction['on']): string {
  const place = on === 'both' ? 'either side' : on === 'drive' ? 'the drive' : 'disk';
  switch (asks.type) {
    case 'absent':
      return `nothing is at "${asks.path}" on ${place}`;
    case 'hash':
      return `"${asks.path}" has the hash ${asks.hash} on ${place}`;
    case 'conflict':
      return `a conflict of ${asks.glob} was decided`;
    case 'law':
      return `the law "${asks.name}" is broken`;
  }
}
