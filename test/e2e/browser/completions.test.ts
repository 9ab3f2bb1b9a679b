/** What somebody sees who types with suggestions, and what prompts are told of the window in which they type. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type CompletionMeasures, completionMeasuresSchema, getStateRequest } from '#protocol';
import { logOf, openLsp, vramesh } from '../../support/host';
import type { LspClient } from '../../support/lsp';
import { until } from '../../support/until';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

const loop = 'for (let i = 0; i < list.';

const files = {
  'list.ts': 'export function print(list: string[]) {\n',
  'alternatives.ts': 'export function print(list: string[]) {\n  const names = list.',
  'quiet.ts': 'export function print(list: string[]) {\n',
  'cart.ts':
    "import { parseMoney } from './money';\n\nexport class Cart {\n  total = 0;\n\n  add(price: string) {\n    this.total += parseMoney(price);\n  }\n}\n",
  'money.ts':
    'export const currency = 1;\n\nexport const digits = 2;\n\nexport function parseMoney(text: string): number {\n  const amount = Number(text);\n  return Math.round(amount * 100);\n}\n',
  'notes.ts': 'export interface Note {\n  title: string;\n  body: string;\n  pages: number;\n}\n',
  'table.ts': Array.from({ length: 300 }, (_, row) => `export const row${row} = ${row};\n`).join(''),
  '.env': 'TOKEN=hunter2\nDATABASE=postgres\nPASSWORD=letmein\nPORT=5432\n',
};

describe('completions, as somebody sees them who types', () => {
  let vscode: WorkbenchUnderTest;
  let home: string;
  /** Another client of the window's own host. */
  let host: LspClient;
  before(async () => {
    vscode = await openWorkbench({
      files,
      env: { VRAMESH_BACKEND: 'cpu', VRAMESH_LOG: 'debug' },
      // Alternatives that take too long are left out, and shorter ones take less.
      settings: { 'vramesh.completions.maxTokens': 24 },
    });
    await vscode.openFile('list.ts');
    await vscode.statusItem('vramesh-tiny');
    home = vscode.env.VRAMESH_HOME ?? '';
    host = await openLsp(home);
  });
  after(() => {
    host?.close();
    return vscode?.dispose();
  });
  keepEvidenceOfFailures(() => vscode);

  async function measures(): Promise<CompletionMeasures> {
    return (await host.request(getStateRequest, {})).completions;
  }

  /** On the disk, because on the screen ghost text and text look alike. */
  async function saved(name: string, wanted: string): Promise<string> {
    await vscode.press('Control+S');
    return until(`${wanted} is in ${name}`, () => {
      const text = readFileSync(path.join(vscode.workspace, name), 'utf8');
      return text.includes(wanted) && text;
    });
  }

  /** Presses Tab; what it put into the line of the cursor. */
  async function accept(): Promise<string> {
    const { accepted } = await measures();
    const line = (await vscode.acceptSuggestion()).trim();
    await until('it counts', async () => (await measures()).accepted === accepted + 1);
    return line;
  }

  it('a small file, typed with pauses: what is accepted is in it, once', async () => {
    await vscode.type(loop);
    await vscode.ghostText();
    const head = await accept();
    assert.ok(head.startsWith(loop) && head.length > loop.length, head);
    await vscode.press('Enter');
    await vscode.type('console.log(');
    // The editor has closed the bracket: the suggestion stands before it, or in its place.
    await vscode.ghostText();
    await vscode.screenshot('completions');
    const body = await accept();
    assert.match(body, /^console\.log\([^)]/);

    const lines = (await saved('list.ts', body)).split('\n').map((line) => line.trim());
    assert.deepEqual(lines.slice(0, 3), ['export function print(list: string[]) {', head, body]);
    for (const line of lines)
      assert.equal(line.split('(').length, line.split(')').length, `brackets of: ${line}`);
  });

  it('a suggestion that is typed along grows shorter key by key, and never flickers', async () => {
    await vscode.openFile('quiet.ts');
    await vscode.type(loop);
    const whole = await vscode.ghostText();
    const before = await measures();
    const frames = await vscode.watchGhostText();
    const typed = whole.slice(0, 6);
    for (const key of typed) await vscode.type(key);
    await until('all of it is typed', async () => (await frames()).at(-1) === whole.slice(typed.length));
    // A busy machine may draw the next state before this one is on the screen.
    const lengths = (await frames()).map((frame) => (whole.endsWith(frame) ? frame.length : -1));
    assert.deepEqual(
      lengths,
      lengths.toSorted((a, b) => b - a),
    );
    assert.equal(lengths.at(-1), whole.length - typed.length, String(lengths));
    const { answered, shown } = await until('the keys are answered', async () => {
      const now = await measures();
      return now.answered.screen > before.answered.screen && now;
    });
    assert.deepEqual([answered.engine, shown], [before.answered.engine, before.shown]);
  });

  const quiet: readonly [what: string, keys: readonly string[], asks: number, later: number][] = [
    // The host is asked, and knows better.
    ['Backspace', ['Backspace'], 1, 0],
    ['Ctrl+Z', ['Control+Z'], 0, 0],
    // A slow window may ask by itself when nothing is selected any more.
    ['a change of what is selected', ['Shift+Home', 'Control+]'], 0, 1],
  ];
  for (const [what, keys, asks, later] of quiet) {
    it(`nothing is offered after ${what}, until it is asked for`, async () => {
      await vscode.openFile('quiet.ts');
      await vscode.press('Control+A');
      await vscode.type(`export function print(list: string[]) {\n${loop}`);
      const before = await vscode.ghostText();
      const { requests } = await measures();
      const frames = await vscode.watchGhostText();
      for (const key of keys) await vscode.press(key);
      await until('it goes', async () => (await frames()).at(-1) === '');
      await until('the key is answered', async () => (await measures()).requests === requests + asks);
      await vscode.press('End');
      await vscode.runCommand('Trigger Inline Suggestion');
      const offered = await vscode.ghostText();
      assert.deepEqual(await frames(), [before, '', offered]);
      const asked = (await measures()).requests - requests - asks;
      assert.ok(asked >= 1 && asked <= 1 + later, `${asked} requests`);
    });
  }

  it('who asks gets alternatives, and may take one word by word', async () => {
    await vscode.openFile('alternatives.ts');
    // Those that take too long are left out: then it is asked for anew, as if it were another place.
    const first = await until('alternatives', async () => {
      await vscode.press('Backspace');
      await vscode.type('.');
      await vscode.runCommand('Trigger Inline Suggestion');
      const offered = await vscode.ghostText();
      await vscode.page.locator('.editor-group-container.active [class*="ghost-text"]').first().hover();
      const count = vscode.page.getByRole('button', { name: /^1\/\d$/ });
      await count.waitFor();
      return (await count.textContent()) !== '1/1' && offered;
    });
    await vscode.screenshot('alternatives');
    await vscode.press('Alt+]');
    const second = await until('another one', async () => {
      const now = await vscode.ghostText();
      return now !== first && now;
    });

    const frames = await vscode.watchGhostText();
    await vscode.press('Control+ArrowRight');
    const rest = await until('the rest of it', async () => (await frames()).at(1));
    assert.ok(rest !== '' && second.endsWith(rest), `of ${second} stays ${rest}`);
    await accept();
    const line = `const names = list.${second}`;
    assert.ok((await saved('alternatives.ts', line)).endsWith(line));
  });

  it('what it was worth is told on the command line, and by the tooltip', async () => {
    const { stdout } = await vramesh(['status', '--completions', '--json'], { home });
    const { shown, accepted } = completionMeasuresSchema.parse(JSON.parse(stdout));
    assert.ok(accepted > 0 && shown >= accepted, `${accepted} of ${shown}`);
    const tooltip = await vscode.tooltip(await vscode.statusItem('vramesh-tiny'));
    assert.match(
      tooltip,
      new RegExp(`Completions: \\d+ shown, ${accepted} accepted · \\d+% without the engine`),
    );
  });

  /** What prompts for a document begin with, as the host's log says last; where each piece comes from is in brackets. */
  function pieces(name: string): string[] {
    const lists = [...logOf(home).matchAll(/Prompts for (\S+) begin .*?: (.*?)\."/g)];
    return (
      lists
        .filter(([, document]) => document === name)
        .at(-1)?.[2]
        ?.split(', ') ?? []
    );
  }

  it('prompts are told what was looked at and copied, and what imported symbols are, but nothing secret', async () => {
    await vscode.openFile('.env');
    await vscode.press('Control+A');
    await vscode.press('Control+C');
    await until('the visit', () => /Prompts for \.env begin/.test(logOf(home)));
    await vscode.openFile('table.ts');
    await vscode.press('Shift+ArrowUp');
    await vscode.press('Control+C');
    await vscode.press('Control+Home');
    await vscode.openFile('notes.ts');
    await until('the visit', () => pieces('notes.ts').length > 0);
    await vscode.openFile('cart.ts');
    const wanted = ['table.ts:257 (copied)', 'notes.ts:1 (visited)', 'money.ts:5 (definition)'];
    await until(`${wanted}`, () => wanted.every((piece) => pieces('cart.ts').includes(piece)));
    assert.doesNotMatch(logOf(home), /begin with.*\.env:/);
  });
});
