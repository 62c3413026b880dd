/** Standard output and standard error as the capability that the reporter and the commands use. What comes in is one line and shows as one. */
import type { Output } from '@tidemark/plugin-sdk';
import { oneLine } from '@tidemark/settings';

export function createOutput(): Output {
  const { stdout, stderr } = process;
  const isTerminal = stdout.isTTY === true;
  let status = '';
  const clear = (): void => {
    if (status !== '') stdout.write('\r\u001b[K');
  };
  return {
    line(text) {
      clear();
      stdout.write(`${oneLine(text)}\n`);
      if (status !== '') stdout.write(status);
    },
    errorLine(text) {
      clear();
      stderr.write(`${oneLine(text)}\n`);
      if (status !== '') stdout.write(status);
    },
    status(text) {
      if (!isTerminal) return;
      clear();
      status = oneLine(text ?? '');
      if (status !== '') stdout.write(status);
    },
    isTerminal,
    get columns() {
      return stdout.columns ?? 80;
    },
  };
}
