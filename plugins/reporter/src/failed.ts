/** Lines about commands that failed: the result, what happened, and what the reader can do. */
import type { Command, CommandOf, FailureCode, FailureDetails } from '@tidemark/plugin-sdk';
import { failureGuide } from '@tidemark/plugin-sdk';
import { renderAnswerBlock, type ServiceAnswer, statusText } from './answer-block.ts';
import type { Line } from './line.ts';
import { info, verbose } from './line.ts';
import { shownPath } from './paths.ts';
import { uploading } from './succeeded.ts';
import type { View } from './view.ts';
import { isAboutSubscription } from './view.ts';
import { renderSubscriptionFailed } from './webhook.ts';

export function renderFailed(
  view: View,
  failure: FailureDetails,
  command: Command,
  at: number,
): readonly Line[] {
  if (isAboutSubscription(command)) return renderSubscriptionFailed(view, failure, command, at);
  const { retry, remedy } = failureGuide[failure.code];
  // What is looked at again within seconds is no news for most readers.
  if (retry === 'soon') return [...renderResult(view, command), verbose(failure.detail)].map(asVerbose);
  // A run that goes on says itself what it waits for, once.
  if (isSuspending(view, failure)) return [verbose(failure.detail)];
  // A thousand files cannot be reached because of one network.
  if (failure.code === 'offline' && view.offline)
    return [...renderResult(view, command), verbose(failure.detail)].map(asVerbose);
  // What one upload did not find, no other one finds.
  if (command.type === 'UploadFile' && failure.code === 'quotaReached')
    return [
      ...(view.refusedBytes === null ? [renderFull(view, command)] : []),
      ...[...renderResult(view, command), verbose(failure.detail)].map(asVerbose),
    ];
  // A run that goes on tries again until the folder is back.
  const isTold =
    (failure.code === 'rootSuspended' && view.rootDoubted) ||
    (failure.code === 'driveSuspended' && view.doubted);
  if (isTold) return [...renderResult(view, command), verbose(failure.detail)].map(asVerbose);
  const explain = explanations[failure.code];
  const explained = explain?.(view, failure, command) ?? [
    info(`ERROR: ${failure.detail}`),
    info(`       ${remedy}`),
  ];
  // What passes by itself is told in a line.
  const block = retry === 'later' ? [] : renderAnswerBlock(failure, `sync.${command.type}()`, at);
  return [...renderResult(view, command), ...explained, ...block];
}

const renderFull = (view: View, { path, sizeBytes }: CommandOf<'UploadFile'>): Line =>
  info(
    `ERROR: The drive is full: it refused "${shownPath(view, path)}" (${sizeBytes} bytes), so uploads wait. ${failureGuide.quotaReached.remedy}`,
  );

function renderHandling({ status }: Pick<ServiceAnswer, 'status'>): Line {
  const phrase = status === 408 ? 'Request Timeout' : 'Too Many Requests';
  return verbose(
    `Handling a Microsoft Graph API HTTP ${status} Response Code (${phrase}) - Internal Thread ID: 0`,
  );
}

/** The sync folder of a run that goes on is not there: what is done then is waiting. */
export const isSuspending = ({ started }: View, { code }: FailureDetails): boolean =>
  code === 'rootSuspended' && started?.policy.pace.mode === 'continuous';

function renderResult(view: View, command: Command): readonly Line[] {
  const path = shownPath(view, command.path);
  switch (command.type) {
    case 'UploadFile':
      return [info(`${uploading(command.target.as)}: ${path} ... failed!`)];
    case 'DownloadFile':
    case 'KeepRemoteCopy':
      return [info(`Downloading file: ${path} ... failed!`)];
    case 'DeleteRemote':
      return [info(`ERROR: Failed to delete item from Microsoft OneDrive: ${path}`)];
    default:
      return [];
  }
}

type Explain = (view: View, failure: FailureDetails, command: Command) => readonly Line[];

const explanations: Partial<Record<FailureCode, Explain>> = {
  throttled: (_view, { detail, answer }) => [renderHandling(answer ?? { status: 429 }), verbose(detail)],
  timedOut: (_view, { detail, answer }) => [
    info(`ERROR: ${detail}`),
    info(`       ${failureGuide.timedOut.remedy}`),
    ...(answer === undefined ? [] : [renderHandling(answer)]),
  ],
  serviceUnavailable: (_view, { detail, answer }) =>
    answer === undefined
      ? [info(`ERROR: ${detail}`), info(`       ${failureGuide.serviceUnavailable.remedy}`)]
      : [
          info(
            `${statusText(answer)} when attempting to query the Microsoft Graph API Service - retrying applicable request in 30 seconds - Internal Thread ID: 0`,
          ),
          verbose(detail),
        ],
  offline: (_view, { detail }) => [
    info(
      'Internet connectivity to Microsoft OneDrive service has been interrupted .. re-trying in the background',
    ),
    verbose(detail),
  ],
  diskFull: (_view, { detail }, { type }) => [
    ...(type === 'DownloadFile' || type === 'KeepRemoteCopy'
      ? [info('Insufficient local disk space to download file')]
      : []),
    info(`ERROR: ${detail}`),
    info(`       ${failureGuide.diskFull.remedy}`),
  ],
  malware: (_view, { detail }, { path }) => [
    info(`ERROR: MALWARE DETECTED IN FILE - DOWNLOAD SKIPPED: ${path}`),
    verbose(detail),
  ],
  preservationFailed: (_view, { detail }, { path }) => [
    info(`Failed to backup ${path}: Unique file name could not be found after 1000 attempts`),
    info(`ERROR: Local data preservation failed; refusing to replace the canonical file: ${path}`),
    verbose(detail),
  ],
  caseClash: (_view, { detail }) => [
    info(
      "ERROR: Requested file to upload has a 'case-insensitive match' to an existing item on Microsoft OneDrive online.",
    ),
    info(`  ${detail}`),
  ],
  loginRequired: (_view, { detail }) => [
    info(`ERROR: ${detail}`),
    info(
      'ERROR: You will need to issue a --reauth and re-authorise this client to obtain a fresh auth token.',
    ),
  ],
};

function asVerbose({ level, text }: Line): Line {
  return { level: level === 0 ? 1 : level, text };
}
