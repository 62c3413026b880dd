/** Lines by which the peer's tests tell a failure of the service, after which they try again, from one of the client. */
import { absent, elsewhere, type Row, shown } from './row.ts';

const transient = [408, 429, 500, 502, 503, 504];

export const retriedRuns: readonly Row[] = [
  ...shown(
    'tried again',
    'a run that cannot begin',
    'Attempting to contact the Microsoft OneDrive Service',
    'Calling Function:    syncEngine.getDefaultRootDetails()',
    'HTTP request returned status code 403 (Forbidden)',
    ...transient.map((status) => `HTTP request returned status code ${status}`),
    ...transient.map(
      (status) => `Failed to reach the Microsoft OneDrive Service. HTTP status code: ${status}`,
    ),
    'Error Code:          accessDenied',
    'Unable to reach the Microsoft OneDrive API service, unable to initialise application',
  ),
  ...elsewhere('tried again', '../../../apps/cli/src/failure-lines.spec.ts', [
    'Operation timed out',
    'Failed to reach the Microsoft OneDrive Service. Operation timed out',
  ]),
  ...absent(
    'tried again',
    'one request reads the root of a drive and names the drive; what fails there is told with the function that reads the root',
    'Calling Function:    syncEngine.getDefaultDriveDetails()',
    'Calling Function:    syncEngine.fetchRealOnlineDriveIdentifier()',
  ),
  ...absent(
    'tried again',
    'an answer that never comes is told as an operation that timed out, whatever it waited for; a test that looks for one of the three finds that one',
    'Connection timeout',
    'Timeout was reached',
  ),
  ...shown(
    'tc0002, tried again',
    'an upload that succeeds later',
    'HTTP request returned status code 504',
    'Handling a Microsoft Graph API HTTP 429 Response Code (Too Many Requests) - Internal Thread ID: <n>',
  ),
];
