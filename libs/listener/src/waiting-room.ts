/**
 * The waiting room: connections that have no complete request. They are what an attacker can hold for free, so when they fill
 * the house the one that has waited longest leaves, and somebody with a request still gets in.
 */
import type { Socket } from 'node:net';

export interface WaitingRoom {
  /** It waits for a request, from now on. */
  enter(socket: Socket): void;
  /** Its request is complete, or it is gone. */
  leave(socket: Socket): void;
  /** Sends everybody away. */
  empty(): void;
}

export function createWaitingRoom(placesMax: number, onSentAway: () => void): WaitingRoom {
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
