/** The adapter behind `needs.desktop`: `notify-send`, which knows the way to the session bus and how desktops differ. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Failure } from '@tidemark/contracts';
import type { ShowOnDesktop } from '@tidemark/plugin-sdk';

const timeoutMs = 10_000;

/** What it needs of our environment, and nothing else of it. */
const passedOn = [
  ...['PATH', 'HOME', 'LANG', 'DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR', 'DISPLAY', 'WAYLAND_DISPLAY'],
];

export function createShowOnDesktop(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): ShowOnDesktop {
  return ({ title, text, isUrgent = false }) =>
    new Promise((resolve, reject) => {
      const cannot = (code: 'notSupported' | 'timedOut', why: string): void =>
        reject(new Failure({ code, detail: `Cannot show a notification on the desktop: ${why}` }));
      // Without a session it would start a bus of its own, on which nothing listens.
      if (!hasSession(environment)) return cannot('notSupported', 'there is no session bus');
      const env = Object.fromEntries(passedOn.map((name) => [name, environment[name]]));
      const args = ['--app-name=Tidemark', `--urgency=${isUrgent ? 'critical' : 'normal'}`, '--'];
      execFile(
        ...(['notify-send', [...args, title, asBody(text)], { env, timeout: timeoutMs }] as const),
        (error, _stdout, stderr) => {
          if (error === null) resolve();
          else if (error.code === 'ENOENT')
            cannot('notSupported', 'there is no notify-send (Debian: libnotify-bin)');
          else if (error.killed === true)
            cannot('timedOut', `notify-send took more than ${timeoutMs / 1_000} s`);
          else cannot('notSupported', stderr.trim().split('\n')[0] || `notify-send ended with ${error.code}`);
        },
      );
    });
}

function hasSession({
  DBUS_SESSION_BUS_ADDRESS: address = '',
  XDG_RUNTIME_DIR: runtime = '',
}: Readonly<Record<string, string | undefined>>): boolean {
  return address !== '' || (runtime !== '' && existsSync(`${runtime}/bus`));
}

/** Desktops read markup in it, and notify-send itself reads what follows a backslash. */
const asBody = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\\', String.raw`\\`);
