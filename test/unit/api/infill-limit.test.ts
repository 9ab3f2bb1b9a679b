import assert from 'node:assert/strict';
import { createInfillLimit } from '../../../server/src/api/llama-server/infill-limit';

/** Cut into single characters, as the worst tokenizer would. */
function run(text: string, indent: number, ms = 0, msPerCharacter = 0): [text: string, reached: boolean] {
  let time = 0;
  const limit = createInfillLimit(indent, ms, () => time);
  let kept = '';
  for (const character of text) {
    time += msPerCharacter;
    kept += limit.push(character);
  }
  return [kept + limit.end(), limit.reached];
}

describe('where a filled-in text ends early', () => {
  const cases: [text: string, indent: number, kept: string, reached: boolean][] = [
    ['a();\n  b();\nc();', 0, 'a();\n  b();\nc();', false],
    ['a();\n  b();\nc();', 2, 'a();\n  b();', true],
    ['a();\n\n  b();\n}', 2, 'a();\n\n  b();', true],
    ['a();\n  b();\n  ', 2, 'a();\n  b();\n  ', false],
    ['a();\n\tb();\n}', 1, 'a();\n\tb();', true],
    ['\n}', 4, '', true],
  ];
  for (const [text, indent, kept, reached] of cases)
    it(`${JSON.stringify(text)} with an indentation of ${indent}`, () => {
      assert.deepEqual(run(text, indent), [kept, reached]);
      const whole = createInfillLimit(indent, 0, () => 0);
      assert.equal(whole.push(text) + whole.end(), kept);
    });

  it('when time is up, with its line', () => {
    assert.deepEqual(run('one\ntwo\nthree\n', 0, 5, 1), ['one\ntwo', true]);
    assert.deepEqual(run('a long line that is not cut', 0, 5, 1), ['a long line that is not cut', false]);
  });
});
