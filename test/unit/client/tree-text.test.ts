import assert from 'node:assert/strict';
import { type TreeEntry, treeOf } from '../../../client/src/text/tree-text';
import { lostGpu, sampleGpu, sampleInstance, sampleNode, sampleState } from '../api/sample-state';

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

  it('shows other machines, gone ones too, and no invitation', () => {
    const far = { ...sampleNode([]), node_id: 'b', name: 'desk$(x)', status: 'gone' as const };
    const tree = treeOf(sampleState([own, far], []));
    assert.equal(
      drawn(tree).find((line) => line.startsWith('debug-disconnect')),
      'debug-disconnect: desk$ (x) — gone',
    );
    assert.ok(drawn(tree).some((line) => line.startsWith('  circuit-board: CPU — ')));
    assert.equal(tree.length, 2);
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
