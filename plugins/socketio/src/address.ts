/**
 * What the service hands out reads as Socket.IO reads a URL: the path is the namespace, the query goes with the handshake,
 * and the Engine.IO server listens at its usual path.
 */
import { Failure } from '@tidemark/plugin-sdk';

export interface SocketTarget {
  /** A credential: never shown. */
  readonly url: string;
  readonly namespace: string;
}

/** @throws Failure `invalidRequest` when the address is none */
export function targetOf(address: string): SocketTarget {
  const parsed = URL.parse(address);
  const isUsable =
    parsed !== null && parsed.protocol === 'https:' && /^\/[\w./-]{0,200}$/.test(parsed.pathname);
  if (!isUsable)
    throw new Failure({
      code: 'invalidRequest',
      detail: 'Cannot listen over Socket.IO: the service gave an address that cannot be used',
    });
  const query = parsed.search === '' ? '' : `&${parsed.search.slice(1)}`;
  return {
    url: `wss://${parsed.host}/socket.io/?EIO=4&transport=websocket${query}`,
    namespace: parsed.pathname,
  };
}
