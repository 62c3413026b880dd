/** Faults: what went wrong inside a plugin, in words, for the failure event and for `describe`. Never a stack. */
import type { FailureDetails } from '@tidemark/contracts';
import { type Failure, failureGuide } from '@tidemark/contracts';

/** Something thrown that is no Failure may say anything, at any length. */
const messageLengthMax = 300;
/** The path of an item in it may have 4 KiB. */
const detailLengthMax = 16 * 1024;

export interface PluginFault {
  readonly plugin: string;
  readonly details: FailureDetails;
}

/** A Failure's own details; `pluginFault` for anything else that was thrown. */
export function failureOf(error: unknown, action: string, plugin: string): FailureDetails {
  if (isFailure(error)) return bounded(error.details);
  return { code: 'pluginFault', detail: `Cannot ${action}: plugin "${plugin}" failed: ${messageOf(error)}` };
}

/** Kept in the log. No compiler has seen what a plugin puts into a Failure. */
const bounded = (details: FailureDetails): FailureDetails =>
  details.detail.length > detailLengthMax
    ? { ...details, detail: `${details.detail.slice(0, detailLengthMax)}…` }
    : details;

/** The message alone, shortened. */
export function messageOf(error: unknown): string {
  const message = wordsOf(error instanceof Error ? error.message : error);
  return message.length > messageLengthMax ? `${message.slice(0, messageLengthMax)}…` : message;
}

function wordsOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return 'it threw something that has no words';
  }
}

/**
 * By shape alone: a plugin that was loaded from elsewhere may bring a class of its own, and no compiler has seen what it puts
 * into ours.
 */
function isFailure(error: unknown): error is Failure {
  if (!(error instanceof Error) || error.name !== 'Failure' || !('details' in error)) return false;
  const { details } = error;
  return (
    typeof details === 'object' &&
    details !== null &&
    'code' in details &&
    typeof details.code === 'string' &&
    Object.hasOwn(failureGuide, details.code) &&
    'detail' in details &&
    typeof details.detail === 'string'
  );
}
