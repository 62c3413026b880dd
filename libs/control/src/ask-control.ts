/** Asks a daemon, or a relay, over its control socket. */
import { request } from 'node:http';
import { Failure } from '@tidemark/contracts';
import { z } from 'zod';
import { findSocket } from './control-path.ts';
import { type MadeChanges, madeChangesSchema, type WantedChanges } from './user-changes.ts';
import { type PlanReport, planReportSchema } from './plan-report.ts';
import { relayReportSchema, type RelayReport } from './relay-report.ts';
import {
  healthSchema,
  orderAnswerSchema,
  statusReportSchema,
  type Health,
  type OrderAnswer,
  type StatusReport,
} from './status-report.ts';

/** Long enough for a daemon that is busy with its first look. */
const timeoutMs = 15_000;
/** Of thousands of files, some of which come from the drive. */
const changesTimeoutMs = 30 * 60_000;
const answerBytesMax = 256 * 1024 * 1024;

/** The daemon understood and does not do it: why, and where it helps when to ask again. */
const refusedSchema = z.object({ error: z.string() });
export type Refused = z.output<typeof refusedSchema>;

/**
 * null when no daemon runs for that profile.
 * Throws Failure `timedOut` when one runs and does not answer, `notSupported` when it speaks another version, `accessDenied`.
 */
export async function askStatus(stateFolder: string, itemsMax: number): Promise<StatusReport | null> {
  const body = await ask(stateFolder, 'GET', `/v1/status?items=${itemsMax}`);
  return body === null ? null : parsed(statusReportSchema, body);
}

/** null when no daemon runs for that profile. Throws as `askStatus`. */
export async function askPlan(stateFolder: string): Promise<PlanReport | Refused | null> {
  const body = await ask(stateFolder, 'GET', '/v1/plan');
  return body === null ? null : parsed(z.union([planReportSchema, refusedSchema]), body);
}

/** null when no daemon runs for that profile. Throws as `askStatus`; one whose loop stands still says so. */
export async function askHealth(stateFolder: string): Promise<Health | null> {
  const body = await ask(stateFolder, 'GET', '/v1/health');
  return body === null ? null : parsed(healthSchema, body);
}

/** null when no daemon runs for that profile. Throws as `askStatus`. */
export async function giveOrder(
  stateFolder: string,
  order: 'look' | 'reload' | 'stop' | 'apply' | 'pause' | 'resume',
  query: Readonly<Record<string, string>> = {},
): Promise<OrderAnswer | null> {
  const parameters = new URLSearchParams(query).toString();
  const body = await ask(stateFolder, 'POST', `/v1/${order}${parameters === '' ? '' : `?${parameters}`}`);
  return body === null ? null : parsed(orderAnswerSchema, body);
}

/** null when no daemon runs for that profile. Resolves when they are made. Throws as `askStatus`. */
export async function askForChanges(
  stateFolder: string,
  wanted: WantedChanges,
): Promise<MadeChanges | Refused | null> {
  const body = await ask(stateFolder, 'POST', '/v1/changes', JSON.stringify({ schema: 1, ...wanted }));
  return body === null ? null : parsed(z.union([madeChangesSchema, refusedSchema]), body);
}

/** null when no relay runs with that configuration. Throws as `askStatus`. */
export async function askRelay(stateFolder: string): Promise<RelayReport | null> {
  const body = await ask(stateFolder, 'GET', '/v1/status');
  return body === null ? null : parsed(relayReportSchema, body);
}

async function ask(
  stateFolder: string,
  method: 'GET' | 'POST',
  path: string,
  sent?: string,
): Promise<string | null> {
  const socketPath = findSocket(stateFolder);
  if (socketPath === null) return null;
  try {
    return await exchange({ socketPath, method, path, sent });
  } catch (error) {
    if (error instanceof Failure) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    // What a killed daemon leaves behind; it went away while it was asked.
    if (code === 'ECONNREFUSED' || code === 'ENOENT' || code === 'ECONNRESET' || code === 'EPIPE')
      return null;
    const isDenied = code === 'EACCES' || code === 'EPERM';
    throw new Failure(
      {
        code: isDenied ? 'diskDenied' : 'timedOut',
        detail: isDenied
          ? `Cannot ask the process at ${socketPath}: it belongs to another user`
          : `Cannot ask the process at ${socketPath}: ${code}`,
      },
      { cause: error },
    );
  }
}

interface Exchange {
  readonly socketPath: string;
  readonly method: string;
  readonly path: string;
  readonly sent: string | undefined;
}

function exchange({ socketPath, method, path, sent }: Exchange): Promise<string> {
  // What has a body takes as long as the changes in it.
  const limitMs = sent === undefined ? timeoutMs : changesTimeoutMs;
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        body += piece;
        if (body.length > answerBytesMax) asking.destroy(new Error('the answer is too large'));
      });
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0 } = response;
        if (statusCode < 300 || isAnswer.has(statusCode)) resolve(body);
        else reject(strange(`it answered with status ${statusCode}`));
      });
    });
    asking.setTimeout(limitMs, () =>
      asking.destroy(
        new Failure({
          code: 'timedOut',
          detail: `Cannot ask the process at ${socketPath}: it did not answer in ${limitMs / 1000} seconds`,
        }),
      ),
    );
    asking.on('error', reject);
    asking.end(sent);
  });
}

/** What was understood and refused; a loop that stands still. */
const isAnswer: ReadonlySet<number> = new Set([400, 409, 500, 503]);

function parsed<Value>(
  schema: { safeParse(value: unknown): { success: true; data: Value } | { success: false; error: Error } },
  body: string,
): Value {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw strange('its answer is no JSON', error);
  }
  const result = schema.safeParse(value);
  if (!result.success) throw strange('it is of another version; restart it after an update', result.error);
  return result.data;
}

const strange = (why: string, cause?: unknown): Failure =>
  new Failure(
    { code: 'notSupported', detail: `Cannot understand the process that was asked: ${why}` },
    { cause },
  );
