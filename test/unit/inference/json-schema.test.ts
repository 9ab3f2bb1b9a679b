import assert from 'node:assert/strict';
import { heldSchema } from '../../../server/src/inference/engine/json-schema';

const held = (schema: unknown) => heldSchema(JSON.stringify(schema)).oneOf[0];
const nested = (depth: number): object =>
  depth === 0 ? { type: 'null' } : { type: 'array', items: nested(depth - 1) };

describe('JSON Schema that a text is held to', () => {
  const fine: [schema: unknown, held: unknown][] = [
    [{ type: 'string', description: 'a name', format: 'uuid' }, { type: ['string'] }],
    [{ type: ['integer', 'null'], minimum: -(2 ** 53 - 1) }, { type: ['integer', 'null'] }],
    [
      { type: 'string', maxLength: 4 },
      { type: 'string', maxLength: 4 },
    ],
    [{ enum: ['a', 1, null] }, { enum: ['a', 1, null] }],
    [{ const: true, title: 'yes' }, { const: true }],
    [{ anyOf: [{ type: 'number' }, { const: 'x' }] }, { oneOf: [{ type: ['number'] }, { const: 'x' }] }],
    [{ type: 'object' }, { type: 'object', properties: {}, additionalProperties: true }],
    [
      {
        type: 'object',
        properties: { a: { type: 'boolean' } },
        required: ['a'],
        additionalProperties: false,
      },
      { type: 'object', properties: { a: { type: ['boolean'] } }, additionalProperties: false },
    ],
    [
      { type: 'array', items: { type: 'null' }, minItems: 2 },
      { type: 'array', items: { type: ['null'] }, minItems: 2 },
    ],
  ];
  for (const [schema, expected] of fine)
    it(`holds ${JSON.stringify(schema)}`, () => assert.deepEqual(held(schema), expected));

  it('follows references, of a schema to itself, too', () => {
    const list = {
      type: 'object',
      properties: { next: { anyOf: [{ $ref: '#/definitions/list' }, { type: 'null' }] } },
    };
    const { oneOf, $defs } = heldSchema(JSON.stringify({ $ref: '#/$defs/list', definitions: { list } }));
    assert.deepEqual(oneOf, [{ $ref: '#/$defs/list' }]);
    assert.deepEqual(Object.keys($defs), ['list']);
  });

  const refused: [schema: unknown, says: RegExp][] = [
    ['text', /at # is not an object/],
    [[], /at # is not an object/],
    [{}, /at # has no "type"/],
    [{ type: 'text' }, /"text"/],
    [{ type: 'string', pattern: '(a+)+$' }, /has "pattern"/],
    [{ type: 'integer', minimum: 3 }, /has "minimum"/],
    [{ type: 'string', minLength: 5, maxLength: 4 }, /above/],
    [{ type: 'string', maxLength: 1e9 }, /has "maxLength" 1000000000; it may be 0 to 1000/],
    [{ type: 'integer', maxLength: 3 }, /length/],
    [{ type: 'array', minItems: -1 }, /minItems/],
    [{ type: 'array', minItems: 3, maxItems: 2 }, /above/],
    [{ allOf: [{ type: 'string' }] }, /no "type"/],
    [{ type: 'object', properties: { a: { not: {} } } }, /at #\/properties\/a/],
    [{ type: 'object', properties: [] }, /at #\/properties is not an object/],
    [{ type: 'object', required: ['b'], properties: {} }, /requires "b"/],
    [{ enum: [] }, /not a list of 1/],
    [{ enum: [{ a: 1 }] }, /neither text/],
    [{ $ref: 'https://example.com/schema' }, /not in "\$defs"/],
    [{ $ref: '#/$defs/__proto__', $defs: {} }, /not in "\$defs"/],
    [nested(17), /deeper than 16/],
    [{ anyOf: Array.from({ length: 1000 }, () => ({ type: 'null' })) }, /more than 1000 parts/],
  ];
  for (const [schema, says] of refused)
    it(`refuses ${JSON.stringify(schema).slice(0, 80)}`, () =>
      assert.throws(() => held(schema), { name: 'RequestError', message: says }));

  it('refuses what is no JSON', () => assert.throws(() => heldSchema('{'), /is not JSON/));
});
