export { reporter as default } from './reporter.ts';
export type { ReporterConfig } from './config.ts';
