import assert from 'node:assert/strict';
import type { Outcome } from '../../../../server/src/completion';
import { at, dictated, newCompleter, scripted, settled } from '../support';

function shows(outcome: Outcome): string {
  return outcome.kind === 'none' ? `(${outcome.reason})` : outcome.suggestion.insertText;
}

const uri = 'file:///a.ts';

describe('completion: a generation under way', () => {
  it('answers whoever types what it says: the engine is asked once', async () => {
    const completer = newCompleter();
    const model = dictated();
    const asker = new AbortController();
    const first = completer.complete(at('a = |', { signal: asker.signal }), model);
    await settled();
    model.say('fo');
    await settled();
    completer.edited(uri, 'a = f', 'typed');
    asker.abort();
    const second = completer.complete(at('a = f|'), model);
    model.say('o(b);\n');
    assert.equal(shows(await first), '(cancelled)');
    const outcome = await second;
    assert.equal(shows(outcome), 'oo(b);');
    assert.equal(outcome.kind === 'suggestion' && outcome.source, 'flight');
    assert.equal(model.requests.length, 1);
  });

  it('waits with who has typed further than it has written', async () => {
    const completer = newCompleter();
    const model = dictated();
    void completer.complete(at('a = |'), model);
    await settled();
    const second = completer.complete(at('a = foo|'), model);
    await settled();
    for (const piece of ['f', 'oo', '(b)', '\n']) model.say(piece);
    assert.equal(shows(await second), '(b)');
    assert.equal(model.requests.length, 1);
  });

  it('goes on where the editor has closed a bracket that was typed', async () => {
    const completer = newCompleter();
    const model = dictated();
    void completer.complete(at('a = f|'), model);
    await settled();
    completer.edited(uri, 'a = f()', 'typed');
    const second = completer.complete(at('a = f(|)'), model);
    await settled();
    model.say('(b);\n');
    const outcome = await second;
    assert.deepEqual(outcome.kind === 'suggestion' && outcome.suggestion, {
      id: 1,
      insertText: 'b);',
      start: 6,
      end: 7,
    });
    assert.equal(model.requests.length, 1);
  });

  it('is not waited for by who has typed a bracket that it would replace', async () => {
    const completer = newCompleter();
    const model = dictated();
    void completer.complete(at('f(|)\n'), model);
    await settled();
    const second = completer.complete(at('f(a)|)\n'), model);
    model.say('a) {\n');
    await settled();
    model.say(' + b');
    model.end();
    assert.equal(shows(await second), ' + b');
    assert.equal(model.requests.length, 2);
  });

  const ends: readonly (readonly [string, (completer: ReturnType<typeof newCompleter>) => void])[] = [
    ['something else is typed', (completer) => completer.edited(uri, '\na = x', 'typed')],
    ['something before it changes', (completer) => completer.edited(uri, '\nb = ', 'typed')],
    ['something behind it changes', (completer) => completer.edited(uri, '\na = f;', 'typed')],
    ['something is deleted', (completer) => completer.edited(uri, '\na =', 'deleted')],
    ['the document is closed', (completer) => completer.forget(uri)],
    ['another place is asked for', (completer) => void completer.complete(at('|\na = '), scripted(['b()']))],
  ];
  for (const [name, happen] of ends) {
    it(`is aborted at the engine when ${name}`, async () => {
      const completer = newCompleter();
      const model = dictated();
      const first = completer.complete(at('\na = |'), model);
      await settled();
      model.say('fo');
      await settled();
      assert.equal(model.requests[0]?.signal.aborted, false);
      happen(completer);
      await settled();
      assert.equal(model.requests[0]?.signal.aborted, true);
      assert.equal((await first).kind, 'none');
    });
  }

  it('is aborted when nobody has waited for a while', async () => {
    const completer = newCompleter();
    const model = dictated();
    const asker = new AbortController();
    const first = completer.complete(at('a = |', { signal: asker.signal }), model);
    await settled();
    asker.abort();
    assert.equal(shows(await first), '(cancelled)');
    assert.equal(model.requests[0]?.signal.aborted, false, 'the next key may want it');
    await completer.clock.pass(250);
    assert.equal(model.requests[0]?.signal.aborted, true);
  });

  it('is not waited for when it turns out to say something else', async () => {
    const completer = newCompleter();
    const model = dictated();
    void completer.complete(at('a = |'), model);
    await settled();
    const second = completer.complete(at('a = f|'), model);
    await settled();
    model.say('x');
    await settled();
    assert.equal(model.requests.length, 2);
    model.say('oo;\n');
    assert.equal(shows(await second), 'oo;');
  });

  it('offers its first line when the rest takes long, and the rest once that is typed', async () => {
    const completer = newCompleter();
    const model = dictated();
    const first = completer.complete(at('function f() {|\n}\n'), model);
    await settled();
    model.say('\n  const a = 1;\n');
    await settled();
    await completer.clock.pass(250);
    assert.equal(shows(await first), '\n  const a = 1;');
    model.say('  return a;\n}\n');
    model.end();
    await settled();
    const second = await completer.complete(at('function f() {\n  const a = 1;|\n}\n'), model);
    assert.equal(shows(second), '\n  return a;');
    assert.equal(second.kind === 'suggestion' && second.source, 'cache');
    assert.equal(model.requests.length, 1);
  });

  it('is waited for to its end by who asked for it', async () => {
    const completer = newCompleter();
    const model = dictated();
    const asked = completer.complete(at('function f() {|\n}\n', { explicit: true }), model);
    await settled();
    model.say('\n  const a = 1;\n');
    await completer.clock.pass(250);
    model.say('  return a;\n');
    model.end();
    await settled();
    // The alternatives are late.
    await completer.clock.pass(1500);
    assert.equal(shows(await asked), '\n  const a = 1;\n  return a;');
  });

  it('answers a cancelled request though the engine hangs', async () => {
    const completer = newCompleter();
    const asker = new AbortController();
    const outcome = completer.complete(at('|', { signal: asker.signal }), dictated());
    await settled();
    asker.abort();
    assert.equal(shows(await outcome), '(cancelled)');
  });
});
