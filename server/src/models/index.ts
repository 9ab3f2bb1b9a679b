/**
 * Models: what can be placed on this machine, what can be fetched, and what a file says about itself. Finds, fetches and
 * deletes files; never loads one, and never reads more of one than its first bytes (an inspection is a child process of
 * another part, which is handed in).
 */
import { type Stats, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import type { Logger } from 'pino';
import type { CatalogueEntry, ModelRef } from '#protocol';
import { defaultLimits } from '../fetching';
import { catalogue, inCatalogue } from './catalogue';
import { createDownloads, type Downloads, type FromPeer } from './downloads';
import { fileStat, modelAt, modelsIn, partsOf } from './gguf-folder';
import { problemOf } from './gguf-problem';
import {
  createInspections,
  type Inspect,
  type Inspection,
  type Inspections,
  type InspectionWish,
} from './inspections';

export { Refused } from './downloads';
export { partsOf } from './gguf-folder';
export type { InspectRequest } from './inspections';
export type { Downloads, Inspect, Inspection, InspectionWish };

export const embeddedModelId = 'vramesh-tiny';

/** An error stays readable. */
const mostNamed = 20;

export interface Models {
  /** The embedded model, then those in the models folder, by name; a split model is one. */
  list(): ModelRef[];
  /**
   * By id, by name, by catalogue id, by the path of a GGUF, or of a folder that holds just one. Throws, in words, when there
   * is no such model.
   */
  find(id: string): ModelRef;
  /** Why it cannot be used, and what to do; `null`: nothing is known against it. Cheap: reads a few bytes. */
  problem(model: ModelRef): string | null;
  /** Models that can be fetched, small ones first. */
  catalogue(): readonly CatalogueEntry[];
  /** Whether `delete` would: it lies in the models folder. */
  isDeletable(model: ModelRef): boolean;
  /** Removes all parts of a model in the models folder. Rejects, in words, for any other. */
  delete(id: string): Promise<void>;
  readonly downloads: Downloads;
  /** Facts and memory need. Rejects in words; remembers both, until the file changes. */
  inspection: Inspections['get'];
  known: Inspections['known'];
  /** Stops what is being fetched; it goes on at the next start. */
  close(): Promise<void>;
}

export interface ModelsOptions {
  /** Of this node. */
  readonly nodeId: string;
  /** Path of the model that ships with VRAMesh. */
  readonly embedded: string;
  readonly folder: string;
  /** HF_ENDPOINT, HF_TOKEN, HUGGING_FACE_HUB_TOKEN. */
  readonly env: NodeJS.ProcessEnv;
  readonly log: Logger;
  readonly inspect: Inspect;
  readonly inspectionsFile: string;
  readonly fromPeer: FromPeer;
}

export function createModels({
  nodeId,
  embedded,
  folder,
  env,
  log,
  inspect,
  inspectionsFile,
  fromPeer,
}: ModelsOptions): Models {
  const downloads = createDownloads({ nodeId, folder, env, log, limits: defaultLimits, fromPeer });
  const inspections = createInspections({ file: inspectionsFile, inspect, log });

  function list(): ModelRef[] {
    const stat = fileStat(embedded);
    const named = { id: embeddedModelId, name: embeddedModelId, path: embedded };
    const ours = stat ? [{ ...named, size_bytes: stat.size, embedded: true }] : [];
    return [...ours, ...modelsIn(folder)];
  }

  function find(id: string): ModelRef {
    const all = list();
    const known = all.find((model) => [model.id, model.name, model.path, basename(model.path)].includes(id));
    if (known) return known;
    const listed = inCatalogue(id);
    if (listed) {
      const fetched = all.find(({ path }) => basename(path) === basename(listed.file));
      if (fetched) return fetched;
      throw new Error(`${listed.entry.name} is not on this machine yet. Download it: vramesh pull ${id}`);
    }
    return atPath(id, `Name one of: ${namesOf(all, ({ name }) => name)}; or the path of a GGUF file.`);
  }

  function atPath(id: string, hint: string): ModelRef {
    const path = resolve(id.startsWith('~/') ? join(homedir(), id.slice(2)) : id);
    const stat = statOf(path);
    if (!stat) throw new Error(`There is no model "${id}". ${hint}`);
    if (!stat.isDirectory()) return modelAt(path) ?? fail(`${path} is not a file. ${hint}`);
    const inside = modelsIn(path);
    const [only] = inside;
    if (!only) throw new Error(`${path} is a folder without a GGUF file. ${hint}`);
    if (inside.length === 1) return only;
    throw new Error(`${path} holds several models. Name one of: ${namesOf(inside, (model) => model.path)}`);
  }

  function isDeletable(model: ModelRef): boolean {
    return !model.embedded && resolve(dirname(model.path)) === resolve(folder);
  }

  async function remove(id: string): Promise<void> {
    const model = find(id);
    if (!isDeletable(model)) {
      throw new Error(
        model.embedded
          ? `${model.name} ships with VRAMesh and cannot be deleted.`
          : `${model.path} does not lie in ${folder}: VRAMesh deletes only what is there. Nothing was deleted.`,
      );
    }
    try {
      // The first part last: until then what is left is listed, with what is missing.
      for (const part of partsOf(model).reverse()) await rm(part, { force: true });
    } catch (error) {
      throw new Error(
        `${model.name} could not be deleted whole (${(error as Error).message}). Remove it from where it is placed, and try again.`,
      );
    }
    log.info(`Deleted ${model.path}`);
  }

  return {
    list,
    find,
    problem: problemOf,
    catalogue: () => catalogue,
    isDeletable,
    delete: remove,
    downloads,
    inspection: inspections.get,
    known: inspections.known,
    async close() {
      await downloads.close();
      await inspections.settled();
    },
  };
}

function namesOf(models: readonly ModelRef[], name: (model: ModelRef) => string): string {
  const more = models.length > mostNamed ? ` and ${models.length - mostNamed} more` : '';
  return models.slice(0, mostNamed).map(name).join(', ') + more;
}

function fail(message: string): never {
  throw new Error(message);
}

/** Links in a circle are nothing, too. */
function statOf(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
