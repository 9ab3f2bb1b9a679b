import assert from 'node:assert/strict';
import * as z from 'zod';
import { acceptedCommand, instanceSchema, placeCommand, unplaceCommand } from '#protocol';
import { cleanUp, type HostUnderTest, startHost } from '../../support/host';
import type { LspClient, Workspace } from '../../support/lsp';
import { until } from '../../support/until';

const loop = 'for (let i = 0; i < arr.\n  sum += arr[i];\n}\n';
const atLoop = { line: 0, character: 24 };
const answer = 'length; i++) {';

const position = z.object({ line: z.number(), character: z.number() });
const listSchema = z.object({
  isIncomplete: z.literal(true),
  items: z.array(
    z.object({
      label: z.string(),
      filterText: z.string(),
      preselect: z.boolean(),
      insertTextFormat: z.literal(1),
      documentation: z.string().optional(),
      textEdit: z.object({ range: z.object({ start: position, end: position }), newText: z.string() }),
      command: z.object({ command: z.string(), arguments: z.array(z.unknown()) }),
    }),
  ),
});

async function plain(lsp: LspClient, uri: string, at = atLoop) {
  const params = { textDocument: { uri }, position: at };
  return listSchema.parse(await lsp.send('textDocument/completion', params)).items;
}

function execute(lsp: LspClient, command: string, args?: unknown[], more: object = {}, signal?: AbortSignal) {
  return lsp.send('workspace/executeCommand', { command, ...(args && { arguments: args }), ...more }, signal);
}

/** What was told on a token, in order. */
function progressOf(lsp: LspClient, token?: unknown) {
  const schema = z.object({ token: z.unknown(), value: z.looseObject({ kind: z.string() }) });
  return lsp.told
    .filter(({ method }) => method === '$/progress')
    .map(({ params }) => schema.parse(params))
    .filter((told) => token === undefined || told.token === token)
    .map(({ value }) => value.kind);
}

