/** Which machine has which model file. A name and a size tell a model apart. Pure. */
import { basename } from 'node:path';
import type { ModelElsewhere, ModelRef, SharedModel } from '#protocol';
import type { OnlineNode } from './online-nodes';

export function sharedModel({ name, size_bytes, path }: ModelRef): SharedModel {
  return { name, size_bytes, file: basename(path) };
}

/** This machine's own copy. */
export function ownCopy(wanted: SharedModel, models: readonly ModelRef[]): ModelRef | null {
  return (
    models.find(({ name, size_bytes }) => name === wanted.name && size_bytes === wanted.size_bytes) ?? null
  );
}

/** The machines that have it, the nearest first. */
export function holdersOf(wanted: SharedModel, nodes: readonly OnlineNode[]): OnlineNode[] {
  return nodes
    .filter(({ document }) =>
      document.models.some(
        ({ name, size_bytes }) => name === wanted.name && size_bytes === wanted.size_bytes,
      ),
    )
    .sort((a, b) => (a.roundTripMs ?? Infinity) - (b.roundTripMs ?? Infinity));
}

/** A model of other machines by its name, or that of its file. */
export function modelElsewhere(wanted: string, nodes: readonly OnlineNode[]): SharedModel | null {
  const all = nodes.flatMap(({ document }) => document.models);
  return all.find(({ name, file }) => name === wanted || file === wanted) ?? null;
}

/** What others have and this machine lacks, by name. */
export function modelsElsewhere(own: readonly ModelRef[], nodes: readonly OnlineNode[]): ModelElsewhere[] {
  const all = nodes
    .flatMap(({ document }) => document.models)
    .filter((model) => ownCopy(model, own) === null);
  const unique = new Map(all.map((model) => [`${model.size_bytes} ${model.name}`, model]));
  return [...unique.values()]
    .map((model) => ({
      name: model.name,
      size_bytes: model.size_bytes,
      machines: holdersOf(model, nodes).map(({ name }) => name),
    }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
