export { openRig, type Rig } from './rig.ts';
export { playCycle, type CycleReport } from './cycle.ts';
