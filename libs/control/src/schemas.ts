/** The schemas that are published, by the names of their files in docs. */
import { z } from 'zod';
import { eventSchema } from './event-schema.ts';
import { explainReportSchema, storyReportSchema, whyExcludedReportSchema } from './explain-report.ts';
import { planReportSchema } from './plan-report.ts';
import { statusReportSchema } from './status-report.ts';

export const publishedSchemas = {
  'status-v1.schema.json': statusReportSchema,
  'explain-v1.schema.json': explainReportSchema,
  'plan-v1.schema.json': planReportSchema,
  'story-v1.schema.json': storyReportSchema,
  'why-excluded-v1.schema.json': whyExcludedReportSchema,
  'event-v1.schema.json': eventSchema,
} as const satisfies Record<string, z.ZodType>;

export type PublishedSchema = keyof typeof publishedSchemas;

/** JSON Schema, as the file holds it. */
export const schemaText = (name: PublishedSchema): string =>
  `${JSON.stringify(z.toJSONSchema(publishedSchemas[name]), null, 2)}\n`;
