import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openNamespacedService, type NamespacedService } from './service.ts';

const program = fileURLToPath(new URL('./msal-sign-in.ts', import.meta.url));

let service: NamespacedService;

beforeEach(async () => {
  service = await openNamespacedService('business');
});

afterEach(async () => {
  await service.close();
});

it('the identity library signs in by refresh token, silently and by device code, with nothing but the real names', async () => {
  const { refreshToken } = await service.control.about();
  const child = service.namespace.start(process.execPath, ['--use-system-ca', program, refreshToken]);
  const pieces = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (pieces.stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    pieces.stderr += text;
    // The first thing said there is the code that a person would type in.
    const userCode = /^[0-9A-F]{9}$/m.exec(pieces.stderr)?.[0];
    if (userCode !== undefined) void service.control.post('/device-code', { decision: 'approved', userCode });
  });
  const [status] = await once(child, 'close');
  expect(pieces.stderr).toMatch(/^[0-9A-F]{9}\n$/);
  expect(status).toBe(0);
  const account = { username: 'alex@contoso.example', fromCache: false };
  expect(JSON.parse(pieces.stdout)).toMatchObject([account, account, account]);
});
