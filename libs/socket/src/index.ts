export type { Connect, Connection, ConnectOptions } from './create-connect.ts';
export { createConnect } from './create-connect.ts';
