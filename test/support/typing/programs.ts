/** What is typed in the traces: short programs, written for them. */
import type { Program } from './typist';

const cart = `export interface Line {
  readonly name: string;
  readonly price: number;
  readonly count: number;
}

export function priceOf(line: Line): number {
  return line.price * line.count;
}

`;

const queue = `export class Queue {
  constructor(limit) {
    this.items = [];
    this.limit = limit;
  }

  get isFull() {
    return this.items.length >= this.limit;
  }

`;

export const programs: readonly Program[] = [
  {
    name: 'typescript-totals',
    seed: 1,
    language_id: 'typescript',
    uri: 'file:///traces/cart.ts',
    rhythm: 120,
    before: cart,
    after: '\nexport const empty: Line[] = [];\n',
    typed: `export function totalOf(lines: Line[]): number {
  let total = 0;
  for (let i = 0; i < lines.length; i++) {
    total += priceOf(lines[i]);
  }
  return total;
}

export function namesOf(lines: Line[]): string[] {
  return lines.map((line) => line.name);
}
`,
  },
  {
    name: 'typescript-new-file',
    seed: 2,
    language_id: 'typescript',
    uri: 'untitled:Untitled-1',
    rhythm: 150,
    before: '',
    after: '',
    typed: `import { readFile } from 'node:fs/promises';

export async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8');
  return text.split('\\n').filter((line) => line !== '');
}
`,
  },
  {
    name: 'typescript-crlf',
    seed: 3,
    language_id: 'typescript',
    uri: 'file:///traces/windows.ts',
    rhythm: 95,
    before: cart.replaceAll('\n', '\r\n'),
    after: '\r\nexport const nothing = null;\r\n',
    typed: `export function findLine(lines: Line[], name: string): Line | undefined {
  for (const line of lines) {
    if (line.name === name) return line;
  }
  return undefined;
}
`,
  },
  {
    name: 'javascript-class',
    seed: 4,
    language_id: 'javascript',
    uri: 'file:///traces/queue.js',
    rhythm: 130,
    before: `${queue}  `,
    after: '\n}\n',
    typed: `push(item) {
    if (this.isFull) {
      throw new Error('The queue is full.');
    }
    this.items.push(item);
    return this.items.length;
  }

  clear() {
    this.items = [];
  }`,
  },
  {
    name: 'javascript-callbacks',
    seed: 5,
    language_id: 'javascript',
    uri: 'vscode-notebook-cell:/traces/notes.ipynb#W0sZmlsZQ',
    rhythm: 110,
    before: "const names = ['Ada', 'Grace', 'Barbara 🙂'];\n\n",
    after: '\n',
    typed: `const greetings = names.map((name) => {
  const short = name.slice(0, 3);
  return \`Hello, \${short} 🙂\`;
});

for (const greeting of greetings) {
  console.log(greeting);
}`,
  },
  {
    name: 'python-function',
    seed: 6,
    language_id: 'python',
    uri: 'file:///traces/words.py',
    rhythm: 140,
    before: 'from collections import Counter\n\n\n',
    after: '\n',
    typed: `def count_words(path):
    counts = Counter()
    with open(path) as file:
        for line in file:
            counts.update(line.split())
    return counts


def longest(words):
    return max(words, key=len)`,
  },
  {
    name: 'go-tabs',
    seed: 7,
    language_id: 'go',
    uri: 'file:///traces/sum.go',
    rhythm: 160,
    before: 'package sum\n\n',
    after: '\n',
    typed: `func Sum(values []int) int {
	total := 0
	for _, value := range values {
		total += value
	}
	return total
}`,
  },
];
