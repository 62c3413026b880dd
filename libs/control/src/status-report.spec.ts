import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { statusReportSchema } from './status-report.ts';

test('the published schema is the one in use', () => {
  const page = fileURLToPath(new URL('../docs/status-v1.schema.json', import.meta.url));
  expect(JSON.parse(readFileSync(page, 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(z.toJSONSchema(statusReportSchema))),
  );
});
