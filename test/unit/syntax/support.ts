/** The real grammars, beside the bundles. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { type Grammar, openSyntax } from '../../../server/src/syntax';

export const GRAMMARS = path.resolve('dist', 'grammars');

/** The clock stands still: no parse is ever given up. */
export const realSyntax = openSyntax({
  folder: GRAMMARS,
  stopwatch: () => () => 0,
  log: { warn: assert.fail },
});

export async function grammar(languageId: string): Promise<Grammar> {
  const found = await realSyntax.grammar(languageId);
  assert.ok(found, `a grammar for ${languageId}`);
  return found;
}
