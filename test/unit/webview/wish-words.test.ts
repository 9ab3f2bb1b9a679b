/** What can be wished for on the page: what is chosen, what is sent, and how it is said. */
import assert from 'node:assert/strict';
import { type PageWishes, pageWishesSchema } from '#protocol';
import { chosenId, wishesText, wishFields, withWish } from '../../../webview/src/wish-words';

const machines = [
  { node_id: 'a', name: 'tower' },
  { node_id: 'b', name: 'attic' },
];
const fields = wishFields(machines);

describe('the wishes on the page', () => {
  it('ask about the machine only where there are several', () => {
    const asked = (count: number) => wishFields(machines.slice(0, count)).map(({ label }) => label);
    assert.deepEqual(asked(2), [...asked(1), 'Machine']);
  });

  for (const field of fields) {
    for (const { id, text } of field.options) {
      it(`${field.label}: ${text} is what the host understands, is shown as chosen, and can be taken back`, () => {
        const wishes = withWish({}, field, id);
        assert.deepEqual(pageWishesSchema.parse(wishes), wishes);
        assert.equal(chosenId(field, wishes), id);
        assert.deepEqual(withWish(wishes, field, ''), {});
      });
    }
  }

  const said: [PageWishes, string][] = [
    [{}, 'as usual'],
    [{ context_size: 8192 }, 'Context: 8192 tokens'],
    [{ nodes: ['b'], prefer_gpu: false }, 'Devices: CPU only · Machine: attic'],
    // Of a machine that has left.
    [{ nodes: ['c'] }, 'as usual'],
  ];
  for (const [wishes, text] of said)
    it(`${JSON.stringify(wishes)} are "${text}"`, () => assert.equal(wishesText(fields, wishes), text));

  it('replace one another within a question, and leave the others alone', () => {
    const [context] = fields;
    assert.ok(context);
    const wishes: PageWishes = { context_size: 512, role: 'chat' };
    assert.deepEqual(withWish(wishes, context, '1024 tokens'), { context_size: 1024, role: 'chat' });
  });
});
