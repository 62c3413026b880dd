/** Numbers for names that come again and again. A byte holds each; what comes beyond that shares the last one. */

const namesMax = 200;
const otherName = 'other';

export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#names.length >= namesMax) return this.#add(otherName);
    return this.#add(name);
  }

  #add(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  name = (number: number): string => this.#names[number] ?? otherName;

  get all(): readonly string[] {
    return this.#names;
  }
}
