/** What completion needs of a parser, which the host hands in. */

/** One language. Both answers are for a window of a document: what is cut off at its ends must do no harm. */
export interface Grammar {
  /** Is a block begun at the cursor, is the cursor in an empty block, or in something else? */
  blockAt(text: string, offset: number): 'starts' | 'empty' | 'other';
  /**
   * Where the block ends that the cursor stood in: UTF-16 units of `written`, which follows `prefix`. null: it goes on,
   * or nobody can tell.
   */
  blockEnd(prefix: string, written: string): number | null;
}

export interface Syntax {
  /** Loads what is needed on first use. null: there is no grammar for this language, or it does not load. */
  grammar(languageId: string): Promise<Grammar | null>;
}
