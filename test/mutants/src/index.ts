export { mutants } from './mutants.ts';
export { planted, type Area, type Mutant } from './mutant.ts';
