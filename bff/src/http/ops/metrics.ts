import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import type { Instruments, Reading } from '../../kernel/index.ts';

type Metric = Counter | Gauge;

/** Renders {@link Instruments} and the figures of the process in the text form of Prometheus. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #instruments: Instruments;
  readonly #metrics = new Map<string, Metric>();

  constructor(instruments: Instruments) {
    this.#instruments = instruments;
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  async render(): Promise<string> {
    for (const reading of this.#instruments.read()) this.#take(reading);
    return this.#registry.metrics();
  }

  #take(reading: Reading): void {
    const metric = this.#metrics.get(reading.name) ?? this.#make(reading);
    metric.reset();
    for (const { label, value } of reading.samples) {
      metric.inc(label ? { [label.name]: label.value } : {}, value);
    }
  }

  #make({ name, help, kind, samples }: Reading): Metric {
    const label = samples[0]?.label?.name;
    const options = { name, help, labelNames: label ? [label] : [], registers: [this.#registry] };
    const metric = kind === 'counter' ? new Counter(options) : new Gauge(options);
    // A family without samples yet does not name its label: it is made anew once it has one.
    if (samples.length > 0) this.#metrics.set(name, metric);
    else this.#registry.removeSingleMetric(name);
    return metric;
  }
}
