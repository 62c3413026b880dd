/** Standard output and standard error as the capability that the reporter and the commands use. */
import type { Output } from '@tidemark/plugin-sdk';

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
      stdout.write(`${text}\n`);
      if (status !== '') stdout.write(status);
    },
    errorLine(text) {
      clear();
      stderr.write(`${text}\n`);
      if (status !== '') stdout.write(status);
    },
    status(text) {
      if (!isTerminal) return;
      clear();
      status = text ?? '';
      if (status !== '') stdout.write(status);
    },
    isTerminal,
    get columns() {
      return stdout.columns ?? 80;
    },
  };
}
