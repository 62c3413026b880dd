/** One message: its words, and its way to the hook. */
import { Failure } from '@tidemark/plugin-sdk';
import type { Context } from './notify.ts';

export type Values = Readonly<Record<string, string | number | null>>;

/** `write`: how a value stands in the template. */
export function fill(template: string, values: Values, write: (value: string) => string): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? write(String(values[name] ?? '')) : whole,
  );
}

/** Strangers may have named what is on the drive: a name cannot turn the text around or end its line. */
export const harmless = (value: string): string => value.replace(/[\p{Cc}\p{Bidi_Control}]/gu, '?');

export const asMarkup = (value: string): string =>
  harmless(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const inJson = (value: string): string => JSON.stringify(value).slice(1, -1);

const pausesMs = [2_000, 20_000];

/** In words why the hook did not take it; null when it did. Nothing of the address but its host is in them. */
export async function post(context: Context, body: string): Promise<string | null> {
  const { request, clock, random, signal, config } = context;
  const { method, contentType } = config;
  const url = config.url.replace('{id}', random.uuid());
  const headers = { 'content-type': contentType, ...config.headers };
  for (let attempt = 0; ; attempt += 1) {
    const { trouble, mayPass } = await request(url, { method, headers, body, signal }).then(
      ({ status }) => ({
        trouble: status < 300 ? null : `"${new URL(url).hostname}" answered ${status}`,
        mayPass: status === 429 || status >= 500,
      }),
      (error: unknown) => {
        if (!(error instanceof Failure)) throw error;
        return { trouble: error.message, mayPass: error.code === 'offline' || error.code === 'timedOut' };
      },
    );
    const pauseMs = pausesMs[attempt];
    if (trouble === null || !mayPass || pauseMs === undefined || signal.aborted) return trouble;
    await clock.sleep(pauseMs, signal);
  }
}
