import assert from 'node:assert/strict';
import type { CompletionModel, Outcome } from '../../../server/src/completion';
import { apply, at, dictated, newCompleter, QWEN, scripted, settled } from './support';

/** What is offered, or why nothing is. */
function shows(outcome: Outcome): string {
  return outcome.kind === 'none' ? `(${outcome.reason})` : outcome.suggestion.insertText;
}

describe('completion: one request', () => {
  it('asks the model for the text at the cursor', async () => {
    const model = scripted(['foo', '(b);']);
    const outcome = await newCompleter().complete(at('a = |\nc'), model);
    assert.deepEqual(outcome, {
      kind: 'suggestion',
      suggestion: { id: 1, insertText: 'foo(b);', start: 4, end: 4 },
      alternatives: [],
      source: 'engine',
    });
    const [request] = model.requests;
    assert.deepEqual(request?.prompt, [
      { kind: 'special', token: QWEN.prefix },
      { kind: 'text', text: '// a.ts\n', max_tokens: 3328, keep: 'start' },
      { kind: 'text', text: 'a = ', max_tokens: 384, keep: 'end' },
      { kind: 'special', token: QWEN.suffix },
      { kind: 'text', text: '\nc', max_tokens: 124, keep: 'start' },
      { kind: 'special', token: QWEN.middle },
    ]);
    assert.equal(request?.maxTokens, 128);
    assert.equal(request?.temperature, 0);
    assert.equal(request?.priority, 'user');
    assert.equal(request?.affinity, 'file:///a.ts');
  });

  it('aborts the model as soon as it has said enough', async () => {
    const model = scripted(['a)', '\n', 'b', 'c']);
    await newCompleter().complete(at('f(|)'), model);
    assert.equal(model.served, 2);
    assert.equal(model.requests[0]?.signal.aborted, true);
  });

  it('replaces what the selected entry of the suggestion list would replace', async () => {
    const request = at('x.le|', { selected: { start: 2, text: 'length' } });
    const outcome = await newCompleter().complete(request, scripted([' > 0']));
    assert.deepEqual(outcome.kind === 'suggestion' && outcome.suggestion, {
      id: 1,
      insertText: 'length > 0',
      start: 2,
      end: 4,
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
      assert.match(shows(await newCompleter().complete(request, model)), reason);
      assert.equal(model.requests.length, 0);
    });
  }

  it('completes inside a word when it was asked for', async () => {
    const request = at('na|me', { explicit: true });
    assert.equal((await newCompleter().complete(request, scripted(['tive_na']))).kind, 'suggestion');
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
      assert.match(shows(await newCompleter().complete(at(marked), scripted(pieces))), reason);
    });
  }

  it('says that the engine failed, and asks it again at the next key', async () => {
    const completer = newCompleter();
    const model = dictated();
    const outcome = completer.complete(at('a|'), model);
    await settled();
    model.say('fo');
    model.fail('out of memory');
    assert.equal(shows(await outcome), '(the engine failed: out of memory)');
    assert.equal(shows(await completer.complete(at('a|'), scripted(['foo']))), 'foo');
  });
});

describe('completion: when the model is asked', () => {
  it('after a pause, which a new window knows nothing better about than 75 ms', async () => {
    const { clock, complete } = newCompleter();
    const model = scripted(['foo']);
    const outcome = complete(at('|', { debounce: null }), model);
    await clock.pass(74);
    assert.equal(model.requests.length, 0);
    await clock.pass(1);
    assert.equal(shows(await outcome), 'foo');
  });

  it('at once when the user asked', async () => {
    const model = scripted(['foo']);
    const outcome = newCompleter().complete(at('|', { explicit: true, debounce: 1000 }), model);
    await settled();
    assert.equal(shows(await outcome), 'foo');
  });

  it('not when the request is cancelled before', async () => {
    const { clock, complete } = newCompleter();
    const model = scripted(['foo']);
    const asker = new AbortController();
    const outcome = complete(at('|', { debounce: 75, signal: asker.signal }), model);
    asker.abort();
    assert.equal(shows(await outcome), '(cancelled)');
    await clock.pass(75);
    assert.equal(model.requests.length, 0);
  });

  it('once for keys in quick succession', async () => {
    const { clock, complete } = newCompleter();
    const model = scripted(['(b)']);
    const outcomes = ['f|', 'fo|', 'foo|'].map((marked) => complete(at(marked, { debounce: 75 }), model));
    await clock.pass(75);
    assert.deepEqual((await Promise.all(outcomes)).map(shows), [
      '(superseded by a newer request)',
      '(superseded by a newer request)',
      '(b)',
    ]);
    assert.equal(model.requests.length, 1);
  });

  it('not after something was deleted, until a key is typed or the user asks', async () => {
    const completer = newCompleter();
    const model = scripted(['foo']);
    completer.edited('file:///a.ts', 'a', 'deleted');
    assert.equal(shows(await completer.complete(at('a|'), model)), '(something was deleted just now)');
    assert.equal(shows(await completer.complete(at('a|', { explicit: true }), model)), 'foo');
    completer.edited('file:///a.ts', 'b', 'typed');
    assert.equal(shows(await completer.complete(at('b|'), model)), 'foo');
  });

  it('side by side for two documents', async () => {
    const completer = newCompleter();
    const one = completer.complete(at('a|'), dictated());
    await settled();
    const other = await completer.complete(at('a|', { uri: 'file:///b.ts' }), scripted(['c()']));
    assert.equal(shows(other), 'c()');
    completer.forget('file:///a.ts');
    assert.equal(shows(await one), '(the document was closed)');
  });
});

