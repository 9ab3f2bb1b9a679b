/**
 * Node's module hooks of the engine (a bundle of its own, since they run on a thread of their own): what node-llama-cpp imports of
 * its variants and does not find beside itself is looked for in the folder that was handed in.
 */
import type { InitializeHook, ResolveHook } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

let parentURL = '';

export const initialize: InitializeHook<string> = (folder) => {
  parentURL = pathToFileURL(path.join(folder, 'any.mjs')).href;
};

export const resolve: ResolveHook = async (specifier, context, next) => {
  if (!specifier.startsWith('@node-llama-cpp/')) return next(specifier, context);
  try {
    return await next(specifier, context);
  } catch {
    return next(specifier, { ...context, parentURL });
  }
};
