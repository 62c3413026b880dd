/** What a plugin says in words of its own: one line each, of bounded length, and no more than people can read. */
import type { Clock } from '@tidemark/contracts';
import type { Notice, SaidLevel } from '@tidemark/plugin-sdk';

const textLengthMax = 1_000;
const linesMax = 100;
const windowMs = 10_000;

export function createSay(
  tell: (notice: Notice) => void,
  clock: Pick<Clock, 'monotonic'>,
): (text: string, level?: SaidLevel) => void {
  let windowStart = 0;
  let said = 0;
  return (text, level = 'info') => {
    const now = clock.monotonic();
    if (now - windowStart >= windowMs) {
      const unsaid = said - linesMax;
      windowStart = now;
      said = 0;
      if (unsaid > 0)
        tell({ type: 'said', level: 'warning', text: `it said ${unsaid} lines more, too many to show` });
    }
    said += 1;
    if (said <= linesMax) tell({ type: 'said', level: known(level), text: oneLine(text) });
  };
}

/** No compiler has seen what a plugin from elsewhere gives. */
const known = (level: SaidLevel): SaidLevel => (levels.has(level) ? level : 'info');
const levels: ReadonlySet<string> = new Set<SaidLevel>(['debug', 'info', 'warning', 'error']);

function oneLine(text: string): string {
  const line = String(text)
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/\p{Cc}/gu, ' ');
  return line.length > textLengthMax ? `${line.slice(0, textLengthMax)}…` : line;
}
