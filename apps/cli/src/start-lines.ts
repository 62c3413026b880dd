/** What the peer says of itself before it syncs. Scripts wait for these lines; with our own commands they are for those who ask for more. */
import type { Profile } from '@tidemark/daemon';
import { renderContacting } from '@tidemark/plugin-reporter';

export function startLines({ commandLine, settings, locations }: Profile): readonly string[] {
  const isVerbose = commandLine.verbosity > 0;
  if (!isVerbose && commandLine.face === 'subcommand') return [];
  const always = [
    `Using ${addresses[settings.ip_protocol_version] ?? addresses[0]} for all network operations`,
    clouds.get(settings.azure_ad_endpoint) ?? 'Configuring Global Azure AD Endpoints',
  ];
  if (!isVerbose) return always;
  return [
    `Using 'user' configuration path for application config and state data: ${locations.directory}`,
    'Attempting to initialise the OneDrive API ...',
    ...always,
    'Opening the item database ...',
    ...(commandLine.action.type === 'sync'
      ? renderContacting({ config: { dialect: settings.compat_log_dialect } }).map(({ text }) => text)
      : []),
  ];
}

/** By `ip_protocol_version`. */
const addresses = ['IPv4 and IPv6 (if configured)', 'IPv4 only', 'IPv6 only'] as const;

const clouds: ReadonlyMap<string, string> = new Map(
  Object.entries({
    USL4: 'Configuring Azure AD for US Government Endpoints',
    USL5: 'Configuring Azure AD for US Government Endpoints (DOD)',
    DE: 'Configuring Azure AD Germany',
    CN: 'Configuring AD China operated by VNET',
  }),
);
