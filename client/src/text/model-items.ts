/** What is said of models in lists: those on this machine, and those that can be fetched. Pure. */
import { t } from '@vscode/l10n';
import type { CatalogueEntry, Instance, ModelElsewhere, ModelListing } from '#protocol';
import { plain, size } from './format';
import type { ItemText } from './placement-text';
import { instanceWords } from './words';

const fits: Record<NonNullable<ModelListing['fit']>, string> = {
  gpu: t('fits on the GPU'),
  'gpu+cpu': t('GPU and CPU'),
  cpu: t('CPU'),
  none: t('too large'),
};

/** A model on this machine, with why it cannot be used where it cannot. */
export function listingItem(listing: ModelListing, instances: readonly Instance[]): ItemText {
  const { model, facts, fit, problem } = listing;
  const placed = instances.find(({ id }) => listing.instances.includes(id));
  const parts = [
    size(model.size_bytes),
    facts?.quantization ?? null,
    problem === null && fit !== null ? fits[fit] : null,
    facts !== null && facts.fim === null ? t('no code completion') : null,
    placed ? instanceWords[placed.state] : null,
  ];
  const about = model.embedded ? t('Ships with VRAMesh. Shows that everything works; weak.') : model.path;
  return {
    label: problem === null ? plain(model.name) : `$(warning) ${plain(model.name)}`,
    description: parts.filter((part) => part !== null).join(' · '),
    detail: plain(problem ?? about),
  };
}

/** A model that is copied from another machine to where it is placed. */
export function elsewhereItem({ name, size_bytes, machines }: ModelElsewhere): ItemText {
  return {
    label: plain(name),
    description: size(size_bytes),
    detail: plain(t('On {0}', machines.join(', '))),
  };
}

export function catalogueItem(entry: CatalogueEntry): ItemText {
  return {
    label: `$(cloud-download) ${plain(entry.name)}`,
    description: plain(`${entry.parameters} · ${entry.licence}`),
    detail: plain(entry.good_at),
  };
}

/** The entries of which no file is on this machine. */
export function notHere(
  catalogue: readonly CatalogueEntry[],
  listings: readonly ModelListing[],
): CatalogueEntry[] {
  const here = new Set(listings.map(({ model }) => fileName(model.path)));
  return catalogue.filter(({ files }) => !Object.values(files).some((file) => here.has(fileName(file))));
}

/** The quantisations that an entry comes in, the recommended one first. */
export function quantizationItems(entry: CatalogueEntry): (ItemText & { readonly source: string })[] {
  const { id, files, default_quantization } = entry;
  const item = (quantization: string) => {
    const recommended = quantization === default_quantization;
    return {
      label: plain(quantization),
      description: recommended ? t('recommended') : '',
      detail: plain(files[quantization] ?? ''),
      source: recommended ? id : `${id}:${quantization}`,
    };
  };
  const others = Object.keys(files).filter((quantization) => quantization !== default_quantization);
  return [default_quantization, ...others].map(item);
}

function fileName(path: string): string {
  return path.split(/[\\/]/).at(-1) ?? path;
}
