/** `doctor webhook --nginx`: the configuration on standard output, what to do with it on standard error. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { webhookSetting } from '@tidemark/daemon';
import { isUnguessable, parseAllowList, problemIn, renderHardened, renderPlain } from '@tidemark/doctor';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { random } from '../open.ts';

export function printNginx(
  { commandLine, output, profile }: CommandContext,
  form: 'plain' | 'hardened',
  allowListFile: string | null,
): number {
  const setting = webhookSetting(profile.settings);
  const refuse = (...lines: readonly string[]): number => {
    lines.forEach((line, index) => output.errorLine(`${index === 0 ? 'ERROR: ' : '       '}${line}`));
    return exitCodeOf('configuration', commandLine);
  };
  const problem = setting.publicUrl === '' ? 'is not set' : problemIn(setting.publicUrl);
  if (problem !== null)
    return refuse(
      `webhook_public_url ${problem}`,
      'Set webhook_public_url = "https://<your.fully.qualified.domain.name>/webhooks/onedrive" in config',
    );
  const url = new URL(setting.publicUrl);
  if (!/^\/[\w./~-]*$/.test(url.pathname))
    return refuse(
      `The path ${url.pathname} of webhook_public_url cannot be written into a configuration of nginx as it is`,
      'Use letters, digits, ".", "_", "~", "-" and "/" in it',
    );
  if ('socketPath' in setting.listener && !/^\/[\w./~-]+$/.test(setting.listener.socketPath))
    return refuse(
      'webhook_listening_socket is no path that nginx can be given',
      'Use an absolute path without spaces',
    );
  if (form === 'hardened') {
    const missing = missingForHardened(url, setting.listener);
    if (missing.length > 0) return refuse('The stricter form needs other settings first:', ...missing);
  }
  const allow = allowListFile === null ? null : readAllowList(allowListFile);
  if (allow !== null && 'problems' in allow)
    return refuse('No list is written, because the file of addresses cannot be used:', ...allow.problems);

  const certificate = `/etc/letsencrypt/live/${url.hostname}/fullchain.pem`;
  const wanted = {
    publicUrl: url,
    listener: setting.listener,
    certificate: isVisible(certificate) ? ('present' as const) : ('missing' as const),
    allow: allow?.addresses ?? null,
  };
  const text = form === 'hardened' ? renderHardened(wanted) : renderPlain(wanted);
  for (const line of text.trimEnd().split('\n')) output.line(line);
  output.errorLine(
    'Save it as /etc/nginx/conf.d/onedrive_webhook.conf, then: sudo nginx -t && sudo systemctl reload nginx',
  );
  if (wanted.certificate === 'missing')
    output.errorLine(
      form === 'plain'
        ? 'Then get a certificate: sudo certbot --nginx. Run this again afterwards for the form with TLS 1.2 and 1.3 only'
        : `It needs ${certificate}: get it first, with the form without --hardened and sudo certbot --nginx`,
    );
  return 0;
}

function missingForHardened(
  url: URL,
  listener: ReturnType<typeof webhookSetting>['listener'],
): readonly string[] {
  const text = Buffer.from(random.bytes(16)).toString('hex');
  return [
    ...(isUnguessable(url.pathname)
      ? []
      : [
          `config:        webhook_public_url = "${url.origin}/webhooks/${text}" (a path that nobody can guess)`,
        ]),
    ...('socketPath' in listener
      ? []
      : [
          'tidemark.conf: webhook_listening_socket = "/run/tidemark/webhook.sock" (a socket that only nginx can open)',
        ]),
  ];
}

function readAllowList(
  file: string,
): { readonly addresses: readonly string[] } | { readonly problems: readonly string[] } {
  try {
    return parseAllowList(readFileSync(file.replace(/^~(?=\/)/, homedir()), 'utf8'), file);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return { problems: [`${file}: ${String(error.code)}`] };
    throw error;
  }
}

/** The folder of certificates may be closed to us; the folder of certbot is not. */
function isVisible(certificate: string): boolean {
  return (
    existsSync(certificate) ||
    existsSync(certificate.replace('/live/', '/renewal/').replace('/fullchain.pem', '.conf'))
  );
}
