import assert from 'node:assert/strict';
import type { GenerateRequest } from '../../../server/src/completion';
import { at, dictated, newCompleter, scripted, settled } from './support';

const uri = 'file:///a.ts';

describe('completion: what follows acceptance', () => {
  it('is written while the suggestion is looked at, and offered at once when it was taken', async () => {
    const completer = newCompleter();
    const model = scripted(['foo(b);']);
    await completer.complete(at('a = |'), model);
    assert.equal(model.requests.length, 1);
    await completer.clock.pass(300);
    assert.equal(model.requests.length, 2);
    assert.equal(model.requests[1]?.priority, 'idle');

    completer.edited(uri, 'a = foo(b);', 'typed');
    const next = await completer.complete(at('a = foo(b);|'), model);
    assert.equal(next.kind === 'suggestion' && next.source, 'cache');
    assert.equal(model.requests.length, 2);
  });

  it('is dropped at the next key, before and while it is written', async () => {
    const completer = newCompleter();
    const model = scripted(['foo(b);']);
    await completer.complete(at('a = |'), model);
    completer.edited(uri, 'a = x', 'typed');
    await completer.clock.pass(300);
    assert.equal(model.requests.length, 1);

    await completer.complete(at('a = x|'), model);
    const later = dictated();
    await completer.complete(at('b = |', { uri: 'file:///b.ts' }), {
      ...later,
      generate: (request) =>
        request.priority === 'idle' ? later.generate(request) : model.generate(request),
    });
    await completer.clock.pass(300);
    assert.equal(later.requests.length, 1);
    completer.edited('file:///b.ts', 'b = y', 'typed');
    assert.equal(later.requests[0]?.signal.aborted, true);
  });

  it('waits until what is offered has been written to its end', async () => {
    const completer = newCompleter();
    const model = dictated();
    const first = completer.complete(at('function f() {|\n}\n'), model);
    await settled();
    model.say('\n  const a = 1;\n');
    await settled();
    await completer.clock.pass(250);
    assert.equal((await first).kind, 'suggestion');
    await completer.clock.pass(300);
    assert.equal(model.requests.length, 1);
    model.say('  return a;\n}\n');
    model.end();
    await settled();
    assert.equal(model.requests.length, 1, 'it has written what follows already');
  });

  it('gives way to warming, and does not begin while that is under way', async () => {
    const completer = newCompleter();
    const model = scripted(['foo(b);']);
    const idle = dictated();
    const mixed = {
      ...model,
      generate: (request: GenerateRequest) =>
        request.priority === 'idle' ? idle.generate(request) : model.generate(request),
    };
    await completer.complete(at('a = |'), mixed);
    await completer.clock.pass(300);
    assert.equal(idle.requests.length, 1);
    void completer.warm(at('a = |'), mixed);
    await settled();
    assert.equal(idle.requests[0]?.signal.aborted, true);
    assert.equal(idle.requests[1]?.maxTokens, 0);

    await completer.complete(at('b = |'), mixed);
    await completer.clock.pass(300);
    assert.equal(idle.requests.length, 2);
    idle.end();
    await settled();
    assert.equal(idle.requests.length, 3);
  });

  it('is not begun where it is known', async () => {
    const completer = newCompleter();
    const model = scripted(['foo(b);']);
    await completer.complete(at('a = |'), model);
    await completer.clock.pass(300);
    await completer.complete(at('a = |'), model);
    await completer.clock.pass(300);
    assert.equal(model.requests.length, 2);
  });

  it('does nobody harm when it fails', async () => {
    const completer = newCompleter();
    const model = scripted(['foo(b);']);
    await completer.complete(at('a = |'), {
      ...model,
      generate(request) {
        if (request.priority === 'idle') throw new Error('gone');
        return model.generate(request);
      },
    });
    await completer.clock.pass(300);
    await settled();
    assert.equal((await completer.complete(at('a = foo(b);|'), model)).kind, 'suggestion');
  });
});
