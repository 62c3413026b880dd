export { compare } from './compare.ts';
export { evaluate } from './evaluator.ts';
