/** Asks the service to tell of changes. The secret is durable before the service knows it. */
import type {
  CommandOf,
  HandleContext,
  Notifications,
  Outcome,
  SubscriptionGrant,
} from '@tidemark/plugin-sdk';
import { Failure } from '@tidemark/plugin-sdk';
import type { Reception } from './reception.ts';
import type { Secret, StoredSecrets } from './stored-secrets.ts';
import { loadSecrets, saveSecrets } from './stored-secrets.ts';

export type Context = HandleContext<
  { readonly notifications: true; readonly secrets: true },
  { readonly overlapMs: number }
>;

type Created = Awaited<ReturnType<Notifications['create']>>;

export async function createSubscription(
  reception: Reception,
  { url, lifetimeMs }: CommandOf<'CreateSubscription'>,
  context: Context,
): Promise<Outcome> {
  const { notifications, secrets } = context;
  await reception.ready();
  return reception.whileAsking(async () => {
    const before = await loadSecrets(secrets);
    const first = await ask();
    if (first.type === 'granted') return outcomeOf(first);
    const renewed = await takeOver(first.id);
    if (renewed !== null) return outcomeOf(renewed);
    const second = await ask();
    if (second.type === 'granted') return outcomeOf(second);
    throw new Failure({
      code: 'serviceUnavailable',
      detail: 'Cannot create the subscription: the service goes on holding one that was deleted',
    });

    /** Asks with a secret of its own for each attempt. */
    async function ask(): Promise<Created> {
      const secret = { id: null, clientState: newSecret(context), url };
      const previous = replaced(before, context);
      await know({ current: secret, previous });
      const created = await notifications.create({ url, lifetimeMs, clientState: secret.clientState });
      if (created.type === 'granted') await know({ current: { ...secret, id: created.id }, previous });
      return created;
    }

    /** One that a run before has left alive is ours if we know its secret; any other is in the way. */
    async function takeOver(id: string): Promise<SubscriptionGrant | null> {
      const ours = [before.current, before.previous].find((secret) => secret?.id === id) ?? null;
      if (ours !== null && ours.url === url) {
        context.tell({ type: 'subscriptionFound', id });
        const grant = await orNotFound(notifications.renew(id, lifetimeMs));
        if (grant === null) return null;
        await know({ current: secretOf(ours), previous: null });
        return grant;
      }
      await notifications.delete(id);
      return null;
    }

    async function know(stored: StoredSecrets): Promise<void> {
      await saveSecrets(secrets, stored);
      await reception.know(stored, context);
    }
  });
}

export function outcomeOf({ id, expiresAt, requestIds }: SubscriptionGrant): Outcome {
  return { subscription: { id, expiresAt }, requestIds };
}

/** null: the service does not know it. */
export async function orNotFound<Result>(asked: Promise<Result>): Promise<Result | null> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Failure && error.code === 'notFound') return null;
    throw error;
  }
}

const secretBytes = 32;

function newSecret({ random }: Context): string {
  return Array.from(random.bytes(secretBytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** What is on its way with the old secret when the new one begins still counts. */
function replaced(
  { current, previous }: StoredSecrets,
  { clock, config }: Context,
): StoredSecrets['previous'] {
  if (current === null || current.id === null) return previous;
  return { ...current, until: clock.now() + config.overlapMs };
}

function secretOf({ id, clientState, url }: Secret): Secret {
  return { id, clientState, url };
}
