import assert from 'node:assert/strict';
import { type TreeEntry, treeOf } from '../../../client/src/text/tree-text';
import {
  lostGpu,
  sampleGpu,
  sampleInstance,
  sampleNode,
  samplePreview,
  sampleState,
} from '../api/sample-state';
import { sampleShare } from '../cli/samples';

/** One line an entry, indented. */
function drawn(entries: readonly TreeEntry[], indent = ''): string[] {
  return entries.flatMap(({ icon, label, description, children }) => [
    `${indent}${icon}: ${label} — ${description}`,
    ...drawn(children, `${indent}  `),
  ]);
}

const own = sampleNode([sampleGpu(), lostGpu({ index: 1 })]);

describe('the tree of machines', () => {
  it('shows GPUs, what holds their VRAM, and placed models; and how to go on, alone', () => {
    const lines = drawn(
      treeOf(sampleState([own], [sampleInstance({ node_id: own.node_id, state: 'ready' })])),
    );
    assert.match(lines[0] ?? '', /^vm: .* — this machine$/);
    assert.ok(
      lines.some((line) => /^ {2}chip: NVIDIA .* — \d+% · \d+\.\d of \d+\.\d GiB$/.test(line)),
      lines.join('\n'),
    );
    assert.ok(
      lines.some((line) => /^ {2}error: NVIDIA .* — lost$/.test(line)),
      lines.join('\n'),
    );
    assert.ok(
      lines.some((line) => /^ {2}sparkle: .* — ready/.test(line)),
      lines.join('\n'),
    );
    assert.equal(lines.at(-1), 'add: No other machines yet — invite one');
  });

  it('says how to go on without a model', () => {
    const hint = treeOf(sampleState([own])).find(({ id }) => id === 'no-model');
    assert.deepEqual(
      [hint?.label, hint?.description, hint?.command],
      ['No model is placed', 'place one', 'vramesh.place'],
    );
  });

  it('an instance stands under each GPU that holds layers of it, its engine among no programs', () => {
    const busy = sampleGpu({
      index: 1,
      processes: [
        { pid: 4711, name: 'node', vram_used: 2 ** 30, kind: 'compute' },
        { pid: 8, name: 'blender', vram_used: 2 ** 29, kind: 'graphics' },
      ],
    });
    const share = (gpu_index: number, layers: number) =>
      sampleShare({ node_id: own.node_id, gpu_index, layers });
    const placement = samplePreview({ shares: [share(0, 0), share(1, 9)] });
    const state = sampleState(
      [sampleNode([sampleGpu(), busy])],
      [sampleInstance({ placement })],
      'instance-1',
    );
    assert.deepEqual(drawn(treeOf(state)).slice(1, 5), [
      '  chip: NVIDIA GeForce RTX 3050 — 37% · 3.0 of 8.0 GiB',
      '  chip: NVIDIA GeForce RTX 3050 — 37% · 3.0 of 8.0 GiB',
      '    sparkle: vramesh-tiny — ready · completes',
      '    server-process: blender — 512 MiB',
    ]);
    const onCpu = sampleState([sampleNode([busy])], [sampleInstance({ placement, backend: 'cpu' })]);
    assert.ok(drawn(treeOf(onCpu)).includes('  sparkle: vramesh-tiny — ready'));
  });

  it('hands on where to place, and the ids that can be copied', () => {
    const [machine] = treeOf(sampleState([own]));
    const gpu = machine?.children[1];
    assert.deepEqual(machine?.where, { nodeId: 'node-a', gpuIndex: null, name: 'workstation' });
    assert.deepEqual(gpu?.where, { nodeId: 'node-a', gpuIndex: 1, name: 'NVIDIA GeForce RTX 3050' });
    assert.equal(gpu?.subject, own.node_profile.gpus[1]?.uuid);
  });

  it('shows other machines, gone ones too, and no invitation', () => {
    const far = { ...sampleNode([]), node_id: 'b', name: 'desk$(x)', status: 'gone' as const };
    const tree = treeOf(sampleState([own, far], []));
    assert.equal(
      drawn(tree).find((line) => line.startsWith('debug-disconnect')),
      'debug-disconnect: desk$ (x) — gone',
    );
    assert.ok(drawn(tree).some((line) => line.startsWith('  circuit-board: CPU — ')));
    assert.deepEqual(
      tree.map(({ kind }) => kind),
      ['thisMachine', 'goneMachine', 'hint'],
    );
  });

  it('shows what a machine holds for another one', () => {
    const lent = { node_id: 'b', node_name: 'laptop', model: 'coder', devices: [], used_bytes: null };
    const devices = [{ device_id: 'GPU-1', bytes: 2 ** 30 }];
    const lines = drawn(treeOf(sampleState([{ ...own, lent: [{ ...lent, devices }] }], [])));
    assert.ok(lines.includes('  layers: coder — for laptop · 1.0 GiB'), lines.join('\n'));
  });

  it('every entry has an id of its own', () => {
    const entries = (all: readonly TreeEntry[]): string[] =>
      all.flatMap(({ id, children }) => [id, ...entries(children)]);
    const state = sampleState(
      [own, { ...own, node_id: 'b', status: 'online' }],
      [sampleInstance(), sampleInstance({ id: 'two', node_id: 'b' })],
    );
    const ids = entries(treeOf(state));
    assert.equal(new Set(ids).size, ids.length);
  });
});
