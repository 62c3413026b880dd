/** Renews the subscription, and ends it. */
import type { CommandOf, Outcome } from '@tidemark/plugin-sdk';
import type { Context } from './create-subscription.ts';
import { orNotFound, outcomeOf } from './create-subscription.ts';
import type { Desk } from './desk.ts';
import { loadSecrets, noSecrets, saveSecrets } from './stored-secrets.ts';

export async function renewSubscription(
  desk: Desk,
  { subscriptionId: id, lifetimeMs }: CommandOf<'RenewSubscription'>,
  context: Context,
): Promise<Outcome> {
  const { notifications, secrets } = context;
  const { current } = await loadSecrets(secrets);
  if (current?.id !== id) {
    // Without its secret its notifications cannot be told from forged ones: it is of no use to anybody.
    const { requestIds } = await notifications.delete(id);
    return { subscription: { id, gone: true }, requestIds };
  }
  const grant = await desk.whileAsking(() => orNotFound(notifications.renew(id, lifetimeMs)));
  if (grant !== null) return outcomeOf(grant);
  await forget(desk, context);
  return { subscription: { id, gone: true } };
}

export async function deleteSubscription(
  desk: Desk,
  { subscriptionId: id }: CommandOf<'DeleteSubscription'>,
  context: Context,
): Promise<Outcome> {
  const { requestIds } = await context.notifications.delete(id);
  await forget(desk, context);
  return { subscription: { id, gone: true }, requestIds };
}

async function forget(desk: Desk, { secrets }: Context): Promise<void> {
  desk.know(noSecrets, secrets);
  await saveSecrets(secrets, noSecrets);
}
