/** The table of options: everything that can be set in `config` and `tidemark.conf`, as data. */
import type { ValuesOf } from './option.ts';
import { developerOptions } from './options/developer.ts';
import { directionOptions } from './options/direction.ts';
import { directoryOptions } from './options/directories.ts';
import { filteringOptions } from './options/filtering.ts';
import { identityOptions } from './options/identity.ts';
import { monitorOptions } from './options/monitor.ts';
import { networkOptions } from './options/network.ts';
import { tidemarkOptions } from './options/tidemark.ts';
import { transferOptions } from './options/transfer.ts';
import { webhookOptions } from './options/webhook.ts';

/** The 85 keys of `config`, which are the peer's. */
export const configOptions = {
  ...identityOptions,
  ...directoryOptions,
  ...directionOptions,
  ...filteringOptions,
  ...transferOptions,
  ...networkOptions,
  ...monitorOptions,
  ...webhookOptions,
  ...developerOptions,
};

export { tidemarkOptions };

/** The same table by family, in the order of the documentation. */
export const optionFamilies = {
  'Identity, account, endpoints': identityOptions,
  'Directories, permissions, space': directoryOptions,
  'Direction and deletion': directionOptions,
  Filtering: filteringOptions,
  'Transfer and validation': transferOptions,
  Network: networkOptions,
  'Monitor, notification, logging': monitorOptions,
  'Webhook and websocket': webhookOptions,
  'Developer options': developerOptions,
  'tidemark.conf': tidemarkOptions,
};

export type ConfigKey = keyof typeof configOptions;
export type TidemarkKey = keyof typeof tidemarkOptions;

export type ConfigValues = ValuesOf<typeof configOptions>;
export type TidemarkValues = ValuesOf<typeof tidemarkOptions>;

/**
 * Every setting under the name it has in the file, so that one word finds it everywhere. Numbers are in the unit of
 * the table, except `space_reservation`, which is in bytes.
 */
export type Settings = ConfigValues & TidemarkValues;
