import { Refusal } from './refusal.ts';
import type { SimulatedItem } from './simulated-item.ts';

/** What another person may do with an item and everything below it. */
export type Role = 'read' | 'write';

/** How an item that is not shared, or not any more, is refused. The live service answers either. */
export type HiddenAnswer = 'accessDenied' | 'itemNotFound';

/** The person who owns a drive that is not the account's own. */
export type Owner = {
  readonly displayName: string;
  readonly email: string;
};

/** What the owner of a drive shares with the account. Until something is shared by name, all of it is, for writing. */
export type Sharing = {
  readonly share: (item: SimulatedItem, role: Role) => void;
  /** Nothing but what is shared by name stays reachable. What lies in something shared is hidden in it. */
  readonly unshare: (item: SimulatedItem) => void;
  /** Null: the item cannot be seen. The nearest share above counts. */
  readonly roleAt: (item: SimulatedItem) => Role | null;
  /** What was shared by name and still is; null as long as everything is. */
  readonly shared: () => readonly SimulatedItem[] | null;
};

export function createSharing(): Sharing {
  /** Null: hidden in what is shared around it. */
  let roles: Map<SimulatedItem, Role | null> | null = null;
  const roleAt = (item: SimulatedItem | undefined): Role | null => {
    if (roles === null) return 'write';
    for (let at = item; at !== undefined; at = at.parent) {
      const role = roles.get(at);
      if (role !== undefined) return role;
    }
    return null;
  };
  return {
    share: (item, role) => {
      roles ??= new Map();
      roles.set(item, role);
    },
    unshare: (item) => {
      roles ??= new Map();
      roles.delete(item);
      if (roleAt(item) !== null) roles.set(item, null);
    },
    roleAt,
    shared: () =>
      roles === null
        ? null
        : [...roles].flatMap(([item, role]) => (role === null || item.removed ? [] : [item])),
  };
}

/** @throws Refusal for an item that the account cannot see, or cannot change when it wants to. */
export function checkRole(
  sharing: Sharing,
  item: SimulatedItem,
  wish: Role,
  hiddenAnswer: HiddenAnswer,
): void {
  const role = sharing.roleAt(item);
  if (role === null && hiddenAnswer === 'itemNotFound')
    throw new Refusal(404, 'itemNotFound', 'The resource could not be found.');
  if (role === null || (wish === 'write' && role === 'read'))
    throw new Refusal(403, 'accessDenied', 'Access denied');
}
