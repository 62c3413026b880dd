/** What matters in one sentence: the first line of `tidemark status`, and the heading of the inspector's page. */
import type { StatusReport } from './status-report.ts';
import { readingText } from './status-report.ts';

/** How the sentence is meant. `attention`: a user has to decide. `bad`: nothing goes on. */
export type Tone = 'good' | 'busy' | 'attention' | 'bad' | 'quiet';

export function toneOf(report: StatusReport): Tone {
  const {
    state,
    inSync,
    halted,
    suspended,
    conflicts,
    standings,
    pauses,
    daemon,
    factsAwaited = [],
  } = report;
  if (state === 'neverSynced') return 'quiet';
  if (suspended !== null || halted !== null) return 'bad';
  if (standings.held + standings.problem + standings.blocked > 0 || (conflicts ?? 0) > 0) return 'attention';
  if (daemon !== null && pauses.length > 0) return 'quiet';
  if (standings.pending + standings.waiting > 0 || factsAwaited.length > 0) return 'busy';
  return inSync ? 'good' : 'quiet';
}

/** `now`: milliseconds since 1970. */
export function headline(report: StatusReport, now: number): string {
  const { state, daemon, suspended, pauses } = report;
  if (state === 'neverSynced') return 'Nothing has been synced yet';
  if (state === 'starting' && daemon !== null && daemon.reading !== null)
    return `Starting: ${readingText(daemon.reading)}`;
  if (suspended !== null) return `Suspended, nothing is changed on either side: ${suspended.detail}`;
  const how = balance(report, now);
  if (daemon === null) return `Not running. As of the last run: ${how}`;
  if (state === 'paused') return `${pauseText(pauses, now)}; ${waitingText(report)}`;
  if (state === 'offline') return `Waiting for the network. As it was last seen: ${how}`;
  if (state === 'starting') return `Starting. As of the last run: ${how}`;
  return `${how.charAt(0).toUpperCase()}${how.slice(1)}`;
}

/** How both sides are; begins in lower case. */
function balance(report: StatusReport, now: number): string {
  const { inSync, items, notInSync, standings, oddities, halted, looks, conflicts, lastChangeAt } = report;
  const conflicting = conflicts === null || conflicts === 0 ? '' : `; ${counted(conflicts, 'conflict')}`;
  const last = lastChangeAt === null ? '' : `, last change ${agoText(now - Date.parse(lastChangeAt))}`;
  const left = standings.ignored === 0 ? '' : `, ${number(standings.ignored)} left out`;
  const [awaited] = report.factsAwaited ?? [];
  if (awaited !== undefined) return `nothing is changed before plugin "${awaited}" has told its facts`;
  if (inSync) return `in sync: ${counted(items - standings.ignored, 'item')}${left}${last}${conflicting}`;
  if (notInSync > 0) {
    const parts = standingOrder
      .filter((standing) => standings[standing] > 0)
      .map((standing) => words[standing](standings[standing]));
    const verb = notInSync === 1 ? 'is' : 'are';
    return `${number(notInSync)} of ${counted(items, 'item')} ${verb} not in sync: ${parts.join(', ')}${conflicting}`;
  }
  if (halted !== null) return `stopped: ${halted.detail}`;
  if (looks.remote.lastAt === null || looks.local.lastAt === null)
    return 'both sides have not been looked at yet';
  const open = (report.shared ?? []).reduce((sum, { notInSync: some }) => sum + some, 0);
  if (open > 0)
    return `${counted(items, 'item')} in sync, and ${number(open)} in shared folders not${conflicting}`;
  return `${counted(items, 'item')} in sync, and ${counted(oddities.length, 'path')} on disk that cannot be synced${conflicting}`;
}

type Open = Exclude<keyof StatusReport['standings'], 'ignored'>;

/** What needs a user comes first. */
const standingOrder: readonly Open[] = ['problem', 'held', 'blocked', 'waiting', 'pending'];

const words: Record<Open, (count: number) => string> = {
  problem: (count) => counted(count, 'problem'),
  held: (count) => `${number(count)} held for your confirmation`,
  blocked: (count) => `${number(count)} blocked`,
  waiting: (count) => `${number(count)} waiting`,
  pending: (count) => `${number(count)} on the way`,
};

function waitingText({ notInSync, standings }: StatusReport): string {
  const waits = notInSync - standings.problem - standings.blocked;
  const stuck = notInSync - waits;
  const rest = stuck === 0 ? '' : `, ${number(stuck)} ${stuck === 1 ? 'is' : 'are'} stuck`;
  return waits === 0
    ? `nothing waits${rest}`
    : `${counted(waits, 'change')} ${waits === 1 ? 'waits' : 'wait'}${rest}`;
}

const reasons = {
  user: '',
  metered: ' while the connection is metered',
  battery: ' while on battery',
} as const;

function pauseText(pauses: StatusReport['pauses'], now: number): string {
  const ends = pauses.flatMap(({ until }) => until ?? []);
  if (ends.length === pauses.length && ends.length > 0)
    return `Paused until ${clockText(
      ends.reduce((last, end) => Math.max(last, Date.parse(end)), 0),
      now,
    )}`;
  const why = pauses.find(({ until }) => until === null)?.why ?? 'user';
  return why === 'user' ? 'Paused until you resume' : `Paused${reasons[why]}`;
}

/** As a user says it: the time of today, or the day as well. In local time. */
function clockText(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  const two = (value: number): string => String(value).padStart(2, '0');
  const time = `${two(then.getHours())}:${two(then.getMinutes())}`;
  if (then.toDateString() === today.toDateString()) return time;
  return `${then.getFullYear()}-${two(then.getMonth() + 1)}-${two(then.getDate())} ${time}`;
}

function agoText(spanMs: number): string {
  const minutes = Math.floor(spanMs / 60_000);
  if (minutes < 1) return 'less than a minute ago';
  if (minutes < 60) return `${counted(minutes, 'minute')} ago`;
  if (minutes < 48 * 60) return `${counted(Math.floor(minutes / 60), 'hour')} ago`;
  return `${counted(Math.floor(minutes / 60 / 24), 'day')} ago`;
}

const number = (value: number): string => value.toLocaleString('en');
const counted = (count: number, noun: string): string => `${number(count)} ${noun}${count === 1 ? '' : 's'}`;
