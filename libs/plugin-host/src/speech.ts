/** What a plugin tells while it happens: lines for people, notices for programs. One that floods is cut short, by count. */
import type { Clock, FailureDetails } from '@tidemark/contracts';
import type { Notice, OwnNotice, SaidLevel } from '@tidemark/plugin-sdk';
import { noticeShapes, noticeTypes } from './notice-shapes.ts';
import { readAs } from './remote/read-result.ts';

export interface Speech {
  say(text: string, level?: SaidLevel): void;
  tell(notice: Notice | OwnNotice): void;
}

const textLengthMax = 1_000;
const dataLengthMax = 4_096;
const saidMax = 100;
const windowMs = 10_000;

export function createSpeech(options: {
  readonly plugin: string;
  /** One of our own. */
  readonly ours: boolean;
  readonly publish: (notice: Notice | OwnNotice) => void;
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly onFault: (details: FailureDetails) => void;
}): Speech {
  const { plugin, ours, publish, clock, onFault } = options;
  let windowStart = 0;
  let said = 0;
  return {
    say,
    tell(notice) {
      if (notice?.type === 'said') return say(notice.text, notice.level);
      // The compiler has seen it, and it thins them out itself.
      if (ours && isKnown(notice)) return publish(notice);
      if (!mayBeSaid()) return;
      const read = isKnown(notice) ? readKnown(notice) : readOwn(plugin, notice);
      if (typeof read === 'string')
        onFault({
          code: 'pluginFault',
          detail: `Cannot tell a notice of plugin "${plugin}": ${read}`,
        });
      else publish(read);
    },
  };

  function say(text: string, level: SaidLevel = 'info'): void {
    if (mayBeSaid()) publish({ type: 'said', level: known(level), text: oneLine(text) });
  }

  function mayBeSaid(): boolean {
    const now = clock.monotonic();
    if (now - windowStart >= windowMs) {
      const unsaid = said - saidMax;
      windowStart = now;
      said = 0;
      if (unsaid > 0)
        publish({ type: 'said', level: 'warning', text: `it said ${unsaid} lines more, too many to show` });
    }
    said += 1;
    return said <= saidMax;
  }
}

/** No compiler has seen what a plugin from elsewhere gives. */
const known = (level: SaidLevel): SaidLevel => (levels.has(level) ? level : 'info');
const levels: ReadonlySet<string> = new Set<SaidLevel>(['debug', 'info', 'warning', 'error']);

/** One of the kinds that Tidemark knows, as a plugin may tell it; in words what is wrong with it. */
function readKnown(notice: Notice): Notice | string {
  const { type } = notice;
  if (toldByTidemark.has(type)) return `"${type}" is told by Tidemark itself`;
  const read = readAs(noticeShapes.ours, notice);
  return read.ok ? (read.value as Notice) : `it is no "${type}": ${read.detail}`;
}

const isKnown = (notice: Notice | OwnNotice): notice is Notice =>
  toldByTidemark.has(notice?.type) || noticeTypes.has(notice?.type);
/** The notice, as it may be shown; in words what is wrong with it. */
export function readOwn(plugin: string, notice: unknown): OwnNotice | string {
  if (typeof notice !== 'object' || notice === null) return 'it is no object';
  const { type, text, data } = notice as Partial<Record<keyof OwnNotice, unknown>>;
  if (
    typeof type !== 'string' ||
    !type.startsWith(`${plugin}/`) ||
    !ownName.test(type.slice(plugin.length + 1))
  )
    return `its type has to be "${plugin}/" and a name of letters, digits and dashes`;
  if (typeof text !== 'string') return 'it has no text';
  if (data === undefined) return { type: type as OwnNotice['type'], text: oneLine(text) };
  const json = jsonOf(data);
  if (json === null) return 'its data is no JSON';
  if (json.length > dataLengthMax) return `its data takes more than ${dataLengthMax} characters`;
  return { type: type as OwnNotice['type'], text: oneLine(text), data: JSON.parse(json) };
}

const ownName = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;

function jsonOf(data: unknown): string | null {
  try {
    return JSON.stringify(data) ?? null;
  } catch {
    return null;
  }
}

function oneLine(text: string): string {
  // What is not shown must not keep the others waiting.
  const line = String(text)
    .slice(0, 4 * textLengthMax)
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/\p{Cc}|\p{Bidi_Control}/gu, ' ');
  return line.length > textLengthMax ? `${line.slice(0, textLengthMax)}…` : line;
}

const toldByTidemark: ReadonlySet<unknown> = new Set<Notice['type']>([
  'hopFailed',
  'versionChecked',
  'pruningObstructed',
  'logRetained',
  'confirmationWanted',
  'pluginPresent',
  'pluginAbsent',
]);
