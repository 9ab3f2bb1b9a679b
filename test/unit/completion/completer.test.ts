import assert from 'node:assert/strict';
import { type CompletionModel, createCompleter } from '../../../server/src/completion';
import { at, noWait, QWEN, scripted, turnedClock } from './support';

const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

/** A model that writes a word and then waits until it is aborted. */
function slow(): CompletionModel & { begun: Promise<void>; aborted: Promise<void> } {
  let begin = () => {};
  let end = () => {};
  return {
    ...scripted([]),
    begun: new Promise((resolve) => {
      begin = resolve;
    }),
    aborted: new Promise((resolve) => {
      end = resolve;
    }),
    async *generate({ signal }) {
      yield 'foo';
      begin();
      await aborted(signal);
      end();
    },
  };
}

describe('completion: one request', () => {
  it('asks the model for the text at the cursor', async () => {
    const model = scripted(['foo', '(b);']);
    const outcome = await createCompleter({ clock: noWait }).complete(at('a = |\nc'), model);
    assert.deepEqual(outcome, {
      kind: 'suggestion',
      suggestion: { insertText: 'foo(b);', start: 4, end: 4 },
      source: 'engine',
    });
    const [request] = model.requests;
    assert.deepEqual(request?.prompt, [
      { kind: 'special', token: QWEN.prefix },
      { kind: 'text', text: 'a = ', max_tokens: 384, keep: 'end' },
      { kind: 'special', token: QWEN.suffix },
      { kind: 'text', text: '\nc', max_tokens: 124, keep: 'start' },
      { kind: 'special', token: QWEN.middle },
    ]);
    assert.deepEqual([request?.maxTokens, request?.temperature, request?.affinity], [128, 0, 'file:///a.ts']);
  });

  it('aborts the model as soon as it has said enough', async () => {
    const model = scripted(['a)', '\n', 'b', 'c']);
    await createCompleter({ clock: noWait }).complete(at('f(|)'), model);
    assert.equal(model.served, 2);
    assert.equal(model.requests[0]?.signal.aborted, true);
  });

  it('replaces what the selected entry of the suggestion list would replace', async () => {
    const request = at('x.le|', { selected: { start: 2, text: 'length' } });
    const outcome = await createCompleter({ clock: noWait }).complete(request, scripted([' > 0']));
    assert.deepEqual(outcome, {
      kind: 'suggestion',
      suggestion: { insertText: 'length > 0', start: 2, end: 4 },
      source: 'engine',
    });
  });

  const refusals: readonly (readonly [string, ReturnType<typeof at>, Partial<CompletionModel>, RegExp])[] = [
    ['a model without fill-in-the-middle tokens', at('|'), { fim: null }, /no fill-in-the-middle tokens/],
    ['a cursor in a word', at('na|me'), {}, /inside a word/],
    ['a cursor before a word', at('a = |é'), {}, /inside a word/],
    ['a cursor outside the document', at('|', { offset: 9 }), {}, /outside the document/],
    ['a request that was cancelled before', at('|', { signal: AbortSignal.abort() }), {}, /cancelled/],
  ];
  for (const [name, request, changes, reason] of refusals) {
    it(`does not ask the model: ${name}`, async () => {
      const model = scripted(['foo'], changes);
      const outcome = await createCompleter({ clock: noWait }).complete(request, model);
      assert.match(outcome.kind === 'none' ? outcome.reason : '', reason);
      assert.equal(model.requests.length, 0);
    });
  }

  it('completes inside a word when it was asked for', async () => {
    const request = at('na|me', { explicit: true });
    const outcome = await createCompleter({ clock: noWait }).complete(request, scripted(['tive_na']));
    assert.equal(outcome.kind, 'suggestion');
  });

  const dropped: readonly (readonly [string, string, string[], RegExp])[] = [
    ['silence', '|', [], /nothing to add/],
    ['white space', '|', ['  ', '\n\n'], /nothing to add/],
    ['special tokens', '|', ['<|endoftext|>'], /nothing to add/],
    ['half a character', '|', ['\uFFFD'], /nothing readable/],
    ['the lines below', 'f() {\n  |\n}', ['\n}'], /lines below/],
    ['the rest of the line', 'f(|)', [')'], /rest of the line/],
    ['the line above', 'a();\n|', ['a();'], /line above/],
  ];
  for (const [name, marked, pieces, reason] of dropped) {
    it(`says that the model wrote ${name}`, async () => {
      const outcome = await createCompleter({ clock: noWait }).complete(at(marked), scripted(pieces));
      assert.match(outcome.kind === 'none' ? outcome.reason : '', reason);
    });
  }

  it('says that the engine failed', async () => {
    const model = scripted([], {
      async *generate() {
        yield 'foo';
        throw new Error('out of memory');
      },
    });
    assert.deepEqual(await createCompleter({ clock: noWait }).complete(at('|'), model), {
      kind: 'none',
      reason: 'the engine failed: out of memory',
    });
  });
});

