/**
 * What is said of a failure that ends a command. With the peer's flags its own words follow: programs around it look for them, to tell a
 * service that cannot be reached at the moment from a profile that will never work.
 */
import { failureGuide } from '@tidemark/contracts';
import type { FailureDetails } from '@tidemark/contracts';
import { renderAnswerBlock } from '@tidemark/plugin-reporter';
import type { Action, CommandLine } from '@tidemark/settings';
import { kindOf } from './exit-code.ts';

/** `atMs`: when it failed, in milliseconds since 1970. */
export function failureLines(
  details: FailureDetails,
  { face, verbosity, action }: Pick<CommandLine, 'face' | 'verbosity' | 'action'>,
  atMs: number,
): readonly string[] {
  const { code, detail, requestId } = details;
  const own = [`ERROR: ${detail}`, `       ${failureGuide[code].remedy}`];
  if (face !== 'dropIn')
    return requestId === undefined ? own : [...own, `       API Request ID: ${requestId}`];
  const block = renderAnswerBlock(details, originOf(action.type), atMs)
    .filter(({ level }) => level <= verbosity)
    .map(({ text }) => text);
  return [...own, ...(kindOf(code) === 'network' ? unreached(details) : []), ...block];
}

function unreached({ code, answer }: FailureDetails): readonly string[] {
  const reached = 'Failed to reach the Microsoft OneDrive Service.';
  return [
    ...(answer === undefined ? [] : [`${reached} HTTP status code: ${answer.status}`]),
    ...(answer === undefined && code === 'timedOut' ? [`${reached} Operation timed out`] : []),
    'ERROR: Unable to reach the Microsoft OneDrive API service, unable to initialise application',
  ];
}

/** Whatever looks at both sides begins with the root of the drive. The peer has a function of this name for it. */
const originOf = (type: Action['type']): string =>
  beginsAtRoot.has(type) ? 'syncEngine.getDefaultRootDetails()' : `${type}()`;

const beginsAtRoot: ReadonlySet<Action['type']> = new Set(['sync', 'monitor', 'displaySyncStatus']);
