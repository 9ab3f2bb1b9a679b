/** Rules that all grammars of JSON have in common. */
import { literal } from './characters';
import { rangeGrammar } from './range';

export const CHARACTER = 'character';
/** White space, where JSON may have any: not so much that a text could consist of it. */
export const GAP = 'gap';

const QUOTE = literal('"');
const anyNumber = rangeGrammar(false, { least: null, most: null, above: false, below: false });

export const ANY_RULES = [
  `${GAP} ::= (" " | "\\n" " "{0,16})?`,
  // Half a character, which could be escaped, is none.
  `${CHARACTER} ::= [^"\\\\\\x00-\\x1F\\x7F] | "\\\\" (["\\\\/bfnrt] | "u" ([0-9a-cefA-CEF] [0-9a-fA-F] | [dD] [0-7]) [0-9a-fA-F]{2})`,
  `text ::= ${QUOTE} ${CHARACTER}* ${QUOTE}`,
  `any ::= map | list | text | number | "true" | "false" | "null"`,
  `number ::= ${anyNumber}`,
  `map ::= "{" ${GAP} (text ":" ${GAP} any ("," ${GAP} text ":" ${GAP} any)*)? ${GAP} "}"`,
  `list ::= "[" ${GAP} (any ("," ${GAP} any)*)? ${GAP} "]"`,
];
