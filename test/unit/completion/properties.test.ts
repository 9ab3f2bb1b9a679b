/** What must hold whatever stands in the document and whatever the model writes. Seeded: a failure names its seed. */
import assert from 'node:assert/strict';
import { createFilter } from '../../../server/src/completion/filters';
import { matchIndentation } from '../../../server/src/completion/filters/indentation';
import { look, type Surroundings } from '../../../server/src/completion/surroundings';
import { type Situation, situation } from './random';
import { assertSound } from './sound';
import { at, inPieces, newCompleter, QWEN, scripted } from './support';

const SEEDS = Array.from({ length: 6000 }, (_, seed) => seed);
const LANGUAGES = ['typescript', 'python', 'shellscript'] as const;

interface Filtering extends Situation {
  readonly seen: Surroundings;
  readonly languageId: string;
  readonly message: string;
}

/** Every situation as the filters meet it, when no rule has stopped the model. */
function* filterings(): Generator<Filtering> {
  for (const seed of SEEDS) {
    const each = situation(seed);
    const { before, after } = each;
    const written = each.written.replaceAll('\r', '');
    const seen = look({ text: before + after, offset: before.length }, { before: 4096, after: 1024 });
    if (typeof seen === 'string') continue;
    const languageId = LANGUAGES[seed % LANGUAGES.length] ?? '';
    const message = `seed ${seed}: ${JSON.stringify({ before, after, written })}`;
    yield { ...each, written, seen, languageId, message };
  }
}

/** The code without its indentation. */
function bare(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/^[ \t]+/, ''))
    .join('\n')
    .trim();
}

describe('completion: properties', () => {
  it('what is offered is sound', async () => {
    let offered = 0;
    let replacing = 0;
    for (const seed of SEEDS) {
      const { before, after, written, size, explicit } = situation(seed);
      const request = at('|', { text: before + after, offset: before.length, explicit });
      const outcome = await newCompleter().complete(request, scripted(inPieces(written, size)));
      if (outcome.kind === 'none') continue;
      const { suggestion } = outcome;
      offered += 1;
      if (suggestion.end > request.offset) replacing += 1;
      assertSound(
        request,
        suggestion,
        `seed ${seed}: ${JSON.stringify({ before, after, written, suggestion })}`,
      );
    }
    assert.ok(offered > 2000 && replacing > 30, `only ${offered} were offered, ${replacing} of them replace`);
  });

  it('filters keep what they replace, and do nothing the second time', () => {
    let replacing = 0;
    for (const { seen, written, explicit, languageId, message } of filterings()) {
      const filter = createFilter(seen, QWEN, { explicit, languageId });
      const { text, replaced, dropped } = filter(written);
      if (dropped !== null) continue;
      if (replaced > 0) replacing += 1;
      assert.ok(replaced <= seen.lineSuffix.length, message);
      assert.deepEqual(filter(text), { text, replaced, dropped: null, steps: [] }, message);
    }
    assert.ok(replacing > 50, `only ${replacing} replace`);
  });

  it('filters only cut and indent', () => {
    for (const { seen, written, explicit, languageId, message } of filterings()) {
      const { text, steps } = createFilter(seen, QWEN, { explicit, languageId })(written);
      let before = written;
      for (const step of steps) {
        assert.notEqual(step.text, before, `${step.filter} changed something: ${message}`);
        assert.ok(bare(before).includes(bare(step.text)), `${step.filter} only cuts: ${message}`);
        before = step.text;
      }
      if (written.trim() !== '') assert.equal(text, before, `the last step is the answer: ${message}`);
    }
  });

  it('indentation changes only the white space that lines begin with', () => {
    let changed = 0;
    for (const { seen, written, message } of filterings()) {
      const indented = matchIndentation(written, seen);
      if (indented !== written) changed += 1;
      const [first, ...others] = written.split('\n');
      const [newFirst, ...newOthers] = indented.split('\n');
      if (seen.linePrefix.trim() !== '') assert.equal(newFirst, first, message);
      assert.deepEqual(
        [newFirst, ...newOthers].map((line) => line?.trimStart()),
        [first, ...others].map((line) => line?.trimStart()),
        message,
      );
    }
    assert.ok(changed > 100, `only ${changed} were indented anew`);
  });
});

describe('completion: large documents', () => {
  const FAR = 5_000_000;
  const documents: readonly (readonly [name: string, before: string, after: string])[] = [
    ['one line of 5 MB, at its end', 'x = '.repeat(FAR / 4), ''],
    ['one line of 5 MB, at its start', '', ' = x'.repeat(FAR / 4)],
    ['one line of emoji, in its middle', '😀'.repeat(FAR / 4), '😀'.repeat(FAR / 4)],
    ['200,000 lines, in their middle', 'a = b;\r\n'.repeat(100_000), '\r\n'.repeat(100_000)],
    ['only brackets', '('.repeat(FAR / 2), ')'.repeat(FAR / 2)],
    ['only quotes', '"'.repeat(FAR / 2), "'".repeat(FAR / 2)],
    ['only blanks', ' '.repeat(FAR / 2), ' '.repeat(FAR / 2)],
    ['only the beginnings of special tokens', '<|'.repeat(FAR / 4), '<|fim_'.repeat(FAR / 12)],
  ];
  for (const [name, before, after] of documents) {
    it(`sends the model only what is near: ${name}`, async () => {
      const model = scripted(inPieces('("\'<|'.repeat(200), 3));
      const request = at('|', { text: before + after, offset: before.length, explicit: true });
      await newCompleter().complete(request, model);
      const sent =
        model.requests[0]?.prompt.map((segment) => (segment.kind === 'text' ? segment.text.length : 0)) ?? [];
      const characters = sent.reduce((sum, length) => sum + length, 0);
      assert.ok(characters > 900 && characters <= 512 * 8 * 1.25, `${characters} characters were sent`);
    });
  }
});
