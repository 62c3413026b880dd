import { invalidRequest, Refusal } from '../model/refusal.ts';
import { readJson, textIn } from '../server/exchange.ts';
import { jsonReply, type Reply } from '../server/reply.ts';
import { itemAt } from './graph-path.ts';
import type { ItemRequest } from './item-requests.ts';

/** By item and kind of link: asking again gives the same one. */
const links = new WeakMap<object, Map<string, string>>();

/** `createLink`: 201 for a new link, 200 for one that is there. Passwords are for personal accounts alone. */
export async function replyCreateLink(request: ItemRequest): Promise<Reply> {
  const { drive, exchange, world } = request;
  const item = itemAt(drive, request.path);
  const body = await readJson(exchange);
  const [type, scope = 'anonymous', password] = ['type', 'scope', 'password'].map((key) => textIn(body, key));
  if (type !== 'view' && type !== 'edit' && type !== 'embed')
    throw invalidRequest('The type of the link is none of view, edit and embed');
  if (password !== undefined && drive.flavour !== 'personal')
    throw new Refusal(400, 'notSupported', 'A password is not supported for this account');
  if (scope === 'anonymous' && world.settings.anonymousLinks === 'forbidden')
    throw new Refusal(
      403,
      'accessDenied',
      'Sharing links for anonymous users are disabled by the organisation',
    );
  const known = links.get(item) ?? new Map<string, string>();
  links.set(item, known);
  const key = `${type} ${scope} ${password ?? ''}`;
  const before = known.get(key);
  const host = drive.flavour === 'personal' ? '1drv.ms' : 'contoso-my.sharepoint.com';
  const webUrl = before ?? `https://${host}/:u:/g/${type}/${encodeURIComponent(item.id)}${known.size}`;
  known.set(key, webUrl);
  return jsonReply(before === undefined ? 201 : 200, {
    id: `link-${known.size}`,
    roles: [type === 'edit' ? 'write' : 'read'],
    hasPassword: password !== undefined,
    link: { type, scope, webUrl },
  });
}
