/** Prometheus' text format, read strictly: what the format forbids, or a scraper would drop, is an error. */

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface Family {
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const types = ['counter', 'gauge', 'histogram', 'summary', 'untyped'];
const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const labelPair = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/;

/** By name. Throws at the first line that is wrong. */
export function parseMetrics(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, { type: string; help: string; samples: Sample[] }>();
  const seen = new Set<string>();
  let current = '';
  let help: { name: string; text: string } | null = null;
  if (!text.endsWith('\n')) throw new Error('The last line has no end.');

  for (const line of text.split('\n')) {
    if (line === '') continue;
    const wrong = (why: string) => new Error(`${why}: ${line}`);
    const comment = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/.exec(line);
    if (comment) {
      const [, kind, name = '', rest = ''] = comment;
      if (kind === 'HELP') {
        if (families.has(name)) throw wrong('a second HELP');
        help = { name, text: rest };
        continue;
      }
      if (help?.name !== name) throw wrong('TYPE does not follow its HELP');
      if (families.has(name)) throw wrong('a second TYPE');
      if (!types.includes(rest)) throw wrong('no such type');
      families.set(name, { type: rest, help: help.text, samples: [] });
      current = name;
      continue;
    }
    const [, name, labels = '', value] = sampleLine.exec(line) ?? [];
    const family = families.get(current);
    if (name === undefined || value === undefined || family === undefined) throw wrong('not a sample');
    if (!belongs(name, current, family.type)) throw wrong(`not of the family ${current}`);
    const sample = { name, labels: parseLabels(labels, wrong), value: parseValue(value, wrong) };
    const key = `${name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
    if (seen.has(key)) throw wrong('the same series twice');
    seen.add(key);
    family.samples.push(sample);
  }
  for (const [name, { type, samples }] of families) {
    if (type === 'counter' && !name.endsWith('_total')) throw new Error(`The counter ${name} is no total.`);
    if (type === 'counter' && samples.some(({ value }) => !(value >= 0)))
      throw new Error(`${name} is negative.`);
    if (type === 'histogram') for (const one of series(samples)) checkHistogram(name, one);
  }
  return families;
}

function belongs(name: string, family: string, type: string): boolean {
  if (type !== 'histogram') return name === family;
  return ['_bucket', '_sum', '_count'].some((suffix) => name === family + suffix);
}

function parseLabels(text: string, wrong: (why: string) => Error): Record<string, string> {
  const labels: Record<string, string> = {};
  for (let rest = text; rest !== ''; ) {
    const [whole, name, value] = labelPair.exec(rest) ?? [];
    if (whole === undefined || name === undefined || value === undefined) throw wrong('not a label');
    if (name in labels) throw wrong('a label twice');
    labels[name] = value.replace(/\\(.)/g, (_, letter: string) => (letter === 'n' ? '\n' : letter));
    rest = rest.slice(whole.length);
  }
  return labels;
}

function parseValue(text: string, wrong: (why: string) => Error): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (!/^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) throw wrong('not a number');
  return Number(text);
}

/** The samples of each histogram of a family: their labels are the same, but for the bound of a bucket. */
function series(samples: readonly Sample[]): Sample[][] {
  const found = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _le, ...labels } = sample.labels;
    const key = JSON.stringify(Object.entries(labels).sort());
    found.set(key, [...(found.get(key) ?? []), sample]);
  }
  return [...found.values()];
}

function checkHistogram(name: string, samples: readonly Sample[]): void {
  const buckets = samples.filter((sample) => sample.name === `${name}_bucket`);
  const bounds = buckets.map(({ labels: { le } }) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)));
  const counts = buckets.map(({ value }) => value);
  const rises = (values: readonly number[]) =>
    values.every((value, i) => i === 0 || value >= (values[i - 1] ?? 0));
  if (bounds.some(Number.isNaN) || !rises(bounds) || !rises(counts))
    throw new Error(`The buckets of ${name}.`);
  if (bounds.at(-1) !== Number.POSITIVE_INFINITY) throw new Error(`${name} has no bucket for +Inf.`);
  const count = samples.find((sample) => sample.name === `${name}_count`)?.value;
  if (count !== counts.at(-1))
    throw new Error(`${name}: ${count} times, but ${counts.at(-1)} in the buckets.`);
  if (!samples.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name} has no sum.`);
}
