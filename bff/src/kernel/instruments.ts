/** A number that only grows. Hot paths hold the object and write `value += 1`. */
export class Counter {
  value = 0;

  add(by = 1): void {
    this.value += by;
  }
}

/** Counters that differ in one label. Bounded: past `maxLabels`, further labels fall into `other`. */
export class CounterFamily {
  readonly #byLabel = new Map<string, Counter>();
  readonly #maxLabels: number;

  constructor(maxLabels: number) {
    this.#maxLabels = maxLabels;
  }

  of(label: string): Counter {
    const known = this.#byLabel.get(label);
    if (known) return known;
    if (this.#byLabel.size >= this.#maxLabels && label !== 'other') return this.of('other');
    const counter = new Counter();
    this.#byLabel.set(label, counter);
    return counter;
  }

  entries(): IterableIterator<[string, Counter]> {
    return this.#byLabel.entries();
  }
}

/** One figure for `/metrics`. */
export interface Reading {
  readonly name: string;
  readonly help: string;
  readonly kind: 'counter' | 'gauge';
  readonly samples: readonly {
    readonly label?: { readonly name: string; readonly value: string };
    readonly value: number;
  }[];
}

/** Where every layer registers what it counts; `ops` renders it. Names are snake_case, prefixed `yimu_`. */
export class Instruments {
  readonly #readings: (() => Reading)[] = [];

  counter(name: string, help: string): Counter {
    const counter = new Counter();
    this.#readings.push(() => ({ name, help, kind: 'counter', samples: [{ value: counter.value }] }));
    return counter;
  }

  family(name: string, help: string, labelName: string, maxLabels = 64): CounterFamily {
    const family = new CounterFamily(maxLabels);
    this.#readings.push(() => ({
      name,
      help,
      kind: 'counter',
      samples: [...family.entries()].map(([value, counter]) => ({
        label: { name: labelName, value },
        value: counter.value,
      })),
    }));
    return family;
  }

  gauge(name: string, help: string, read: () => number): void {
    this.#readings.push(() => ({ name, help, kind: 'gauge', samples: [{ value: read() }] }));
  }

  read(): readonly Reading[] {
    return this.#readings.map((reading) => reading());
  }
}
