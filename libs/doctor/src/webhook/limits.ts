/**
 * How long the service waits. For a validation ten seconds; for a notification its documentation has said three and ten, and calls
 * an address slow that takes longer.
 *
 * @see https://learn.microsoft.com/graph/change-notifications-delivery-webhooks
 */
export const slowAfterMs = 3_000;
export const tooLateAfterMs = 10_000;

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
