/**
 * What the service is known to do to content by itself. Anywhere else other bytes than were sent are damage, and other bytes
 * than were announced are damage or a wrong announcement.
 *
 * Sources: business drives and libraries write properties into documents after an upload (OneDrive/onedrive-api-docs#935); a
 * personal account announces the whole asset of a photo that the phone app sent, and hands out the still picture
 * (OneDrive/onedrive-api-docs#1532, #1723; abraunegg/onedrive#2471).
 */
import type { DriveInfo } from '@tidemark/contracts';

export function isAlteredByService(drive: DriveInfo['kind'], name: string): boolean {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return (drive === 'personal' ? convertedPhotos : documents).has(ending);
}

const convertedPhotos: ReadonlySet<string> = new Set(['heic', 'heif']);

const documents: ReadonlySet<string> = new Set([
  ...['doc', 'docm', 'docx', 'dot', 'dotm', 'dotx', 'rtf'],
  ...['xls', 'xlsb', 'xlsm', 'xlsx', 'xlt', 'xltm', 'xltx'],
  ...['pot', 'potm', 'potx', 'pps', 'ppsm', 'ppsx', 'ppt', 'pptm', 'pptx'],
  ...['vsd', 'vsdm', 'vsdx', 'mpp', 'pub', 'one', 'odt', 'ods', 'odp'],
  ...['pdf', 'htm', 'html', 'mht', 'mhtml', 'aspx'],
]);
