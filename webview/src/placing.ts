/** What the user has chosen of a placement so far. Pure. */
import type { PageModels, PagePreviews, Preview } from '#protocol';

export interface Placing {
  readonly isOpen: boolean;
  /** `null`: not known yet. */
  readonly models: PageModels | null;
  readonly chosenModel: string | null;
  /** Of the chosen model; `null`: not known yet. */
  readonly offer: PagePreviews | null;
  readonly chosenPreview: Preview | null;
}

export const notPlacing: Placing = {
  isOpen: false,
  models: null,
  chosenModel: null,
  offer: null,
  chosenPreview: null,
};

export function withModel(placing: Placing, chosenModel: string): Placing {
  return { ...placing, chosenModel, offer: null, chosenPreview: null };
}

/** The best one is looked at first. An answer for a model that is not looked at any more changes nothing. */
export function withOffer(placing: Placing, offer: PagePreviews): Placing {
  if (!placing.isOpen || offer.model_id !== placing.chosenModel) return placing;
  const possible = offer.previews.filter(({ error }) => error === null);
  const kept = possible.find(({ id }) => id === placing.chosenPreview?.id);
  return { ...placing, offer, chosenPreview: kept ?? possible[0] ?? null };
}

export function withPreview(placing: Placing, previewId: string): Placing {
  const chosen = placing.offer?.previews.find(({ id, error }) => id === previewId && error === null);
  return chosen ? { ...placing, chosenPreview: chosen } : placing;
}
