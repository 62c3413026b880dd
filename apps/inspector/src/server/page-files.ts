/** The files of the page, as `npm run build` wrote them. They hold nothing of the log, so no session is needed to read them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Answer } from '@tidemark/contracts';

const files: ReadonlyMap<string, readonly [name: string, type: string]> = new Map([
  ['/', ['index.html', 'text/html; charset=utf-8']],
  ['/page.js', ['page.js', 'text/javascript; charset=utf-8']],
  ['/page.css', ['page.css', 'text/css; charset=utf-8']],
  ['/icon.svg', ['icon.svg', 'image/svg+xml']],
]);

/** Nothing from elsewhere, nothing inline, no frame around it, and no text that becomes markup. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

export const commonHeaders = {
  'content-security-policy': contentPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** `folder`: of the built page. Null: there is no such file. */
export async function pageFile(folder: string, path: string): Promise<Answer | null> {
  const found = files.get(path);
  if (found === undefined) return null;
  const [name, type] = found;
  const body = await readFile(join(folder, name), 'utf8');
  return { status: 200, headers: { ...commonHeaders, 'content-type': type }, body };
}
