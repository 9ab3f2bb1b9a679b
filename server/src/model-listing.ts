/**
 * The models of this machine, and what each is good for here. A listing stands in nobody's way: the devices are read once
 * for all models, and files that were not read yet are read one at a time, so whoever places a model waits for one at most.
 */
import {
  type ModelFacts,
  type ModelListing,
  type ModelRef,
  type NodeProfile,
  type Preview,
  type Wishes,
  wishesSchema,
} from '#protocol';
import type { Models } from './models';

/** Where the figures of previews come from. */
export interface Sources {
  /** What the devices read. */
  sample(): NodeProfile;
  readonly inspection: Models['inspection'];
}

export interface ListingParts {
  readonly models: Pick<Models, 'list' | 'isDeletable' | 'inspection' | 'known'>;
  sample(): NodeProfile;
  /** ids of the instances that run this file. */
  instancesOf(model: ModelRef): string[];
  previews(sources: Sources, model: ModelRef, wishes: Wishes): Promise<Preview[]>;
  facts(sources: Sources, model: ModelRef, wishes: Wishes): Promise<ModelFacts>;
}

/** ms that a listing waits for files that are read for the first time. */
const patienceMs = 1500;

export function createListing(parts: ListingParts): () => Promise<ModelListing[]> {
  const { models } = parts;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn: Models['inspection'] = (model, wish) => {
    if (models.known(model, wish) !== null) return models.inspection(model, wish);
    const result = last.then(() => models.inspection(model, wish));
    last = result.catch(() => {});
    return result;
  };

  const unknown = (model: ModelRef): ModelListing => ({
    model,
    facts: null,
    problem: null,
    fit: null,
    instances: parts.instancesOf(model),
    deletable: models.isDeletable(model),
  });

  async function listed(model: ModelRef, sources: Sources): Promise<ModelListing> {
    const wishes = wishesSchema.parse({ role: 'chat' });
    try {
      const previews = await parts.previews(sources, model, wishes);
      const best = previews.find(({ error }) => error === null);
      const facts = await parts.facts(sources, model, wishes);
      return { ...unknown(model), facts, fit: best === undefined ? 'none' : fitOf(best) };
    } catch (error) {
      return { ...unknown(model), problem: (error as Error).message, fit: 'none' };
    }
  }

  return () => {
    const profile = parts.sample();
    const sources: Sources = { sample: () => profile, inspection: inTurn };
    return Promise.all(
      models.list().map((model) => Promise.race([listed(model, sources), patience(unknown(model))])),
    );
  };
}

function fitOf({ kind }: Preview): ModelListing['fit'] {
  if (kind === 'none') return 'none';
  return kind === 'cpu' || kind === 'gpu+cpu' ? kind : 'gpu';
}

function patience<T>(value: T): Promise<T> {
  return new Promise((fulfil) => setTimeout(() => fulfil(value), patienceMs).unref());
}
