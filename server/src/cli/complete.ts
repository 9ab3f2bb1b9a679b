/** `vramesh complete FILE:LINE:COL`: the completion that an editor would show there. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { explainRequest, type State } from '#protocol';
import { type HostConnection, openConnection } from './connection';
import { explanationText } from './explanation-text';
import { print } from './output';

interface Place {
  readonly path: string;
  /** Zero-based, in UTF-16 units, as LSP counts. */
  readonly position: { line: number; character: number };
}

interface Item {
  readonly insertText: string;
  readonly range: object;
}

const triggeredByUser = 1;

export function completeCommand(): Command {
  return new Command('complete')
    .description('print the completion at a place in a file')
    .argument('<FILE:LINE:COL>', 'line and column count from 1', parsePlace)
    .option('--explain', 'print the prompt, what it cost, what the model wrote, and what each filter did')
    .option('--json', 'print the item with its range, or the explanation')
    .action(complete);
}

async function complete(
  { path, position }: Place,
  options: { readonly explain?: boolean; readonly json?: boolean },
): Promise<void> {
  const text = read(path);
  const host = await openConnection(repositoryOf(path));
  await modelReady(host);
  const uri = pathToFileURL(path).href;
  const languageId = languageOf(path);
  await host.notify('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } });
  if (options.explain) {
    const { explanation } = await host.request(explainRequest, { textDocument: { uri }, position });
    host.close();
    return print(explanation, options.json, explanationText(explanation));
  }
  const answer = (await host.send('textDocument/inlineCompletion', {
    textDocument: { uri },
    position,
    context: { triggerKind: triggeredByUser },
  })) as { items: Item[] } | null;
  host.close();
  const [first] = answer?.items ?? [];
  if (first === undefined && !options.json) throw new Error('The model has nothing to add there.');
  // What an editor does on acceptance is not for a script.
  const item = first ? { insertText: first.insertText, range: first.range } : null;
  print({ item }, options.json, item?.insertText ?? '');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`The file cannot be read (${(error as Error).message}).`);
  }
}

/** The innermost folder around a file that is a git repository; null: it is in none. */
function repositoryOf(path: string): string | null {
  const folder = dirname(path);
  if (existsSync(join(folder, '.git'))) return folder;
  return folder === path ? null : repositoryOf(folder);
}

/** Waits while a model is being loaded; throws when none is. An idle one comes back on the request. */
async function modelReady(host: HostConnection): Promise<void> {
  let problem: string | null = null;
  await host.watch(({ instances }: State) => {
    if (instances.some(({ state }) => state === 'ready' || state === 'idle')) return true;
    if (instances.some(({ state }) => state !== 'failed')) return false;
    problem = instances[0]?.error ?? 'No model is placed. Place one with "vramesh place".';
    return true;
  });
  if (problem !== null) throw new Error(problem);
}

function parsePlace(text: string): Place {
  const match = /^(.+):([1-9]\d*):([1-9]\d*)$/.exec(text);
  if (!match?.[1]) throw new InvalidArgumentError('It must be FILE:LINE:COL, for example src/index.ts:12:5.');
  return {
    path: resolve(match[1]),
    position: { line: Number(match[2]) - 1, character: Number(match[3]) - 1 },
  };
}

/** As editors name them, for the extensions whose language id differs; what is not here is named by its extension. */
const languages: Record<string, string> = {
  ts: 'typescript',
  tsx: 'typescriptreact',
  js: 'javascript',
  jsx: 'javascriptreact',
  mjs: 'javascript',
  cjs: 'javascript',
  py: 'python',
  rs: 'rust',
  cs: 'csharp',
  md: 'markdown',
  sh: 'shellscript',
  yml: 'yaml',
};

function languageOf(path: string): string {
  const extension = extname(path).slice(1);
  return languages[extension] ?? (extension || 'plaintext');
}
