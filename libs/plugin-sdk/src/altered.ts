/** Does the service change the content of such files by itself, on this drive? */
import type { DriveInfo } from '@tidemark/contracts';
import { isAlteredByService } from './altered-content.ts';
import type { DriveReader } from './needs.ts';

export async function isAlteredBy(drive: DriveReader, name: string): Promise<boolean> {
  let kind = kinds.get(drive);
  if (kind === undefined) {
    ({ kind } = await drive.info());
    kinds.set(drive, kind);
  }
  return isAlteredByService(kind, name);
}

/** A drive keeps its kind, and asking for it costs a request. */
const kinds = new WeakMap<DriveReader, DriveInfo['kind']>();
