export type {
  AccountQueries,
  ItemDetails,
  Library,
  Quota,
  SharedItem,
  ShortcutTarget,
  Site,
} from './account/account-queries.ts';
export { mayReadSites } from './account/data-centre.ts';
export { createSharedFilesDrive, type SharedFilesOptions } from './account/shared-files-drive.ts';
export { createGraphDrive, type GraphDrive, type GraphDriveOptions } from './drive/graph-drive.ts';
export type { SharedFolder } from './drive/info.ts';
export { canDeleteForGood } from './drive/delete.ts';
export {
  createGraphNotifications,
  type GraphNotificationsOptions,
} from './notifications/graph-notifications.ts';
export type { SessionStore } from './drive/upload-session-open.ts';
export { TransportFault } from './http/transport-fault.ts';
export { isLoopback } from './http/hosts.ts';
export { tracedNetwork } from './http/traced-network.ts';
export { createNetwork, type Network, type NetworkOptions, type ProxySettings } from './http/network.ts';
export {
  createBudget,
  type Budget,
  type BudgetCounters,
  type BudgetOptions,
  type RequestKind,
} from './http/budget.ts';
export {
  createGraphClient,
  defaultRetryPolicy,
  type GraphClient,
  type GraphClientOptions,
  type GraphRequest,
  type Outcome,
  type RetryPolicy,
  type TokenSource,
} from './http/graph-client.ts';
export { refusal, type Reply } from './errors.ts';
export { resolveEndpoints, type Cloud, type EndpointChoice, type Endpoints } from './auth/clouds.ts';
export { createLogin, type DeviceCode, type Login, type LoginOptions } from './auth/login.ts';
export type { BrowserForms, LoopbackOptions } from './auth/code-login.ts';
export { createTokenFile, type TokenFileOptions, type TokenStore } from './auth/token-file.ts';
export { adminConsentUrl } from './auth/admin-consent.ts';
export { loginRemediesPage } from './auth/login-remedies-page.ts';
export { peerApplicationId, registrationNeeded, registrationSteps } from './auth/registration.ts';
export { scopes, type Access } from './auth/scopes.ts';
export { normalDriveId } from './drive/ids.ts';
export { createSystemClock, createSystemRandom } from './system.ts';
