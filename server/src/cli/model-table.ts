/** The tables of `vramesh models`: what is on this machine, and what can be fetched. Pure. */
import type { CatalogueEntry, ModelElsewhere, ModelListing } from '#protocol';
import { bytes, orUnknown, unknown } from './format';
import { createLook, noteLines } from './look';
import { type Column, layOutTable, plain, type Row } from './terminal-text';

type Options = Parameters<typeof createLook>[0];

const modelColumns: readonly Column[] = [
  { title: 'Model', flexible: true },
  { title: 'Size', align: 'right' },
  { title: 'Type' },
  { title: 'Context', align: 'right' },
  { title: 'Layers', align: 'right' },
  { title: 'FIM' },
  { title: 'Fits' },
  { title: 'Placed' },
];

const fits: Record<NonNullable<ModelListing['fit']>, string> = {
  gpu: 'GPU',
  'gpu+cpu': 'GPU+CPU',
  cpu: 'CPU',
  none: 'no',
};

export function modelTable(
  models: readonly ModelListing[],
  elsewhere: readonly ModelElsewhere[],
  options: Options,
): string {
  if (models.length === 0 && elsewhere.length === 0)
    return ' There is no model on this machine: vramesh models --catalogue';
  const look = createLook(options);
  const rows = models.map(({ model, facts, problem, fit, instances }): Row => {
    return {
      cells: [
        plain(model.name),
        bytes(model.size_bytes),
        plain(facts?.quantization ?? unknown),
        orUnknown(facts, ({ context_size }) => String(context_size)),
        orUnknown(facts, ({ layers }) => String(layers)),
        orUnknown(facts, ({ fim }) => (fim === null ? 'no' : 'yes')),
        orUnknown(fit, (best) => fits[best]),
        instances.length > 0 ? 'yes' : 'no',
      ],
      below: [
        // It is copied for `place`: neither cut nor wrapped.
        ...(model.embedded ? [] : [look.paint('dim', `   ${plain(model.path)}`)]),
        ...(problem === null ? [] : noteLines(look, 'yellow', '  Problem:', problem)),
      ],
    };
  });
  // What it says and where it fits is asked of the machines that have it, when somebody wants to place it.
  const far = elsewhere.map(({ name, size_bytes, machines }): Row => {
    const nothing = modelColumns.slice(2).map(() => unknown);
    const below = noteLines(look, 'dim', '  On:', machines.join(', '));
    return { cells: [plain(name), bytes(size_bytes), ...nothing], below };
  });
  return toText(layOutTable(modelColumns, [...rows, ...far], look.width, look.paint));
}

const catalogueColumns: readonly Column[] = [
  { title: 'Source', flexible: true },
  { title: 'Parameters' },
  { title: 'Context', align: 'right' },
  { title: 'Licence' },
];

export function catalogueTable(catalogue: readonly CatalogueEntry[], options: Options): string {
  const look = createLook(options);
  const rows = catalogue.map((entry): Row => {
    const { id, parameters, context_size, licence, good_at, default_quantization, files } = entry;
    const others = Object.keys(files).filter((quantization) => quantization !== default_quantization);
    const types = [default_quantization, ...others.map((quantization) => `${id}:${quantization}`)];
    return {
      cells: [plain(id), plain(parameters), String(context_size), plain(licence)],
      below: [
        ...noteLines(look, 'dim', '  Good at:', good_at),
        ...noteLines(look, 'dim', '  Types:', types.join(', ')),
      ],
    };
  });
  return toText([
    ...layOutTable(catalogueColumns, rows, look.width, look.paint),
    ...noteLines(look, 'dim', 'Fetch one:', 'vramesh pull SOURCE'),
  ]);
}

function toText(lines: readonly string[]): string {
  return lines.map((line) => line.trimEnd()).join('\n');
}
