import assert from 'node:assert/strict';
import { importedSymbols } from '../../../../server/src/completion/context';
import { document } from './support';

/** What was found around the `|`, and what really stands at the places. */
function found(languageId: string, marked: string): string[] {
  const before = marked.slice(0, marked.indexOf('|'));
  const text = marked.replace('|', '');
  const lines = text.split('\n');
  return importedSymbols(document(text, 'file:///project/a', languageId), before.split('\n').length - 1).map(
    ({ line, character, name }) => {
      const last = name.slice(name.lastIndexOf('.') + 1);
      assert.equal(lines[line]?.slice(character, character + last.length), last);
      return name;
    },
  );
}

describe('completion context: imported symbols near the cursor', () => {
  const rows: [what: string, languageId: string, marked: string, names: string[]][] = [
    [
      'TypeScript',
      'typescript',
      `import Default, { one, two as second, type Three } from './a';
import * as ns from "./b";
import { unused } from './c';
import old = require('old');
const { left: right, plain } = require('d');
export const x: Three = one(second, two, ns.member(Default));
right(plain, old, this.one, ns);|`,
      ['right', 'plain', 'old', 'Three', 'one', 'second', 'ns.member', 'Default'],
    ],
    [
      'TypeScript, over several lines',
      'typescriptreact',
      `import {
  Alpha,
  beta,
} from './a';

return <Alpha>{bet|a}</Alpha>;`,
      ['Alpha', 'beta'],
    ],
    ['JavaScript, with emoji before it', 'javascript', "import { a } from 'a';\nf('😀', a|);", ['a']],
    [
      'Python',
      'python',
      `import os, numpy as np
from .shapes import Circle, Square as Box
from pkg.deep import (
    first,  # the first one
    second as other,
)
np.zeros(os.path)
Box(Circle, Square, first, second, other)|`,
      ['Box', 'Circle', 'first', 'other', 'np.zeros', 'os.path'],
    ],
    [
      'Go',
      'go',
      `package main

import (
	"fmt"
	web "net/http"
	"example.com/lib/v2"
)

func main() {
	fmt.Println(web.Get, lib.New(), other.Thing)|
}`,
      ['fmt.Println', 'web.Get', 'lib.New'],
    ],
    ['Go, one', 'go', 'package main\nimport "os"\nfunc f() { os.Exit(1)| }', ['os.Exit']],
    [
      'Rust',
      'rust',
      `use std::collections::{HashMap, hash_map::{self, Entry as Slot}};
use crate::shapes::area;
fn f(m: HashMap<u8, Slot>) { hash_map::new(area(m)); Entry::x();| }`,
      ['HashMap', 'Slot', 'hash_map.new', 'area'],
    ],
    [
      'Java',
      'java',
      `package a;
import java.util.List;
import static java.lang.Math.max;
import java.io.*;
class A { List<A> f() { return max(1, File.x); }| }`,
      ['List', 'max'],
    ],
    [
      'C#: usings name no symbols, so any type may be one',
      'csharp',
      `using System.Text;
using Alias = Some.Thing;
var x = new StringBuilder(Alias.Of(local));|`,
      ['StringBuilder', 'Alias'],
    ],
    ['nothing is imported', 'typescript', 'const a = one(two);|', []],
    ['another language', 'cobol', "import { a } from 'a';\na|", []],
    ['a language id of Object.prototype', 'constructor', "import { a } from 'a';\na|", []],
    ['far away', 'typescript', `import { a } from 'a';\na();${'\n'.repeat(40)}|`, []],
    [
      'at most eight, the nearest first',
      'python',
      `from m import a, b, c, d, e, f, g, h, i, j\n${'abcdefghij'.split('').join('()\n')}()|`,
      ['j', 'i', 'h', 'g', 'f', 'e', 'd', 'c'],
    ],
  ];
  for (const [what, languageId, marked, names] of rows) {
    it(what, () => assert.deepEqual(found(languageId, marked), names));
  }

  const hostile: [what: string, head: string][] = [
    ['blanks', `import${' '.repeat(30_000)}`],
    ['line ends', `import a\n${'\n \n'.repeat(10_000)}`],
    ['imports', 'import '.repeat(4_000)],
    ['words', `use ${'a'.repeat(30_000)}`],
    ['dots', `import ${'a.'.repeat(15_000)}`],
    ['braces', `import {${'{'.repeat(30_000)}`],
  ];
  for (const languageId of ['typescript', 'python', 'go', 'rust', 'java', 'csharp']) {
    for (const [what, head] of hostile) {
      it(`${languageId}: an endless row of ${what} is no trouble`, () =>
        assert.deepEqual(found(languageId, `${head}\n|`).length, 0));
    }
  }
});
