/** A typed array that grows: columns of numbers for millions of events without an object for each. */

type Numbers = Uint8Array | Uint32Array | Float64Array;

export class Growing<Of extends Numbers> {
  #values: Of;
  readonly #make: (length: number) => Of;
  length = 0;

  constructor(make: (length: number) => Of) {
    this.#make = make;
    this.#values = make(1024);
  }

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = this.#make(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  at(index: number): number {
    return this.#values[index] ?? 0;
  }

  /** The index of the first value that is not below `wanted`; `length` when there is none. The values never fall. */
  lowerBound(wanted: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.at(middle) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export const bytes = (): Growing<Uint8Array> => new Growing((length) => new Uint8Array(length));
export const words = (): Growing<Uint32Array> => new Growing((length) => new Uint32Array(length));
export const doubles = (): Growing<Float64Array> => new Growing((length) => new Float64Array(length));
