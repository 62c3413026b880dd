/** The ids of a registration, as a person copies them from the portal. */
import { peerApplicationId } from '@tidemark/graph';

export type ReadId =
  | { readonly type: 'id'; readonly id: string }
  /** In a sentence, without a full stop. */
  | { readonly type: 'unfit'; readonly why: string };

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function readApplicationId(typed: string): ReadId {
  const id = plain(typed);
  if (!guid.test(id))
    return { type: 'unfit', why: `An application id looks like ${example}, not like what was given` };
  if (id === peerApplicationId)
    return {
      type: 'unfit',
      why: 'This is the id of the onedrive client, which belongs to another project: register an application of your own',
    };
  return { type: 'id', id };
}

/** An id, a domain, or one of the words of the identity platform. */
export function readTenant(typed: string): ReadId {
  const id = plain(typed);
  return guid.test(id) || isDomain.test(id) || words.has(id)
    ? { type: 'id', id }
    : { type: 'unfit', why: `A tenant is an id like ${example}, or a domain like example.com` };
}

const example = '11111111-2222-3333-4444-555555555555';
const isDomain = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/;
const words: ReadonlySet<string> = new Set(['common', 'organizations', 'consumers']);

/** Without the quotes, braces and spaces that come along. */
const plain = (typed: string): string =>
  typed
    .replace(/^[\s"'`{<(]+|[\s"'`}>)]+$/g, '')
    .normalize('NFKC')
    .toLowerCase();
