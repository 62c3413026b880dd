/**
 * The token with which the service asks whether an address is ours. It comes form-encoded: a plus sign is a space.
 *
 * @see https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation
 */

const tokenBytesMax = 4 * 1024;

/** null: the request brings none. Empty: it brings one that cannot be answered. */
export function validationTokenIn(target: string): string | null {
  const from = target.indexOf('?');
  if (from === -1) return null;
  const values = target
    .slice(from + 1)
    .split('&')
    .flatMap((pair) => {
      const [name = '', ...rest] = pair.split('=');
      return decoded(name) === 'validationToken' ? [rest.join('=')] : [];
    });
  const [value, ...more] = values;
  if (value === undefined) return null;
  if (more.length > 0 || value.length > tokenBytesMax) return '';
  return decoded(value) ?? '';
}

/** null: no UTF-8. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return null;
  }
}
