/** Metrics that are read when somebody asks: what is unknown then has no series, and is never 0. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface Series<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  /** null: nobody knows. */
  readonly value: number | null;
}

export interface Family<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly Label[];
  read(): readonly Series<Label>[];
}

/** Series of one family: whatever a cluster, a driver or a file says, an answer stays small. */
const MAX_SERIES = 256;
/** Characters of one label's value. */
const MAX_LABEL = 128;

export function addGauge<Label extends string>(registry: Registry, family: Family<Label>): void {
  new Gauge<Label>({
    ...described(family),
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of known(family)) this.set(labels, value);
    },
  });
}

/** Counted elsewhere, since the host started. */
export function addCounter<Label extends string>(registry: Registry, family: Family<Label>): void {
  new Counter<Label>({
    ...described(family),
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, value } of known(family)) this.inc(labels, value);
    },
  });
}

function described<Label extends string>({ name, help, labelNames }: Family<Label>) {
  return { name, help, labelNames: [...labelNames] };
}

function known<Label extends string>({ labelNames, read }: Family<Label>) {
  return read()
    .flatMap(({ labels, value }) => (value === null ? [] : [{ labels: clean(labelNames, labels), value }]))
    .slice(0, MAX_SERIES);
}

/** Names come from devices, files and other machines. The library escapes; control characters it would pass on. */
function clean<Label extends string>(
  names: readonly Label[],
  labels: Readonly<Record<Label, string>>,
): Partial<Record<Label, string>> {
  const cleaned: Partial<Record<Label, string>> = {};
  for (const name of names) cleaned[name] = labels[name].replace(/\p{Cc}/gu, ' ').slice(0, MAX_LABEL);
  return cleaned;
}
