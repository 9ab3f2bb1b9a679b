/** Rules that all grammars of JSON have in common. */
import { except, grammarOfCharacters, literal } from './characters';
import { rangeGrammar } from './range';

export const CHARACTER = 'character';
/** White space, where JSON may have any: not so much that a text could consist of it. */
export const GAP = 'gap';

const QUOTE = literal('"');
/** Each by itself: bytes that are no character would count as fewer than they are read as. */
const anyCharacter = grammarOfCharacters(except([]));
/** By its number; not half a character. */
const byNumber = '([0-9a-cefA-CEF] [0-9a-fA-F] | [dD] [0-7]) [0-9a-fA-F]{2}';
const anyNumber = rangeGrammar(false, { least: null, most: null, above: false, below: false });

export const ANY_RULES = [
  `${GAP} ::= (" " | "\\n" " "{0,16})?`,
  `${CHARACTER} ::= ${anyCharacter} | ${literal('\\')} ("/" | "u" ${byNumber})`,
  `text ::= ${QUOTE} ${CHARACTER}* ${QUOTE}`,
  `any ::= map | list | text | number | "true" | "false" | "null"`,
  `number ::= ${anyNumber}`,
  `map ::= "{" ${GAP} (text ":" ${GAP} any ("," ${GAP} text ":" ${GAP} any)*)? ${GAP} "}"`,
  `list ::= "[" ${GAP} (any ("," ${GAP} any)*)? ${GAP} "]"`,
];
