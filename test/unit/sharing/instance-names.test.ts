import assert from 'node:assert/strict';
import { findInstance, namedInstances } from '../../../server/src/sharing/instance-names';
import { sampleInstance } from '../api/sample-state';

const node = (id: string, name: string, ...instances: string[]) => ({
  id: id.repeat(64),
  name,
  instances: instances.map((instance) => sampleInstance({ id: instance })),
});

const nodes = [
  node('a', 'workstation', 'qwen-1', 'qwen-2'),
  node('b', 'twin', 'qwen-1'),
  node('c', 'twin', 'qwen-1'),
];

describe('sharing: names of the instances of other machines', () => {
  it('tell which machine; where two have one name, its id does', () =>
    assert.deepEqual(
      namedInstances(nodes).map(({ id }) => id),
      ['qwen-1@workstation', 'qwen-2@workstation', 'qwen-1@bbbbbbbb', 'qwen-1@cccccccc'],
    ));

  it('lead back to the machine and to its own name for it', () => {
    for (const { id } of namedInstances(nodes)) {
      const found = findInstance(id, nodes);
      assert.ok(found);
      assert.ok(id.startsWith(`${found.instanceId}@`));
    }
    assert.equal(findInstance('qwen-1@cccccccc', nodes)?.node.id, 'c'.repeat(64));
  });

  it('a name that is nobody’s leads nowhere', () => {
    for (const name of ['qwen-1', 'qwen-1@twin', 'qwen-3@workstation', '@workstation', 'qwen-1@'])
      assert.equal(findInstance(name, nodes), null, name);
  });
});
