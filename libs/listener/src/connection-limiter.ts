/**
 * Limits the connections that have no complete request, since an attacker can open them for free. Beyond the limit the one that
 * has waited longest is closed, so that a client with a request still gets in.
 */
import type { Socket } from 'node:net';

export interface ConnectionLimiter {
  /** It waits for a request, from now on. */
  enter(socket: Socket): void;
  /** Its request is complete, or it is gone. */
  leave(socket: Socket): void;
  /** Closes all that wait. */
  empty(): void;
}

export function createConnectionLimiter(placesMax: number, onSentAway: () => void): ConnectionLimiter {
  const waiting = new Set<Socket>();
  return {
    enter(socket) {
      waiting.delete(socket);
      if (socket.destroyed) return;
      waiting.add(socket);
      if (waiting.size <= placesMax) return;
      for (const longest of waiting) {
        waiting.delete(longest);
        longest.destroy();
        onSentAway();
        break;
      }
    },
    leave(socket) {
      waiting.delete(socket);
    },
    empty() {
      for (const socket of waiting) socket.destroy();
      waiting.clear();
    },
  };
}
