/** The peer's block for what the service itself said. Its alignment is read by programs. */
import type { FailureDetails } from '@tidemark/plugin-sdk';
import type { Line } from './line.ts';
import { info, verbose } from './line.ts';
import { timeText } from './time-text.ts';

export type ServiceAnswer = NonNullable<FailureDetails['answer']>;

/** No lines when the service said nothing. `origin`: where it happened, for those who ask for more. */
export function renderAnswerBlock(
  { answer, requestId }: FailureDetails,
  origin: string,
  at: number,
): readonly Line[] {
  if (answer === undefined) return [];
  return [
    info(''),
    info('ERROR: Microsoft OneDrive API returned an error with the following message:'),
    info(`  Error Message:       ${statusText(answer)}`),
    // An answer that is no JSON says neither.
    ...(answer.message === '' ? [] : [info(`  Error Reason:        ${answer.message}`)]),
    ...(answer.code === '' ? [] : [info(`  Error Code:          ${answer.code}`)]),
    info(`  Error Timestamp:     ${timeText(at).slice(0, 19)}`),
    ...(requestId === undefined ? [] : [info(`  API Request ID:      ${requestId}`)]),
    verbose(`  Calling Function:    ${origin}`),
    info(''),
  ];
}

/** Programs that start a run again look for it. */
export function statusText({ status }: ServiceAnswer): string {
  const phrase = phrases[status];
  return `HTTP request returned status code ${status}${phrase === undefined ? '' : ` (${phrase})`}`;
}

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  422: 'Unprocessable Entity',
  423: 'Locked',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  507: 'Insufficient Storage',
  509: 'Bandwidth Limit Exceeded',
};
