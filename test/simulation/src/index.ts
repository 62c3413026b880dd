export { simulate, type SimulationOptions, type SimulationReport } from './simulate.ts';
export type { Swarm } from './swarm.ts';