describe('completion: debounce, supersede, cancel', () => {
  it('waits before it asks the model', async () => {
    const clock = turnedClock();
    const model = scripted(['foo']);
    const outcome = createCompleter({ clock }).complete(at('|'), model);
    assert.deepEqual(clock.asked, [75]);
    assert.equal(model.requests.length, 0);
    clock.ring();
    assert.equal((await outcome).kind, 'suggestion');
  });

  it('does not wait when the user asked, nor when told not to', async () => {
    const clock = turnedClock();
    const completer = createCompleter({ clock });
    await completer.complete(at('|', { explicit: true }), scripted(['foo']));
    await completer.complete(at('a|', { debounceMs: 0 }), scripted(['foo']));
    assert.deepEqual(clock.asked, []);
  });

  it('never asks the model when the request is cancelled while it waits', async () => {
    const clock = turnedClock();
    const model = scripted(['foo']);
    const asker = new AbortController();
    const outcome = createCompleter({ clock }).complete(at('|', { signal: asker.signal }), model);
    asker.abort();
    assert.deepEqual(await outcome, { kind: 'none', reason: 'cancelled' });
    clock.ring();
    assert.equal(model.requests.length, 0);
  });

  it('asks the model once for keys in quick succession', async () => {
    const clock = turnedClock();
    const model = scripted(['(b)']);
    const completer = createCompleter({ clock });
    const outcomes = ['f|', 'fo|', 'foo|'].map((marked) => completer.complete(at(marked), model));
    clock.ring();
    assert.deepEqual(
      (await Promise.all(outcomes)).map((outcome) => (outcome.kind === 'none' ? outcome.reason : 'offered')),
      ['superseded by a newer request', 'superseded by a newer request', 'offered'],
    );
    assert.equal(model.requests.length, 1);
  });

  it('aborts the decode when a newer request comes', async () => {
    const model = slow();
    const completer = createCompleter({ clock: noWait });
    const older = completer.complete(at('a|'), model);
    await model.begun;
    const newer = completer.complete(at('ab|'), scripted(['c()']));
    assert.deepEqual(await older, { kind: 'none', reason: 'superseded by a newer request' });
    await model.aborted;
    assert.equal((await newer).kind, 'suggestion');
  });

  it('aborts the decode when the request is cancelled', async () => {
    const model = slow();
    const asker = new AbortController();
    const outcome = createCompleter({ clock: noWait }).complete(at('a|', { signal: asker.signal }), model);
    await model.begun;
    asker.abort();
    assert.deepEqual(await outcome, { kind: 'none', reason: 'cancelled' });
    await model.aborted;
  });

  it('aborts the decode when the document is closed', async () => {
    const model = slow();
    const completer = createCompleter({ clock: noWait });
    const outcome = completer.complete(at('a|'), model);
    await model.begun;
    completer.forget('file:///a.ts');
    assert.deepEqual(await outcome, { kind: 'none', reason: 'the document was closed' });
    await model.aborted;
  });

  it('lets documents be completed side by side', async () => {
    const model = slow();
    const completer = createCompleter({ clock: noWait });
    const asker = new AbortController();
    const one = completer.complete(at('a|', { signal: asker.signal }), model);
    await model.begun;
    const other = await completer.complete(at('a|', { uri: 'file:///b.ts' }), scripted(['c()']));
    assert.equal(other.kind, 'suggestion');
    asker.abort();
    assert.deepEqual(await one, { kind: 'none', reason: 'cancelled' });
  });

  it('answers a cancelled request though the engine hangs', async () => {
    const asker = new AbortController();
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const model = scripted([], {
      generate: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => {
            begin();
            return new Promise<never>(() => {});
          },
        }),
      }),
    });
    const outcome = createCompleter({ clock: noWait }).complete(at('|', { signal: asker.signal }), model);
    await begun;
    asker.abort();
    assert.deepEqual(await outcome, { kind: 'none', reason: 'cancelled' });
  });
});

