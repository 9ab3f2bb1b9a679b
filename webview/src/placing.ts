/** What the user has chosen of a placement so far. Pure. */
import type { PageModels, PagePreviews, PageWishes, Preview } from '#protocol';
import { same } from './same';

export interface Placing {
  readonly isOpen: boolean;
  /** `null`: not known yet. */
  readonly models: PageModels | null;
  readonly chosenModel: string | null;
  /** How it shall be placed; what is not in it is as usual. */
  readonly wishes: PageWishes;
  /** Of the chosen model; `null`: not known yet. */
  readonly offer: PagePreviews | null;
  readonly chosenPreview: Preview | null;
}

export const notPlacing: Placing = {
  isOpen: false,
  models: null,
  chosenModel: null,
  wishes: {},
  offer: null,
  chosenPreview: null,
};

export function withModel(placing: Placing, chosenModel: string): Placing {
  return { ...placing, chosenModel, offer: null, chosenPreview: null };
}

/** The place that is looked at stays, if it is possible with these wishes as well. */
export function withWishes(placing: Placing, wishes: PageWishes): Placing {
  return { ...placing, wishes, offer: null };
}

/** The best one is looked at first. An answer for what is not looked at any more changes nothing. */
export function withOffer(placing: Placing, offer: PagePreviews): Placing {
  const isAskedFor = offer.model_id === placing.chosenModel && same(offer.wishes, placing.wishes);
  if (!placing.isOpen || !isAskedFor) return placing;
  const possible = offer.previews.filter(({ error }) => error === null);
  const kept = possible.find(({ id }) => id === placing.chosenPreview?.id);
  return { ...placing, offer, chosenPreview: kept ?? possible[0] ?? null };
}

export function withPreview(placing: Placing, previewId: string): Placing {
  const chosen = placing.offer?.previews.find(({ id, error }) => id === previewId && error === null);
  return chosen ? { ...placing, chosenPreview: chosen } : placing;
}

/** What can be placed now: nothing while its previews are worked out anew. */
export function choiceOf({ chosenModel, chosenPreview, offer, wishes }: Placing) {
  if (chosenModel === null || chosenPreview === null || offer === null) return null;
  return { model_id: chosenModel, preview_id: chosenPreview.id, wishes };
}
