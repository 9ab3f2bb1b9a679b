/**
 * The part of JSON Schema that the sampler can hold a text to, as a grammar for llama.cpp. Whatever else a schema says is
 * refused, so that no answer breaks a promise; what only describes is left out. Pure.
 */
import { refused } from './fields';
import { grammarOf } from './grammar';
import { readSchema } from './read';

/** @throws RequestError in words that name the place. */
export function schemaGrammar(json: string): string {
  return grammarOf(readSchema(parse(json)));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw refused('#', 'is not JSON');
  }
}
