/**
 * What the codes of the identity platform mean to the person who logs in, and what to do. They may change: where a code is missing here,
 * `error` decides.
 *
 * @see https://learn.microsoft.com/entra/identity-platform/reference-error-codes
 */
import type { FailureCode } from '@tidemark/contracts';

export interface LoginRemedy {
  readonly code: Extract<FailureCode, 'loginRequired' | 'loginRefused'>;
  /** Goes on behind the number: what is wrong; what to do. No full stop. */
  readonly text: string;
}

/** Logging in again may help. */
export const required = (text: string): LoginRemedy => ({ code: 'loginRequired', text });
/** Something has to change before it helps. */
export const refused = (text: string): LoginRemedy => ({ code: 'loginRefused', text });

/** Without the letters `AADSTS`. */
export const loginRemedies: Readonly<Record<number, LoginRemedy>> = {
  // What was stored, or has been used.
  50089: required('the login took too long; log in again'),
  50132: required('the session was revoked; log in again'),
  50133: required('the password was changed; log in again'),
  50173: required('the login was revoked, for instance by a new password; log in again'),
  54005: required('the code was used before; log in again'),
  70000: required(
    'the code or token is malformed, was used before or belongs to another application; log in again',
  ),
  700005: required('the code was made for another tenant; log in again'),
  70008: required('the login has expired or was revoked; log in again'),
  700082: required('the login was not used for 90 days; log in again'),
  700084: required(
    'the redirect address is registered for single-page applications, whose logins last a day; register it under "Mobile and desktop applications" and log in again',
  ),
  70043: required('the sign-in frequency your organisation allows has passed; log in again'),
  70044: required('the sign-in frequency your organisation allows has passed; log in again'),

  // The person and the password.
  50034: required(
    'this account does not exist in the tenant; check its name, and azure_tenant_id if it is set',
  ),
  50053: refused('the account is locked after too many attempts, or the address was blocked; wait a while'),
  50055: required('the password has expired; set a new one and log in again'),
  50056: required('the password is missing or wrong; log in again'),
  50057: refused('the account is disabled; ask your administrator'),
  50058: required('you are not signed in in the browser; log in again'),
  50126: required('the name or the password is wrong; log in again'),
  50144: required('the password has expired; set a new one and log in again'),
  51004: required(
    'this account does not exist in the tenant; check its name, and azure_tenant_id if it is set',
  ),

  // A second factor.
  50072: required('a second factor has to be set up; log in again'),
  50074: required('the second factor was not given; log in again'),
  50076: required('a second factor is needed; log in again'),
  50078: required('the second factor has expired; log in again'),
  50079: required('a second factor has to be set up; log in again'),
  50158: required('another check of your organisation was not passed; log in again'),

  // What the organisation allows.
  50005: refused('a policy of your organisation does not allow this system; ask your administrator'),
  50097: refused('your organisation wants to know this device; ask your administrator'),
  50105: refused('your organisation has not given you this application; ask your administrator'),
  50131: refused('a policy of your organisation blocks this sign-in; ask your administrator'),
  50199: refused('the sign-in needs a confirmation that this flow cannot show; use the browser login'),
  53000: refused('a policy of your organisation demands a managed device; ask your administrator'),
  53001: refused('a policy of your organisation demands a device of its domain; ask your administrator'),
  53002: refused('a policy of your organisation allows certain applications only; ask your administrator'),
  53003: refused('a policy of your organisation blocks this sign-in; ask your administrator'),
  53004: refused('a second factor has to be set up before; do so in the browser, or ask your administrator'),
  530032: refused('a policy of your organisation blocks this sign-in; ask your administrator'),
  530035: refused('the security defaults of your organisation block this sign-in; use the browser login'),

  // Permissions.
  65001: required(
    'the permissions have not been granted; log in again and accept, or ask your administrator',
  ),
  65004: refused('you declined the permissions; log in again and accept them'),
  65005: refused('the application cannot be used in this tenant; ask your administrator'),
  650052: refused('your organisation has no subscription to OneDrive or SharePoint; ask your administrator'),
  650056: refused(
    'the permissions are not part of the registration, or not granted; add them under "API permissions"',
  ),
  70011: refused(
    'the permissions asked for are not valid for this application; check application_id, and for which accounts it is registered',
  ),
  90008: required('the permissions have not been granted; log in again and accept'),
  90094: refused(
    'an administrator has to grant the permissions first; send yours the address that tidemark --display-admin-consent-url prints',
  ),
  90095: refused(
    'an administrator has to grant the permissions first; your request was or can be sent there',
  ),

  // The tenant.
  50020: refused(
    'this kind of account or tenant is not allowed for the application; take another account, or register an application that allows yours',
  ),
  500208: refused(
    'this kind of account is not allowed for the tenant; take another account, or change azure_tenant_id',
  ),
  50059: refused('the tenant is not known; set azure_tenant_id'),
  50128: refused('the domain of the account is not known; check its name'),
  50194: refused('the application is registered for one tenant only; set azure_tenant_id'),
  90002: refused('the tenant was not found; check azure_tenant_id and azure_ad_endpoint'),
  900023: refused('the tenant is neither an id nor a domain; check azure_tenant_id'),
  9002332: refused(
    'the application is registered for work and school accounts only; set azure_tenant_id to something else than "consumers"',
  ),
  9002346: refused(
    'the application is registered for personal accounts only; set azure_tenant_id to "consumers"',
  ),
  90038: refused('the tenant belongs to another national cloud; check azure_ad_endpoint'),
  90072: refused('this account does not exist in the tenant; take another one, or have it invited'),

  // The registration.
  50011: refused('the redirect address is not registered with the application; add it (see application_id)'),
  500011: refused('the tenant does not know what the permissions are for; check azure_ad_endpoint'),
  500113: refused(
    'no redirect address is registered with the application; add those for "Mobile and desktop applications"',
  ),
  70001: refused('the application is disabled or not known; check application_id'),
  700016: refused(
    'the application is not known in this tenant or cloud; check application_id and azure_ad_endpoint',
  ),
  7000112: refused('the application is disabled; enable it, or ask your administrator'),
  7000218: refused(
    'the registration does not allow public client flows; switch them on, and register the redirect address under "Mobile and desktop applications"',
  ),
  900971: refused(
    'no redirect address is registered with the application; add those for "Mobile and desktop applications"',
  ),
  9002326: refused(
    'the redirect address is registered for single-page applications; register it under "Mobile and desktop applications"',
  ),

  // A code on another device.
  70016: required('the code was not entered yet; log in again, and enter it in time'),
  70018: refused('the code was entered wrongly; start again'),
  70019: refused('the code was not entered in time; start again'),
  70020: refused('the code was not entered in time; start again'),

  // The service.
  50196: refused('the service was asked too often; wait a few minutes'),
};
