import assert from 'node:assert/strict';
import type { CompletionModel, Outcome } from '../../../server/src/completion';
import { at, dictated, newCompleter, scripted } from './support';

function all(outcome: Outcome): string[] {
  if (outcome.kind === 'none') return [];
  return [outcome.suggestion, ...outcome.alternatives].map(({ insertText }) => insertText);
}

/** Writes one text for each seed; 0 is the greedy one. */
function bySeed(...texts: string[]): CompletionModel {
  return {
    ...scripted([]),
    async *generate({ seed }) {
      yield texts[seed] ?? '';
    },
  };
}

describe('completion: alternatives', () => {
  it('up to three, the greedy one first, for somebody who asked', async () => {
    const outcome = await newCompleter().complete(
      at('a = |', { explicit: true }),
      bySeed('one;', 'two;', 'three;'),
    );
    assert.deepEqual(all(outcome), ['one;', 'two;', 'three;']);
  });

  it('none that says the same, or nothing', async () => {
    const model = bySeed('one;', 'one;<|endoftext|>', '');
    assert.deepEqual(all(await newCompleter().complete(at('a = |', { explicit: true }), model)), ['one;']);
  });

  it('none at a key', async () => {
    assert.deepEqual(all(await newCompleter().complete(at('a = |'), bySeed('one;', 'two;'))), ['one;']);
  });

  it('stand in for a greedy one of no use, for somebody who asked', async () => {
    const model = bySeed('', 'two;', 'three;');
    const asked = await newCompleter().complete(at('a = |', { explicit: true }), model);
    assert.deepEqual(all(asked), ['two;', 'three;']);
    const atKey = await newCompleter().complete(at('a = |'), model);
    assert.deepEqual(atKey, { kind: 'none', reason: 'the model had nothing to add' });
  });

  it('stay the same item while they are typed, as the first one does', async () => {
    const completer = newCompleter();
    const model = bySeed('one;', 'two;', 'three;');
    const outcome = await completer.complete(at('a = |', { explicit: true }), model);
    const next = await completer.complete(at('a = tw|'), model);
    assert.ok(outcome.kind === 'suggestion' && next.kind === 'suggestion');
    assert.equal(next.source, 'screen');
    const { id, insertText, start } = next.suggestion;
    const second = outcome.alternatives[0];
    assert.deepEqual([id, insertText, start], [second?.id, second?.insertText, second?.start]);
  });

  it('those that take too long are left out, and aborted', async () => {
    const completer = newCompleter();
    const slow = dictated();
    const quick = bySeed('one;', 'two;');
    const outcome = completer.complete(at('a = |', { explicit: true }), {
      ...quick,
      generate: (request) => (request.seed === 2 ? slow : quick).generate(request),
    });
    await completer.clock.pass(0);
    await completer.clock.pass(1500);
    assert.deepEqual(all(await outcome), ['one;', 'two;']);
    assert.equal(slow.requests[0]?.signal.aborted, true);
  });
});
