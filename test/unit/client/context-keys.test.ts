import assert from 'node:assert/strict';
import { contextKeys, stepKeys } from '../../../client/src/text/context-keys';
import manifest from '../../../package.json';
import { sampleGpu, sampleInstance, sampleMeasures, sampleNode, sampleState } from '../api/sample-state';

const set = (keys: Record<string, boolean>) =>
  Object.entries(keys)
    .filter(([, value]) => value)
    .map(([key]) => key);

describe('what the manifest may ask about a window', () => {
  it('no host yet, a host that cannot be started, a host', () => {
    assert.deepEqual(set(contextKeys(null, null)), []);
    assert.deepEqual(set(contextKeys(null, 'No room.')), ['hostFailed']);
    assert.deepEqual(set(contextKeys(sampleState([sampleNode([])]), null)), ['hasHost']);
  });

  it('the steps of the walkthrough, as they are taken', () => {
    assert.deepEqual(set(stepKeys(null)), []);
    assert.deepEqual(set(stepKeys(sampleState([sampleNode([])], [sampleInstance()]))), []);
    const nodes = [sampleNode([sampleGpu()]), { ...sampleNode([]), node_id: 'b', status: 'online' as const }];
    const chosen = sampleState(nodes, [sampleInstance({ placed_by: 'user' })]);
    const all = { ...chosen, completions: sampleMeasures({ shown: 3, accepted: 1 }) };
    assert.deepEqual(set(stepKeys(all)), ['sawGpu', 'choseModel', 'acceptedCompletion', 'addedMachine']);
  });

  it('a model that is still loading is not placed yet', () => {
    const loading = sampleInstance({ placed_by: 'user', state: 'loading' });
    assert.deepEqual(set(stepKeys(sampleState([sampleNode([])], [loading]))), []);
  });

  it('the manifest asks for no others', () => {
    const { menus, viewsWelcome, walkthroughs } = manifest.contributes;
    const clauses = [
      ...[...Object.values(menus).flat(), ...viewsWelcome].map(({ when }) => when),
      ...walkthroughs.flatMap(({ steps }) => steps.flatMap(({ completionEvents }) => completionEvents)),
    ].map((clause) => clause.replace(/^onCommand:.*|\bview == \S+/, ''));
    const asked = clauses.flatMap((clause) => clause.match(/(?<=vramesh\.)\w+/g) ?? []);
    const known = ['snoozed', ...Object.keys({ ...contextKeys(null, null), ...stepKeys(null) })];
    assert.ok(asked.length > 5);
    assert.deepEqual(
      asked.filter((key) => !known.includes(key)),
      [],
    );
  });
});
