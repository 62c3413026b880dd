/** How a user gets an application id of their own. */
import { Failure } from '@tidemark/contracts';

/**
 * The id of abraunegg/onedrive. It redeems a refresh token that this client got for the user, and does nothing else here:
 * no user signs in anew under another project's name.
 */
export const peerApplicationId = 'd50ca740-c83f-4d1b-b616-12c519384f0c';

export const registrationSteps: readonly string[] = [
  'Open https://entra.microsoft.com, "App registrations", "New registration"; any name; choose the account types you need (personal accounts included, if yours is one)',
  'Under "Authentication" add the platform "Mobile and desktop applications" with the redirect addresses https://login.microsoftonline.com/common/oauth2/nativeclient and http://localhost, and allow public client flows',
  'Copy the "Application (client) ID" into the config file: application_id = "…"; if the registration is for one tenant only, set azure_tenant_id as well',
  'Log in again',
];

export function registrationNeeded(action: string): Failure {
  const steps = registrationSteps.map((step, index) => `${index + 1}. ${step}`).join('. ');
  return new Failure({
    code: 'loginRefused',
    detail: `${action}: a new login needs an application registration of your own, because no application_id is configured. ${steps}`,
  });
}