describe('host: editors that know only the standard', () => {
  let host: HostUnderTest;
  before(async () => {
    host = await startHost();
    const lsp = await host.lsp();
    await lsp.stateIs('a ready model', ({ instances: [only] }) => only?.state === 'ready');
  });
  after(cleanUp);

  const inline = { textDocument: { inlineCompletion: {} } };
  const clients: { what: string; client?: 'vscode' | 'cli'; workspace?: Workspace; plain: boolean }[] = [
    { what: 'no inline completion', plain: true },
    { what: 'inline completion', workspace: { capabilities: inline }, plain: false },
    { what: 'the name of VS Code', client: 'vscode', plain: false },
    { what: 'no editor at all', client: 'cli', plain: false },
  ];
  for (const { what, client = 'other', workspace, plain: isOffered } of clients) {
    it(`${isOffered ? 'plain' : 'no plain'} completion is offered to a client with ${what}`, async () => {
      const { capabilities } = await host.lsp({ client }, workspace);
      assert.equal('completionProvider' in capabilities, isOffered);
      assert.ok('inlineCompletionProvider' in capabilities);
      const { executeCommandProvider } = capabilities;
      assert.deepEqual(executeCommandProvider, { commands: [acceptedCommand, placeCommand, unplaceCommand] });
    });
  }

  it('an entry of the list is the suggestion: one line is replaced, and the word before matches', async () => {
    const lsp = await host.lsp();
    await lsp.open('file:///plain.ts', loop);
    const [item, ...others] = await plain(lsp, 'file:///plain.ts');
    assert.ok(item);
    assert.deepEqual(others, []);
    assert.deepEqual(item.textEdit, { range: { start: atLoop, end: atLoop }, newText: answer });
    assert.equal(item.label, answer);
    assert.equal(item.filterText, answer);
    assert.equal(item.preselect, true);
    assert.equal(item.documentation, undefined);
  });

  it('in the middle of a word, the entry is matched by the whole word', async () => {
    const lsp = await host.lsp();
    const uri = 'file:///word.ts';
    await lsp.open(uri, loop.replace('arr.\n', 'arr.len\n'));
    const at = { line: 0, character: 27 };
    const [item] = await plain(lsp, uri, at);
    assert.deepEqual(item?.textEdit.range.start, at);
    assert.equal(item.filterText, `len${item.textEdit.newText}`);
  });

  it('several lines are one entry, with all of it beside', async () => {
    const lsp = await host.lsp();
    const uri = 'file:///block.ts';
    const other = 'export function f(a: string[]) {\n  for (const x of a) {\n    console.log(x);\n  }\n}\n\n';
    await lsp.open(uri, `${other}export function g(b: string[]) {\n`);
    // Who asks explicitly waits for all of a block, which is remembered.
    const [whole] = await lsp.complete(uri, 7, 0);
    const [offered] = await plain(lsp, uri, { line: 7, character: 0 });
    assert.ok(offered);
    assert.ok(offered.textEdit.newText.includes('\n'));
    assert.equal(offered.textEdit.newText, whole?.insertText);
    assert.match(offered.label, / …$/);
    assert.equal(offered.documentation, offered.textEdit.newText);
    assert.doesNotMatch(offered.label, /\n/);
  });

  it('taking one counts', async () => {
    const lsp = await host.lsp();
    await lsp.open('file:///taken.ts', loop);
    const before = (await host.state()).completions.accepted;
    const [item] = await plain(lsp, 'file:///taken.ts');
    assert.equal(await execute(lsp, item?.command.command ?? '', item?.command.arguments), null);
    assert.equal((await host.state()).completions.accepted, before + 1);
  });

  it('places and removes a model by commands, with progress on a token that the client makes', async () => {
    const tokens: unknown[] = [];
    const lsp = await host.lsp(
      { client: 'other' },
      {
        capabilities: { window: { workDoneProgress: true } },
        createProgress: (params) => {
          tokens.push(z.object({ token: z.string() }).parse(params).token);
          return null;
        },
      },
    );
    const wishes = { model_id: 'vramesh-tiny', context_size: 512 };
    const placed = instanceSchema.parse(await execute(lsp, placeCommand, [wishes]));
    assert.equal(placed.state, 'ready');
    assert.equal(tokens.length, 1);
    const kinds = await until('the end of progress', () => {
      const told = progressOf(lsp, tokens[0]);
      return told.at(-1) === 'end' && told;
    });
    assert.equal(kinds[0], 'begin');
    assert.equal(await execute(lsp, unplaceCommand, [placed.id]), null);
    assert.ok(!(await host.state()).instances.some(({ id }) => id === placed.id));
  });

  it('progress comes on a token that the client has sent, and nowhere without one', async () => {
    const lsp = await host.lsp();
    const first = instanceSchema.parse(
      await execute(lsp, placeCommand, ['vramesh-tiny'], { workDoneToken: 7 }),
    );
    assert.deepEqual([progressOf(lsp, 7)[0], progressOf(lsp, 7).at(-1)], ['begin', 'end']);
    const told = progressOf(lsp).length;
    const again = instanceSchema.parse(await execute(lsp, placeCommand, ['vramesh-tiny']));
    assert.equal(again.id, first.id, 'what is placed already is answered with');
    assert.equal(progressOf(lsp).length, told);
  });

  it('a client that never makes the token it is asked for does not hold up the placing', async () => {
    const never = () => new Promise(() => {});
    const workspace = { capabilities: { window: { workDoneProgress: true } }, createProgress: never };
    const lsp = await host.lsp({ client: 'other' }, workspace);
    const placed = instanceSchema.parse(
      await execute(lsp, placeCommand, [{ model_id: 'vramesh-tiny', context_size: 640 }]),
    );
    assert.equal(placed.state, 'ready');
    assert.deepEqual(progressOf(lsp), []);
    await execute(lsp, unplaceCommand, [placed.id]);
  });

  it('a placing can be cancelled where its progress is shown', async () => {
    const tokens: string[] = [];
    const lsp = await host.lsp(
      { client: 'other' },
      {
        capabilities: { window: { workDoneProgress: true } },
        createProgress: (params) => {
          const { token } = z.object({ token: z.string() }).parse(params);
          tokens.push(token);
          void lsp.notify('window/workDoneProgress/cancel', { token });
          return null;
        },
      },
    );
    const wishes = { model_id: 'vramesh-tiny', context_size: 768 };
    await assert.rejects(execute(lsp, placeCommand, [wishes]), /cancelled/);
    assert.equal(tokens.length, 1);
    assert.ok(!(await host.state()).instances.some(({ context_size }) => context_size === 768));
  });

  const wrong: { what: string; params: unknown; says: RegExp }[] = [
    { what: 'an unknown command', params: { command: 'rm -rf' }, says: /no command rm -rf/ },
    { what: 'no command', params: {}, says: /Wrong parameters for workspace\/executeCommand/ },
    {
      what: 'arguments that are no list',
      params: { command: placeCommand, arguments: 7 },
      says: /arguments/,
    },
    { what: 'placing nothing', params: { command: placeCommand }, says: /needs the name or path of a model/ },
    { what: 'placing a number', params: { command: placeCommand, arguments: [7] }, says: /needs the name/ },
    {
      what: 'placing what is not there',
      params: { command: placeCommand, arguments: ['nope'] },
      says: /nope/,
    },
    {
      what: 'removing what is not there',
      params: { command: unplaceCommand, arguments: ['nope'] },
      says: /no "nope"/,
    },
    { what: 'removing a number', params: { command: unplaceCommand, arguments: [{}] }, says: /needs the id/ },
  ];
  for (const { what, params, says } of wrong) {
    it(`${what} is an error in words`, async () => {
      await assert.rejects((await host.lsp()).send('workspace/executeCommand', params), says);
    });
  }

  const wrongPlaces: [unknown, RegExp][] = [
    [{}, /textDocument/],
    [{ textDocument: { uri: 'a' } }, /position/],
    [{ textDocument: { uri: 'a' }, position: { line: -1, character: 0 } }, /position/],
  ];
  for (const [params, says] of wrongPlaces) {
    it(`completion at ${JSON.stringify(params)} is an error in words`, async () => {
      await assert.rejects((await host.lsp()).send('textDocument/completion', params), says);
    });
  }

  it('completion of a document that is not open, or beyond its end, is empty', async () => {
    const lsp = await host.lsp();
    assert.deepEqual(await plain(lsp, 'file:///not-open.ts'), []);
    await lsp.open('file:///empty.ts', '');
    assert.deepEqual(await plain(lsp, 'file:///empty.ts', { line: 1000, character: 1000 }), []);
  });
});
