import assert from 'node:assert/strict';
import { createStopText } from '../../../server/src/inference/engine/stop-text';

describe('stop texts', () => {
  const cases: [stops: string[], pieces: string[], sent: string[], stoppedBy: string | null][] = [
    [[], ['a', 'b'], ['a', 'b', ''], null],
    [['END'], ['one ', 'END', ' two'], ['one ', '', '', ''], 'END'],
    [['END'], ['one E', 'N', 'D two'], ['one ', '', '', ''], 'END'],
    [['END'], ['one E', 'N', 'ough'], ['one ', '', 'ENough', ''], null],
    [['END'], ['one EN'], ['one ', 'EN'], null],
    [['aab'], ['aa', 'aa', 'b'], ['', 'aa', '', ''], 'aab'],
    [['b', 'ab'], ['xa', 'b'], ['x', '', ''], 'ab'],
    [['a', 'ab'], ['x', 'ab'], ['x', '', ''], 'ab'],
    [['\n\n'], ['1\n', '2\n\n3'], ['1', '\n2', ''], '\n\n'],
    [['🚀'], ['\ud83d', '\ude80x'], ['', '', ''], '🚀'],
  ];
  for (const [stops, pieces, sent, stoppedBy] of cases)
    it(`${JSON.stringify(pieces)} until ${JSON.stringify(stops)}`, () => {
      const stop = createStopText(stops);
      assert.deepEqual([...pieces.map(stop.push), stop.end()], sent);
      assert.equal(stop.stoppedBy, stoppedBy);
    });

  it('cuts every text at every border as it cuts the whole', () => {
    const text = 'abcabcabdabc';
    const stops = ['abd', 'cab!'];
    for (let first = 0; first <= text.length; first++)
      for (let second = first; second <= text.length; second++) {
        const stop = createStopText(stops);
        const pieces = [text.slice(0, first), text.slice(first, second), text.slice(second)];
        assert.equal([...pieces.map(stop.push), stop.end()].join(''), 'abcabc');
      }
  });
});
