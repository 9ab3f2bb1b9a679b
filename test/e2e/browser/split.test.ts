/** The story of the large model: 1 GB that fits neither of two machines, placed over both, writes in VS Code. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { cleanUp, freshFolder, freshHome, startHost, tellFreeRam, vramesh } from '../../support/host';
import { createNetwork, type Network } from '../../support/network';
import { oneGigabyte, writeRandomModel } from '../../support/random-model';
import { keepEvidenceOfFailures, openWorkbench, type WorkbenchUnderTest } from '../../support/workbench';

/** Bytes that a host leaves to everything else, and that each has for models. */
const [reserve, allowed] = [512 * 2 ** 20, 700e6];

describe('a model that fits no machine', function () {
  this.timeout(180_000);

  let network: Network;
  let vscode: WorkbenchUnderTest | undefined;

  before(() => {
    network = createNetwork();
  });
  after(async () => {
    await vscode?.dispose();
    await cleanUp();
    network.close();
  });
  keepEvidenceOfFailures(() => vscode);

  it('is placed over two, and writes in the editor of one', async () => {
    const home = freshHome();
    mkdirSync(path.join(home, 'models'), { recursive: true });
    writeRandomModel(path.join(home, 'models', 'large.gguf'), {
      ...oneGigabyte,
      says: ['length', ';', 'Ġi', '++', ')', 'Ġ{'],
    });
    const meminfo = path.join(freshFolder(), 'meminfo');
    tellFreeRam(meminfo, reserve + allowed);
    const own = await startHost({ home, meminfo, namespace: network.machine().namespace });
    const other = await startHost({ meminfo, namespace: network.machine().namespace });
    const run = async (at: string, ...args: string[]) => {
      const { code, stdout, stderr } = await vramesh(args, { home: at });
      assert.equal(code, 0, stderr);
      return stdout;
    };
    const { line } = JSON.parse(await run(own.home, 'invite', '--json'));
    await run(other.home, 'join', line);
    await (await own.lsp()).stateIs('both, at rest', ({ topology, instances }) => {
      return topology.nodes.length === 2 && instances.every(({ state }) => state === 'ready');
    });
    const said = await run(own.home, 'place', 'large', '--context-size', '256', '--sequences', '1');
    assert.match(said, /ready/);

    vscode = await openWorkbench({
      home,
      files: { 'list.ts': 'export function print(list: string[]) {\n' },
    });
    await vscode.statusItem('large');
    await vscode.openFile('list.ts');
    await vscode.type('  for (let i = 0; i < list.');
    // The editor has closed the parenthesis: it stays, between what comes before and what comes behind it.
    assert.equal((await vscode.ghostText()).trim(), 'length; i++ {');
    await vscode.screenshot('split-completion');
  });
});
