import { expect, it } from 'vitest';
import { failureLines } from './failure-lines.ts';

const atMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const detail = 'Cannot read your drive';
const answer = { status: 503, code: 'serviceNotAvailable', message: 'Busy' };
const asked = { face: 'dropIn', verbosity: 1, action: { type: 'sync', output: 'text' } } as const;

it('a command that the service refused says it in words, and in those that programs look for', () => {
  const lines = failureLines({ code: 'serviceUnavailable', detail, requestId: 'r-1', answer }, asked, atMs);
  expect(lines).toEqual([
    'ERROR: Cannot read your drive',
    '       Wait; if it lasts for hours, look at the service health page of Microsoft 365',
    'Failed to reach the Microsoft OneDrive Service. HTTP status code: 503',
    'ERROR: Unable to reach the Microsoft OneDrive API service, unable to initialise application',
    '',
    'ERROR: Microsoft OneDrive API returned an error with the following message:',
    '  Error Message:       HTTP request returned status code 503 (Service Unavailable)',
    '  Error Reason:        Busy',
    '  Error Code:          serviceNotAvailable',
    '  Error Timestamp:     2026-01-02T03:04:05',
    '  API Request ID:      r-1',
    '  Calling Function:    syncEngine.getDefaultRootDetails()',
    '',
  ]);
});

it('a refusal that no second attempt changes is not told as a service that cannot be reached', () => {
  const lines = failureLines(
    { code: 'accessDenied', detail, answer: { ...answer, status: 403 } },
    asked,
    atMs,
  );
  expect(lines.join('\n')).toContain('HTTP request returned status code 403 (Forbidden)');
  expect(lines.join('\n')).not.toContain('Unable to reach');
});

it('the function is for those who ask for more', () => {
  const quiet = failureLines({ code: 'accessDenied', detail, answer }, { ...asked, verbosity: 0 }, atMs);
  expect(quiet.join('\n')).not.toContain('Calling Function');
});

it('an answer that never came is a time-out', () => {
  expect(failureLines({ code: 'timedOut', detail }, asked, atMs)).toContain(
    'Failed to reach the Microsoft OneDrive Service. Operation timed out',
  );
});

it('commands of our own say it once', () => {
  const own = failureLines(
    { code: 'serviceUnavailable', detail, requestId: 'r-1', answer },
    { ...asked, face: 'subcommand' },
    atMs,
  );
  expect(own).toHaveLength(3);
});
