import assert from 'node:assert/strict';
import { plain, reasonText } from '../../../client/src/text/format';

describe('words from outside', () => {
  const cases: [what: string, said: string, shown: string][] = [
    ['a name', 'workstation', 'workstation'],
    ['an icon', '$(error) fine', '$ (error) fine'],
    ['lines', 'a\nb\u202Ec', 'a b c'],
    // VS Code's pop-ups make links of these, and run the commands that they lead to.
    ['a link', '[Place it again](command:evil?1)', '[Place it again] (command:evil?1)'],
  ];
  for (const [what, said, shown] of cases) it(`${what} is text`, () => assert.equal(plain(said), shown));

  it('a pop-up has no links, and is no longer than can be read', () => {
    const said = reasonText(new Error(`[x](command:y) ${'z'.repeat(100_000)}`));
    assert.ok(said.startsWith('VRAMesh: [x] (command:y) zzz'));
    assert.ok(said.endsWith('z…') && said.length < 700);
  });
});
