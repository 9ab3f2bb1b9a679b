/** What a text can be held to: the forms that JSON Schemas come down to. */

export type Held =
  | { readonly kind: 'any' | 'boolean' | 'null' }
  /** JSON as it is written */
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'choice'; readonly of: readonly Held[] }
  | { readonly kind: 'ref'; readonly rule: string }
  | { readonly kind: 'text'; readonly least: number; readonly most: number | null }
  /** what stands between the quotes, as a grammar */
  | { readonly kind: 'shaped text'; readonly grammar: string }
  | { readonly kind: 'number'; readonly whole: boolean; readonly range: Range }
  | {
      readonly kind: 'list';
      readonly first: readonly Held[];
      readonly items: Held;
      readonly least: number;
      readonly most: number | null;
    }
  | { readonly kind: 'object'; readonly properties: readonly Property[] }
  /** an object with any names */
  | { readonly kind: 'map'; readonly values: Held };

export interface Property {
  readonly name: string;
  readonly held: Held;
  readonly required: boolean;
}

/** Whole numbers; null: no bound. */
export interface Range {
  readonly least: number | null;
  readonly most: number | null;
  /** without the bound itself */
  readonly above: boolean;
  readonly below: boolean;
}

export interface HeldSchema {
  readonly root: Held;
  /** What references refer to, by the name of its rule. */
  readonly rules: ReadonlyMap<string, Held>;
}
