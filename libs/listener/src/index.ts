export { createHttpListen } from './create-http-listen.ts';
export { defaultLimits, type ListenLimits } from './limits.ts';
