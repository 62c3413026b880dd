/**
 * SIGHUP. A daemon reads its settings again; a program whose terminal has gone ends in order. Which of the two it is shows in
 * whether the terminal that was there is still there.
 */
import { closeSync, openSync } from 'node:fs';

export function hangUps(end: () => void): {
  onReload(listener: () => void): void;
  release(): void;
} {
  const hadTerminal = hasTerminal();
  const listeners: (() => void)[] = [];
  const onSignal = (): void => {
    if (hadTerminal && !hasTerminal()) return end();
    for (const listener of listeners) listener();
  };
  process.on('SIGHUP', onSignal);
  return {
    onReload: (listener) => void listeners.push(listener),
    release: () => void process.off('SIGHUP', onSignal),
  };
}

/** The controlling terminal cannot be opened once it has hung up. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r+'));
    return true;
  } catch {
    return false;
  }
}
