/** Gauges that all have the same labels: one table of names, and what each says of one thing. */
import type { Registry } from 'prom-client';
import { addGauge } from './series';

export type Reading<Thing> = readonly [name: string, help: string, of: (thing: Thing) => number | null];

export interface Labelled<Thing, Label extends string> {
  readonly thing: Thing;
  readonly labels: Readonly<Record<Label, string>>;
}

export function addReadings<Thing, Label extends string>(
  registry: Registry,
  labelNames: readonly Label[],
  readings: readonly Reading<Thing>[],
  things: () => readonly Labelled<Thing, Label>[],
): void {
  for (const [name, help, of] of readings)
    addGauge(registry, {
      name,
      help,
      labelNames,
      read: () => things().map(({ thing, labels }) => ({ labels, value: of(thing) })),
    });
}
