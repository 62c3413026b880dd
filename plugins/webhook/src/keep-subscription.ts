/** Renews the subscription, and ends it. */
import type { CommandOf, Outcome } from '@tidemark/plugin-sdk';
import type { Context } from './create-subscription.ts';
import { orNotFound, outcomeOf } from './create-subscription.ts';
import type { Reception } from './reception.ts';
import { loadSecrets, noSecrets, saveSecrets } from './stored-secrets.ts';

export async function renewSubscription(
  reception: Reception,
  { subscriptionId: id, lifetimeMs }: CommandOf<'RenewSubscription'>,
  context: Context,
): Promise<Outcome> {
  const { notifications, secrets } = context;
  const { current } = await loadSecrets(secrets);
  if (current?.id !== id) {
    // Without its secret its notifications cannot be told from forged ones: it is of no use.
    const { requestIds } = await notifications.delete(id);
    return { subscription: { id, gone: true }, requestIds };
  }
  const grant = await reception.whileAsking(() => orNotFound(notifications.renew(id, lifetimeMs)));
  if (grant !== null) return outcomeOf(grant);
  await forget(reception, context);
  return { subscription: { id, gone: true } };
}

export async function deleteSubscription(
  reception: Reception,
  { subscriptionId: id }: CommandOf<'DeleteSubscription'>,
  context: Context,
): Promise<Outcome> {
  const { requestIds } = await context.notifications.delete(id);
  await forget(reception, context);
  return { subscription: { id, gone: true }, requestIds };
}

async function forget(reception: Reception, { secrets }: Context): Promise<void> {
  await saveSecrets(secrets, noSecrets);
  await reception.forget();
}
