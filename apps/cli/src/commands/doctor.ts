/** `doctor`: looks at everything that a sync rests on, and at the webhook. What fails first is named first. */
import type { Finding } from '@tidemark/doctor';
import { escaped } from '@tidemark/disk';
import { firstFailure } from '@tidemark/doctor';
import type { CommandContext } from '../context.ts';
import { exitCodeOf } from '../exit-code.ts';
import { accountOf } from '../open.ts';
import { examineMachine } from '../doctor/examine-machine.ts';
import { examineWebhook } from '../doctor/examine-webhook.ts';
import { printNginx } from '../doctor/print-nginx.ts';

export async function doctor(context: CommandContext): Promise<number> {
  const { commandLine, profile } = context;
  const { action } = commandLine;
  if (action.type !== 'doctor') return exitCodeOf('usage', commandLine);
  if (action.nginx !== 'no') return printNginx(context, action.nginx, action.allowList ?? null);
  const account = accountOf(context, { rotation: 'written' }, 'examined');
  try {
    const isAboutWebhook = action.topic === 'webhook';
    const machine = isAboutWebhook ? [] : await examineMachine(context, account);
    const isWanted = isAboutWebhook || profile.settings.webhook_enabled;
    const webhook = isWanted ? await examineWebhook(context, account, action.live) : [];
    return report(context, [...machine, ...webhook], action.output);
  } finally {
    await account.close();
  }
}

function report(
  { commandLine, output }: CommandContext,
  findings: readonly Finding[],
  form: 'text' | 'json',
): number {
  const failure = firstFailure(findings);
  if (form === 'json') {
    for (const finding of findings) output.line(JSON.stringify({ schema: 1, ...finding }));
    output.line(JSON.stringify({ schema: 1, firstFailure: failure?.check ?? null }));
  } else {
    for (const { check, verdict, detail, remedy } of findings) {
      output.line(`${words[verdict].padEnd(13)}  ${check.padEnd(15)}  ${escaped(detail)}`);
      if (remedy !== undefined) output.line(`${' '.repeat(32)}-> ${escaped(remedy)}`);
    }
    output.line('');
    output.line(
      failure === null
        ? `Nothing fails${findings.some(({ verdict }) => verdict !== 'ok') ? '; see what is marked above' : ''}`
        : `Mend first: ${failure.check}`,
    );
  }
  return failure === null ? 0 : exitCodeOf('failed', commandLine);
}

const words: Readonly<Record<Finding['verdict'], string>> = {
  ok: 'ok',
  warning: 'warning',
  failed: 'FAILED',
  couldNotTry: 'could not try',
};
