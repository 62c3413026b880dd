export type { Host, HostOptions } from './host.ts';
export { createHost } from './host.ts';
export type { CommandFigures, HostDescription, PluginDescription } from './describe.ts';
export type { PluginFault } from './fault.ts';
export type { HostRules } from './rules.ts';
export { SetupError } from './setup-error.ts';
export type { Subjects } from './subjects.ts';
export { subjectsOf } from './subjects.ts';
