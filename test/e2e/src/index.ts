export { launchBrowser } from './chromium.ts';
export { cutPower } from './cut-power.ts';
export {
  openNamespace,
  requireCommand,
  type Namespace,
  type NamespaceOptions,
  type RunOptions,
  type RunResult,
} from './namespace.ts';
export { startBinary, type Running } from './run-binary.ts';