describe('completion: what was offered before', () => {
  it('stays the same item while it is typed, without the model', async () => {
    const completer = newCompleter();
    const model = scripted(['foo(b);']);
    const first = await completer.complete(at('a = |'), model);
    for (const [marked, end] of [
      ['a = f|', 5],
      ['a = foo|', 7],
      ['a = foo(|)', 9],
    ] as const) {
      assert.deepEqual(await completer.complete(at(marked), model), {
        ...first,
        suggestion: { id: 1, insertText: 'foo(b);', start: 4, end },
        source: 'screen',
      });
    }
    assert.equal(model.requests.length, 1);
  });

  it('replaces what it replaced, and what the editor closed since, while it is typed', async () => {
    const completer = newCompleter();
    const model = scripted(['list[i](b));\n']);
    const rows = [
      ['log(|)\n}', 'log(list[i](b));\n}', 'engine'],
      ['log(|)\n}', 'log(list[i](b));\n}', 'screen'],
      ['log(li|)\n}', 'log(list[i](b));\n}', 'screen'],
      ['log(list[|])\n}', 'log(list[i](b));\n}', 'screen'],
    ] as const;
    for (const [marked, whole, source] of rows) {
      const request = at(marked);
      const outcome = await completer.complete(request, model);
      assert.ok(outcome.kind === 'suggestion', marked);
      assert.equal(apply(request.text, outcome.suggestion), whole);
      assert.equal(outcome.source, source);
    }
  });

  it('is offered again without looking at the syntax', async () => {
    let parses = 0;
    const grammar = {
      blockAt: () => {
        parses += 1;
        return 'other' as const;
      },
      blockEnd: () => null,
    };
    const completer = newCompleter({ grammar: () => Promise.resolve(grammar) });
    await completer.complete(at('a = |\nb = '), scripted(['foo(b);']));
    assert.equal(parses, 1);
    await completer.complete(at('a = f|\nb = '), scripted([]));
    await completer.complete(at('a = |\nb = '), scripted([]));
    await completer.complete(
      at('a|\nb = ', { uri: 'file:///c.ts', signal: AbortSignal.abort() }),
      scripted([]),
    );
    assert.equal(parses, 1);
  });

  it('is offered again where the cursor comes back to', async () => {
    const completer = newCompleter();
    const model = scripted(['foo(b);']);
    await completer.complete(at('a = |\nb = '), model);
    await completer.complete(at('a = \nb = |'), model);
    const again = await completer.complete(at('a = |\nb = '), model);
    assert.equal(again.kind === 'suggestion' && again.source, 'cache');
    assert.equal(model.requests.length, 2);
  });

  it('is offered on past its first line, with the line ends of the document', async () => {
    const completer = newCompleter();
    const model = scripted(['\n  a();\n  b();\n}']);
    await completer.complete(at('f() {|\r\n'), model);
    const outcome = await completer.complete(at('f() {\r\n  a();|\r\n'), model);
    assert.deepEqual(outcome.kind === 'suggestion' && outcome.suggestion.insertText, '\r\n  b();\r\n}');
    assert.equal(model.requests.length, 1);
  });

  it('gives way to what is selected in the suggestion list', async () => {
    const completer = newCompleter();
    const model = scripted(['length > 0']);
    await completer.complete(at('x.|'), model);
    const same = await completer.complete(at('x.l|', { selected: { start: 2, text: 'length' } }), model);
    assert.equal(same.kind === 'suggestion' && same.source, 'screen');
    await completer.complete(at('x.l|', { selected: { start: 2, text: 'last' } }), model);
    assert.equal(model.requests.length, 2);
  });

  it('is remembered when it was nothing', async () => {
    const completer = newCompleter();
    const model = scripted([]);
    await completer.complete(at('a|'), model);
    assert.match(shows(await completer.complete(at('a|'), model)), /nothing useful/);
    assert.equal(model.requests.length, 1);
  });

  it('is not offered in the name of another model', async () => {
    const completer = newCompleter();
    await completer.complete(at('a|'), scripted(['b()']));
    completer.forget('file:///a.ts');
    assert.equal(shows(await completer.complete(at('a|'), scripted(['c()'], { key: 'other' }))), 'c()');
  });
});
