/** How a user gets an application id of their own. */
import { Failure } from '@tidemark/contracts';
import type { Cloud } from './clouds.ts';

/**
 * The id of abraunegg/onedrive. It redeems a refresh token that this client got for the user, and does nothing else here:
 * no user signs in anew under another project's name.
 */
export const peerApplicationId = 'd50ca740-c83f-4d1b-b616-12c519384f0c';

/** One step each, to be numbered. Behind the last one the user has an application id. */
export function registrationSteps(
  cloud: Cloud = 'global',
  login = 'https://login.microsoftonline.com',
): readonly string[] {
  return [
    `Open ${portals[cloud]}, then "App registrations", "New registration"`,
    'Choose any name, and the account types you need: with personal accounts, if yours is one',
    `Under "Authentication" add the platform "Mobile and desktop applications" with the redirect addresses ${login}/common/oauth2/nativeclient and http://localhost (for one organisation only: its tenant id in place of "common")`,
    'On the same page set "Allow public client flows" to yes, and save',
    'Copy the "Application (client) ID" from the overview; for one organisation only, the "Directory (tenant) ID" as well',
  ];
}

/** Says who leads through the steps: they are too long for a message. */
export function registrationNeeded(action: string): Failure {
  return new Failure({
    code: 'loginRequired',
    detail: `${action}: a new login needs an application registration of your own, and no application_id is configured. "tidemark auth" takes you through it step by step`,
  });
}

const portals: Readonly<Record<Cloud, string>> = {
  global: 'https://entra.microsoft.com',
  USL4: 'https://portal.azure.us',
  USL5: 'https://portal.azure.us',
  DE: 'https://portal.microsoftazure.de',
  CN: 'https://portal.azure.cn',
};
