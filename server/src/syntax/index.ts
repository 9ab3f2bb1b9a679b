/**
 * Syntax: where blocks begin and end, by tree-sitter. Grammars are WebAssembly files beside the bundles; each is loaded
 * when its language is first completed, and once.
 */
import { createGrammar, type Grammar } from './grammar';
import { type Language, languageOf } from './languages';
import { createParsers, type ParsersOptions } from './parser';

export type { Grammar } from './grammar';

export interface SyntaxOptions extends ParsersOptions {
  readonly log: { warn(message: string): void };
}

export interface Syntax {
  /** null: there is no grammar for this language, or it does not load. Never rejects. */
  grammar(languageId: string): Promise<Grammar | null>;
}

export function openSyntax({ folder, stopwatch, log }: SyntaxOptions): Syntax {
  const parsers = createParsers({ folder, stopwatch });
  const grammars = new Map<Language, Promise<Grammar | null>>();

  async function load(language: Language): Promise<Grammar | null> {
    try {
      return createGrammar(await parsers.open(language.file), language);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.warn(`Completion goes by indentation where ${language.file} is needed: it does not load (${why}).`);
      return null;
    }
  }

  async function grammar(languageId: string): Promise<Grammar | null> {
    const language = languageOf(languageId);
    if (language === null) return null;
    const known = grammars.get(language) ?? load(language);
    grammars.set(language, known);
    return known;
  }
  return { grammar };
}