describe('completion: what was offered before', () => {
  it('is offered again without the model, and without a wait', async () => {
    const clock = turnedClock();
    const model = scripted(['foo(b);']);
    const completer = createCompleter({ clock });
    const first = completer.complete(at('a = |'), model);
    clock.ring();
    await first;
    assert.deepEqual(await completer.complete(at('a = |'), model), {
      kind: 'suggestion',
      suggestion: { insertText: 'foo(b);', start: 4, end: 4 },
      source: 'cache',
    });
    assert.equal(model.requests.length, 1);
    assert.equal(clock.asked.length, 1);
  });

  it('is offered on while it is typed, with the line ends of the document', async () => {
    const model = scripted(['\n  a();\n  b();\n}']);
    const completer = createCompleter({ clock: noWait });
    await completer.complete(at('f() {|\r\n'), model);
    const outcome = await completer.complete(at('f() {\r\n  a();|\r\n'), model);
    assert.deepEqual(outcome, {
      kind: 'suggestion',
      suggestion: { insertText: '\r\n  b();\r\n}', start: 13, end: 13 },
      source: 'cache',
    });
    assert.equal(model.requests.length, 1);
  });

  it('keeps the closing bracket that its typed beginning opened', async () => {
    const model = scripted(['bar(x)']);
    const completer = createCompleter({ clock: noWait });
    await completer.complete(at('foo(|)'), model);
    const outcome = await completer.complete(at('foo(bar(|)'), model);
    assert.equal(outcome.kind === 'suggestion' && outcome.suggestion.insertText, 'x)');
  });

  it('is remembered when it was nothing', async () => {
    const model = scripted([]);
    const completer = createCompleter({ clock: noWait });
    await completer.complete(at('a|'), model);
    assert.equal((await completer.complete(at('a|'), model)).kind, 'none');
    assert.equal(model.requests.length, 1);
  });

  it('is not offered in the name of another model', async () => {
    const completer = createCompleter({ clock: noWait });
    await completer.complete(at('a|'), scripted(['b()']));
    const other = scripted(['c()'], { key: 'other' });
    const outcome = await completer.complete(at('a|'), other);
    assert.equal(outcome.kind === 'suggestion' && outcome.suggestion.insertText, 'c()');
  });

  it('is not remembered when it was cut short by a cancel or an error', async () => {
    const completer = createCompleter({ clock: noWait });
    const failing = scripted([], {
      async *generate() {
        yield 'fo';
        throw new Error('gone');
      },
    });
    await completer.complete(at('a|'), failing);
    const model = scripted(['foo']);
    assert.equal((await completer.complete(at('a|'), model)).kind, 'suggestion');
    assert.equal(model.requests.length, 1);
  });
});
