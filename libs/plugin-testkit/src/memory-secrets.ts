/** Secrets in memory: each plugin has a place of its own, which survives its runs as long as the world. */
import { createHash } from 'node:crypto';
import type { Secrets } from '@tidemark/contracts';

export function createMemorySecrets(): (plugin: string) => Secrets {
  const places = new Map<string, Map<string, string>>();
  return (plugin) => {
    const place = places.get(plugin) ?? new Map<string, string>();
    places.set(plugin, place);
    return {
      read: async (name) => place.get(name) ?? null,
      write: async (name, text) => void place.set(name, text),
      remove: async (name) => void place.delete(name),
      digest,
      matches: (text, expected) => digest(text) === expected,
    };
  };
}

const digest = (text: string): string => createHash('sha256').update(text).digest('base64url');
