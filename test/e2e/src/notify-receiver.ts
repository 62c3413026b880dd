import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export type Message = Readonly<Record<string, string>>;

/** A service manager's end of `NOTIFY_SOCKET`: a real datagram socket, which Node itself cannot have. */
export async function openReceiver(folder: string): Promise<{
  socketPath: string;
  messages: Message[];
  hears: (matches: (message: Message) => boolean) => Promise<Message>;
}> {
  const socketPath = join(folder, 'notify');
  const receiver = spawn('/usr/bin/python3', [
    fileURLToPath(new URL('notify-receiver.py', import.meta.url)),
    socketPath,
  ]);
  onTestFinished(() => void receiver.kill('SIGKILL'));
  const messages: Message[] = [];
  let rest = '';
  let wake: () => void = () => undefined;
  const ready = Promise.withResolvers<void>();
  receiver.once('exit', () => ready.reject(new Error('the receiver did not start')));
  receiver.stdout.setEncoding('utf8').on('data', (piece: string) => {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = JSON.parse(line) as Message;
      if ('ready' in message) ready.resolve();
      else messages.push(message);
    }
    wake();
  });
  await ready.promise;
  let passed = 0;
  return {
    socketPath,
    messages,
    hears: async (matches) => {
      for (;;) {
        while (passed < messages.length) {
          const message = messages[passed++] ?? {};
          if (matches(message)) return message;
        }
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
