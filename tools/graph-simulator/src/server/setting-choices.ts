import { invalidRequest } from '../model/refusal.ts';
import type { JsonObject } from './exchange.ts';
import type { Settings } from './settings.ts';

type Choices = {
  readonly [Name in keyof Settings]: Settings[Name] extends number ? 'number' : readonly Settings[Name][];
};

/** What every setting may be; a number is a whole one, zero or more. */
export const settingChoices: Choices = {
  latencyMs: 'number',
  deltaPageSize: 'number',
  childrenPageSize: 'number',
  simpleUploadMaxBytes: 'number',
  accessTokenLifetimeMs: 'number',
  downloadUrlLifetimeMs: 'number',
  uploadSessionLifetimeMs: 'number',
  deltaTokenLifetimeMs: 'number',
  tombstoneDescendants: ['listed', 'omitted'],
  deltaAncestors: ['repeated', 'omitted'],
  deltaPaths: ['present', 'absent'],
  deltaFeed: ['served', 'unsupported'],
  deltaLinkForm: ['query', 'function'],
  driveIdForm: ['stable', 'mixed', 'shortened'],
  patchAnswer: ['item', 'empty'],
  sessionTag: ['kept', 'bumped'],
  sessionPlaceholder: ['none', 'visible'],
  sessionRanges: ['present', 'absent'],
  sessionConflict: ['replace', 'fail'],
  uploadRewrite: ['never', 'office'],
  retention: ['none', 'held'],
  batchOrder: ['reversed', 'asSent'],
  sharedDriveAccess: ['readWrite', 'readOnly'],
  hiddenAnswer: ['accessDenied', 'itemNotFound'],
  anonymousLinks: ['allowed', 'forbidden'],
  quotaForm: ['numbers', 'absent', 'zeros', 'text', 'negative'],
  fragmentStrictness: ['atCommit', 'atOnce'],
  downloadRanges: ['honoured', 'ignored'],
  hashDelayMs: 'number',
  fileHashes: ['present', 'absent'],
  downloadUrlSelect: ['both', 'contentOnly', 'neither'],
  authorizationOnLinks: ['refused', 'tolerated'],
  refreshRotation: ['keepsOld', 'revokesOld'],
  idToken: ['sent', 'omitted'],
  grants: ['asked', 'reading'],
  dataLocation: ['told', 'withheld', 'refused'],
  loopbackRedirect: ['known', 'unknown'],
  tenancy: ['multiple', 'single'],
  throttleRequestsPerMinute: 'number',
  throttleRetryAfterSeconds: 'number',
  notifications: ['delivered', 'withheld'],
  notificationDelayMs: 'number',
  subscriptionCreateErrorCode: ['ValidationError', 'InvalidRequest'],
  receiverCertificates: ['ignored', 'checked'],
  socketChannel: ['served', 'notSupported'],
  socketUpgrade: ['accepted', 'refused'],
  socketAddressLifetimeMs: 'number',
  socketPingIntervalMs: 'number',
  socketPingTimeoutMs: 'number',
  socketPayload: ['object', 'text'],
};

/** Checks names and values that came from outside. @throws Refusal 400 that says what is possible */
export function settingsIn(body: JsonObject): Partial<Settings> {
  const known = new Map<string, 'number' | readonly unknown[]>(Object.entries(settingChoices));
  for (const [name, value] of Object.entries(body)) {
    const choices = known.get(name);
    if (choices === undefined) throw invalidRequest(`There is no setting '${name}'`);
    if (choices === 'number') {
      const isWhole = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
      if (!isWhole) throw invalidRequest(`The setting '${name}' is a whole number, zero or more`);
    } else if (!choices.includes(value)) {
      throw invalidRequest(`The setting '${name}' is one of ${choices.join(', ')}`);
    }
  }
  return body;
}
