import assert from 'node:assert/strict';
import { apply, at, newCompleter, scripted } from '../support';

/** Written at the first place, which may be typed along, also where brackets are closed and typed over. */
const rows = [
  ['typed in front of what it replaces', 'f(|)\n', 'a, b) {', 'f(a|)\n'],
  ['up to what it replaces', 'f(|)\n', 'a) {', 'f(a|)\n'],
  ['typed over what it replaces', 'f(|)\n', 'a) {', 'f(a)|\n'],
  ['more than brackets is replaced', 'f(|);\n', 'a).g();', 'f(a|);\n'],
  ['some of what it replaces is typed over', 'f(g(|));\n', 'a), b);', 'f(g(a)|);\n'],
  ['a bracket is closed in front of what it replaces', 'f(|)\n', 'g(a)) {', 'f(g(|))\n'],
  ['that is typed over, too', 'f(|)\n', 'g(a)) {', 'f(g(a)|)\n'],
  ['quotes are closed in front of what it replaces', 'f(|)\n', "'a', b) {", "f('|')\n"],
  ['with the line ends of Windows', 'f(|)\r\n', 'a, b) {', 'f(a|)\r\n'],
  ['at the end of the document', 'f(|)', 'a, b) {', 'f(a|)'],
] as const;

describe('completion: a suggestion that replaces what stands behind the cursor', () => {
  for (const [name, first, written, then] of rows) {
    it(`stays as it is: ${name}`, async () => {
      const completer = newCompleter();
      const model = scripted([written]);
      const [before, after] = [at(first), at(then)];
      const offered = await completer.complete(before, model);
      const again = await completer.complete(after, model);
      assert.ok(offered.kind === 'suggestion' && again.kind === 'suggestion');
      assert.equal(again.source, 'screen');
      assert.equal(apply(after.text, again.suggestion), apply(before.text, offered.suggestion));
    });
  }

  it('stays before a bracket that the editor has closed, when it does not close it', async () => {
    const completer = newCompleter();
    const model = scripted(['g(a,']);
    await completer.complete(at('f.|\n'), model);
    const then = at('f.g(|)\n');
    const again = await completer.complete(then, model);
    assert.ok(again.kind === 'suggestion' && again.source === 'screen');
    assert.equal(apply(then.text, again.suggestion), 'f.g(a,)\n');
  });

  it('is not offered when a bracket was typed that it does not have', async () => {
    const completer = newCompleter();
    await completer.complete(at('f(|)\n'), scripted(['a) {']));
    // The editor did not close it, so it was not typed over.
    const model = scripted([]);
    assert.equal((await completer.complete(at('f(a)|)\n'), model)).kind, 'none');
    assert.equal(model.requests.length, 1);
  });
});
