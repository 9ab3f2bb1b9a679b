/** The options that `preview` and `place` have in common: the model, and how it shall be placed. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type * as z from 'zod';
import { kvCacheTypeSchema, roleSchema, wishesSchema } from '#protocol';
import { wholeNumber } from './whole-number';

/** As commander names them. What was not given is left to the host. */
export interface WishOptions {
  readonly contextSize?: number;
  readonly sequences?: number;
  readonly kvCacheType?: z.infer<typeof kvCacheTypeSchema>;
  readonly minNodes?: number;
  readonly nodes?: string[];
  readonly cpu?: true;
  readonly role?: z.infer<typeof roleSchema>;
  readonly sharding?: z.infer<typeof wishesSchema>['sharding'];
}

export function addWishes(command: Command): Command {
  return command
    .argument('<model>', 'name of a model, or path of a GGUF file')
    .option('--context-size <TOKENS>', 'tokens of context per request', wholeNumber(256, 1_048_576))
    .option('--sequences <N>', 'requests that are answered side by side', wholeNumber(1, 32))
    .addOption(
      new Option('--kv-cache-type <TYPE>', 'numbers of the KV cache: fewer bits, less memory').choices(
        kvCacheTypeSchema.options,
      ),
    )
    .option('--min-nodes <N>', 'machines to spread the layers over, at least', wholeNumber(1, 1000))
    .option('--nodes <ID,ID>', 'ids of the only machines that may be used', nodeIds)
    .option('--cpu', 'use RAM and CPU, although there are GPUs')
    .addOption(new Option('--role <ROLE>', 'what the model is for').choices(roleSchema.options))
    .addOption(
      new Option('--sharding <WAY>', 'how the model is split over devices').choices(
        wishesSchema.shape.sharding.unwrap().options,
      ),
    );
}

export function wishesOf(options: WishOptions): z.input<typeof wishesSchema> {
  const { contextSize, sequences, kvCacheType, minNodes, nodes, cpu, role, sharding } = options;
  return {
    ...(contextSize === undefined ? {} : { context_size: contextSize }),
    ...(sequences === undefined ? {} : { sequences }),
    ...(kvCacheType === undefined ? {} : { kv_cache_type: kvCacheType }),
    ...(minNodes === undefined ? {} : { min_nodes: minNodes }),
    ...(nodes === undefined ? {} : { nodes }),
    ...(cpu === undefined ? {} : { prefer_gpu: false }),
    ...(role === undefined ? {} : { role }),
    ...(sharding === undefined ? {} : { sharding }),
  };
}

/** What the host takes: it has another working directory. */
export function modelId(model: string): string {
  return existsSync(model) ? resolve(model) : model;
}

function nodeIds(text: string): string[] {
  const ids = text.split(',').map((id) => id.trim());
  if (ids.includes(''))
    throw new InvalidArgumentError('It must be ids with commas between, for example a1b2,c3d4.');
  return ids;
}
