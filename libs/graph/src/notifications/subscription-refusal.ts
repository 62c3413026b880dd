/** Refusals around subscriptions. */
import type { Failure, FailureCode } from '@tidemark/contracts';
import { graphErrorOf, refusal, refusalAs, type Reply } from '../errors.ts';

/** The service called the address and got no answer that it likes. The code varies, the text does not. */
export function isReachRefusal(reply: Reply): boolean {
  const { codes, message } = graphErrorOf(reply.json);
  return (
    reply.status === 400 &&
    (codes.includes('validationerror') || /subscription validation request/i.test(message))
  );
}

export function subscriptionRefusal(action: string, reply: Reply): Failure {
  const code = codeOf(reply);
  return code === null ? refusal(action, reply) : refusalAs(code, action, reply);
}

/** null: as for every other request. */
function codeOf(reply: Reply): FailureCode | null {
  if (isReachRefusal(reply)) return 'callbackFailed';
  // The request is ours and always has the same form, so what is refused is refused to this account.
  if ([400, 404, 405, 409, 501].includes(reply.status)) return 'notSupported';
  return null;
}
