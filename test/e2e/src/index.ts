export {
  openNamespace,
  requireCommand,
  type Namespace,
  type NamespaceOptions,
  type RunOptions,
  type RunResult,
} from './namespace.ts';
