/** Bytes on their way in are kept under a key that names one version of one drive item. */
import type { RemoteRow } from './entry.ts';

/** Names the content where the drive tells its hash: a rename meanwhile then costs no second transfer. */
export const stagingKey = ({ id, hash, eTag }: Pick<RemoteRow, 'id' | 'hash' | 'eTag'>): string =>
  `${id} ${hash ?? eTag}`;
