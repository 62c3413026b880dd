/** `--display-admin-consent-url`: where an administrator allows the application for a whole organisation. Nothing is contacted. */
import { adminConsentUrl, registrationNeeded, peerApplicationId } from '@tidemark/graph';
import { existsSync } from 'node:fs';
import { endpointsOf } from '@tidemark/daemon';
import type { CommandContext } from '../../context.ts';

export async function displayAdminConsentUrl({ output, profile }: CommandContext): Promise<number> {
  const { settings, locations } = profile;
  // The peer's registration only serves a login that the peer left here.
  if (settings.application_id === peerApplicationId && !existsSync(locations.refreshToken))
    throw registrationNeeded('Cannot name the address for the consent of an administrator');
  output.line('Please use the following URL to give consent as an administrator of your organisation:');
  output.line('');
  output.line(
    adminConsentUrl(endpointsOf(settings), {
      applicationId: settings.application_id,
      tenant: settings.azure_tenant_id === '' ? null : settings.azure_tenant_id,
      access: settings.read_only_auth_scope ? 'readOnly' : 'readWrite',
    }),
  );
  output.line('');
  return 0;
}
